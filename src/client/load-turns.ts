import type { StoredTurn } from '../core/vocabulary/stored-turn.ts'
import { clientError, type ChatFailure } from './client-error.ts'
import { readTurn, type Conversation } from './conversation.ts'
import { createLiveTurn, type LiveTurn, type OpenRun } from './live-turn.ts'
import { toEnd } from './to-end.ts'

/**
 * Loads the turns of the open conversation, and follows the run that is going on, whose end it does not wait for. Turns
 * that are shown already keep their identity.
 */
export async function loadTurns(conversation: Conversation): Promise<void> {
  const { client, threadId, turns, left, publish } = conversation
  if (threadId === undefined || conversation.active) return
  let stored: readonly StoredTurn[] = []
  let failure: ChatFailure | undefined
  try {
    stored = await client.turns(threadId)
  } catch (thrown) {
    failure = thrown as ChatFailure
  }
  // Something else is shown by now, or an answer is read.
  if (conversation.turns !== turns || conversation.active) return
  Object.assign(conversation, { failure, isLoading: false })
  // A server without a history stores none.
  if (stored.length > 0) conversation.turns = merge(stored, conversation)
  // The running one. A question that was refused here may stand after it.
  const running = conversation.turns.find((turn) => turn.view().status === 'submitted')
  if (conversation.left !== left) running?.setStatus('disconnected')
  else if (running) void readTurn(running, conversation)
  publish(true)
}

/**
 * Returns the stored turns, and then those that the server never stored, such as a refused question. A stored turn that
 * is no longer there has been replaced elsewhere.
 */
function merge(stored: readonly StoredTurn[], conversation: Conversation): readonly LiveTurn[] {
  const { client, threadId, publish } = conversation
  const others = new Map(conversation.turns.map((turn) => [turn.view().runId, turn]))
  const merged = stored.map(({ runId, question, feedback, result }) => {
    const shown = others.get(runId)
    others.delete(runId)
    // The server may know the end of an answer whose reading broke off here.
    if (shown && (shown.view().result.finishReason || !result)) {
      // Given in another tab. An equal one leaves the turn as it is.
      if (JSON.stringify(shown.view().feedback) !== JSON.stringify(feedback)) shown.set({ feedback })
      return shown
    }
    const open: OpenRun = (reading) => client.follow({ runId, threadId }, reading)
    const turn = createLiveTurn({ runId, question, feedback }, open, publish)
    turn.isStored = true
    if (result) turn.add(toEnd(result, 0))
    else if (runId !== stored.at(-1)?.runId) turn.setStatus('error', clientError('producer-lost'))
    return turn
  })
  return [...merged, ...[...others.values()].filter((turn) => turn.view().status !== 'done' && !turn.isStored)]
}
