import type { Figure } from './figures/figure.ts'

/** A word of a text. A number is one word, even if it is written as several. */
export interface Word {
  /** Lower case, with compatibility forms resolved. */
  readonly text: string
  /** The compared form: a stem, or `#` and a value. Empty for a function word. */
  readonly key: string
  /** The beginning of a long word, such as "gover" of "government", which is that of its family; empty for others. */
  readonly family: string
  /** The text of the previous word of the sentence; empty for the first word. */
  readonly previous: string
  /** The text between the two. */
  readonly gap: string
  /** True for words such as "not". */
  readonly isNegation: boolean
  /** The original spelling, if the word has a capital and does not begin its sentence. */
  readonly name: string | undefined
  /** The value, if it is a number; `NaN` for a version, a clock time or a code such as ISO27001. */
  readonly value?: number
  /** Other readings of the figure, as keys. */
  readonly otherKeys?: readonly string[]
  /** The figure as it was written in digits. */
  readonly figure?: Figure
}
