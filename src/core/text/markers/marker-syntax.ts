/** Maximum length of a marker, in UTF-16 code units; it bounds the text that the scanner holds back. */
export const MAX_MARKER_CHARS = 64

/** The closing bracket of each opening bracket. */
export const CLOSING_BRACKETS: ReadonlyMap<string, string> = new Map([
  ['[', ']'],
  ['【', '】'],
  ['［', '］'],
])

// Numbers of one to three digits, also full-width. Four digits are a year, and zero is an index in code.
const NUMBER = '[1-9１-９][0-9０-９]{0,2}'
const ITEM = `${NUMBER}(?:\\s*[-–—~～]\\s*${NUMBER})?`
const LIST = new RegExp(`^\\s*${ITEM}(?:\\s*[,;，；、]\\s*${ITEM})*\\s*$`, 'u')

// A wider range means pages or years. It would also let a short text cite very many sources.
const WIDEST_RANGE = 50

/** Returns true if `char` may be inside a marker. */
export function isMarkerChar(char: string): boolean {
  return /[0-9０-９,;，；、\-–—~～ \u00a0\u3000]/u.test(char)
}

/**
 * Returns the distinct numbers of the text in a marker, in order: `1`, `1, 2` or `1-3`; `undefined` if it is not a list
 * of numbers.
 */
export function parseMarkerNumbers(inner: string): readonly number[] | undefined {
  if (!LIST.test(inner)) return undefined
  const numbers = new Set<number>()
  for (const item of inner.normalize('NFKC').split(/[,;、]/u)) {
    const [from = 0, to = from] = item.split(/[-–—~]/u).map(Number)
    if (to < from || to - from >= WIDEST_RANGE) return undefined
    for (let number = from; number <= to; number++) numbers.add(number)
  }
  return [...numbers]
}
