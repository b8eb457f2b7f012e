import { keyOf, monthKey, type Figure } from './figure.ts'

/** The signs around the digits. */
export interface DigitContext {
  /** A sign stands in front of them. */
  readonly isNegative: boolean
  /** The factor of a word that sticks to them, such as the M of "$890M". */
  readonly scale: number
  /** The sign of a month follows them, as in 3月. */
  readonly isMonth: boolean
}

/** Reads digits with separators: a number, or the numbers of a range, a date, a version or a list. */
export function readDigits(written: string, context: DigitContext): readonly Figure[] {
  // Most figures are one whole number.
  if (WHOLE.test(written)) return readPart(written, context)
  const date = readDate(written)
  if (date) return date
  if (written.includes('⁄')) return [readFraction(written, context)]
  const parts = written.split(/[-:/]/u)
  const last = parts.length - 1
  return parts.flatMap((part, index) =>
    readPart(part, {
      isNegative: context.isNegative && index === 0,
      scale: index === last ? context.scale : 1,
      isMonth: context.isMonth && index === last,
    }),
  )
}

/** Reads 2024-03-15, 15.03.2024 and 3/15/2024 as a year, a month and a day. */
function readDate(written: string): readonly Figure[] | undefined {
  const [, year, , second = '', third = ''] = /^([12]\d{3})([-/.])(\d{1,2})\2(\d{1,2})$/u.exec(written) ?? []
  if (year !== undefined) return inCalendar(third, second) ? [number(year), month(second), number(third)] : undefined
  const [, one = '', separator, two = '', late] = /^(\d{1,2})([-/.])(\d{1,2})\2([12]\d{3})$/u.exec(written) ?? []
  if (late === undefined) return undefined
  // With slashes, the day may come first or second.
  const isEither = separator === '/' && inCalendar(one, two) && inCalendar(two, one)
  if (isEither) return [either(one), either(two), number(late)]
  if (inCalendar(one, two)) return [number(one), month(two), number(late)]
  return inCalendar(two, one) ? [month(one), number(two), number(late)] : undefined
}

const WHOLE = /^\d+$/u

function inCalendar(day: string, month: string): boolean {
  return Number(day) >= 1 && Number(day) <= 31 && Number(month) >= 1 && Number(month) <= 12
}

function number(digits: string): Figure {
  return { written: digits, keys: [keyOf(Number(digits))], value: Number(digits), kind: 'number' }
}

function month(digits: string): Figure {
  return { written: digits, keys: [monthKey(Number(digits))], value: Number(digits), kind: 'month' }
}

function either(digits: string): Figure {
  return { ...number(digits), keys: [keyOf(Number(digits)), monthKey(Number(digits))] }
}

/** Reads 6½, which normalisation writes as "6 1⁄2" without the blank. */
function readFraction(written: string, { isNegative, scale }: DigitContext): Figure {
  const [lower = '', upper = '', whole = '0'] = written.split(/[⁄ ]/u).toReversed()
  const value = (Number(whole) + Number(upper) / (Number(lower) || 1)) * scale * (isNegative ? -1 : 1)
  return { written, keys: [keyOf(value)], value, kind: 'number' }
}

function readPart(written: string, { isNegative, scale, isMonth }: DigitContext): readonly Figure[] {
  if (isMonth && /^\d{1,2}$/u.test(written) && inCalendar('1', written)) return [month(written)]
  const values = valuesOf(written)
  if (values === undefined) {
    const isDotted = !/[,']/u.test(written)
    // 1,2,3 is a list, 2.3.1 is a version.
    if (!isDotted) return written.split(/[,']/u).flatMap((part) => readPart(part, { isNegative, scale, isMonth }))
    return [{ written, keys: [written], value: Number.NaN, kind: 'dotted' }]
  }
  const signed = values.map((value) => value * scale * (isNegative ? -1 : 1))
  const [value = Number.NaN] = signed
  // A number cannot hold more digits, but a card number or ISBN has them.
  if (/^\d{13,}$/u.test(written)) return [{ written, keys: [`#${written.replace(/^0+/u, '')}`], value, kind: 'number' }]
  return [{ written: isNegative ? `-${written}` : written, keys: signed.map(keyOf), value, kind: 'number' }]
}

/**
 * Returns the values that a notation can have; `undefined` for a version or a list. A single separator before three digits
 * is a sign of thousands in some languages and of decimals in others.
 */
function valuesOf(written: string): readonly number[] | undefined {
  if (WHOLE.test(written)) return [Number(written)]
  const digits = written.replaceAll(/[' ]/gu, '')
  const separators = digits.replace(/\d+/gu, '')
  if (separators === '') return [Number(digits)]
  if (separators === '.' || separators === ',') {
    const decimal = Number(digits.replace(',', '.'))
    if (!/^[1-9]\d{0,2}[.,]\d{3}$/u.test(digits)) return [decimal]
    const whole = Number(digits.replace(/[.,]/u, ''))
    return separators === ',' ? [whole, decimal] : [decimal, whole]
  }
  // Thousands: groups of three, in India of two before the last. Another separator may follow for the decimals.
  if (/^\d{1,3}(?:\.\d{3})+(?:,\d+)?$/u.test(digits)) return [Number(digits.replaceAll('.', '').replace(',', '.'))]
  if (/^\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?$/u.test(digits)) return [Number(digits.replaceAll(',', ''))]
  return undefined
}
