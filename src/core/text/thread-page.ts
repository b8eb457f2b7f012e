import type { ThreadPage, ThreadSummary } from '../vocabulary/history-store.ts'
import { cutText } from './cut-text.ts'
import { foldText } from './fold-text.ts'

/** A thread of a store, with the cursor that continues a list after it. */
export interface ListedThread extends ThreadSummary {
  /** The cursor. */
  readonly cursor: string
}

/** Reads threads of a scope from a store, the latest first, after a cursor. */
export type ReadThreads = (page: PageStart) => Promise<readonly ListedThread[]>

/** The start and the length of a page. */
export interface PageStart {
  /** Maximum number of threads. */
  readonly limit: number
  /** The cursor of the last thread of the previous page. */
  readonly before?: string | undefined
}

/** Maximum length of a title in a list, in UTF-16 code units. A first question may have 32,768. */
export const MAX_TITLE_CHARS = 1_000

/** Threads that a search reads at once. */
const BATCH = 500
/** Maximum number of threads that a search examines for one page. It bounds the work of a call. */
const MOST_EXAMINED = 2_000

/** Returns a page of the threads that `read` gives; with `search`, only those whose title contains that text. */
export async function pageOfThreads(
  read: ReadThreads,
  { limit, before, search }: PageStart & { readonly search?: string | undefined },
): Promise<ThreadPage> {
  if (limit < 1) return { threads: [] }
  if (search !== undefined) return searchThreads(read, { limit, before, search: foldText(search) })
  const rows = await read({ limit: limit + 1, before })
  return toPage(rows.slice(0, limit), rows.length > limit ? rows[limit - 1]?.cursor : undefined)
}

/** The titles are compared here and not in a database, because each database has another notion of case. */
async function searchThreads(
  read: ReadThreads,
  { limit, before, search }: PageStart & { readonly search: string },
): Promise<ThreadPage> {
  const found: ListedThread[] = []
  let cursor = before
  for (let examined = 0; examined < MOST_EXAMINED; examined += BATCH) {
    const rows = await read({ limit: BATCH, before: cursor })
    for (const row of rows) {
      if (!foldText(cutTitle(row.title)).includes(search)) continue
      if (found.length === limit) return toPage(found, found.at(-1)?.cursor)
      found.push(row)
    }
    if (rows.length < BATCH) return toPage(found, undefined)
    cursor = rows.at(-1)?.cursor
  }
  return toPage(found, cursor)
}

function toPage(rows: readonly ListedThread[], before: string | undefined): ThreadPage {
  const threads = rows.map(({ threadId, title, turns, updatedAt }) => ({
    threadId,
    title: cutTitle(title),
    turns,
    updatedAt,
  }))
  return { threads, ...(before !== undefined && { before }) }
}

function cutTitle(title: string): string {
  return title.length <= MAX_TITLE_CHARS ? title : `${cutText(title, MAX_TITLE_CHARS - 1)}…`
}
