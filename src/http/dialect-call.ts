import { collectChat } from '../core/collect-chat.ts'
import { askToReturn } from '../core/async/iterators.ts'
import { linkSignal } from '../core/async/link-signal.ts'
import { callHook } from '../core/observe/call-hook.ts'
import { toChatError } from '../core/vocabulary/chat-error.ts'
import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { ChatResult } from '../core/vocabulary/result.ts'
import type { DialectCall, DialectHistory, DialectQuestion, DialectRun, OpenedRun } from '../dialects/dialect-route.ts'
import type { RunKey } from '../runs/run-store.ts'
import { idOf, scopeOf, type Call } from './call.ts'
import { readJson } from './read-json.ts'
import { expectTitle } from './request-bodies.ts'
import { setFeedback } from './routes/feedback.ts'
import { askHistory } from './routes/history.ts'
import { findKeptRun } from './routes/kept-run.ts'
import { startRun } from './routes/start-run.ts'
import { stopRunsOf } from './routes/stop-runs.ts'

/** Options of {@link createDialectCall}. */
export interface DialectCallOptions {
  /** Called with the error of a run that failed, before it is thrown. The run itself has reported it. */
  readonly onRunFailed: (error: unknown) => void
  /** Called with each reader that the route opens. */
  readonly onReader: (reader: AsyncIterable<ChatEvent>) => void
}

/** Creates the operations that a route of a dialect has for one request. The scope is asked for once, when needed. */
export function createDialectCall(call: Call, { onRunFailed, onReader }: DialectCallOptions): DialectCall {
  const { request, url, id, signal, options } = call
  let asked: Promise<string> | undefined
  const scope = (): Promise<string> => (asked ??= scopeOf(call))
  const run = async (runId: string): Promise<RunKey> => ({ runId: idOf('runId', runId), scope: await scope() })

  async function ask({ messages, ...question }: DialectQuestion): Promise<DialectRun> {
    const { ids, started } = await startRun({ ...call, context: { ...call.context, scope } }, question, messages)
    return { ...ids, read: () => noted(started.read()) }
  }

  function noted(reader: AsyncIterable<ChatEvent>): AsyncIterable<ChatEvent> {
    onReader(reader)
    return reader
  }

  async function open(runId: string): Promise<OpenedRun | undefined> {
    const key = await run(runId)
    const found = await options.runs.read(key, { afterSeq: -1, signal })
    if (found.outcome === 'reading') return { events: noted(found.reader), rebuilt: false }
    const kept = await findKeptRun(key, call)
    return kept && { events: kept.read(), rebuilt: true }
  }

  return {
    request,
    url,
    id,
    signal,
    ...(options.history && { history: historyOfScope(call, scope) }),
    scope,
    report: (error) => callHook(options.onError, toChatError(error)),
    readJson: () => readJson(call),
    ask,
    open,
    async resultOf(events) {
      try {
        return await collectUntil(signal, events)
      } catch (thrown) {
        signal.throwIfAborted()
        onRunFailed(thrown)
        throw thrown
      }
    },
    stop: async (runId) => options.runs.stop(await run(runId), { signal }),
    async findRun(runId) {
      const runs = await options.runs.list(await scope(), { signal })
      return runs.find((active) => active.runId === runId)
    },
    async findActiveRun(threadId) {
      const runs = await options.runs.list(await scope(), { signal })
      return runs.find((active) => active.threadId === threadId)?.runId
    },
  }
}

/** Reads a run to its end. When the client leaves, the reader leaves the run. */
async function collectUntil(signal: AbortSignal, events: AsyncIterable<ChatEvent>): Promise<ChatResult> {
  const iterator = events[Symbol.asyncIterator]()
  const unlink = linkSignal(signal, () => askToReturn(iterator))
  try {
    return await collectChat({ [Symbol.asyncIterator]: () => iterator })
  } finally {
    unlink()
  }
}

function historyOfScope(call: Call, scope: () => Promise<string>): DialectHistory {
  const thread = async (threadId: string) => ({ threadId: idOf('threadId', threadId), scope: await scope() })
  return {
    async load(threadId, { limit }) {
      const key = await thread(threadId)
      return askHistory(call, (history, options) => history.load(key, { limit, ...options }))
    },
    async find(runId) {
      const key = { runId: idOf('runId', runId), scope: await scope() }
      return askHistory(call, async (history, options) => history.find?.(key, options))
    },
    async list({ limit, before }) {
      const page = { limit, ...(before !== undefined && { before: idOf('before', before) }) }
      const of = await scope()
      return askHistory(call, (history, options) => history.list(of, { ...page, ...options }))
    },
    async rename(threadId, title) {
      const key = await thread(threadId)
      const line = expectTitle(title)
      return askHistory(
        call,
        async (history, options) => (await history.rename?.(key, { title: line, ...options })) ?? false,
      )
    },
    async delete(threadId) {
      const key = await thread(threadId)
      await stopRunsOf(key, call)
      return askHistory(call, (history, options) => history.delete(key, options))
    },
    async setFeedback(runId, feedback) {
      await setFeedback({ runId: idOf('runId', runId), scope: await scope() }, feedback, call)
    },
  }
}
