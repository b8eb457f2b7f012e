/** Result codes of SQLite (https://sqlite.org/rescode.html). */
export const SQLITE = { busy: 5, corrupt: 11, notADatabase: 26 } as const

/** Returns the primary result code of an error of `node:sqlite`; undefined for any other error. */
export function sqliteCodeOf(thrown: unknown): number | undefined {
  const isCoded = thrown instanceof Error && 'errcode' in thrown && typeof thrown.errcode === 'number'
  // The upper bits tell more about the cause.
  return isCoded ? Number(thrown.errcode) & 0xff : undefined
}
