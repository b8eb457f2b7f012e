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

// A wider range means pages or years. It would also let a short text cite very many sources.
const WIDEST_RANGE = 50

// The words of LABELS, in many languages.
const WORDS =
  'source sources document documents doc docs citation citations cite ref refs reference references passage passages id ' +
  'quelle quellen dokument dokumente fuente fuentes documento documentos fonte fontes fonti kaynak kaynaklar источник ' +
  'источники 来源 來源 资料 資料 文档 文檔 文件 引用 出典 출처 مصدر المصدر'
/** The words that models write before the number of a source, in lower case. */
export const LABELS: readonly string[] = WORDS.split(' ')
// Places in a source, after its number: "[1, p. 3]".
const PLACES =
  'p pp page pages s seite seiten pág págs página páginas стр 第 line lines l sec section ch chapter'.split(' ')
const PLACE = new RegExp(
  `[,;，；]\\s*(?:${PLACES.join('|')})(?![\\p{L}])\\.?\\s*[0-9０-９]{1,5}(?:\\s*[-–—]\\s*[0-9０-９]{1,5})?\\s*[页頁]?\\s*$`,
  'iu',
)
const LABEL_BEFORE = `(?:${LABELS.join('|')})\\s*[:：#.]?\\s*(?=[0-9０-９])`
const LABEL = new RegExp(`^\\s*${LABEL_BEFORE}`, 'iu')
// Between two numbers: "1, 2", "1 and 2", "1, and 2".
const CONJUNCTION = '(?:(?:and|und|et|y)\\s+|[&和与與及]\\s*)'
const SEPARATOR = `(?:\\s*[,;，；、]\\s*${CONJUNCTION}?|\\s+${CONJUNCTION}|[和与與及])`
const LIST = new RegExp(`^\\s*${ITEM}(?:${SEPARATOR}(?:${LABEL_BEFORE})?${ITEM})*\\s*$`, 'iu')
// The complete numbers at the beginning of a list, and the beginning of a conjunction at its end.
const LEADING_ITEMS = new RegExp(`^\\s*(?:(?:${LABEL_BEFORE})?${ITEM}${SEPARATOR})+`, 'iu')
const OPEN_CONJUNCTION = /(?<=[0-9０-９]\s+|[,;，；、]\s*)(?:and?|a|und?|u|et?|y|&)\s*$/iu
const NUMBER_OR_RANGE = /(\d+)(?:\s*[-–—~]\s*(\d+))?/gu
// "1†source" and "1†L3-L5" of OpenAI.
const DAGGER = /†[^†\]】］\n]{0,40}$/u
const NUMBERS = /^[0-9０-９,;，；、\-–—~～ \u00a0\u3000]*$/u
const LETTERS = /^\p{L}+/u

/** Returns true if the text, an opening bracket and more, may become a marker. */
export function mayBecomeMarker(text: string): boolean {
  const inner = text.slice(isDouble(text) ? 2 : 1)
  if (NUMBERS.test(inner)) return true
  if (isDouble(text)) return NUMBERS.test(inner.replace(/\]$/u, ''))
  if (/^\^[0-9]{0,3}$/u.test(inner)) return text.startsWith('[')
  return DAGGER.test(inner) ? NUMBERS.test(inner.replace(DAGGER, '')) : mayHaveWord(inner)
}

/** Returns true for the beginning of "Source 1", of "1 and 2", of "Source 1, Source 2" and of "1, p. 3". */
function mayHaveWord(inner: string): boolean {
  const list = inner.replace(OPEN_CONJUNCTION, '')
  const last = list.replace(LEADING_ITEMS, '')
  const start = last.search(/\p{L}/u)
  if (start === -1) return NUMBERS.test(last.replace(LABEL, ''))
  if (last.slice(0, start).trim() !== '') return false
  const [word = ''] = LETTERS.exec(last.slice(start)) ?? []
  const rest = last.slice(start + word.length)
  const known = last === list ? LABELS : [...LABELS, ...PLACES]
  const written = word.toLowerCase()
  if (rest === '') return known.some((label) => label.startsWith(written))
  return known.includes(written) && /^\s*[:：#.]?[0-9０-９,;，；、\-–—~～ \u00a0\u3000页頁]*$/u.test(rest)
}

function isDouble(text: string): boolean {
  return text.startsWith('[[')
}

/** Returns the numbers of a complete marker with its brackets; `undefined` if it is none. */
export function parseMarker(text: string): readonly number[] | undefined {
  if (isDouble(text)) return text.endsWith(']]') ? parseMarkerNumbers(text.slice(2, -2)) : undefined
  if (CLOSING_BRACKETS.get(text.charAt(0)) !== text.slice(-1)) return undefined
  const inner = text.slice(1, -1)
  // Nearly all markers.
  if (PLAIN_NUMBER.test(inner)) return [Number(inner)]
  if (inner.startsWith('^')) return parseMarkerNumbers(inner.slice(1))
  const plain = inner.replace(DAGGER, '').replace(PLACE, '')
  const labelled = plain.replace(LABEL, '')
  // Some pipelines count from 0. There is no source 0, so that such a marker is unknown and no text of the answer.
  if (labelled !== plain && /^[0０]\s*$/u.test(labelled)) return [0]
  return parseMarkerNumbers(labelled)
}

const PLAIN_NUMBER = /^[1-9][0-9]{0,2}$/u

/** Returns the text of a marker without its brackets. */
export function insideMarker(text: string): string {
  return text.replace(/^[[【［]{1,2}|[\]】］]{1,2}$/gu, '').trim()
}

/**
 * Returns the distinct numbers of the text in a marker, in order: `1`, `1, 2`, `1 and 2` or `1-3`; `undefined` if it is not a list
 * of numbers.
 */
export function parseMarkerNumbers(inner: string): readonly number[] | undefined {
  if (!LIST.test(inner)) return undefined
  const numbers = new Set<number>()
  for (const [, first, last] of inner.normalize('NFKC').matchAll(NUMBER_OR_RANGE)) {
    const from = Number(first)
    const to = Number(last ?? first)
    if (to < from || to - from >= WIDEST_RANGE) return undefined
    for (let number = from; number <= to; number++) numbers.add(number)
  }
  return [...numbers]
}
