import { wrongType, expectFunction, expectMethods } from './validate.ts'
import { invalidInput } from '../vocabulary/invalid-input.ts'
import type { Clock } from '../async/clock.ts'

/** The default and the minimum of a count. */
export interface CountRange {
  /** The value if the option is absent. */
  readonly defaultValue: number
  /** The minimum. */
  readonly from: number
}

/** Checks a whole number, and applies the default; `Infinity` stands for no limit. */
export function countOption(field: string, value: unknown, range: number | CountRange): number {
  const { defaultValue, from } = typeof range === 'number' ? { defaultValue: range, from: 1 } : range
  if (value === undefined) return defaultValue
  if (typeof value !== 'number') throw wrongType(field, 'a number', value)
  if ((Number.isSafeInteger(value) || value === Infinity) && value >= from) return value
  throw invalidInput(field, `Cannot use ${field} ${value}: it must be a whole number from ${from}`, RangeError)
}

/** Checks a duration in milliseconds, and applies the default; `Infinity` stands for no limit. */
export function durationOption(field: string, value: unknown, defaultValue: number): number {
  if (value === undefined) return defaultValue
  if (typeof value !== 'number') throw wrongType(field, 'a number of milliseconds', value)
  if (value > 0) return value
  throw invalidInput(field, `Cannot use ${field} ${value}: it must be above 0`, RangeError)
}

/** Checks an optional hook, and applies the default; `false` turns it off. */
export function hookOption<T>(field: string, value: T | false, defaultValue: T): T | undefined {
  if (value === false) return undefined
  return value === undefined ? defaultValue : expectFunction(field, value)
}

/** Checks an optional clock, and applies the default. */
export function clockOption(field: string, value: Clock | undefined, defaultValue: Clock): Clock {
  if (value === undefined) return defaultValue
  return expectMethods(field, value, 'a clock such as systemClock', ['now', 'setTimeout', 'clearTimeout'])
}

/** Checks an optional boolean, and applies the default. */
export function booleanOption(field: string, value: unknown, defaultValue: boolean): boolean {
  if (value === undefined) return defaultValue
  if (typeof value === 'boolean') return value
  throw wrongType(field, 'true or false', value)
}
