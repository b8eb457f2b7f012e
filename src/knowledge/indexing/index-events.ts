import type { DocumentErrorCode } from '../documents/document-error.ts'

/** The result for one document: skipped if it could not be read, loaded or embedded. */
export type DocumentOutcome = 'added' | 'updated' | 'unchanged' | 'removed' | 'skipped'

/** A document that was not indexed. */
export interface SkippedDocument {
  /** Id of the document. */
  readonly documentId: string
  /** The reason. */
  readonly code: DocumentErrorCode
  /** The reason in a sentence, with the fix if there is one. */
  readonly message: string
}

/** The progress of an indexing so far. */
export interface IndexProgressEvent {
  /** Identifies the event. */
  readonly type: 'progress'
  /** Number of documents that have an outcome. */
  readonly documents: number
  /** Number of chunks that were written. */
  readonly chunks: number
  /** Number of texts that were embedded. */
  readonly embedded: number
}

/** The outcome of a document, which is stored durably before this event. */
export interface IndexDocumentEvent {
  /** Identifies the event. */
  readonly type: 'document'
  /** Id of the document. */
  readonly documentId: string
  /** Its outcome. */
  readonly outcome: DocumentOutcome
  /** Number of chunks that were written. */
  readonly chunks: number
  /** The reason, if it was skipped. An earlier version of it stays in the index. */
  readonly skipped?: SkippedDocument
}

/** The result of an indexing that came to its end. */
export interface IndexReport {
  /** Number of documents that are new. */
  readonly added: number
  /** Number of documents that were replaced by a new version. */
  readonly updated: number
  /** Number of documents that have not changed. */
  readonly unchanged: number
  /** Number of documents that were removed. */
  readonly removed: number
  /** The documents that were not indexed, and why. */
  readonly skipped: readonly SkippedDocument[]
  /** Number of chunks that were written. */
  readonly chunks: number
  /** Revision of the index. */
  readonly revision: string
}

/** The last event of an indexing. */
export interface IndexDoneEvent {
  /** Identifies the event. */
  readonly type: 'done'
  /** The result. */
  readonly report: IndexReport
}

/** An event of an indexing. */
export type IndexEvent = IndexProgressEvent | IndexDocumentEvent | IndexDoneEvent

/**
 * The events of an indexing. Reading them starts it; it has one reader. The reader's `break` and an abort end it after the
 * documents that have an event. It throws the signal's reason, or the error that ended it.
 */
export type IndexStream = AsyncIterable<IndexEvent>
