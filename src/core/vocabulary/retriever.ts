import type { PartialLocation } from './sources.ts'

/** An indexed piece of a document. */
export interface Chunk {
  /** Id of the chunk within its index. */
  readonly chunkId: string
  /** Id of the document. */
  readonly documentId: string
  /** The text of the piece. */
  readonly text: string
  /** @defaultValue the document's id, where a reader is shown one */
  readonly title?: string | undefined
  /** Address of the document. */
  readonly url?: string | undefined
  /** Position of the text in its document. */
  readonly location?: PartialLocation | undefined
  /** Further fields; only those of `sourceMetadata` reach the reader. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** A chunk that was found for a query. */
export interface RetrievedChunk {
  /** The chunk that was found. */
  readonly chunk: Chunk
  /** Higher is better. */
  readonly score?: number | undefined
}

/** Options of a call of a {@link Retriever}. */
export interface RetrieveOptions {
  /** Most chunks to return. */
  readonly topK: number
  /** A filter in the terms of the retriever, as the caller gave it. */
  readonly filter?: unknown
  /** The tenant or user. Return no chunk that it may not read. */
  readonly scope?: string
  /** Aborts the call. */
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
