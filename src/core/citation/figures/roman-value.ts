/** Returns the value of a Roman numeral of capitals, up to 39; a single "I" is no numeral. */
export function romanValue(written: string): number | undefined {
  if (written === 'I' || !ROMAN.test(written)) return undefined
  const values = Array.from(written, (letter) => (letter === 'X' ? 10 : letter === 'V' ? 5 : 1))
  return values.reduce((sum, value, index) => sum + (value < (values[index + 1] ?? 0) ? -value : value), 0)
}

const ROMAN = /^(?=.)X{0,3}(?:IX|IV|V?I{0,3})$/u
