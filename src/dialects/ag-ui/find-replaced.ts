import type { StoredTurn } from '../../core/vocabulary/stored-turn.ts'
import type { DialectHistory } from '../dialect-route.ts'
import { isSameQuestion } from '../is-same-question.ts'
import type { AgUiRequest } from './request.ts'

/**
 * Returns the id of the run whose answer a request replaces. The protocol has no field for it: to ask again, a client cuts
 * its list after the question, and sends it with another run id. So the latest turn is replaced if it has the same
 * question, and if the last answer in the list is that of the turn before.
 *
 * A list that was cut at an earlier turn, or an edited question, replaces nothing: it might come from a page that has not
 * seen the latest turns.
 */
export async function findReplaced(
  history: DialectHistory,
  request: AgUiRequest,
  run: string,
): Promise<string | undefined> {
  const { threadId, question, lastAnswerId, followsAnswer } = request
  if (!followsAnswer) return undefined
  const turns = await history.load(threadId, { limit: 3 })
  // A repeated request finds its own turn, which it does not replace.
  if (turns.some(({ runId }) => runId === run)) return undefined
  const latest = turns.at(-1)
  if (!latest || !isSameQuestion(latest.question, question)) return undefined
  return lastAnswerId === idBefore(latest, turns) ? latest.runId : undefined
}

// An attempt to replace a turn comes after that turn until it has succeeded.
function idBefore(latest: StoredTurn, turns: readonly StoredTurn[]): string | undefined {
  return turns.findLast(({ runId }) => runId !== latest.runId && runId !== latest.replaces)?.messageId
}
