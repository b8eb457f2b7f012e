// A type and not an interface: an interface is not assignable to the `Record` that some wrappers take as options.
/** The used options of a request. */
export type OpenAIRequestOptions = {
  /** Aborts the request. */
  readonly signal: AbortSignal
  /** Retries of the client; always 0, because the core retries. */
  readonly maxRetries: 0
}

/**
 * The used part of the official client. The type is structural, so that it needs no package and fits several majors.
 */
export interface OpenAIChatClient {
  /** The chat API. */
  readonly chat: {
    readonly completions: {
      /**
       * Returns a promise with `asResponse`, as the official client does. A wrapped client may return a promise of parsed
       * values: a stream of chunks or a whole completion.
       */
      create(body: OpenAIChatBody, options: OpenAIRequestOptions): unknown
    }
  }
}

/** The used part of the official client for responses. */
export interface OpenAIResponsesClient {
  /** The Responses API. */
  readonly responses: {
    /**
     * Returns a promise with `asResponse`, as the official client does. A wrapped client may return a promise of parsed
     * values: a stream of events or a whole response.
     */
    create(body: OpenAIResponsesBody, options: OpenAIRequestOptions): unknown
  }
}

/** The used part of the official client for embeddings. */
export interface OpenAIEmbeddingClient {
  /** The embeddings API. */
  readonly embeddings: {
    create(
      body: {
        readonly model: string
        readonly input: string[]
        readonly encoding_format: 'float'
        readonly dimensions?: number
      },
      options: OpenAIRequestOptions,
    ): PromiseLike<{ readonly data: readonly { readonly index: number; readonly embedding: readonly number[] }[] }>
  }
}

/** The body of a chat completion. */
export interface OpenAIChatBody {
  /** Name of the model. */
  readonly model: string
  /** The messages, in order. */
  readonly messages: { role: 'system' | 'user' | 'assistant'; content: string }[]
  /** Requests a stream. */
  readonly stream: true
  /** Requests the token usage in the last chunk. */
  readonly stream_options?: { readonly include_usage: true }
  /** Sampling temperature. */
  readonly temperature?: number
  /** Maximum number of generated tokens. */
  readonly max_completion_tokens?: number
  /** The same limit, under its name on older servers. */
  readonly max_tokens?: number
}

/** The body of a response. */
export interface OpenAIResponsesBody {
  /** Name of the model. */
  readonly model: string
  /** The messages, in order. */
  readonly input: { role: 'system' | 'user' | 'assistant'; content: string }[]
  /** Requests a stream. */
  readonly stream: true
  /** True if the server may store the response. */
  readonly store: boolean
  /** Sampling temperature. */
  readonly temperature?: number
  /** Maximum number of generated tokens, with reasoning. */
  readonly max_output_tokens?: number
}
