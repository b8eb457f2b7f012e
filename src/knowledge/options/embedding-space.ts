import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { ResolvedKnowledgeOptions } from './knowledge-options.ts'
import type { EmbeddingSpace } from '../store/knowledge-store.ts'

const FIX =
  'Use the embedder that the index was made with, or empty the index with knowledge.clear() and sync all documents'

const NO_VECTORS =
  'Cannot add vectors to an index that was made without an embedder. Leave out the embedder, or empty the index with ' +
  'knowledge.clear() and sync all documents'

/**
 * Returns the space that new vectors must have; `undefined` if the index has no vectors yet.
 *
 * @throws TypeError when the index was made with another embedder, or with one and there is none now
 */
export async function embeddingSpace(given: {
  readonly options: ResolvedKnowledgeOptions
  readonly signal: AbortSignal
}): Promise<EmbeddingSpace | undefined> {
  const { options, signal } = given
  const { embedding, documents } = await options.store.state({ signal })
  const { embedderId } = options
  if (embedding && embedding.embedderId !== embedderId) throw otherEmbedder(embedding, embedderId)
  if (!embedding && embedderId !== undefined && documents > 0) {
    throw invalidInput('embedder', NO_VECTORS)
  }
  return embedding
}

/** Makes the error of an index whose vectors are of another embedder. */
export function otherEmbedder({ embedderId, dimensions }: EmbeddingSpace, current: string | undefined): TypeError {
  const now = current === undefined ? 'there is no embedder' : `the embedder is '${current}'`
  const message = `Cannot use the index: its vectors (${dimensions} numbers) are of '${embedderId}', and ${now}. ${FIX}`
  return invalidInput('embedder', message)
}
