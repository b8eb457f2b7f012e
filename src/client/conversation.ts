import type { ChatClient } from './chat-client.ts'
import type { ChatSnapshot } from './chat-snapshot.ts'
import type { ChatFailure } from './client-error.ts'
import type { LiveTurn } from './live-turn.ts'

/** The conversation that a store shows, as it is now. */
export interface Conversation {
  /** Sends the requests. */
  readonly client: ChatClient
  /** Id of the conversation; `undefined` for a new one before its first question. */
  threadId: string | undefined
  /** The turns, the oldest first. */
  turns: readonly LiveTurn[]
  /** The turn whose run is being read. */
  active: LiveTurn | undefined
  /** Settles when that run has been read. */
  reading?: Promise<void>
  /** Changes with each `open`: what was asked for the earlier conversation is dropped. */
  version: number
  /** True while a stored conversation is being loaded. */
  isLoading: boolean
  /** The failure of the last `open`, `refresh` or `stop`. */
  failure: ChatFailure | undefined
  /** Publishes the change at the next frame, or at once. */
  publish(when: 'frame' | 'now'): void
  /** Tells the list of conversations, and other tabs, that something was stored. */
  announce(threadId: string): void
}

/** Returns the snapshot of a conversation. */
export function snapshotOf({ threadId, turns, active, isLoading, failure }: Conversation): ChatSnapshot {
  const views = turns.map((turn) => turn.view())
  const status = (active?.view() ?? views.at(-1))?.status
  return {
    threadId,
    turns: views,
    status: status === 'streaming' || status === 'error' ? status : active ? 'submitted' : 'ready',
    isLoading,
    ...(failure && { error: failure }),
  }
}
