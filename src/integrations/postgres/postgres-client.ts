import { untilAborted } from '../../core/async/abortable.ts'
import { expectMethods } from '../../core/options/validate.ts'

/** What a statement is bound to. */
export type PostgresValue = string | number | boolean | null

/** What of `pg` (a `Pool` or a `Client`) and of PGlite is used. */
export interface PostgresQueryClient {
  query(text: string, values: PostgresValue[]): PromiseLike<{ readonly rows: readonly unknown[] }>
}

/** What of postgres.js (the function that `postgres()` returns) is used. */
export interface PostgresJsClient {
  unsafe(text: string, values: PostgresValue[]): PromiseLike<readonly unknown[]>
}

/**
 * A client of the user's own, which is neither opened nor closed here: structurally, so that our types need no driver.
 * Every operation is one statement with bound parameters, so that a pool will do, and a pooler such as PgBouncer.
 */
export type PostgresClient = PostgresQueryClient | PostgresJsClient

/** Runs one statement and reads its answer: the JSON in the only column of its only row, or `undefined` without a row. */
export type Ask = (text: string, values: readonly PostgresValue[], signal: AbortSignal) => Promise<unknown>

/**
 * Makes what the stores ask a server with. An abort ends the wait and not the statement: to cancel it could hit whoever
 * gets the pooled connection next.
 */
export function createAsk(client: PostgresClient): Ask {
  const query = queryOf(client)
  return async (text, values, signal) => {
    signal.throwIfAborted()
    const [row] = await untilAborted(query(text, [...values]), signal)
    return row === undefined ? undefined : JSON.parse(answerOf(row))
  }
}

type Query = (text: string, values: PostgresValue[]) => PromiseLike<readonly unknown[]>

function queryOf(client: PostgresClient): Query {
  expectMethods('client', client, 'a client such as a Pool of pg or the function that postgres() returns', [])
  if ('unsafe' in client) {
    expectMethods('client', client, 'a client of postgres.js', ['unsafe'])
    return (text, values) => client.unsafe(text, values)
  }
  expectMethods('client', client, 'a client of pg', ['query'])
  return (text, values) => client.query(text, values).then(({ rows }) => rows)
}

// Text, because that is the one type that every driver, whatever it was told about types, gives back as it is.
function answerOf(row: unknown): string {
  if (typeof row === 'object' && row !== null && 'answer' in row && typeof row.answer === 'string') return row.answer
  throw new TypeError('Cannot read the answer of the client: it must be rows with the columns of the statement')
}
