import type { Message } from '../vocabulary/chat-model.ts'
import type { HistoryStore } from '../vocabulary/history-store.ts'
import type { EngineOptions, RetrievalChatOptions, SharedChatOptions } from './chat-options.ts'
import type { TurnOptions } from './turn-options.ts'

/** Options of `streamChat` for both a retriever and an engine. */
export interface CommonChatOptions
  extends Omit<SharedChatOptions, 'history'>, Omit<TurnOptions, 'history' | 'filter' | 'waitUntil' | 'onError'> {
  /** The earlier turns: a store that is read and written, or a plain list of messages, the oldest first. */
  readonly history?: HistoryStore | readonly Message[] | undefined
}

/** Options of `streamChat` for a run in which this library retrieves and prompts, and the model answers. */
export interface RetrieveAndAnswerOptions extends CommonChatOptions, RetrievalChatOptions {
  /** Passed to the retriever unchanged. */
  readonly filter?: unknown
}

/** Options of `streamChat` for a run that an engine answers by itself. */
export interface EngineChatOptions extends CommonChatOptions, EngineOptions {}

/** Options of `streamChat`. */
export type StreamChatOptions = RetrieveAndAnswerOptions | EngineChatOptions
