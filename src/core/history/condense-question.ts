import { withTimeout } from '../async/with-timeout.ts'
import type { Clock } from '../async/clock.ts'
import { cutText } from '../text/cut-text.ts'
import { differsInScript } from '../text/differs-in-script.ts'
import { ChatError } from '../vocabulary/chat-error.ts'
import type { CondenseCall, CondensedQuestion, Condenser } from '../vocabulary/condenser.ts'
import type { HistoryTurn } from '../vocabulary/history-turn.ts'

/** Options of {@link condenseQuestion}. */
export interface CondenseOptions extends CondenseCall {
  /** Time for the condenser, in milliseconds. */
  readonly condenseMs: number
  /** Gives the time. */
  readonly clock: Clock
}

/**
 * Calls a condenser with a time limit, and rejects a result that cannot be a rewrite of the question. The built-in
 * condenser is `modelCondenser`.
 *
 * @throws the error of the condenser, a ChatError if the result is rejected or the time is up, or the signal's reason
 */
export async function condenseQuestion(
  condenser: Condenser,
  { turns, question }: { readonly turns: readonly HistoryTurn[]; readonly question: string },
  { condenseMs, clock, signal, onUsage }: CondenseOptions,
): Promise<CondensedQuestion> {
  const onTimeout = (): Error =>
    new ChatError(`The condenser did not answer within ${condenseMs} ms (condenseMs)`, { code: 'upstream-timeout' })
  const answer = await withTimeout(
    async (signal) => condenser.condense(turns, question, { signal, ...(onUsage && { onUsage }) }),
    { ms: condenseMs, clock, signal, onTimeout },
  )
  const condensed = toCondensedQuestion(answer)
  if (condensed.usage) onUsage?.(condensed.usage)
  const flaw = flawOf(condensed.query, question)
  if (flaw !== undefined) {
    throw new ChatError(`The condensed question is ${flaw}`, { code: 'upstream-bad-response', cause: condensed.query })
  }
  const longest = Math.max(...[question, ...turns.map((turn) => turn.question)].map(longestRewrite))
  return { ...condensed, ...furtherQueries(condensed, longest) }
}

/**
 * Checks the result of a condenser, which may be custom code. A further query is left out if its weight is not a finite
 * number.
 *
 * @throws ChatError `upstream-bad-response` that names the field
 */
function toCondensedQuestion(answer: unknown): CondensedQuestion {
  const { query, also, usage } = Object(answer) as { readonly [Field in keyof CondensedQuestion]?: unknown }
  if (typeof query !== 'string') throw bad('query', 'a string', query)
  if (also !== undefined && !isListOfQueries(also)) throw bad('also', 'a list of { query, weight }', also)
  return {
    query: query.toWellFormed(),
    ...(also && { also: also.filter(({ weight }) => Number.isFinite(weight)) }),
    // `TurnTracker.setUsage` checks the numbers.
    ...(typeof usage === 'object' && usage !== null && { usage: usage as NonNullable<CondensedQuestion['usage']> }),
  }
}

function isListOfQueries(value: unknown): value is NonNullable<CondensedQuestion['also']> {
  return Array.isArray(value) && value.every((item: unknown) => isQuery(item))
}

function isQuery(value: unknown): boolean {
  const { query, weight } = Object(value) as { readonly query?: unknown; readonly weight?: unknown }
  return typeof query === 'string' && typeof weight === 'number'
}

function bad(field: string, expected: string, value: unknown): ChatError {
  const message = `The condenser returned ${typeof value} as ${field}: it must be ${expected}`
  return new ChatError(message, { code: 'upstream-bad-response' })
}

/** Maximum number of further queries, because the retriever is called for each. */
const MOST_FURTHER_QUERIES = 8

/** Returns the further queries, limited in number and length. */
function furtherQueries({ also }: CondensedQuestion, longest: number): Pick<CondensedQuestion, 'also'> {
  if (!also) return {}
  const asked = also.filter(({ query }) => query.trim() !== '').slice(0, MOST_FURTHER_QUERIES)
  return { also: asked.map(({ query, weight }) => ({ query: cutText(query, longest).toWellFormed(), weight })) }
}

/** Returns the reason why a text cannot be a rewrite of the question, or `undefined`. */
function flawOf(query: string, question: string): string | undefined {
  if (query.trim() === '') return 'empty'
  if (query.length > longestRewrite(question)) return 'far longer than the question'
  if (differsInScript(query, question)) return 'in another language'
  return undefined
}

// A follow-up of two words may need a whole sentence of context; a longer text is an answer.
const LONGEST_FACTOR = 3
const LONGEST_EXTRA_CHARS = 400

function longestRewrite(question: string): number {
  return LONGEST_FACTOR * question.length + LONGEST_EXTRA_CHARS
}
