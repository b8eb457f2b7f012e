import type { ChatHooks } from './chat-options.ts'
import type { Message } from '../vocabulary/chat-model.ts'
import type { HistoryStore, NewTurn } from '../vocabulary/history-store.ts'

/** Options of one turn, checked and with every default. */
export interface ResolvedTurnOptions {
  /** The question, repaired. */
  readonly question: string
  /** Id of the run. */
  readonly runId: string
  /** Id of the answer as a message. */
  readonly messageId: string
  /** Id of the conversation. */
  readonly threadId: string | undefined
  /** The tenant or user. */
  readonly scope: string | undefined
  /** A filter in the terms of the retriever. */
  readonly filter: unknown
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined
  /** The earlier turns. */
  readonly history: TurnHistory
  /** Called with the promise of the saving that goes on after the reader has left. */
  readonly waitUntil: ((saving: Promise<unknown>) => void) | undefined
  /** Called with each failure of the run, beside the hook of the chat. */
  readonly onError: ChatHooks['onError']
}

/** The place of the earlier turns: nowhere, in a list of messages, or in the store that keeps this one. */
export type TurnHistory =
  | { readonly kind: 'none' }
  | { readonly kind: 'messages'; readonly messages: readonly Message[] }
  | { readonly kind: 'store'; readonly store: HistoryStore; readonly turn: NewTurn }
