import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { HISTORY_RECORD_VERSION, takesPlace } from '../../core/vocabulary/stored-turn.ts'
import { MAX_TITLE_CHARS } from '../../core/text/thread-page.ts'
import type {
  FinishTurnOutcome,
  FinishedTurn,
  NewTurn,
  ThreadKey,
  TurnKey,
} from '../../core/vocabulary/history-store.ts'
import { encodeResult, finishTurnOutcome } from '../../records/stored-result.ts'
import type { SqliteDatabase } from './client.ts'

/** A row of `ragwire_turns`. Integers are `bigint` if the connection is set to return them so. */
export interface TurnRow {
  /** Version of the record. */
  readonly v: number | bigint
  /** The thread. */
  readonly thread_id: string
  /** The run of the turn. */
  readonly run_id: string
  /** The id of the answer. */
  readonly message_id: string
  /** The question, as asked. */
  readonly question: string
  /** The run whose turn this one replaces, if any. */
  readonly replaces: string | null
  /** Time of the begin, in milliseconds since 1970. */
  readonly created_at: number | bigint
  /** JSON, as {@link encodeResult} writes it. */
  readonly result: string | null
  /** JSON, as `encodeFeedback` writes it. */
  readonly feedback: string | null
}

/** A thread, with its title and the number of its turns. */
export interface ThreadRow {
  /** The thread. */
  readonly thread_id: string
  /** Orders the list; also its cursor. */
  readonly touched: number | bigint
  /** Time of the last change, in milliseconds since 1970. */
  readonly updated_at: number | bigint
  /** The title that was set, or the first question; longer than a title in a list at most by a few characters. */
  readonly title: string
  /** The number of turns. */
  readonly turns: number | bigint
}

