import type { LoadedTurn } from '../core/vocabulary/stored-turn.ts'
import { clientError, type ChatFailure } from './client-error.ts'
import { followTurn, readTurn, type Conversation } from './conversation.ts'
import type { LiveTurn } from './live-turn.ts'
import { toEnd } from './to-end.ts'

/**
 * Loads the turns of the open conversation, and follows the run that is going on, whose end it does not wait for. Turns
 * that are shown already keep their identity.
 */
export async function loadTurns(conversation: Conversation): Promise<void> {
  const { client, threadId, turns, left, publish } = conversation
  if (threadId === undefined) return
  // Until a load has been shown: this one may have to give way to a question.
  conversation.isStale = true
  if (conversation.active) return
  let failure: ChatFailure | undefined
  const stored = await client.turns(threadId).catch((thrown: ChatFailure) => {
    failure = thrown
    return []
  })
  // Something else is shown by now, or an answer is read.
  if (conversation.turns !== turns || conversation.active) return
  Object.assign(conversation, { failure, isLoading: false, isStale: false })
  // A server without a history stores none.
  if (stored.length > 0) conversation.turns = merge(stored, conversation)
  // The running one. A question that was refused here may stand after it.
  const running = conversation.turns.find((turn) => turn.view().status === 'submitted')
  if (conversation.left !== left) running?.setStatus('disconnected')
  else if (running) void readAndCatchUp(running, conversation)
  publish(true)
}

/** Reads the run of a turn like {@link readTurn}, and then loads the turns that may have been missed. */
export async function readAndCatchUp(turn: LiveTurn, conversation: Conversation): Promise<void> {
  await readTurn(turn, conversation)
  if (conversation.isStale) await loadTurns(conversation)
}

/**
 * Returns the stored turns, and those that the server never stored, such as a refused question, each before the turn that
 * was shown after it. A stored turn that is no longer there has been replaced elsewhere.
 */
function merge(stored: readonly LoadedTurn[], conversation: Conversation): readonly LiveTurn[] {
  const others = new Map(conversation.turns.map((turn) => [turn.view().runId, turn]))
  const merged = stored.map(({ runId, question, result, feedback, sourceStates }) => {
    const shown = others.get(runId)
    others.delete(runId)
    // The server may know the end of an answer whose reading broke off here.
    if (shown && (shown.view().result.finishReason || !result)) {
      // Given in another tab. Equal ones leave the turn as it is.
      const view = shown.view()
      if (JSON.stringify([view.feedback, view.sourceStates]) !== JSON.stringify([feedback, sourceStates]))
        shown.set({ feedback, sourceStates })
      return shown
    }
    const turn = followTurn({ runId, question, feedback }, conversation)
    turn.isStored = true
    if (sourceStates) turn.set({ sourceStates })
    if (result) turn.add(toEnd(result, 0))
    else if (runId !== stored.at(-1)?.runId) turn.setStatus('error', clientError('producer-lost'))
    return turn
  })
  let next = merged.length
  for (const turn of conversation.turns.toReversed()) {
    const { runId, status } = turn.view()
    if (!others.has(runId)) next = merged.findIndex((one) => one.view().runId === runId)
    else if (status !== 'done' && !turn.isStored) merged.splice(next, 0, turn)
  }
  return merged
}
