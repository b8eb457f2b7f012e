/** Longest marker that is recognised, in UTF-16 code units: it bounds what the scanner holds back. */
export const MAX_MARKER_CHARS = 64

/** The bracket that closes each opening one. */
export const CLOSING_BRACKETS: ReadonlyMap<string, string> = new Map([
  ['[', ']'],
  ['【', '】'],
  ['［', '］'],
])

// Numbers of one to three digits, also full-width; four are a year. A zero counts things in code, and no source.
const NUMBER = '[1-9１-９][0-9０-９]{0,2}'
const ITEM = `${NUMBER}(?:\\s*[-–—~～]\\s*${NUMBER})?`
const LIST = new RegExp(`^\\s*${ITEM}(?:\\s*[,;，；、]\\s*${ITEM})*\\s*$`, 'u')

// A wider one counts pages or years, and no sources; it would make a short text name very many of them.
const WIDEST_RANGE = 50

/** True if `char` may stand between the brackets of a marker. */
export function isMarkerChar(char: string): boolean {
  return /[0-9０-９,;，；、\-–—~～ \u00a0\u3000]/u.test(char)
}

/**
 * The numbers between the brackets of a marker, in their order and each once: `1`, `1, 2` or `1-3`. Nothing when the
 * text is no list of numbers.
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