/** Adds a turn. Call it in a transaction, like the other commands that write. */
export function beginTurn(database: SqliteDatabase, turn: NewTurn): void {
  const { scope, threadId, runId, messageId, question } = turn
  // The columns of the statement.
  const known = database
    .prepare('select thread_id from ragwire_turns where scope = ? and run_id = ?')
    .get(scope, runId) as { readonly thread_id: string } | undefined
  if (known?.thread_id === threadId) return
  if (known) throw new ChatError('The run belongs to another thread', { code: 'store-conflict' })
  const replaces = turn.replaces === undefined ? null : runToReplace(database, { ...turn, runId: turn.replaces })
  database
    .prepare(
      `insert into ragwire_turns (scope, run_id, v, thread_id, message_id, question, replaces, created_at)
      values (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(scope, runId, HISTORY_RECORD_VERSION, threadId, messageId, question, replaces, Date.now())
  touch(database, turn)
}

/** Returns the run itself, or the run that it failed to replace. */
function runToReplace(database: SqliteDatabase, named: RunInThread): string {
  const turn = findInThread(database, named)
  if (!turn) throw new ChatError('The turn to replace does not exist', { code: 'not-found' })
  const { replaces } = turn
  return replaces !== null && findInThread(database, { ...named, runId: replaces }) ? replaces : named.runId
}

/** Stores the result of a turn, unless it has one. */
export function finishTurn(database: SqliteDatabase, { result, ...key }: FinishedTurn): FinishTurnOutcome {
  const record = encodeResult(result)
  const turn = findInThread(database, key)
  if (!turn) throw new ChatError('The turn no longer exists: its thread was deleted', { code: 'not-found' })
  if (turn.result !== null) return finishTurnOutcome(record, turn.result)
  const { position, replaces } = turn
  database.prepare('update ragwire_turns set result = ? where position = ?').run(record, position)
  if (replaces !== null && takesPlace(result)) takePlace(database, { ...key, position, replaces })
  touch(database, key)
  return { kept: 'this' }
}

/** Puts a turn in the place of another one, and deletes the failed attempts to replace it. */
function takePlace(
  database: SqliteDatabase,
  { position, replaces, ...key }: RunInThread & { readonly position: number; readonly replaces: string },
): void {
  const replaced = findInThread(database, { ...key, runId: replaces })
  if (!replaced) return
  database
    .prepare(
      `delete from ragwire_turns where scope = ? and thread_id = ? and position <> ?
      and (run_id = ? or (replaces = ? and result is not null))`,
    )
    .run(key.scope, key.threadId, position, replaces, replaces)
  database.prepare('update ragwire_turns set position = ? where position = ?').run(replaced.position, position)
}

/** Returns the latest turns of a thread, the latest first. */
export function loadTurns(database: SqliteDatabase, { scope, threadId }: ThreadKey, limit: number): readonly TurnRow[] {
  const sql = `select ${TURN} from ragwire_turns where scope = ? and thread_id = ? order by position desc limit ?`
  // The columns of the statement.
  return database.prepare(sql).all(scope, threadId, finite(limit)) as readonly TurnRow[]
}

/** Returns the turn of a run in any thread of the scope. */
export function findTurn(database: SqliteDatabase, { scope, runId }: TurnKey): TurnRow | undefined {
  const sql = `select ${TURN} from ragwire_turns where scope = ? and run_id = ?`
  // The columns of the statement.
  return database.prepare(sql).get(scope, runId) as TurnRow | undefined
}

const TURN = 'v, thread_id, run_id, message_id, question, replaces, created_at, result, feedback'

/** Returns the threads of a scope that changed before the cursor `before`, the latest first. */
export function listThreads(
  database: SqliteDatabase,
  scope: string,
  { before = Number.MAX_SAFE_INTEGER, limit }: { readonly before?: number | undefined; readonly limit: number },
): readonly ThreadRow[] {
  // The columns of the statement.
  return database.prepare(LIST).all(scope, before, finite(limit)) as readonly ThreadRow[]
}

// One character more than the longest title, so that a cut is noticed.
const LIST = `
select thread_id, touched, updated_at,
  substr(coalesce(title, (select question from ragwire_turns t where t.scope = threads.scope
    and t.thread_id = threads.thread_id order by position limit 1), ''), 1, ${MAX_TITLE_CHARS + 1}) as title,
  (select count(*) from ragwire_turns t where t.scope = threads.scope and t.thread_id = threads.thread_id) as turns
from ragwire_threads threads where scope = ? and touched < ? order by touched desc limit ?`

/** Sets the title of a thread; returns false if there is none. */
export function renameThread(database: SqliteDatabase, { scope, threadId }: ThreadKey, title: string): boolean {
  const statement = database.prepare(
    'update ragwire_threads set title = ? where scope = ? and thread_id = ? returning thread_id',
  )
  return statement.all(title, scope, threadId).length > 0
}

/** The turn of which the feedback was set, and the earlier record of it. */
export interface ChangedFeedback {
  /** The turn, with the new feedback. */
  readonly row: TurnRow
  /** JSON, as `encodeFeedback` writes it. */
  readonly earlier: string | null
}

/** Sets the feedback of a turn that has a result; returns `undefined` if there is no such turn. */
export function setFeedback(
  database: SqliteDatabase,
  run: TurnKey,
  record: string | null,
): ChangedFeedback | undefined {
  const row = findTurn(database, run)
  if (!row || row.result === null) return undefined
  database
    .prepare('update ragwire_turns set feedback = ? where scope = ? and run_id = ?')
    .run(record, run.scope, run.runId)
  return { row: { ...row, feedback: record }, earlier: row.feedback }
}

/** Deletes a thread with its turns; returns false if there was none. */
export function deleteThread(database: SqliteDatabase, { scope, threadId }: ThreadKey): boolean {
  database.prepare('delete from ragwire_turns where scope = ? and thread_id = ?').run(scope, threadId)
  const statement = database.prepare(
    'delete from ragwire_threads where scope = ? and thread_id = ? returning thread_id',
  )
  return statement.all(scope, threadId).length > 0
}

interface RunInThread extends ThreadKey {
  readonly runId: string
}

interface FoundTurn {
  readonly position: number
  readonly replaces: string | null
  readonly result: string | null
}

function findInThread(database: SqliteDatabase, { scope, threadId, runId }: RunInThread): FoundTurn | undefined {
  const statement = database.prepare(
    `select position, replaces, result from ragwire_turns where scope = ? and thread_id = ? and run_id = ?`,
  )
  // The columns of the statement. A connection may be set to return a bigint.
  const row = statement.get(scope, threadId, runId) as
    | (Omit<FoundTurn, 'position'> & { readonly position: number | bigint })
    | undefined
  return row && { ...row, position: Number(row.position) }
}

function touch(database: SqliteDatabase, { scope, threadId }: ThreadKey): void {
  database
    .prepare(
      `insert into ragwire_threads (scope, thread_id, touched, updated_at)
      values (?1, ?2, (select coalesce(max(touched), 0) + 1 from ragwire_threads where scope = ?1), ?3)
      on conflict (scope, thread_id) do update set touched = excluded.touched, updated_at = excluded.updated_at`,
    )
    .run(scope, threadId, Date.now())
}

// `Infinity` becomes the largest exact integer.
function finite(limit: number): number {
  return Math.min(limit, Number.MAX_SAFE_INTEGER)
}
