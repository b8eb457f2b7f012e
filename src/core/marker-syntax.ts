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

/** Whether `char` may stand between the brackets of a marker. */
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

/** A marker in a text that is complete. */
export interface MarkerSpan {
  readonly start: number
  readonly end: number
  readonly numbers: readonly number[]
}

/** The markers of a short text that is complete and no Markdown, such as a question. */
export function findMarkers(text: string): readonly MarkerSpan[] {
  return [...text.matchAll(LOOKALIKE)].map(({ index, 0: marker, 1: inner = '' }) => {
    return { start: index, end: index + marker.length, numbers: parseMarkerNumbers(inner) ?? [] }
  })
}

const LOOKALIKE = new RegExp(`[[【［]\\s*(${ITEM}(?:\\s*[,;，；、]\\s*${ITEM}){0,20})\\s*[\\]】］]`, 'gu')
// Blanks only, no line breaks: a run of them would be read again from each line.
const SOURCE_HEADING = /^([ \t\u3000]*(?:source|来源|资料))[ \t\u3000]*([0-9]{1,3})[ \t\u3000]*[:：]/gimu

/**
 * Takes the meaning from everything in a document that looks like a citation marker or like the heading of a source, so
 * that a model cannot take it for one of ours: `[1]` becomes `(1)`, and `Source 2:` becomes `Source (2):`.
 */
export function neutralizeMarkers(text: string): string {
  return text.replace(LOOKALIKE, '($1)').replace(SOURCE_HEADING, '$1 ($2):')
}

/** Takes the markers out of an earlier answer, whose numbers mean nothing any more. */
export function withoutMarkers(text: string): string {
  return text.replace(new RegExp(`[ \\u00a0]?${LOOKALIKE.source}`, 'gu'), '')
}
