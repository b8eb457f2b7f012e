import type { SqliteDatabase, SqliteStatement, SqliteValue } from './client.ts'

/** Runs statements, each of which is prepared once. */
export interface Sql {
  /** Runs a statement and ignores its rows. */
  run(sql: string, ...values: SqliteValue[]): void
  /** Returns the first row, or `undefined`. Its type is that of the columns of the statement. */
  get<T>(sql: string, ...values: SqliteValue[]): T | undefined
  /** Returns all rows. */
  all<T>(sql: string, ...values: SqliteValue[]): readonly T[]
}

/** Creates a {@link Sql} for a connection. */
export function createSql(database: SqliteDatabase): Sql {
  const statements = new Map<string, SqliteStatement>()

  function prepared(sql: string): SqliteStatement {
    const known = statements.get(sql)
    if (known) return known
    const statement = database.prepare(sql)
    statements.set(sql, statement)
    return statement
  }

  return {
    run(sql, ...values) {
      prepared(sql).run(...values)
    },
    // The columns of the statement.
    get: <T>(sql: string, ...values: SqliteValue[]) => withNumbers(prepared(sql).get(...values)) as T | undefined,
    all: <T>(sql: string, ...values: SqliteValue[]) =>
      prepared(sql)
        .all(...values)
        .map(withNumbers) as T[],
  }
}

/** Converts integers that a connection returns as `bigint`. All integers of the tables are safe. */
function withNumbers(row: unknown): unknown {
  for (const name in row as object) {
    // The columns of the statement.
    const columns = row as Record<string, unknown>
    if (typeof columns[name] === 'bigint') columns[name] = Number(columns[name])
  }
  return row
}
