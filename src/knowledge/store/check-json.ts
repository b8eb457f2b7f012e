import { describeValue } from '../../core/options/expect-options.ts'
import { MAX_JSON_DEPTH } from '../../core/options/max-json-depth.ts'
import { isPlainObject } from '../../core/options/plain-object.ts'
import { invalidInput, type InvalidInputError } from '../../core/vocabulary/invalid-input.ts'
import { flawOfText } from './check-text.ts'

/** Checks that a value is an object which JSON gives back unchanged, except for fields that are `undefined`. */
export function checkJsonObject(value: unknown, at: string): void {
  if (!isPlainObject(value)) throw wrong(at, `it must be a plain object, and it is ${describeValue(value)}`)
  checkObject(value, at, 1)
}

function checkObject(value: object, at: string, depth: number): void {
  if (depth > MAX_JSON_DEPTH) throw wrong(at, `it is nested more than ${MAX_JSON_DEPTH} levels deep`)
  for (const [key, inner] of Object.entries(value)) {
    const flaw = flawOfText(key)
    if (flaw !== undefined) throw wrong(at, `the name of a field contains ${flaw}`)
    if (inner !== undefined) checkValue(inner, `${at}.${key}`, depth)
  }
}

function checkValue(value: unknown, at: string, depth: number): void {
  if (value === null || typeof value === 'boolean') return
  if (typeof value === 'string') {
    const flaw = flawOfText(value)
    if (flaw !== undefined) throw wrong(at, `it contains ${flaw}`)
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw wrong(at, `it must be a finite number, and it is ${value}`)
  } else if (Array.isArray(value)) {
    if (depth >= MAX_JSON_DEPTH) throw wrong(at, `it is nested more than ${MAX_JSON_DEPTH} levels deep`)
    // An index loop also visits the holes of an array.
    for (let index = 0; index < value.length; index++) checkValue(value[index], `${at}[${index}]`, depth + 1)
  } else if (isPlainObject(value)) {
    checkObject(value, at, depth + 1)
  } else {
    throw wrong(
      at,
      `JSON cannot hold ${describeValue(value)}; use a string, a number, a boolean, null, a list or an object`,
    )
  }
}

function wrong(at: string, reason: string): InvalidInputError {
  return invalidInput(at, `Cannot index ${at}: ${reason}`)
}
