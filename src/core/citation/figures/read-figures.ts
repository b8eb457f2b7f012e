import { readClock } from './read-clock.ts'
import { readDigits } from './read-digits.ts'
import { readHanNumeral } from './read-han-numeral.ts'
import { readEra } from './read-era.ts'
import { scaleOf } from './scales.ts'
import type { Figure } from './figure.ts'

/** A text whose figures are replaced, and the figures. */
export interface FiguresOfText {
  /** The text. Each figure is one {@link PLACEHOLDER} between blanks. */
  readonly text: string
  /** The figures, in their order. */
  readonly figures: readonly Figure[]
}

/** Stands for a figure, so that the segmenter of words sees it as one word. No other digit is left in the text. */
export const PLACEHOLDER = '0'

/** Finds the figures of a text in one pass. The text must be normalised and have only ASCII digits. */
export function readFigures(text: string): FiguresOfText {
  if (!MAY_BE_FIGURE.test(text)) return { text, figures: [] }
  const figures: Figure[] = []
  let plain = ''
  let at = 0
  FIGURE.lastIndex = 0
  for (let match = FIGURE.exec(text); match; match = FIGURE.exec(text)) {
    const { start, end, found } = readAt(text, { match, at })
    FIGURE.lastIndex = Math.max(end, match.index + 1)
    if (found.length === 0) continue
    for (const figure of found) figures.push(figure)
    plain += `${text.slice(at, start)} ${found.map(() => PLACEHOLDER).join(' ')} `
    at = end
  }
  return { text: plain + text.slice(at), figures }
}

interface Place {
  readonly match: RegExpExecArray
  /** The end of the previous figure. */
  readonly at: number
}

interface Found {
  readonly start: number
  readonly end: number
  readonly found: readonly Figure[]
}

function readAt(text: string, { match, at }: Place): Found {
  const [written] = match
  const { index } = match
  const end = index + written.length
  if (!/\d/u.test(written)) return { start: index, end, found: readHanNumeral(text, { start: index, end }) }
  return readCode(text, { match, at }) ?? readNumber(text, { match, at })
}

/** Reads digits behind letters, such as "ISO27001" and "H2O". The "v" of a version belongs to no code. */
function readCode(text: string, { match: { index }, at }: Place): Found | undefined {
  let start = index
  while (start > at && LETTER.test(text.charAt(start - 1))) start -= 1
  if (start === index || /^v$/iu.test(text.slice(start, index))) return undefined
  CODE_END.lastIndex = index
  const end = index + (CODE_END.exec(text)?.[0].length ?? 0)
  const written = text.slice(start, end)
  const currency = /^(?:usd|eur|gbp|cny|rmb|jpy|chf)$/iu.test(text.slice(start, index))
  if (currency) return undefined
  const key = written.toLowerCase()
  return { start, end, found: [{ written, keys: [key], value: Number.NaN, kind: 'code' }] }
}

function readNumber(text: string, { match, at }: Place): Found {
  const [written] = match
  const { index } = match
  const end = index + written.length
  const clock = readClock(text, { written, start: index, end })
  if (clock) return { start: Math.max(at, index - clock.before), end: clock.end, found: [clock.figure] }
  const before = text.slice(Math.max(at, index - 8), index)
  if (/(?<!\p{L})v$/iu.test(before)) return { start: index - 1, end, found: readDigits(written, PLAIN) }
  const [prefix = '', early = '', currency = '', late = ''] = PREFIX.exec(before) ?? []
  const tolerance = MAY_BE_SIGN.test(before) ? SIGN.exec(text.slice(Math.max(at, index - 16), index)) : undefined
  SUFFIX.lastIndex = end
  const [tail = '', han, letter, ordinal] = SUFFIX.exec(text) ?? []
  const scaleText = han ?? letter
  const scale = scaleText === undefined ? undefined : scaleOf(scaleText, { hasCurrency: currency !== '' })
  const isMonth = /^\s?[月월]/u.test(text.slice(end, end + 2))
  const isTaken = scale !== undefined || ordinal !== undefined
  const behind = end + (isTaken ? tail.length : 0)
  const era = readEra(text, { start: Math.max(at, index), from: at, end: behind })
  const sign = tolerance?.groups?.['plus'] === undefined ? (tolerance ? '±' : '') : '+'
  const isNegative = !sign && (era?.isBefore ?? isSign(text, { at: index - prefix.length, sign: early || late }))
  const read = readDigits(written, { isNegative, scale: scale ?? 1, isMonth })
  const hasPrefix = isNegative || currency !== ''
  return {
    start: sign ? index - (tolerance?.[0].length ?? 0) : (era?.start ?? (hasPrefix ? index - prefix.length : index)),
    end: era?.end ?? behind,
    found: read.map((figure) => ({
      ...figure,
      ...(sign && { written: `${sign}${figure.written}` }),
      ...(currency !== '' && { unit: currency }),
    })),
  }
}

