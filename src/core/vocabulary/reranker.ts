import type { RetrievedChunk } from './retriever.ts'

/** Options of a call of a {@link Reranker}. */
export interface RerankOptions {
  /** Number of chunks that will be used. */
  readonly topN: number
  /** Aborts the call. */
  readonly signal: AbortSignal
}

/** Orders retrieved chunks by how well they answer a query. */
export interface Reranker {
  /** Resolves with all or some of `chunks`, best first. It may replace their scores. */
  rerank(query: string, chunks: readonly RetrievedChunk[], options: RerankOptions): Promise<readonly RetrievedChunk[]>
}
