import { clockKey, type Figure } from './figure.ts'

interface Digits {
  readonly written: string
  readonly start: number
  readonly end: number
}

/** A clock time, and how many characters around its digits belong to it. */
export interface ClockTime {
  /** The time. */
  readonly figure: Figure
  /** The number of characters before the digits. */
  readonly before: number
  /** The end in the text. */
  readonly end: number
}

/** Reads a clock time such as 15:30, "3 pm", "15 Uhr" or 下午3点半. */
export function readClock(text: string, { written, start, end }: Digits): ClockTime | undefined {
  AFTER.lastIndex = end
  const [after = '', meridiem, sign, more, isHalf] = AFTER.exec(text) ?? []
  if (after === '' && !written.includes(':')) return undefined
  const [, hours = '', minutes] = /^(\d{1,2})(?:[:.](\d\d)(?::\d\d)?)?$/u.exec(written) ?? []
  if (hours === '' || Number(hours) > 24 || Number(minutes ?? 0) > 59) return undefined
  const [half = '', han] = HALF_BEFORE.exec(text.slice(Math.max(0, start - 4), start)) ?? []
  const isTime =
    written.includes(':') ||
    meridiem !== undefined ||
    (sign !== undefined && !(sign === '点' && DECIMAL.test(text.charAt(end + 1))))
  if (!isTime || (written.includes('.') && meridiem === undefined && sign === undefined)) return undefined
  const minute = Number(minutes ?? more ?? (isHalf === undefined ? 0 : 30))
  const keys = keysOf(Number(hours), { minute, half: meridiem?.charAt(0).toLowerCase() ?? HALVES[han ?? ''] })
  const figure: Figure = {
    written: `${half}${written}${after}`.trim(),
    keys,
    value: Number.NaN,
    kind: 'clock',
    ...(meridiem !== undefined && { unit: meridiem.replaceAll('.', '').toLowerCase() }),
  }
  return { figure, before: half.length, end: end + after.length }
}

function keysOf(
  hour: number,
  { minute, half }: { readonly minute: number; readonly half: string | undefined },
): string[] {
  if (half === 'a') return [clockKey(hour === 12 ? 0 : hour, minute)]
  if (half === 'p') return [clockKey(hour < 12 ? hour + 12 : hour, minute)]
  // Without a half of the day, 3:00 may be in the afternoon.
  return hour >= 1 && hour <= 12 ? [clockKey(hour, minute), clockKey(hour + 12, minute)] : [clockKey(hour, minute)]
}

const HALF_BEFORE = /(上午|早上|凌晨|清晨|下午|晚上|傍晚|午后|午前|午後|오전|오후)\s?$/u
const HALVES: Readonly<Record<string, string>> = {
  上午: 'a',
  早上: 'a',
  凌晨: 'a',
  清晨: 'a',
  午前: 'a',
  오전: 'a',
  下午: 'p',
  晚上: 'p',
  傍晚: 'p',
  午后: 'p',
  午後: 'p',
  오후: 'p',
}
const AFTER =
  /(?:\s?([ap]\.?m\.?)(?![\p{L}\d])|\s?(Uhr|o'clock|点钟|点|时(?!代|期)|時(?!間|代|期)|시(?![\p{Script=Hangul}]))(?:\s?(\d{1,2})(?!\d)(?:\s?[分분])?|(半))?)/iuy
const DECIMAL = /[〇零一二三四五六七八九]/u
