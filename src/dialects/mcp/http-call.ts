import { ignoreRejection } from '../../core/async/iterators.ts'
import { linkSignal } from '../../core/async/link-signal.ts'
import type { DialectCall } from '../dialect-route.ts'
import type { McpCall } from './mcp-call.ts'
import type { RunningCalls } from './running-calls.ts'

/** Options of {@link createHttpCall}. */
export interface HttpCallOptions {
  /** The tenant or user of the request. */
  readonly scope: string
  /** The session of the client; absent if it has none. */
  readonly session: string | undefined
  /** The requests that are being answered. */
  readonly running: RunningCalls
}

/**
 * Creates the operations for a request over HTTP. Up to 2025-11-25, a client cancels with another request, which the SDK
 * does not connect to this one: it finds it in `running`. Later, a client cancels by closing the connection.
 */
export function createHttpCall(call: DialectCall, { scope, session, running }: HttpCallOptions): McpCall {
  return {
    scope,
    report: call.report,
    async run({ id, signal }, work) {
      const controller = new AbortController()
      const cancel = (): void => controller.abort()
      const unlink = linkSignal(signal, cancel)
      const remove = session === undefined ? unlink : running.add({ scope, session, id }, cancel)
      try {
        return await work(controller.signal)
      } finally {
        unlink()
        remove()
      }
    },
    async ask(question, signal) {
      const run = await call.ask({ question })
      // A canceled request is a stop, whatever the policy for readers that leave: no one else can read this answer.
      linkSignal(signal, () => ignoreRejection(call.stop(run.runId)))
      return run.read()
    },
  }
}
