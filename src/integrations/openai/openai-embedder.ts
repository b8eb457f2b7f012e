import { cutText } from '../../core/text/cut-text.ts'
import { estimateTokens } from '../../core/text/estimate-tokens.ts'
import { linkSignal } from '../../core/async/link-signal.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { Embedder } from '../../core/vocabulary/retriever.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { countOption } from '../../core/options/options-with-defaults.ts'
import { expectFunction, expectMethods, expectString } from '../../core/options/validate.ts'
import type { OpenAIEmbeddingClient } from './openai-client.ts'
import { fromOpenAIError } from '../upstream/openai-error.ts'

/** The options of {@link openaiEmbedder}. */
export interface OpenAIEmbedderOptions {
  /** A client of the official `openai` package, major 6 or 7. */
  readonly client: OpenAIEmbeddingClient
  /** Name of the embedding model. */
  readonly model: string
  /** Maximum number of texts in one request. @defaultValue 256 */
  readonly batchSize?: number | undefined
  /** Length of the vectors, for a model that can shorten them. @defaultValue that of the model */
  readonly dimensions?: number | undefined
  /**
   * Maximum number of tokens of a text, by estimate. The end of a longer one is left out, because a server may reject
   * the whole request. Many models of open weights take 512.
   * @defaultValue 8000
   */
  readonly maxInputTokens?: number | undefined
  /** Text before each query, for a model that needs one, such as `query: `. @defaultValue none */
  readonly queryPrefix?: string | undefined
  /** Text before each document, for a model that needs one, such as `passage: `. @defaultValue none */
  readonly documentPrefix?: string | undefined
}

const OPTIONS: OptionNames<OpenAIEmbedderOptions> = {
  client: true,
  model: true,
  batchSize: true,
  dimensions: true,
  maxInputTokens: true,
  queryPrefix: true,
  documentPrefix: true,
}

/** Creates an {@link Embedder} over the embeddings API of OpenAI or a compatible server. */
export function openaiEmbedder(options: OpenAIEmbedderOptions): Embedder {
  expectOptions(options, OPTIONS, { of: 'openaiEmbedder' })
  const { client, model } = options
  expectMethods('client', client, 'a client of the openai package', [])
  expectFunction('client.embeddings.create', client.embeddings?.create)
  if (typeof model !== 'string' || model === '')
    throw invalidInput('model', 'Cannot use model: it must be the name of a model, which is not empty')
  const batchSize = countOption('batchSize', options.batchSize, 256)
  const maxInputTokens = countOption('maxInputTokens', options.maxInputTokens, 8_000)
  const dimensions =
    options.dimensions === undefined
      ? undefined
      : countOption('dimensions', options.dimensions, { defaultValue: 1, from: 1 })
  const prefixes = {
    query: expectString('queryPrefix', options.queryPrefix) ?? '',
    document: expectString('documentPrefix', options.documentPrefix) ?? '',
  }

  async function embedBatch(input: string[], signal: AbortSignal): Promise<readonly Float32Array[]> {
    signal.throwIfAborted()
    const body = { model, input, encoding_format: 'float', ...(dimensions !== undefined && { dimensions }) } as const
    const { data } = await client.embeddings.create(body, { signal, maxRetries: 0 })
    if (data?.length !== input.length) {
      const message = `The model answered ${input.length} texts with ${data?.length ?? 'no'} vectors`
      throw new ChatError(message, { code: 'upstream-bad-response' })
    }
    // Servers may return vectors in any order; the index assigns each to its text.
    return data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => Float32Array.from(embedding))
  }

  return {
    id: JSON.stringify([model, dimensions, prefixes.query, prefixes.document]),
    async embed(given, { purpose = 'document', signal }) {
      const texts = given.map((text) => cutTokens(`${prefixes[purpose]}${text}`.toWellFormed(), maxInputTokens))
      // A signal for this call only: some versions of the client never remove their listeners.
      const controller = new AbortController()
      const unlink = linkSignal(signal, (reason) => controller.abort(reason))
      const vectors: Float32Array[] = []
      try {
        for (let start = 0; start < texts.length; start += batchSize) {
          vectors.push(...(await embedBatch(texts.slice(start, start + batchSize), controller.signal)))
        }
        return vectors
      } catch (thrown) {
        signal.throwIfAborted()
        throw fromOpenAIError(thrown)
      } finally {
        unlink()
      }
    },
  }
}

/** Returns the beginning of a text with at most so many tokens by estimate. */
function cutTokens(text: string, maxTokens: number): string {
  let cut = text
  // The estimate of a beginning is not proportional to its length, if the scripts of the text differ.
  for (let tokens = estimateTokens(cut); tokens > maxTokens; tokens = estimateTokens(cut)) {
    cut = cutText(cut, Math.min(cut.length - 1, Math.floor((cut.length * maxTokens) / tokens)))
  }
  return cut
}
