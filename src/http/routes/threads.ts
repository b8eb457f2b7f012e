import type { ThreadKey } from '../../core/vocabulary/history-store.ts'
import { isInvalidInput } from '../../core/vocabulary/invalid-input.ts'
import { countOf, idOf, scopeOf, type Call } from '../call.ts'
import type { ChatAnswer } from '../chat-answer.ts'
import { HttpError } from '../http-error.ts'
import { readBody } from '../read-body.ts'
import { expectLine, renameSchema } from '../request-bodies.ts'
import { empty, json } from '../respond.ts'
import { withSourceStates } from './source-states.ts'
import { stopRunsOf } from './stop-runs.ts'
import { askHistory, historyOf, notFound, unsupported } from './history.ts'

/** `GET /threads`: lists the threads of the scope, the latest first; with `search`, those whose title contains it. */
export async function getThreads(call: Call): Promise<ChatAnswer> {
  const limit = countOf(call, 'limit', { most: 200, otherwise: 50 })
  const before = call.url.searchParams.get('before')
  const search = searchOf(call)
  const page = {
    limit,
    ...(before !== null && { before: idOf('before', before) }),
    ...(search !== undefined && { search }),
  }
  const scope = await scopeOf(call)
  return json(await askHistory(call, (history, options) => history.list(scope, { ...page, ...options })))
}

/** `GET /threads/{threadId}`: returns the latest turns of a thread with their results. */
export async function getThread(call: Call): Promise<ChatAnswer> {
  const limit = countOf(call, 'limit', { most: 1_000, otherwise: 100 })
  const thread = await threadOf(call)
  const turns = await askHistory(call, (history, options) => history.load(thread, { limit, ...options }))
  if (turns.length === 0) throw notFound()
  return json({ threadId: thread.threadId, turns: await withSourceStates(turns, { scope: thread.scope, call }) })
}

/** `PATCH /threads/{threadId}`: sets the title of a thread. */
export async function patchThread(call: Call): Promise<ChatAnswer> {
  if (!historyOf(call).rename) throw unsupported('rename', 'GET, DELETE')
  const threadId = idOf('threadId', call.id)
  const { title } = await readBody(call, renameSchema)
  const thread = { scope: await scopeOf(call), threadId }
  const isKnown = await askHistory(call, async (history, options) => history.rename?.(thread, { title, ...options }))
  if (!isKnown) throw notFound()
  return json({ threadId, title })
}

/** `DELETE /threads/{threadId}`: stops the active runs of a thread, and deletes it. */
export async function deleteThread(call: Call): Promise<ChatAnswer> {
  const thread = await threadOf(call)
  historyOf(call)
  await stopRunsOf(thread, call)
  if (!(await askHistory(call, (history, options) => history.delete(thread, options)))) throw notFound()
  return empty(204)
}

const MAX_SEARCH_CHARS = 256

function searchOf({ url }: Call): string | undefined {
  const search = url.searchParams.get('search')
  if (search === null) return undefined
  try {
    return expectLine('search', search, MAX_SEARCH_CHARS)
  } catch (thrown) {
    throw isInvalidInput(thrown) ? new HttpError(400, 'search', thrown.message) : thrown
  }
}

async function threadOf(call: Call): Promise<ThreadKey> {
  const threadId = idOf('threadId', call.id)
  return { scope: await scopeOf(call), threadId }
}
