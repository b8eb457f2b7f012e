/** The content of a document: text, or the bytes of a file. */
export type DocumentContent = string | Uint8Array

/** Reads the content of a document. It is called only if the document is new or may have changed. */
export type ReadContent = (options: { readonly signal: AbortSignal }) => DocumentContent | Promise<DocumentContent>

/** A document to index. */
export interface KnowledgeDocument {
  /** Unique within its scope, such as a path or the key of a record. */
  readonly documentId: string
  /** The content, or a function that reads it. */
  readonly content: DocumentContent | ReadContent
  /**
   * Media type of the content, such as `text/markdown`, which selects the loader.
   * @defaultValue the type that the extension of `documentId` stands for, else `text/plain`
   */
  readonly mediaType?: string | undefined
  /**
   * A value that changes with the content, such as an entity tag or size and time of a file. A document with the version
   * of its last indexing is not read again. Without it, the content is read and compared by its hash.
   */
  readonly version?: string | undefined
  /** Title for the reader. @defaultValue the title in the content, if it has one */
  readonly title?: string | undefined
  /** Address of the document. */
  readonly url?: string | undefined
  /** Fields to filter by, and further facts. It must be a JSON object. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}
