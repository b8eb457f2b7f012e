import type { PartialLocation } from './sources.ts'

/** An indexed piece of a document. */
export interface Chunk {
  readonly chunkId: string
  readonly documentId: string
  readonly text: string
  /** @defaultValue the document's id, where a reader is shown one */
  readonly title?: string | undefined
  readonly url?: string | undefined
  readonly location?: PartialLocation | undefined
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** A chunk that was found for a query. */
export interface RetrievedChunk {
  readonly chunk: Chunk
  /** Higher is better. */
  readonly score?: number | undefined
}

/** How a {@link Retriever} is asked. */
export interface RetrieveOptions {
  /** Most chunks to return. */
  readonly topK: number
  /** A filter in the retriever's own words, passed on as the caller gave it. */
  readonly filter?: unknown
  /** The tenant or user: retrieve nothing that it may not see. */
  readonly scope?: string
  readonly signal: AbortSignal
}

/** Something that finds chunks. `retrieverContract` of `ragwire/testing` checks an implementation. */
export interface Retriever {
  /** The score that the best chunk must reach for a question to be answered at all; none when absent. */
  readonly minScore?: number | undefined
  /** Resolves with the best chunks, best first; an empty list when nothing fits. */
  retrieve(query: string, options: RetrieveOptions): Promise<readonly RetrievedChunk[]>
}

/** Turns texts into vectors. */
export interface Embedder {
  /** One vector per text, in order, all of one length. */
  embed(texts: readonly string[], options: { readonly signal: AbortSignal }): Promise<readonly Float32Array[]>
}
