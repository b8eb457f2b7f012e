import type { MODEL_FINISH_REASONS } from './result.ts'
import type { Source } from './sources.ts'
import type { TokenUsage } from './usage.ts'

/** The roles of the messages of a prompt. */
export const MESSAGE_ROLES = ['system', 'user', 'assistant'] as const

/** One message of a prompt. */
export interface Message {
  /** The speaker. */
  readonly role: (typeof MESSAGE_ROLES)[number]
  /** The text. */
  readonly content: string
}

/** The request to a {@link ChatModel}. */
export interface ChatModelRequest {
  /** The whole prompt. */
  readonly messages: readonly Message[]
  /** The use of the text: the answer that the reader sees, a stand-alone question, or the verdict on a claim. */
  readonly purpose: 'answer' | 'condense' | 'check'
  /** The question as the reader asked it, for models that read no prompt. */
  readonly question: string
  /** The text that was searched for, if the question was condensed; for models that read no prompt. */
  readonly query?: string
  /** The numbered sources, for models that read no prompt. */
  readonly sources: readonly Source[]
  /** Maximum number of tokens to generate; the default of the model if absent. */
  readonly maxOutputTokens?: number
  /** Temperature; the default of the model if absent. */
  readonly temperature?: number
}

/** The reason why a model stopped. A run has further finish reasons of its own. */
export type ModelFinishReason = (typeof MODEL_FINISH_REASONS)[number]

/** An event of the stream of a {@link ChatModel}. */
export type ChatModelEvent =
  | { readonly type: 'text'; readonly delta: string }
  /** Activity without text, such as a reasoning delta. It resets the timers and is not shown. */
  | { readonly type: 'reasoning' }
  /** The regular end. `finishReason` is missing if the server sends an end marker without one. */
  | {
      readonly type: 'finish'
      readonly finishReason?: ModelFinishReason | undefined
      /** The server's own finish reason, if it is not a known one. It reaches hooks only. */
      readonly rawFinishReason?: string | undefined
      readonly usage?: Omit<TokenUsage, 'estimated'> | undefined
    }

/**
 * A model that answers. If its stream ends without `finish`, the run fails as `upstream-incomplete`. A stream fails by
 * throwing a {@link ChatError}; any other thrown value counts as `upstream-unavailable`. A model must not retry: only
 * the core retries, before the first token. `chatModelContract` of `ragwire/testing` checks an implementation.
 */
export interface ChatModel {
  /** Starts nothing before the first `next()`; releases all resources when `signal` aborts. */
  stream(request: ChatModelRequest, options: { readonly signal: AbortSignal }): AsyncIterable<ChatModelEvent>
}
