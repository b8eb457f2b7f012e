// No interface: one is not assignable to the `Record` that some wrappers take as their options.
/** What of a request's options is used. */
export type OpenAIRequestOptions = {
  readonly signal: AbortSignal
  readonly maxRetries: 0
}

/**
 * What of the official client is used: structurally, so that every major that can do it fits and our types need no
 * package of theirs.
 */
export interface OpenAIChatClient {
  readonly chat: {
    readonly completions: {
      /**
       * Answers with a promise that has `asResponse`, as the client itself does; or, where the client is wrapped, with a
       * promise of what it parsed: a stream of chunks or a whole completion.
       */
      create(body: OpenAIChatBody, options: OpenAIRequestOptions): unknown
    }
  }
}

/** What of the official client is used for vectors. */
export interface OpenAIEmbeddingClient {
  readonly embeddings: {
    create(
      body: { readonly model: string; readonly input: string[]; readonly encoding_format: 'float' },
      options: OpenAIRequestOptions,
    ): PromiseLike<{ readonly data: readonly { readonly index: number; readonly embedding: readonly number[] }[] }>
  }
}

/** The body of a chat completion. */
export interface OpenAIChatBody {
  readonly model: string
  readonly messages: { role: 'system' | 'user' | 'assistant'; content: string }[]
  readonly stream: true
  readonly stream_options?: { readonly include_usage: true }
  readonly temperature?: number
  readonly max_completion_tokens?: number
  /** The name that some servers know `max_completion_tokens` by. */
  readonly max_tokens?: number
}
