import type { TextRectangle } from '../documents/loaded-document.ts'
import type { MetadataFilter } from './metadata-filter.ts'

/** Identifies a document in a store. */
export interface DocumentKey {
  /** The tenant or user; the empty string for documents that every scope may read. */
  readonly scope: string
  /** Id of the document, unique within its scope. */
  readonly documentId: string
}

/** The embedder and the length of the vectors of an index. */
export interface EmbeddingSpace {
  /** Id of the embedder, such as the name of its model. */
  readonly embedderId: string
  /** Length of every vector. */
  readonly dimensions: number
}

/** The state of an index. */
export interface IndexState {
  /** Changes with every commit, and is unique also after the index was emptied. Opaque. */
  readonly revision: string
  /** The space of the vectors. Absent if the index has none. */
  readonly embedding?: EmbeddingSpace | undefined
  /** Number of documents. */
  readonly documents: number
  /** Number of chunks. */
  readonly chunks: number
}

/** The facts by which a later indexing knows that a document is unchanged. */
export interface ManifestEntry extends DocumentKey {
  /** Hash of the content and of everything that its chunks depend on. */
  readonly hash: string
  /** The `version` of the document, if it has one. */
  readonly version?: string | undefined
}

/** A chunk as it is stored. */
export interface StoredChunk {
  /** Id of the chunk, unique within its document. */
  readonly chunkId: string
  /** The text of the chunk. */
  readonly text: string
  /** Offset of the first UTF-16 code unit in the text of the document. */
  readonly start: number
  /** Offset after the last one. */
  readonly end: number
  /** Number of the page, from 1, if the document has pages. */
  readonly page?: number | undefined
  /** The headings that the whole text stands under, the outermost first. */
  readonly section?: readonly string[] | undefined
  /** Length of the beginning of the text that continues code, a table or HTML from before the chunk. */
  readonly verbatimEnd?: number | undefined
  /** Address of the document with the place of the chunk. */
  readonly url?: string | undefined
  /** The places of the text on the page. Offsets are those of the document. */
  readonly rectangles?: readonly TextRectangle[] | undefined
}

/** A chunk with its search terms and its vector. */
export interface IndexedChunk extends StoredChunk {
  /** The search terms of its text, in order and with repeats. */
  readonly terms: readonly string[]
  /** Its vector, of length 1. Absent if the index has no vectors. */
  readonly vector?: Float32Array | undefined
}

/** A document without its chunks. */
export interface StoredDocument extends ManifestEntry {
  /** Title for the reader. */
  readonly title?: string | undefined
  /** Metadata; a JSON object. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** A document to store, with all of its chunks in order. */
export interface IndexedDocument extends StoredDocument {
  /** The chunks, in the order of the text. */
  readonly chunks: readonly IndexedChunk[]
}

/** A change of an index. All of it is applied, or nothing. */
export interface IndexChange {
  /** Documents that are added, or that replace the one with the same key. */
  readonly documents?: readonly IndexedDocument[] | undefined
  /** Documents that are removed. An unknown key is ignored. */
  readonly removals?: readonly DocumentKey[] | undefined
  /**
   * Entries whose `version` changes while the document stays the same. An entry is ignored if the document is not there or
   * has another `hash`, because another process has replaced it.
   */
  readonly versions?: readonly ManifestEntry[] | undefined
  /** Empties the index first, so that vectors of another space can be stored. */
  readonly clear?: boolean | undefined
  /** The space of the vectors of `documents`. Required if they have vectors. */
  readonly embedding?: EmbeddingSpace | undefined
}

/** The chunks that a search ranks. */
export interface SearchScope {
  /** The scopes whose documents may be found, without repeats. Nothing of another scope influences result or scores. */
  readonly scopes: readonly string[]
  /** Only chunks of documents that it allows are ranked. */
  readonly filter?: MetadataFilter | undefined
  /** Maximum number of chunks. */
  readonly topK: number
}

/** A search by terms. */
export interface TermSearch extends SearchScope {
  /** The distinct terms and their weights. */
  readonly terms: ReadonlyMap<string, number>
}

/** A search by a vector. */
export interface VectorSearch extends SearchScope {
  /** The vector, of length 1. */
  readonly vector: Float32Array
}

/** A chunk that a search found. */
export interface ChunkHit {
  /** The document of the chunk. */
  readonly document: StoredDocument
  /** The chunk. */
  readonly chunk: StoredChunk
  /** Index of the chunk in its document. */
  readonly position: number
  /** From 0 to 1 in a search by terms (BM25+), the cosine in a search by a vector. Higher is better. */
  readonly score: number
}

/** Options of every call of a store. */
export interface StoreCall {
  /** Aborts the call. A commit is then applied as a whole or not at all. */
  readonly signal: AbortSignal
}

/**
 * Holds an index: manifest, chunks, text index and vectors, changed together. Several processes may use one durable store.
 * A search sees every commit that resolved before it started, also those of another process.
 * `knowledgeStoreContract` of `ragwire/testing` checks an implementation.
 */
export interface KnowledgeStore {
  /** Returns the state of the index. */
  state(call: StoreCall): Promise<IndexState>
  /** Returns at most `limit` entries of a scope in the byte order of their ids, after the id `after`. */
  manifest(
    page: { readonly scope: string; readonly after?: string | undefined; readonly limit: number },
    call: StoreCall,
  ): Promise<readonly ManifestEntry[]>
  /**
   * Applies a change and returns the state after it. A change names a document once. Ids have at most 1,024 bytes, and no
   * string has a NUL character or an unpaired surrogate, which databases cannot hold.
   *
   * @throws TypeError when the change is invalid, and RangeError when vectors are not of the space of the index
   */
  commit(change: IndexChange, call: StoreCall): Promise<IndexState>
  /** Returns a document with its chunks, or `undefined` if it is not there. */
  document(
    key: DocumentKey,
    call: StoreCall,
  ): Promise<{ readonly document: StoredDocument; readonly chunks: readonly StoredChunk[] } | undefined>
  /** Returns the best chunks that share a term with the search, the best first. */
  searchTerms(search: TermSearch, call: StoreCall): Promise<readonly ChunkHit[]>
  /** Returns the chunks with the nearest vectors, the best first. Exact unless the store says otherwise. */
  searchVectors(search: VectorSearch, call: StoreCall): Promise<readonly ChunkHit[]>
  /** Returns a sentence for each inconsistency between the parts of the index; an empty list if there is none. */
  inspect(call: StoreCall): Promise<readonly string[]>
  /** Releases what the store has opened. */
  close?(): Promise<void> | void
}
