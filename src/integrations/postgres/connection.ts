import { untilAborted } from '../../core/async/abortable.ts'
import { expectMethods } from '../../core/options/validate.ts'
import type { PostgresClient, PostgresValue } from './client.ts'

/** Runs one statement and parses its answer: the JSON in the only column of its only row, or `undefined` without a row. */
export type RunCommand = (text: string, values: readonly PostgresValue[], signal: AbortSignal) => Promise<unknown>

/**
 * Creates the function that runs commands on a client. An abort ends the wait but not the statement: the pool may have
 * given the connection to another caller, whose statement a cancel request would hit.
 */
export function createCommandRunner(client: PostgresClient): RunCommand {
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

// Text, because it is the one type that every driver returns unchanged, whatever its type settings.
function answerOf(row: unknown): string {
  if (typeof row === 'object' && row !== null && 'answer' in row && typeof row.answer === 'string') return row.answer
  throw new TypeError('Cannot read the rows of the client: a row must be an object with the columns of the statement')
}
