import { linkSignal } from '../../core/async/link-signal.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { Embedder } from '../../core/vocabulary/retriever.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { countOption } from '../../core/options/options-with-defaults.ts'
import { expectFunction, expectMethods } from '../../core/options/validate.ts'
import type { OpenAIEmbeddingClient } from './openai-client.ts'
import { fromOpenAIError } from './openai-error.ts'

/** The options of {@link openaiEmbedder}. */
export interface OpenAIEmbedderOptions {
  /** A client of the official `openai` package, major 6 or 7. */
  readonly client: OpenAIEmbeddingClient
  /** Name of the embedding model. */
  readonly model: string
  /** Maximum number of texts in one request. @defaultValue 256 */
  readonly batchSize?: number | undefined
}

const OPTIONS: OptionNames<OpenAIEmbedderOptions> = { client: true, model: true, batchSize: true }

/** Creates an {@link Embedder} over the embeddings API of OpenAI or a compatible server. */
export function openaiEmbedder(options: OpenAIEmbedderOptions): Embedder {
  expectOptions(options, OPTIONS, { of: 'openaiEmbedder' })
  const { client, model } = options
  expectMethods('client', client, 'a client of the openai package', [])
  expectFunction('client.embeddings.create', client.embeddings?.create)
  if (typeof model !== 'string' || model === '')
    throw invalidInput('model', 'Cannot use model: it must be the name of a model, which is not empty')
  const batchSize = countOption('batchSize', options.batchSize, 256)

  async function embedBatch(input: string[], signal: AbortSignal): Promise<readonly Float32Array[]> {
    signal.throwIfAborted()
    const body = { model, input, encoding_format: 'float' } as const
    const { data } = await client.embeddings.create(body, { signal, maxRetries: 0 })
    if (data?.length !== input.length) {
      const message = `The model answered ${input.length} texts with ${data?.length ?? 'no'} vectors`
      throw new ChatError(message, { code: 'upstream-bad-response' })
    }
    // Servers may return vectors in any order; the index assigns each to its text.
    return data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => Float32Array.from(embedding))
  }

  return {
    async embed(texts, { signal }) {
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
