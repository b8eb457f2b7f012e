import { withTimeout } from '../async/with-timeout.ts'
import type { Clock } from '../async/clock.ts'
import { ChatError, toChatError } from '../vocabulary/chat-error.ts'
import { cleanChunks } from './clean-chunks.ts'
import { chunkKey } from './fuse.ts'
import type { Reranker } from '../vocabulary/reranker.ts'
import type { RetrievedChunk, Retriever } from '../vocabulary/retriever.ts'

/** Options of {@link retrieve}. */
export interface RetrieveStageOptions {
  /** Number of chunks to ask for. */
  readonly topK: number
  /** A filter in the retriever's own format. */
  readonly filter: unknown
  /** The tenant or user. */
  readonly scope: string | undefined
  /** Time for the call, in milliseconds. */
  readonly retrieveMs: number
  /** Gives the time. */
  readonly clock: Clock
  /** Aborts the call. */
  readonly signal: AbortSignal
}

/**
 * Asks the retriever for at most `topK` chunks, with a time limit.
 *
 * @throws ChatError `retrieval-failed`, or the signal's reason when the run was aborted
 */
export async function retrieve(
  retriever: Retriever,
  query: string,
  options: RetrieveStageOptions,
): Promise<readonly RetrievedChunk[]> {
  const { topK, filter, scope, retrieveMs, clock, signal } = options
  const ask = async (signal: AbortSignal) =>
    retriever.retrieve(query, {
      topK,
      signal,
      ...(filter !== undefined && { filter }),
      ...(scope !== undefined && { scope }),
    })
  const onTimeout = (): Error =>
    new ChatError(`The retriever did not answer within ${retrieveMs} ms (retrieveMs)`, { code: 'retrieval-failed' })
  try {
    const retrieved = await withTimeout(ask, { ms: retrieveMs, clock, signal, onTimeout })
    return withoutDuplicates(cleanChunks(retrieved, RETRIEVER)).slice(0, topK)
  } catch (thrown) {
    signal.throwIfAborted()
    throw toChatError(thrown, 'retrieval-failed')
  }
}

/** Options of {@link rerank}. */
export interface RerankStageOptions extends Pick<RetrieveStageOptions, 'retrieveMs' | 'clock' | 'signal'> {
  /** Number of chunks that will be used. */
  readonly topN: number
}

/**
 * Asks the reranker for the order of the chunks, with the same time limit.
 *
 * @throws ChatError `retrieval-failed`, or the signal's reason when the run was aborted
 */
export async function rerank(
  reranker: Reranker,
  { query, retrieved }: { readonly query: string; readonly retrieved: readonly RetrievedChunk[] },
  options: RerankStageOptions,
): Promise<readonly RetrievedChunk[]> {
  const { topN, retrieveMs, clock, signal } = options
  const ask = async (signal: AbortSignal) => reranker.rerank(query, retrieved, { topN, signal })
  const onTimeout = (): Error =>
    new ChatError(`The reranker did not answer within ${retrieveMs} ms (retrieveMs)`, { code: 'retrieval-failed' })
  try {
    const reranked = await withTimeout(ask, { ms: retrieveMs, clock, signal, onTimeout })
    return withoutDuplicates(cleanChunks(reranked, RERANKER))
  } catch (thrown) {
    signal.throwIfAborted()
    throw toChatError(thrown, 'retrieval-failed')
  }
}

const RETRIEVER = { name: 'The retriever', code: 'retrieval-failed' } as const
const RERANKER = { name: 'The reranker', code: 'retrieval-failed' } as const

// Merged result lists repeat chunks, and one text with two numbers would be cited as two sources.
function withoutDuplicates(retrieved: readonly RetrievedChunk[]): RetrievedChunk[] {
  const seen = new Set<string>()
  return retrieved.filter(({ chunk }) => {
    const key = chunkKey({ chunk })
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
