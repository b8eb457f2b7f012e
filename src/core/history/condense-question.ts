import { withTimeout } from '../async/with-timeout.ts'
import type { Clock } from '../async/clock.ts'
import { cutText } from '../text/cut-text.ts'
import { ChatError } from '../vocabulary/chat-error.ts'
import type { CondenseCall, CondensedQuestion, Condenser } from '../vocabulary/condenser.ts'
import type { HistoryTurn } from '../vocabulary/history-turn.ts'
import { expectCondensed } from './expect-condensed.ts'

/** How long {@link condenseQuestion} waits. */
export interface CondenseOptions extends CondenseCall {
  readonly condenseMs: number
  readonly clock: Clock
}

/**
 * Asks the condenser under a time limit, and refuses what cannot be a rewrite of the question.
 *
 * @throws whatever the condenser throws, a ChatError for nonsense or when the time is up, or the signal's reason
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
  const condensed = expectCondensed(answer)
  if (condensed.usage) onUsage?.(condensed.usage)
  const flaw = flawOf(condensed.query, question)
  if (flaw !== undefined) {
    throw new ChatError(`The condensed question is ${flaw}`, { code: 'upstream-bad-response', cause: condensed.query })
  }
  const longest = Math.max(...[question, ...turns.map((turn) => turn.question)].map(longestRewrite))
  return { ...condensed, ...furtherQueries(condensed, longest) }
}

/** Most further queries: the retriever is asked once for each. */
const MOST_FURTHER_QUERIES = 8

/** The further queries that can be asked, bounded like the questions that they come from. */
function furtherQueries({ also }: CondensedQuestion, longest: number): Pick<CondensedQuestion, 'also'> {
  if (!also) return {}
  const asked = also.filter(({ query }) => query.trim() !== '').slice(0, MOST_FURTHER_QUERIES)
  return { also: asked.map(({ query, weight }) => ({ query: cutText(query, longest).toWellFormed(), weight })) }
}

/** Why a text cannot be a rewrite of the question, if it cannot. */
function flawOf(query: string, question: string): string | undefined {
  if (query.trim() === '') return 'empty'
  if (query.length > longestRewrite(question)) return 'far longer than the question'
  if (differsInScript(query, question)) return 'in another language'
  return undefined
}

// A follow-up of two words may need a whole sentence of context; more than this is an answer.
const LONGEST_FACTOR = 3
const LONGEST_EXTRA_CHARS = 400

function longestRewrite(question: string): number {
  return LONGEST_FACTOR * question.length + LONGEST_EXTRA_CHARS
}

// In this order, because Japanese writes Han characters, too, and every language writes names in Latin letters.
const SCRIPTS = [
  /[\p{Script=Hiragana}\p{Script=Katakana}]/u,
  /\p{Script=Hangul}/u,
  /\p{Script=Han}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Arabic}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Thai}/u,
  /\p{Script=Devanagari}/u,
  /\p{Script=Latin}/u,
]

/** True if two texts are certainly of different languages, because they are written in different scripts. */
function differsInScript(a: string, b: string): boolean {
  const [scriptOfA, scriptOfB] = [a, b].map((text) => SCRIPTS.find((script) => script.test(text)))
  return scriptOfA !== undefined && scriptOfB !== undefined && scriptOfA !== scriptOfB
}
