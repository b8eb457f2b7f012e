import type { TextRange } from '../../vocabulary/text-range.ts'
import { clockKey, keyOf, monthKey, type Figure } from './figure.ts'

/** Reads a numeral of Han characters; returns nothing for characters that only look like one, as in 一些 or 四川. */
export function readHanNumeral(text: string, { start, end }: TextRange): readonly Figure[] {
  const written = text.slice(start, end)
  const next = text.charAt(end)
  const isOrdinal = text.charAt(start - 1) === '第'
  const isPercent = text.startsWith(' percent', end)
  if (!isOrdinal && !isPercent && !isNumeral(written, next)) return []
  // 十分 means "very".
  if (written === '十' && /^分(?![钟鐘之])/u.test(text.slice(end, end + 2))) return []
  const value = valueOf(written)
  if (value === undefined) return []
  const isNegative = /(?:[负負]|零下|[公纪紀西]元前)$/u.test(text.slice(Math.max(0, start - 3), start))
  const isMonth = (next === '月' || next === '월') && value >= 1 && value <= 12
  const key = isMonth ? monthKey(value) : keyOf(isNegative ? -value : value)
  const isHour = next === '时' || (next === '点' && value <= 24)
  const minute = text.charAt(end + 1) === '半' ? 30 : 0
  const isEvening = /(?:下午|晚上|傍晚|午后|午後)$/u.test(text.slice(Math.max(0, start - 2), start))
  const hours = isEvening && value < 12 ? [value + 12] : [value, ...(value <= 12 ? [value + 12] : [])]
  const keys = isHour ? [key, ...hours.map((hour) => clockKey(hour, minute))] : [key]
  return [{ written, keys, value, kind: isMonth ? 'month' : 'number' }]
}

function isNumeral(written: string, next: string): boolean {
  if (written.length > 1) return !IDIOM.test(written) && (!/^[千万百亿]+$/u.test(written) || MEASURE.test(next))
  return MEASURE.test(next) && !/^[千万百亿]$/u.test(written) && !/^[〇零]/u.test(written)
}

function valueOf(written: string): number | undefined {
  const [whole = '', decimals] = written.split('点')
  const value = /[十百千万萬亿億兆]/u.test(whole) ? valueOfGroups(whole) : digitsOf(whole)
  if (value === undefined || decimals === undefined) return value
  return Number(`${value}.${[...decimals].map((digit) => DIGITS.get(digit) ?? 0).join('')}`)
}

/** Reads digits in a row, as in 二〇二四. Two of them are an estimate such as 三四: "three or four". */
function digitsOf(written: string): number | undefined {
  if (written.length === 2 && !/[〇零]/u.test(written)) return undefined
  return Number([...written].map((digit) => DIGITS.get(digit) ?? 0).join(''))
}

function valueOfGroups(written: string): number {
  let total = 0
  let group = 0
  let digit = 0
  for (const character of written) {
    const scale = SCALES.get(character)
    if (scale === undefined) digit = DIGITS.get(character) ?? 0
    else if (scale < 1e4) {
      group += (digit || 1) * scale
      digit = 0
    } else {
      total = (total + group + digit || 1) * scale
      group = 0
      digit = 0
    }
  }
  return total + group + digit
}

const DIGITS = new Map(Array.from('零一二三四五六七八九', (digit, value) => [digit, value]))
DIGITS.set('〇', 0).set('两', 2).set('兩', 2)
const SCALES = new Map([
  ['十', 10],
  ['百', 100],
  ['千', 1e3],
  ['万', 1e4],
  ['萬', 1e4],
  ['亿', 1e8],
  ['億', 1e8],
  ['兆', 1e12],
])
const IDIOM = /^(?:万一|千万|万万|百万千万|一一|万千|千百|三三两两)$/u
const MEASURE =
  /[人个個位名家天日月年岁次倍种元块分角只條条件台辆架艘间所座棟栋层楼级等代届期周週季度号米克吨公升毫千英里平立亩磅秒小时時點点页章节卷本册首部集支队组群批份套双对张片段项門门点票圈回轮场歳人つ円枚冊]/u
