/** A number, date, clock time or code as it stands in a text. */
export interface Figure {
  /** The original spelling. */
  readonly written: string
  /** The possible readings, the likeliest first. Two figures agree if they share one. */
  readonly keys: readonly string[]
  /** The value of the first reading; `NaN` for a version, a clock time or a code. */
  readonly value: number
  /** The type of the figure. */
  readonly kind: 'number' | 'month' | 'clock' | 'dotted' | 'code'
  /** The currency in front of it. */
  readonly unit?: string
}

/** Returns the key of a value. Rounds floating-point errors: 1.1 million is not 1100000.0000000002. */
export function keyOf(value: number): string {
  // Whole numbers have no such errors.
  return `#${Number.isInteger(value) && Math.abs(value) < 1e12 ? value : Number(value.toPrecision(12))}`
}

/** Returns the key of a month from 1 to 12. The month of "3 March" is another one than the 3. */
export function monthKey(month: number): string {
  return `#month-${month}`
}

/** Returns the key of a clock time. */
export function clockKey(hour: number, minute: number): string {
  return `#${hour % 24}:${`${minute}`.padStart(2, '0')}`
}
