import type { StoredTurn } from '../../core/vocabulary/stored-turn.ts'
import type { DialectHistory } from '../dialect-route.ts'
import { isSameQuestion } from '../is-same-question.ts'
import type { AgUiRequest } from './request.ts'

/**
 * Returns the id of the run that a question answers anew. The protocol has no word for that: a client cuts its list after
 * the question, and sends it with another run id. So the latest turn is the one to replace if it has the same question,
 * and if the client has the answer before it, but not its own.
 *
 * A list that was cut further up, or an edited question, replaces nothing: it might come from a page that has not seen the
 * latest turns.
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

// An attempt to answer a turn anew stands after that turn until it has succeeded.
function idBefore(latest: StoredTurn, turns: readonly StoredTurn[]): string | undefined {
  return turns.findLast(({ runId }) => runId !== latest.runId && runId !== latest.replaces)?.messageId
}
