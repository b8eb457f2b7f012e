import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { ThreadSummary } from '../../core/vocabulary/history-store.ts'
import { withoutAttempts, type StoredTurn } from '../../core/vocabulary/stored-turn.ts'
import type { DialectHistory } from '../dialect-route.ts'
import { itemsOf, toThread, type Page, type ThreadFacts, type ThreadItem } from './items.ts'
import type { ResolvedChatKitOptions } from './options.ts'
import type { Params } from './request.ts'

/** The stored conversations of a request, with the options of the dialect. */
export interface Threads {
  /** The stored conversations. */
  readonly history: DialectHistory
  /** The options of the dialect. */
  readonly options: ResolvedChatKitOptions
}

/** The number of entries of a page without a `limit`, as in OpenAI's own server. */
const DEFAULT_LIMIT = 20
const MAX_LIMIT = 100
/** Turns of the first load of a thread; the second one loads all that are shown. */
const FIRST_TURNS = 100
/** A longer thread shows only its latest turns, because each turn has the texts of its sources. */
const MAX_TURNS = 1_000
/** Pages of 100 threads that are searched for the title of a thread. */
const MAX_PAGES = 10

/** Lists threads, the latest first. `created_at` is the time of the last change, because a history does not list another. */
export async function listThreads({ history }: Threads, params: Params<'threads.list'>): Promise<object> {
  const { after } = params
  const { threads, before } = await history.list({ limit: limitOf(params), ...(after != null && { before: after }) })
  return toPage(
    threads.map((summary) => toThread(factsOf(summary))),
    before,
  )
}

/**
 * Returns a thread with the page of its oldest items, as OpenAI's own server does.
 *
 * @throws ChatError `not-found` for an unknown thread
 */
export async function getThread(threads: Threads, threadId: string): Promise<object> {
  const items = await listItems(threads, { thread_id: threadId, order: 'asc' })
  return toThread(await findFacts(threads, threadId), items)
}

/**
 * Returns a page of the items of a thread.
 *
 * @throws ChatError `not-found` for an unknown thread, or an unknown item in `after`
 */
export async function listItems(threads: Threads, params: Params<'items.list'>): Promise<Page<ThreadItem>> {
  const { thread_id: threadId, order, after } = params
  const limit = limitOf(params)
  for (let most = FIRST_TURNS; ; most = MAX_TURNS) {
    const turns = await loadTurns(threads, threadId, most)
    const isWhole = turns.length < most || most >= MAX_TURNS
    const items = withoutAttempts(turns).flatMap((turn) => itemsOf(turn, threads.options))
    const ordered = order === 'asc' ? items : items.toReversed()
    const at = after == null ? -1 : ordered.findIndex(({ id }) => id === after)
    if (isWhole && after != null && at < 0) throw notFound()
    // An item before the loaded ones would be missing from the page.
    const hasAll = order === 'desc' && (after == null || at >= 0) && at + 1 + limit < ordered.length
    if (!isWhole && !hasAll) continue
    const data = ordered.slice(at + 1, at + 1 + limit)
    return toPage(data, at + 1 + limit < ordered.length ? data.at(-1)?.id : undefined)
  }
}

/**
 * Returns the turn of a run in a thread. In a history that cannot find a run, it must be one of the latest turns.
 *
 * @throws ChatError `not-found` if there is none
 */
export async function findTurn({ history }: Threads, threadId: string, runId: string | undefined): Promise<StoredTurn> {
  if (runId === undefined) throw notFound()
  const turn =
    (await history.find(runId)) ??
    (await history.load(threadId, { limit: FIRST_TURNS })).find((stored) => stored.runId === runId)
  if (turn?.threadId !== threadId) throw notFound()
  return turn
}

/**
 * Returns true if a turn is the last of its thread, or a failed attempt to replace the last one.
 */
export async function isLastTurn({ history }: Threads, { threadId, runId, replaces }: StoredTurn): Promise<boolean> {
  const last = withoutAttempts(await history.load(threadId, { limit: FIRST_TURNS })).at(-1)?.runId
  return last === runId || (replaces !== undefined && last === replaces)
}

/**
 * Checks that a thread exists, so that no client chooses the id of a new one.
 *
 * @throws ChatError `not-found` for an unknown thread
 */
export async function expectThread(threads: Threads, threadId: string): Promise<void> {
  await loadTurns(threads, threadId, 1)
}

/** Returns the error for an unknown thread or item. */
export function notFound(): ChatError {
  return new ChatError('There is no such thread or item', { code: 'not-found' })
}

async function loadTurns({ history }: Threads, threadId: string, limit: number): Promise<readonly StoredTurn[]> {
  const turns = await history.load(threadId, { limit })
  if (turns.length === 0) throw notFound()
  return turns
}

/** Finds the title of a thread; of one that was not used for long, the first question. */
async function findFacts({ history }: Threads, threadId: string): Promise<ThreadFacts> {
  let before: string | undefined
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const listed = await history.list({ limit: 100, ...(before !== undefined && { before }) })
    const found = listed.threads.find((summary) => summary.threadId === threadId)
    if (found) return factsOf(found)
    before = listed.before
    if (before === undefined) break
  }
  const [first] = await history.load(threadId, { limit: MAX_TURNS })
  if (!first) throw notFound()
  return { threadId, title: first.question, createdAt: first.createdAt }
}

function factsOf({ threadId, title, updatedAt }: ThreadSummary): ThreadFacts {
  return { threadId, title, createdAt: updatedAt }
}

function limitOf({ limit }: { readonly limit?: number | null | undefined }): number {
  return Math.min(limit || DEFAULT_LIMIT, MAX_LIMIT)
}

function toPage<T>(data: readonly T[], after: string | undefined): Page<T> {
  return { data, has_more: after !== undefined, ...(after !== undefined && { after }) }
}
