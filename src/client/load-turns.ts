import type { StoredTurn } from '../core/vocabulary/stored-turn.ts'
import { toFailure } from './client-error.ts'
import type { Conversation } from './conversation.ts'
import { createLiveTurn, type LiveTurn } from './live-turn.ts'
import { readTurn } from './read-turn.ts'
import { newTurn, storedTurn } from './turn-view.ts'

/**
 * Loads the turns of the open conversation. Turns that are shown already keep their identity. A run that is going on is
 * followed; its end is not waited for.
 */
export async function loadTurns(conversation: Conversation): Promise<void> {
  const { client, threadId, version } = conversation
  if (threadId === undefined || conversation.active) return
  // Something else may be shown by the time the server has answered.
  const isCurrent = () => conversation.version === version && !conversation.active
  try {
    const [runs, stored] = await Promise.all([client.runs(), client.turns(threadId)])
    if (!isCurrent()) return
    conversation.failure = undefined
    const early = runs.find((run) => run.threadId === threadId && stored.every(({ runId }) => runId !== run.runId))
    conversation.turns = [
      ...merge(stored, conversation),
      ...(early ? [follow(newTurn(early.runId, ''), conversation)] : []),
    ]
  } catch (thrown) {
    if (isCurrent()) conversation.failure = toFailure(thrown)
  }
  if (!isCurrent()) return
  conversation.isLoading = false
  const last = conversation.turns.at(-1)
  if (last?.run && last.view().status !== 'disconnected') void readTurn(last, conversation)
  else conversation.publish('now')
}

/** Returns the stored turns, those that are shown already as they are, and then those that the server never stored. */
function merge(stored: readonly StoredTurn[], conversation: Conversation): readonly LiveTurn[] {
  const { turns } = conversation
  // A server without a history stores none.
  if (stored.length === 0) return turns
  const shown = new Map(turns.map((turn) => [turn.view().runId, turn]))
  const merged = stored.map((turn, index) => {
    const known = shown.get(turn.runId)
    shown.delete(turn.runId)
    // The server may know the end of an answer whose reading broke off here.
    if (known && !(known.run && turn.result)) return known
    if (turn.result) return createLiveTurn(storedTurn(turn))
    return index === stored.length - 1 ? follow(storedTurn(turn), conversation) : createLiveTurn(lostTurn(turn))
  })
  return [...merged, ...[...shown.values()].filter((turn) => turn.view().status !== 'done')]
}

function follow(view: ReturnType<typeof newTurn>, { client, threadId }: Conversation): LiveTurn {
  return createLiveTurn(view, client.follow({ runId: view.runId, threadId }))
}

function lostTurn(turn: StoredTurn): ReturnType<typeof newTurn> {
  const error = { code: 'producer-lost', message: 'This answer was lost', retryable: true } as const
  return { ...storedTurn(turn), status: 'error', error }
}
