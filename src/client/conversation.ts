import type { ChatClient } from './chat-client.ts'
import type { ChatSnapshot, ChatTurn } from './chat-snapshot.ts'
import { ChatClientError, clientError, type ChatFailure } from './client-error.ts'
import { createLiveTurn, type LiveTurn } from './live-turn.ts'

/** The conversation that a store shows, as it is now. */
export interface Conversation {
  /** Sends the requests. */
  readonly client: ChatClient
  /** Id of the conversation; `undefined` for a new one before its first question. */
  threadId?: string | undefined
  /** The turns, the oldest first. */
  turns: readonly LiveTurn[]
  /** The turn whose run is being read. */
  active?: LiveTurn | undefined
  /** Settles when that run has been read. */
  reading?: Promise<void>
  /** Another object after each `disconnect`, so that a load that was under way follows no run. */
  left?: object
  /** True while a stored conversation is being loaded. */
  isLoading?: boolean
  /** True if the server may have turns that are not shown. They are loaded after the answer that is being read. */
  isStale?: boolean
  /** The failure of the last `open`, `refresh` or `stop`. */
  failure?: ChatFailure | undefined
  /** Publishes the change at the next frame, or at once. */
  publish(isUrgent?: boolean): void
  /** Tells the list of conversations, and other tabs, that something was stored. */
  announce(): void
}

/** Returns the snapshot of a conversation. */
export function snapshotOf({ threadId, turns, active, isLoading = false, failure }: Conversation): ChatSnapshot {
  const views = turns.map((turn) => turn.view())
  const { status: last = 'done' } = active?.view() ?? views.at(-1) ?? {}
  const status = last === 'done' || last === 'disconnected' ? 'ready' : last
  return { threadId, turns: views, status, isLoading, error: failure }
}

/** Makes a turn of a conversation whose run is read by its id. */
export function followTurn(
  view: Pick<ChatTurn, 'runId' | 'question' | 'feedback'>,
  { client, threadId, publish }: Conversation,
): LiveTurn {
  return createLiveTurn(view, (reading) => client.follow({ runId: view.runId, threadId }, reading), publish)
}

/** Reads the run of a turn until it ends, fails, or is left, and shows it. It never rejects. */
export function readTurn(turn: LiveTurn, conversation: Conversation): Promise<void> {
  conversation.active = turn
  conversation.failure = undefined
  turn.setStatus(turn.view().result.answer ? 'streaming' : 'submitted')
  conversation.publish(true)
  return (conversation.reading = read(turn, conversation))
}

async function read(turn: LiveTurn, conversation: Conversation): Promise<void> {
  try {
    for await (const event of turn.run) {
      turn.add(event)
      conversation.publish()
      // The first event after `start` comes when the question has been stored.
      if (event.seq === 1) conversation.announce()
    }
    if (!turn.view().result.finishReason) turn.setStatus('disconnected')
  } catch (thrown) {
    turn.setStatus('error', thrown instanceof ChatClientError ? thrown : clientError('bad-response', { cause: thrown }))
  }
  if (conversation.active === turn) conversation.active = undefined
  conversation.publish(true)
  conversation.announce()
}
