/** The position of a text in its document. */
export interface SourceLocation {
  /** Page number, from 1, if the document has pages. */
  readonly page?: number
  /** Offset of the first UTF-16 code unit in the document. */
  readonly start?: number
  /** Offset after the last one. */
  readonly end?: number
}

/** A {@link SourceLocation} as input: an unknown part may be `undefined`. */
export type PartialLocation = { readonly [Part in keyof SourceLocation]?: SourceLocation[Part] | undefined }

/** A piece of a document that is shown to the reader and that citations refer to. */
export interface Source {
  /** From 1; never reused within a run. This is the number that the answer cites. */
  readonly number: number
  /** Unique per numbered piece. */
  readonly sourceId: string
  /** Id of the document. */
  readonly documentId: string
  /** Id of the chunk. */
  readonly chunkId: string
  /** Title of the document. */
  readonly title: string
  /**
   * The headings that the whole text stands under, the outermost first and without the title. Absent if there are none or
   * they are not known.
   */
  readonly section?: readonly string[]
  /**
   * Length of the beginning of the text that continues a block of code, a table or HTML from before the text. Absent if
   * there is none or it is not known.
   */
  readonly verbatimEnd?: number
  /** Only with an allowed scheme (`http:` and `https:` unless configured). */
  readonly url?: string
  /** The text, exactly as it was retrieved. */
  readonly text: string
  /** The retriever's score; higher is better, and comparable within one retriever only. */
  readonly score?: number
  /** Position of the text in its document. */
  readonly location?: SourceLocation
  /** Revision of the index that the text was read from, if the retriever has one. */
  readonly revision?: string
  /** The metadata that `sourceMetadata` allows; empty by default. */
  readonly metadata: Readonly<Record<string, unknown>>
}
