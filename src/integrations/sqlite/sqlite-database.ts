/** What a statement is bound to. */
export type SqliteValue = string | number | null

/** What of a prepared statement is used. */
export interface SqliteStatement {
  run(...values: SqliteValue[]): unknown
  get(...values: SqliteValue[]): unknown
  all(...values: SqliteValue[]): readonly unknown[]
}

/** What of a connection is used: structurally, so that the `DatabaseSync` of `node:sqlite` fits, and better-sqlite3. */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
}
