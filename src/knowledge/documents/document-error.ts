/** The reasons for which a document is not indexed. */
export type DocumentErrorCode =
  /** The content or its text exceeds a limit. */
  | 'too-large'
  /** The content is binary, or not text in a known encoding. */
  | 'not-text'
  /** The document needs a password. */
  | 'password-protected'
  /** The content does not have the form of its media type. */
  | 'damaged'
  /** There is no loader for the media type. */
  | 'unsupported'
  /** The package that the loader needs is not installed. */
  | 'package-missing'
  /** The content cannot be read, or changed while it was read. */
  | 'unreadable'
  /** The document has no text. */
  | 'empty'
  /** A field of the document is invalid. */
  | 'invalid-document'
  /** The vectors of the document could not be computed. */
  | 'embedding-failed'

/** The reason for which one document is not indexed. The other documents are. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError'
  /** The reason. */
  readonly code: DocumentErrorCode

  constructor(message: string, { code, cause }: { readonly code: DocumentErrorCode; readonly cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
