import { ChatError } from '../../core/vocabulary/chat-error.ts'

/** The parts of an index contradict each other. */
export class DamagedIndexError extends Error {
  override readonly name = 'DamagedIndexError'
}

/** Says how to repair an index. */
export const REBUILD = 'Call knowledge.clear() and sync all documents again, or restore the file from a backup'

/** Says how to repair a file that SQLite cannot read. */
export const REPLACE = 'Delete the file and index all documents again, or restore it from a backup'

const CORRUPT = 11

// Primary result codes of SQLite, with what a user can do. The messages of SQLite name the cause.
const ADVICE: ReadonlyMap<number, string> = new Map([
  [8, 'The file or the connection is read-only: open it for writing'],
  [10, 'The disk reported an error: check the disk and its free space'],
  [CORRUPT, REPLACE],
  [13, 'The disk is full, or the file has reached its maximum size: free some space'],
  [14, 'The file cannot be opened: check the path and its permissions'],
  [26, 'The file is not a SQLite database: check the path'],
])

const NAMES: ReadonlyMap<string, number> = new Map([
  ['SQLITE_READONLY', 8],
  ['SQLITE_IOERR', 10],
  ['SQLITE_CORRUPT', CORRUPT],
  ['SQLITE_FULL', 13],
  ['SQLITE_CANTOPEN', 14],
  ['SQLITE_NOTADB', 26],
])

/** Returns the error to throw instead of that of the database. It says what to do, if that is known. */
export function withAdvice(thrown: unknown, action: 'read' | 'write'): unknown {
  const failure = `Cannot ${action} the index`
  if (thrown instanceof DamagedIndexError) {
    return unavailable(`${failure}: ${thrown.message}. ${REBUILD}`, thrown)
  }
  const advice = isClosed(thrown) ? CLOSED : ADVICE.get(primaryCode(thrown))
  if (advice === undefined || !(thrown instanceof Error)) return thrown
  return unavailable(`${failure}: ${thrown.message}. ${advice}`, thrown)
}

function unavailable(message: string, cause: unknown): ChatError {
  return new ChatError(message, { code: 'store-unavailable', retryable: false, cause })
}

const CLOSED = 'The connection was closed: keep it open as long as the store is in use'

function isClosed(thrown: unknown): boolean {
  return thrown instanceof Error && /database( connection)? is not open/.test(thrown.message)
}

/** Returns true if SQLite cannot read the file. */
export function isCorrupt(thrown: unknown): thrown is Error {
  return thrown instanceof Error && primaryCode(thrown) === CORRUPT
}

/** `node:sqlite` reports a number, better-sqlite3 a string. */
function primaryCode(thrown: unknown): number {
  if (typeof thrown !== 'object' || thrown === null) return 0
  // The low byte is the primary code; the other bytes extend it.
  if ('errcode' in thrown && typeof thrown.errcode === 'number') return thrown.errcode & 0xff
  if (!('code' in thrown) || typeof thrown.code !== 'string') return 0
  const { code } = thrown
  return [...NAMES].find(([name]) => code.startsWith(name))?.[1] ?? 0
}
