import type { StoredTurn } from '../../core/vocabulary/stored-turn.ts'
import { isSameQuestion } from '../is-same-question.ts'
import { runIdOf } from './to-ui-messages.ts'

/** A request for an answer, as far as it names the turn to replace. */
export interface AskedMessage {
  /** The question. */
  readonly question: string
  /** The reason of the request. */
  readonly trigger?: string | undefined
  /** The message to answer again or to replace. */
  readonly messageId?: string | undefined
  /** The ids of the answers before the question; absent if the client has sent only the question. */
  readonly answerIds?: readonly string[] | undefined
}

/** The turn that an answer replaces. */
export type Replaced =
  | { readonly outcome: 'none' }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'found'; readonly runId: string }

/** Returns true if the request may replace a turn: it repeats a question, or edits one. */
export function mayReplace({ trigger, messageId }: AskedMessage): boolean {
  return trigger === 'regenerate-message' || messageId !== undefined
}

/**
 * Finds the turn that an answer replaces, in the latest turns of the thread. A message id of the server names its turn.
 * The client makes the ids of new questions itself and does not name the last answer at all: then it is the turn that
 * follows the last answer that the client still shows. `isWhole` is true if the thread has no earlier turns.
 */
export function findReplaced(
  asked: AskedMessage,
  turns: readonly StoredTurn[],
  { isWhole }: { readonly isWhole: boolean },
): Replaced {
  if (!mayReplace(asked)) return NONE
  const { messageId } = asked
  const named = messageId === undefined ? undefined : find(turns, runIdOf(messageId))
  const turn = named ?? findByPosition(asked, turns, isWhole)
  if (turn === 'none') return NONE
  if (turn === undefined) return messageId === undefined ? NONE : { outcome: 'unknown' }
  return { outcome: 'found', runId: turn.runId }
}

const NONE: Replaced = { outcome: 'none' }

function findByPosition(
  { question, trigger, messageId, answerIds }: AskedMessage,
  turns: readonly StoredTurn[],
  isWhole: boolean,
): StoredTurn | 'none' | undefined {
  const isSame = (turn: StoredTurn | undefined) => turn !== undefined && isSameQuestion(turn.question, question)
  if (!answerIds) return messageId === undefined && isSame(turns.at(-1)) ? turns.at(-1) : undefined
  const last = answerIds.at(-1)
  const position = last === undefined ? (isWhole ? 0 : -1) : indexAfter(turns, last)
  if (position < 0) return undefined
  // A refused question was never stored, so that there is nothing to replace.
  const turn = turns[position] ?? 'none'
  // An edited question differs; a repeated one must be the same, so that no other turn is lost.
  return turn === 'none' || trigger !== 'regenerate-message' || isSame(turn) ? turn : undefined
}

function find(turns: readonly StoredTurn[], runId: string): StoredTurn | undefined {
  return turns.find((turn) => turn.runId === runId)
}

function indexAfter(turns: readonly StoredTurn[], runId: string): number {
  const index = turns.findIndex((turn) => turn.runId === runId)
  return index < 0 ? -1 : index + 1
}
