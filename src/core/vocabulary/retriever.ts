import type { PartialLocation } from './sources.ts'

/** An indexed piece of a document. */
export interface Chunk {
  /** Id of the chunk within its index. */
  readonly chunkId: string
  /** Id of the document. */
  readonly documentId: string
  /** The text of the piece. */
  readonly text: string
  /** Title for the reader. @defaultValue the id of the document */
  readonly title?: string | undefined
  /**
   * The headings that the whole text stands under, the outermost first. The reader gets at most ten of them (the
   * innermost), each of at most 200 characters, and not the first one if it equals the title.
   */
  readonly section?: readonly string[] | undefined
  /**
   * Length of the beginning of the text that continues a block of code, a table or HTML from before the chunk. It has no
   * sentences to quote.
   */
  readonly verbatimEnd?: number | undefined
  /** Address of the document. */
  readonly url?: string | undefined
  /** Position of the text in its document. */
  readonly location?: PartialLocation | undefined
  /** Revision of the index that the chunk was read from. */
  readonly revision?: string | undefined
  /** Text that stands before the chunk. Only the model reads it; it is no part of the source. */
  readonly before?: string | undefined
  /** Text that stands after the chunk. Only the model reads it; it is no part of the source. */
  readonly after?: string | undefined
  /** Further fields; only those of `sourceMetadata` reach the reader. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** A chunk that a retriever found for a query. */
export interface RetrievedChunk {
  /** The chunk that was found. */
  readonly chunk: Chunk
  /** Higher is better. */
  readonly score?: number | undefined
}

/** Options of a call of a {@link Retriever}. */
export interface RetrieveOptions {
  /** Maximum number of chunks to return. */
  readonly topK: number
  /** A filter in the retriever's own format, as the caller passed it. */
  readonly filter?: unknown
  /** The tenant or user. Return only chunks that it may read. */
  readonly scope?: string
  /** Aborts the call. */
  readonly signal: AbortSignal
}

/** Finds chunks for a query. `retrieverContract` of `ragwire/testing` checks an implementation. */
export interface Retriever {
  /** Minimum of the best score; below it, the run has no evidence. No minimum if absent. */
  readonly minScore?: number | undefined
  /** Resolves with the best chunks, best first; an empty list if nothing fits. */
  retrieve(query: string, options: RetrieveOptions): Promise<readonly RetrievedChunk[]>
}

/** Options of a call of an {@link Embedder}. */
export interface EmbedOptions {
  /** Use of the vectors: some models embed a query in another way than a document. @defaultValue `document` */
  readonly purpose?: 'document' | 'query' | undefined
  /** Aborts the call. */
  readonly signal: AbortSignal
}

/** Turns texts into vectors. */
export interface Embedder {
  /** Identifies the model and its settings, so that an index notices when they change. */
  readonly id?: string | undefined
  /** Weight of its results in a hybrid search, beside 1 for those of a search by words. @defaultValue 1 */
  readonly rankWeight?: number | undefined
  /** One vector per text, in order, all of one length. */
  embed(texts: readonly string[], options: EmbedOptions): Promise<readonly Float32Array[]>
}
