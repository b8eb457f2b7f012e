import { isTerminalEvent } from '../core/vocabulary/events.ts'
import { takesPlace } from '../core/vocabulary/stored-turn.ts'
import { toFailure } from './client-error.ts'
import type { Conversation } from './conversation.ts'
import type { LiveTurn } from './live-turn.ts'
import { ended } from './turn-view.ts'

/** Reads the run of a turn until it ends, fails, or is left, and shows it. It never rejects. */
export function readTurn(turn: LiveTurn, conversation: Conversation): Promise<void> {
  conversation.active = turn
  conversation.turns = conversation.turns.filter((one) => !turn.replaced.includes(one))
  conversation.failure = undefined
  conversation.reading = read(turn, conversation)
  return conversation.reading
}

async function read(turn: LiveTurn, conversation: Conversation): Promise<void> {
  const { publish } = conversation
  turn.change((view) => ({ ...ended(view), status: view.result.answer === '' ? 'submitted' : 'streaming' }))
  publish('now')
  try {
    await readEvents(turn, conversation)
  } catch (thrown) {
    turn.change((view) => ({ ...ended(view), status: 'error', error: toFailure(thrown) }))
  }
  if (conversation.active === turn) conversation.active = undefined
  restoreReplaced(turn, conversation)
  publish('now')
}

async function readEvents(turn: LiveTurn, { publish, announce, ...conversation }: Conversation): Promise<void> {
  const { run } = turn
  if (!run) return
  for await (const event of run) {
    turn.add(event)
    const isLast = isTerminalEvent(event)
    publish(isLast ? 'now' : 'frame')
    // The first event after `start` comes when the question has been stored.
    if ((isLast || event.seq === 1) && conversation.threadId !== undefined) announce(conversation.threadId)
    if (isLast) turn.run = undefined
  }
  if (turn.run) turn.change((view) => ({ ...ended(view), status: 'disconnected' }))
}

/** A failed answer takes no other's place, so the earlier ones are shown again. */
function restoreReplaced(turn: LiveTurn, conversation: Conversation): void {
  const { finishReason = 'error', answer } = turn.view().result
  if (turn.run || takesPlace({ finishReason, answer })) return
  const missing = turn.replaced.filter((one) => !conversation.turns.includes(one))
  conversation.turns = conversation.turns.flatMap((one) => (one === turn ? [...missing, turn] : [one]))
}
