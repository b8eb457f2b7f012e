import type { RetrievedChunk } from './retriever.ts'

/** Options of a call of a {@link Reranker}. */
export interface RerankOptions {
  /** Chunks that will be kept. */
  readonly topN: number
  /** Aborts the call. */
  readonly signal: AbortSignal
}

/** Something that knows better than the retriever which chunks answer a query. */
export interface Reranker {
  /** Resolves with chunks of `chunks`, best first, with scores of its own where it gives some. */
  rerank(query: string, chunks: readonly RetrievedChunk[], options: RerankOptions): Promise<readonly RetrievedChunk[]>
}
