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
  /** The use of the text: the answer that the reader sees, or a stand-alone question. */
  readonly purpose: 'answer' | 'condense'
  /** The question as the reader asked it, for models that read no prompt. */
  readonly question: string
  /** The numbered sources, for models that read no prompt. */
  readonly sources: readonly Source[]
  /** Most tokens to generate; the model's own limit when absent. */
  readonly maxOutputTokens?: number
  /** Temperature; the default of the model when absent. */
  readonly temperature?: number
}

/** The reason why a model stopped. A run has further finish reasons, which no model gives. */
export type ModelFinishReason = (typeof MODEL_FINISH_REASONS)[number]

/** An event of the stream of a {@link ChatModel}. */
export type ChatModelEvent =
  | { readonly type: 'text'; readonly delta: string }
  /** A sign of life without text, such as a reasoning delta: it resets the timers and shows nothing. */
  | { readonly type: 'reasoning' }
  /** The orderly end. `finishReason` may be missing where a server sends an end marker without one. */
  | {
      readonly type: 'finish'
      readonly finishReason?: ModelFinishReason | undefined
      /** The server's own finish reason, if it is not a known one. It reaches hooks only. */
      readonly rawFinishReason?: string | undefined
      readonly usage?: Omit<TokenUsage, 'estimated'> | undefined
    }

/**
 * A model that answers. A stream that ends without `finish` was cut, and the run fails as
 * `upstream-incomplete`. It fails by throwing a {@link ChatError}; anything else thrown counts as
 * `upstream-unavailable`. It must not retry: only the core retries, before the first token.
 * `chatModelContract` of `ragwire/testing` checks an implementation.
 */
export interface ChatModel {
  /** Starts nothing before the first `next()`; gives up everything it holds when `signal` aborts. */
  stream(request: ChatModelRequest, options: { readonly signal: AbortSignal }): AsyncIterable<ChatModelEvent>
}
