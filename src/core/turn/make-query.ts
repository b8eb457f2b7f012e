import { condenseQuestion } from '../history/condense-question.ts'
import type { ModelAnswerSource, ResolvedCondensingOptions } from '../options/resolved-options.ts'
import { isGreeting } from '../text/answer-greeting.ts'
import { toChatError } from '../vocabulary/chat-error.ts'
import type { CondensedQuestion } from '../vocabulary/condenser.ts'
import type { Source } from '../vocabulary/sources.ts'
import type { TokenUsage } from '../vocabulary/usage.ts'
import { warning } from '../vocabulary/warnings.ts'
import type { Conversation } from './load-history.ts'
import type { Turn } from './turn.ts'

/** The queries of a turn. */
export interface Search extends Pick<CondensedQuestion, 'query' | 'also'> {
  /** Earlier sources that are always used. */
  readonly pinned: readonly Source[]
}

/**
 * Makes the query of a turn: a stand-alone question for a follow-up, or the question itself if condensing fails. It
 * emits the events, and notes usage and timings.
 */
export async function makeQuery(
  conversation: Conversation,
  turn: Turn,
  { condensing, greetings }: Pick<ModelAnswerSource, 'condensing' | 'greetings'>,
): Promise<Search> {
  const { question } = turn.input
  const turns = conversation.turns.filter((turn) => !greetings || !isGreeting(turn.question, greetings))
  const condensed = await tryToCondense({ ...conversation, turns }, turn, condensing)
  const { query, also } = condensed ?? { query: conversation.question }
  if (condensed) turn.tracker.markTime('condensed')
  await turn.emit({ type: 'query', question, query, condensed: query !== question })
  return { query, pinned: conversation.pinned, ...(also && { also }) }
}

async function tryToCondense(
  { turns, question }: Conversation,
  { emit, tracker, signal, clock }: Turn,
  { condenser, condenseMs }: ResolvedCondensingOptions,
): Promise<CondensedQuestion | undefined> {
  if (turns.length === 0 || !condenser) return undefined
  await emit({ type: 'status', phase: 'condensing' })
  try {
    const onUsage = (usage: TokenUsage): void => tracker.setUsage('condensing', usage)
    return await condenseQuestion(condenser, { turns, question }, { condenseMs, clock, signal, onUsage })
  } catch (thrown) {
    signal.throwIfAborted()
    tracker.reportError(toChatError(thrown))
    await emit(warning('condense-failed'))
    return undefined
  }
}
