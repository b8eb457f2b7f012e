import { describeValue } from '../../core/options/expect-options.ts'
import { nearestName } from '../../core/options/nearest-name.ts'
import type { RagwireConfig } from '../config/ragwire-config.ts'

/** Returns the form that a value must have, if it has another one. */
type Check = (value: unknown) => string | undefined

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== ''
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText)

const text: Check = (value) => (isText(value) ? undefined : 'a text that is not empty')
const texts: Check = (value) => (isTexts(value) ? undefined : 'a list of texts')

function wholeNumber(from: number, to: number): Check {
  const isInRange = (value: unknown) => Number.isInteger(value) && Number(value) >= from && Number(value) <= to
  return (value) => (isInRange(value) ? undefined : `a whole number from ${from} to ${to}`)
}

function objectWith(method: string, form: string): Check {
  return (value) => {
    const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, method) : undefined
    return typeof found === 'function' ? undefined : form
  }
}

function anyOf(form: string, checks: readonly Check[]): Check {
  return (value) => (checks.some((check) => check(value) === undefined) ? undefined : form)
}

const off: Check = (value) => (value === false ? undefined : 'false')

const CHECKS: { readonly [Field in keyof RagwireConfig]-?: Check } = {
  docs: anyOf('a path or a list of paths', [text, texts]),
  exclude: texts,
  data: anyOf('a path, or false for memory', [text, off]),
  model: anyOf('the name of a model, or a ChatModel with a method stream', [text, objectWith('stream', '')]),
  condenser: objectWith('condense', 'a Condenser with a method condense'),
  embedder: anyOf('the name of a model, false, or an Embedder with a method embed', [
    text,
    off,
    objectWith('embed', ''),
  ]),
  chunkChars: wholeNumber(100, 100_000),
  topK: wholeNumber(1, 1_000),
  title: text,
  questions: texts,
  port: wholeNumber(0, 65_535),
  host: text,
  allowedHosts: texts,
  continueForMs: wholeNumber(0, 1_000_000_000),
}

/** The names of all fields. */
export const CONFIG_FIELDS: readonly string[] = Object.keys(CHECKS)

/**
 * Returns the configuration with the checked values of all fields. A field that is `undefined` counts as absent.
 *
 * @throws TypeError that names the field, its value and the form that it must have
 */
export function checkConfig(value: unknown): RagwireConfig {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`it must be an object such as { "docs": "./docs" }, and it is ${describeValue(value)}`)
  }
  checkNames(Object.keys(value))
  for (const [field, check] of Object.entries(CHECKS)) {
    const given: unknown = Reflect.get(value, field)
    const form = given === undefined ? undefined : check(given)
    if (form !== undefined) throw new TypeError(`${field} must be ${form}, and it is ${shown(given)}`)
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each field was checked
  return value as RagwireConfig
}

function checkNames(names: readonly string[]): void {
  const known = CONFIG_FIELDS
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return
  const nearest = nearestName(unknown, known)
  const advice = nearest === undefined ? `use ${known.join(', ')}` : `did you mean ${nearest}?`
  throw new TypeError(`it has no field ${unknown}; ${advice}`)
}

function shown(value: unknown): string {
  const isShort = typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string'
  return isShort ? JSON.stringify(value).slice(0, 60) : describeValue(value)
}
