/** A value bound to a parameter of a statement. */
export type PostgresValue = string | number | boolean | null

/** The used part of a `Pool` or `Client` of `pg`, and of PGlite. */
export interface PostgresQueryClient {
  /** Runs one statement with bound parameters. */
  query(text: string, values: PostgresValue[]): PromiseLike<{ readonly rows: readonly unknown[] }>
}

/** The used part of postgres.js (the function that `postgres()` returns). */
export interface PostgresJsClient {
  /** Runs one statement with bound parameters. */
  unsafe(text: string, values: PostgresValue[]): PromiseLike<readonly unknown[]>
}

/**
 * A client that the user opens and closes. The type is structural, so that the package needs no driver. Every operation
 * is one statement with bound parameters, so a pool works, and so does a pooler such as PgBouncer.
 */
export type PostgresClient = PostgresQueryClient | PostgresJsClient
