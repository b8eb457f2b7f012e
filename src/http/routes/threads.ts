import { delay } from '../../core/async/with-timeout.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { HistoryStore, StoreCallOptions, ThreadKey } from '../../core/vocabulary/history-store.ts'
import { callStore } from '../../runs/call-store.ts'
import { countOf, idOf, scopeOf, type Call } from '../call.ts'
import type { ChatAnswer } from '../chat-answer.ts'
import { empty, json } from '../respond.ts'

/** `GET /threads`: lists the threads of the scope, the latest first. */
export async function getThreads(call: Call): Promise<ChatAnswer> {
  const limit = countOf(call, 'limit', { most: 200, otherwise: 50 })
  const before = call.url.searchParams.get('before')
  const page = { limit, ...(before !== null && { before: idOf('before', before) }) }
  const scope = await scopeOf(call)
  return json(await ask(call, (history, options) => history.list(scope, { ...page, ...options })))
}

/** `GET /threads/{threadId}`: returns the latest turns of a thread with their results. */
export async function getThread(call: Call): Promise<ChatAnswer> {
  const limit = countOf(call, 'limit', { most: 1_000, otherwise: 100 })
  const thread = await threadOf(call)
  const turns = await ask(call, (history, options) => history.load(thread, { limit, ...options }))
  if (turns.length === 0) throw notFound()
  return json({ threadId: thread.threadId, turns })
}

/** `DELETE /threads/{threadId}`: stops the active runs of a thread, and deletes it. */
export async function deleteThread(call: Call): Promise<ChatAnswer> {
  const thread = await threadOf(call)
  if (!call.options.history) throw notFound()
  await stopRunsOf(thread, call)
  if (!(await ask(call, (history, options) => history.delete(thread, options)))) throw notFound()
  return empty(204)
}

const LOOK_AGAIN_MS = 25

/**
 * Stops the runs of a thread and waits for their end, because a run that saves its question later would create the
 * thread again.
 */
async function stopRunsOf({ scope, threadId }: ThreadKey, { signal, options }: Call): Promise<void> {
  const { runs, storeMs, clock } = options
  const giveUpAt = clock.now() + storeMs
  for (;;) {
    const active = (await runs.list(scope, { signal })).filter((run) => run.threadId === threadId)
    if (active.length === 0 || clock.now() >= giveUpAt) return
    for (const { runId } of active) await runs.stop({ scope, runId }, { signal })
    await delay(LOOK_AGAIN_MS, { clock, signal })
  }
}

async function threadOf(call: Call): Promise<ThreadKey> {
  const threadId = idOf('threadId', call.id)
  return { scope: await scopeOf(call), threadId }
}

function ask<T>(call: Call, work: (history: HistoryStore, options: StoreCallOptions) => Promise<T>): Promise<T> {
  const { history, storeMs, clock, onError } = call.options
  // Without a history there are no threads.
  if (!history) throw notFound()
  // Called for a turn whose record cannot be read. The thread is shown without its answer.
  const hook = onError && { onError }
  return callStore((signal) => work(history, { signal, ...hook }), { storeMs, clock }, call.signal)
}

function notFound(): ChatError {
  return new ChatError('There is no such thread', { code: 'not-found' })
}
