import { untilAborted } from '../../core/async/abortable.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { countOption } from '../../core/options/options-with-defaults.ts'
import { expectMethods, expectOptionalFunction, expectString } from '../../core/options/validate.ts'
import type { EmbedOptions, Embedder } from '../../core/vocabulary/retriever.ts'
import { runWithSignal } from './call-signal.ts'
import { badResponse, fromLlamaIndexError } from './llamaindex-error.ts'

/** The used part of a LlamaIndex embedding model. The type is structural, so that the package is not needed. */
export interface LlamaIndexEmbedding {
  /** Name of the model, as `OpenAIEmbedding` has it. */
  readonly model?: string | undefined
  /** Length of the vectors, if it was chosen. */
  readonly dimensions?: number | undefined
  /** Maximum number of texts in one request. */
  readonly embedBatchSize?: number | undefined
  /** Returns the vector of one text. */
  getTextEmbedding(text: string): Promise<readonly number[]>
  /** Returns the vectors of several texts, in their order. */
  getTextEmbeddings?(texts: string[]): Promise<readonly (readonly number[])[]>
  /** Returns the vector of a query, which some models embed in another way than a document. */
  getQueryEmbedding?(query: { type: 'text'; text: string }): Promise<readonly number[] | null>
}

/** The options of {@link fromLlamaIndexEmbedding}. */
export interface FromLlamaIndexEmbeddingOptions {
  /**
   * Identifies the model and its settings, so that an index notices when they change.
   * @defaultValue the `model` of the embedding model, with its `dimensions`
   */
  readonly id?: string | undefined
  /** Maximum number of texts in one request. @defaultValue the `embedBatchSize` of the embedding model, or 10 */
  readonly batchSize?: number | undefined
}

const OPTIONS: OptionNames<FromLlamaIndexEmbeddingOptions> = { id: true, batchSize: true }

/**
 * Adapts an embedding model of LlamaIndex.TS, such as `new OpenAIEmbedding()`. An abort ends the wait at once; the
 * request continues, unless the model has an `abortableSession`.
 */
export function fromLlamaIndexEmbedding(
  embedding: LlamaIndexEmbedding,
  options: FromLlamaIndexEmbeddingOptions = {},
): Embedder {
  expectMethods('embedding', embedding, 'an embedding model such as new OpenAIEmbedding()', ['getTextEmbedding'])
  expectOptionalFunction('embedding.getTextEmbeddings', embedding.getTextEmbeddings)
  expectOptions(options, OPTIONS, { of: 'fromLlamaIndexEmbedding' })
  const id = expectString('id', options.id) ?? idOf(embedding)
  const batchSize = countOption('batchSize', options.batchSize ?? embedding.embedBatchSize, 10)

  function request(texts: readonly string[], purpose: Purpose): Promise<readonly unknown[]> {
    if (purpose === 'query' && embedding.getQueryEmbedding) {
      return Promise.all(texts.map(async (text) => embedding.getQueryEmbedding?.({ type: 'text', text })))
    }
    if (embedding.getTextEmbeddings) return embedding.getTextEmbeddings([...texts])
    return Promise.all(texts.map((text) => embedding.getTextEmbedding(text)))
  }

  async function embedAll(
    texts: readonly string[],
    { purpose = 'document', signal }: EmbedOptions,
  ): Promise<readonly Float32Array[]> {
    const vectors: Float32Array[] = []
    for (let start = 0; start < texts.length; start += batchSize) {
      signal.throwIfAborted()
      const batch = texts.slice(start, start + batchSize)
      // Async, so that a model that throws at once rejects.
      const requested = runWithSignal({ signal, maxRetries: 0 }, async () => request(batch, purpose))
      vectors.push(...toVectors(await untilAborted(requested, signal), batch.length))
    }
    expectOneLength(vectors)
    return vectors
  }

  return {
    ...(id !== undefined && { id }),
    async embed(texts, options) {
      try {
        return await embedAll(texts, options)
      } catch (thrown) {
        options.signal.throwIfAborted()
        throw fromLlamaIndexError(thrown, { arrived: false })
      }
    },
  }
}

type Purpose = NonNullable<EmbedOptions['purpose']>

function idOf({ model, dimensions }: LlamaIndexEmbedding): string | undefined {
  if (typeof model !== 'string') return undefined
  return dimensions === undefined ? model : `${model}:${dimensions}`
}

function toVectors(answer: unknown, texts: number): readonly Float32Array[] {
  if (!Array.isArray(answer) || answer.length !== texts) {
    const count = Array.isArray(answer) ? answer.length : 'no'
    throw badResponse(`The embedding model answered ${texts} texts with ${count} vectors`)
  }
  return answer.map(toVector)
}

function toVector(values: unknown): Float32Array {
  if (!Array.isArray(values) || values.length === 0 || values.some((value) => typeof value !== 'number')) {
    throw badResponse('The embedding model returned a vector that is not a list of numbers', values)
  }
  // A float32 is infinite above 3.4e38, so the check comes after the conversion.
  const vector = Float32Array.from(values)
  const wrong = vector.findIndex((value) => !Number.isFinite(value))
  if (wrong < 0) return vector
  throw badResponse(`The embedding model returned a vector with ${String(values[wrong])} at position ${wrong}`)
}

function expectOneLength(vectors: readonly Float32Array[]): void {
  const [first] = vectors
  const other = vectors.find(({ length }) => length !== first?.length)
  if (!first || !other) return
  throw badResponse(`The embedding model returned vectors of different lengths: ${first.length} and ${other.length}`)
}
