/** Options for the providers, by their names, such as `{ anthropic: { effort: 'low' } }`. */
export type AiSdkProviderOptions = Record<string, Record<string, AiSdkJson>>

/** A value that JSON can represent. */
export type AiSdkJson = null | string | number | boolean | AiSdkJson[] | { [key: string]: AiSdkJson }

/** A message of the prompt of a language model of the AI SDK. */
export type AiSdkMessage =
  | { role: 'system'; content: string }
  | { role: 'user' | 'assistant'; content: { type: 'text'; text: string }[] }

/** The used part of the options of `doStream`. */
export interface AiSdkCallOptions {
  /** The messages of the prompt. */
  prompt: AiSdkMessage[]
  /** Maximum number of tokens to generate. */
  maxOutputTokens?: number
  /** Temperature. */
  temperature?: number
  /** Asks the provider to leave out its own raw chunks. */
  includeRawChunks?: boolean
  /** Aborts the request. */
  abortSignal?: AbortSignal
  /** Additional headers of the request. */
  headers?: Record<string, string | undefined>
  /** Options for the providers. */
  providerOptions?: AiSdkProviderOptions
}

/** A part of the stream of a language model. The fields of each type are checked when it is read. */
export interface AiSdkStreamPart {
  /** The kind, such as `text-delta`. */
  readonly type: string
}

/** The result of `doStream`. */
export interface AiSdkStreamResult {
  /** The parts of the answer. */
  readonly stream: ReadableStream<AiSdkStreamPart>
  /** The response of the provider, if the model reports it. */
  readonly response?: { readonly headers?: Readonly<Record<string, string>> }
}

/**
 * The used part of a language model of the AI SDK, such as `anthropic('claude-sonnet-4-5')`. The type is structural, so
 * that no package of the AI SDK is needed.
 */
export interface AiSdkModel {
  /** The version of the interface: `v2` of `ai` 5, `v3` of `ai` 6, `v4` of `ai` 7. */
  readonly specificationVersion: 'v2' | 'v3' | 'v4'
  /** Name of the provider. */
  readonly provider: string
  /** Name of the model at the provider. */
  readonly modelId: string
  /** Sends the request and resolves with the stream of the answer. */
  doStream(options: AiSdkCallOptions): PromiseLike<AiSdkStreamResult>
}
