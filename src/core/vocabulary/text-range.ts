/** A range of a text, in UTF-16 code units, `end` exclusive. */
export interface TextRange {
  /** Offset of the first UTF-16 code unit. */
  readonly start: number
  /** Offset after the last one. */
  readonly end: number
}
