import type { StoredTurn } from '../core/vocabulary/stored-turn.ts'
import { clientError, type ChatFailure } from './client-error.ts'
import { readTurn, type Conversation } from './conversation.ts'
import { createLiveTurn, type LiveTurn } from './live-turn.ts'
import { toEnd } from './to-end.ts'

/**
 * Loads the turns of the open conversation, and follows the run that is going on, whose end it does not wait for. Turns
 * that are shown already keep their identity.
 */
export async function loadTurns(conversation: Conversation): Promise<void> {
  const { client, threadId, turns } = conversation
  if (threadId === undefined || conversation.active) return
  // Something else may be shown by the time the server has answered.
  const isCurrent = () => conversation.turns === turns && !conversation.active
  try {
    const [runs, stored] = await Promise.all([client.runs(), client.turns(threadId)])
    if (!isCurrent()) return
    const early = runs.filter((run) => run.threadId === threadId && stored.every(({ runId }) => runId !== run.runId))
    // A server without a history stores none. A run may go on whose question is not stored yet.
    conversation.turns = [
      ...(stored.length > 0 ? merge(stored, conversation) : turns),
      ...early.map(({ runId }) => follow({ runId, question: '' }, conversation)),
    ]
    conversation.failure = undefined
  } catch (thrown) {
    if (!isCurrent()) return
    conversation.failure = thrown as ChatFailure
  }
  conversation.isLoading = false
  const running = conversation.turns.filter((turn) => turn.view().status === 'submitted')
  const last = conversation.turns.at(-1)
  for (const turn of running) {
    if (turn === last) void readTurn(turn, conversation)
    else turn.end('error', clientError('producer-lost'))
  }
  conversation.publish(true)
}

/** Returns the stored turns, and then those that the server never stored, such as a refused question. */
function merge(stored: readonly StoredTurn[], conversation: Conversation): readonly LiveTurn[] {
  const shown = new Map(conversation.turns.map((turn) => [turn.view().runId, turn]))
  const merged = stored.map((turn) => {
    const known = shown.get(turn.runId)
    shown.delete(turn.runId)
    // The server may know the end of an answer whose reading broke off here.
    return known && (known.view().status === 'done' || !turn.result) ? known : restore(turn, conversation)
  })
  return [...merged, ...[...shown.values()].filter((turn) => turn.view().status !== 'done')]
}

function restore(stored: StoredTurn, conversation: Conversation): LiveTurn {
  const turn = follow(stored, conversation)
  if (stored.result) turn.add(toEnd(stored.result, 0))
  return turn
}

function follow(stored: Parameters<typeof createLiveTurn>[0], { client, threadId, publish }: Conversation): LiveTurn {
  const { runId } = stored
  return createLiveTurn(stored, (reading) => client.follow({ runId, threadId }, reading), publish)
}
