/** The reasons for which the file of an index cannot be used. */
export type IndexFileErrorCode =
  /** There is no such file. */
  | 'missing'
  /** The file is not an index, or one of another version or kind of machine. */
  | 'foreign'
  /** The file is damaged or incomplete. */
  | 'damaged'
  /** The file cannot be read or written. */
  | 'inaccessible'

/** The reason for which an index cannot be saved to a file or loaded from it. The message says how to continue. */
export class IndexFileError extends Error {
  override readonly name = 'IndexFileError'
  /** The reason. */
  readonly code: IndexFileErrorCode

  constructor(message: string, { code, cause }: { readonly code: IndexFileErrorCode; readonly cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
