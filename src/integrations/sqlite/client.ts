/** A value bound to a parameter of a statement. */
export type SqliteValue = string | number | Uint8Array | null

/** The used part of a prepared statement. */
export interface SqliteStatement {
  /** Runs the statement and ignores its rows. */
  run(...values: SqliteValue[]): unknown
  /** Returns the first row, or `undefined`. */
  get(...values: SqliteValue[]): unknown
  /** Returns all rows. */
  all(...values: SqliteValue[]): readonly unknown[]
}

/** The used part of a connection. Both `DatabaseSync` of `node:sqlite` and a database of better-sqlite3 fit. */
export interface SqliteDatabase {
  /** Runs SQL without parameters. */
  exec(sql: string): unknown
  /** Prepares a statement. */
  prepare(sql: string): SqliteStatement
}
