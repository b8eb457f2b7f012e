import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { hookOption } from '../../core/options/options-with-defaults.ts'
import { expectId, expectMethods, expectSignal } from '../../core/options/validate.ts'
import { ignoreRejection } from '../../core/async/iterators.ts'
import { linkSignal } from '../../core/async/link-signal.ts'
import type { Chat } from '../../core/create-chat.ts'
import { callHook } from '../../core/observe/call-hook.ts'
import { logError } from '../../core/observe/log-error.ts'
import { toChatError, type ChatError } from '../../core/vocabulary/chat-error.ts'
import { createServer } from './create-server.ts'
import { loadSdk, loadStdio } from './load-sdk.ts'
import type { McpCall } from './mcp-call.ts'
import { resolveToolOptions, TOOL_OPTIONS, type McpToolOptions } from './tool-options.ts'

/**
 * Options of {@link serveMcpOverStdio}.
 *
 * @experimental May change until version 1.0.
 */
export interface McpStdioOptions extends McpToolOptions {
  /** Answers the questions of the tool `ask`. */
  readonly chat: Chat
  /** The tenant or user that the tools work for. @defaultValue none: only documents without a scope are read */
  readonly scope?: string | undefined
  /** Ends the server. */
  readonly signal?: AbortSignal | undefined
  /**
   * Called with each error that the client gets only as a fixed sentence, and with errors of the connection. The errors of
   * runs go to the `onError` of the chat. `false` turns it off.
   * @defaultValue one line to `console.error`, without keys
   */
  readonly onError?: ((error: ChatError) => void) | false | undefined
}

const OPTIONS: OptionNames<McpStdioOptions> = { ...TOOL_OPTIONS, chat: true, scope: true, signal: true, onError: true }

/**
 * Serves the tools `search`, `fetch` and `ask` of the Model Context Protocol over stdin and stdout of this process, for hosts
 * that start a program. It resolves when stdin has ended, stdout has failed, or the signal has fired, after the unfinished
 * answers were stopped and saved. It needs the package `@modelcontextprotocol/server`. Nothing else may write to stdout.
 *
 * @experimental It may change until 1.0.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field` for a wrong option; Error if the package is
 * missing
 */
export async function serveMcpOverStdio(options: McpStdioOptions): Promise<void> {
  expectOptions(options, OPTIONS, { of: 'serveMcpOverStdio' })
  const { chat, scope, signal, onError, ...tools } = options
  expectMethods('chat', chat, 'a chat such as createChat() returns', ['stream'])
  expectSignal('signal', signal)
  const resolved = resolveToolOptions(tools)
  const report = toReport(hookOption('onError', onError, logError))
  const saving = new Set<Promise<unknown>>()
  const call = createStdioCall(chat, { scope: expectId('scope', scope), report, saving })
  const [sdk, { serveStdio, StdioServerTransport }] = await Promise.all([loadSdk(), loadStdio()])
  if (signal?.aborted) return

  const transport = new StdioServerTransport()
  const handle = serveStdio(() => createServer(sdk, resolved, call), { transport, onerror: report })
  const { promise: closed, resolve: close } = Promise.withResolvers<void>()
  const closeInstance = transport.onclose
  transport.onclose = () => {
    closeInstance?.()
    close()
  }
  const unlink = linkSignal(signal, () => void handle.close())
  await closed
  unlink()
  // The runs were stopped by the signals of their requests. The caller may close its history after this.
  await Promise.allSettled(saving)
}

function toReport(onError: ((error: ChatError) => void) | undefined): (error: unknown) => void {
  return (error) => callHook(onError, toChatError(error))
}

/** Creates the operations of a connection. The SDK knows every way to cancel a request over stdio. */
function createStdioCall(chat: Chat, { scope, report, saving }: StdioCallOptions): McpCall {
  const waitUntil = (saved: Promise<unknown>): void => {
    saving.add(saved)
    ignoreRejection(saved.finally(() => saving.delete(saved)))
  }
  return {
    scope,
    report,
    run: ({ signal }, work) => work(signal),
    ask: async (question, signal) =>
      chat.stream({ question, signal, waitUntil, ...(scope !== undefined && { scope }) }),
  }
}

interface StdioCallOptions extends Pick<McpCall, 'scope' | 'report'> {
  /** Gets a promise for each stopped run, which settles when it is saved. */
  readonly saving: Set<Promise<unknown>>
}