// "±5", "+/- 5", "plus or minus 5" and "+5".
const MAY_BE_SIGN = /[±+\-−–]\s?$|[Mm]inus\s$/u
const SIGN =
  /(?:±|\+\s?\/\s?[-−–]|(?<!\p{L})plus(?:\s(?:or|oder)\s|\s?\/\s?)minus|(?<![\p{L}\p{N})\]])(?<plus>\+))\s?$/iu
const PLAIN = { isNegative: false, scale: 1, isMonth: false }

/**
 * A hyphen is a sign unless it stands behind a letter, a digit or a closing bracket, as in a range. Scripts without blanks
 * have it behind a letter, too, but not behind the unit of another number: 气温-5度, 3月-5月.
 */
function isSign(text: string, { at, sign }: { readonly at: number; readonly sign: string }): boolean {
  if (!/[-−–]/u.test(sign)) return sign !== ''
  const before = text.slice(Math.max(0, at - 4), at)
  if (WITHOUT_BLANKS.test(before)) return !/[\d一二三四五六七八九十]\s?\p{L}{1,2}$/u.test(before)
  return !/[\p{L}\p{N})\]%]$/u.test(before) && !/\d\s$/u.test(before)
}

const WITHOUT_BLANKS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]$/u
const HAN = '〇零一二两兩三四五六七八九十百千万萬亿億兆'
// Every figure has one of these, and most sentences have none.
const MAY_BE_FIGURE = new RegExp(`[\\d${HAN}]`, 'u')
// A date with hyphens, digits with single separators between them, or a numeral of Han characters.
const FIGURE = new RegExp(
  String.raw`\d{4}-\d{1,2}-\d{1,2}(?!\d)|\d{1,2}-\d{1,2}-\d{4}(?!\d)|\d{1,3}(?: \d{3})+(?![\d.,:/])|` +
    String.raw`(?:\d+ )?\d+⁄\d+|(?:(?<![\p{L}\d])\.)?\d+(?:[.,':/]\d+)*|[${HAN}](?:[${HAN}]|点(?=[〇零一二三四五六七八九]))*`,
  'gu',
)
const LETTER = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]/u
const CODE_END = /\d+(?:[.]\d+)*[\p{Script=Latin}\d]*/uy
// A sign, a currency, a sign.
const PREFIX =
  /(?:([-−–]|(?<!\p{L})[Mm]inus|[负負]|零下|마이너스)\s?)?(?:((?:\b(?:US|A|C|HK|NT|R))?\p{Sc}|\b(?:USD|EUR|GBP|CNY|RMB|JPY|CHF))\s?)?([-−–])?$/u
// A scale that sticks to its number, or an ordinal's ending.
const SUFFIX =
  /(?:\s?([百千]?[万萬亿億兆만억조]|[천百千])(?![\p{Script=Hangul}])|(k|K|M|B|T|m|b|bn|mn|mln|tn|Mio|Mrd)(?![\p{L}\d])|(st|nd|rd|th|s|er|e|º|ª)(?![\p{L}\d]))/uy
