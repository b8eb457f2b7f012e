import type { ChatHooks } from './chat-options.ts'
import type { Message } from '../vocabulary/chat-model.ts'
import type { HistoryStore, NewTurn } from '../vocabulary/history-store.ts'

/** The checked options of one turn with all defaults. */
export interface ResolvedTurnOptions {
  /** The question, without unpaired surrogates. */
  readonly question: string
  /** Id of the run. */
  readonly runId: string
  /** Id of the answer as a message. */
  readonly messageId: string
  /** Id of the conversation. */
  readonly threadId: string | undefined
  /** The tenant or user. */
  readonly scope: string | undefined
  /** A filter in the retriever's own format. */
  readonly filter: unknown
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined
  /** The earlier turns. */
  readonly history: TurnHistory
  /** Called if the reader leaves before the end, with a promise that settles when the turn is saved. */
  readonly waitUntil: ((saving: Promise<unknown>) => void) | undefined
  /** Called with each failure of the run, in addition to the hook of the chat. */
  readonly onError: ChatHooks['onError']
}

/** The earlier turns: none, a list of messages, or the store that also saves this turn. */
export type TurnHistory =
  | { readonly kind: 'none' }
  | { readonly kind: 'messages'; readonly messages: readonly Message[] }
  | { readonly kind: 'store'; readonly store: HistoryStore; readonly turn: NewTurn }
