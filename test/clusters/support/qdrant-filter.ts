import { BadRequest, expectArray, expectFields, expectNumber, expectObject, expectText } from './expect-fields.ts'

/** Returns true if the payload fulfils the filter, as Qdrant documents it. */
export function matchesQdrantFilter(payload: unknown, filter: unknown): boolean {
  const { must = [], must_not = [], should = [] } = expectFields(filter, 'filter', ['must', 'must_not', 'should'])
  const fulfils = (condition: unknown) => matchesCondition(payload, condition)
  // All conditions are read, so that a mistake in any of them is found.
  const [all, none, some] = [must, must_not, should].map((part) => expectArray(part, 'filter').map(fulfils))
  return !all?.includes(false) && !none?.includes(true) && (some?.length === 0 || some?.includes(true) === true)
}

function matchesCondition(payload: unknown, condition: unknown): boolean {
  const given = expectObject(condition, 'condition')
  if ('is_empty' in given) {
    expectFields(given, 'condition', ['is_empty'])
    const { key } = expectFields(given['is_empty'], 'is_empty', ['key'])
    return valuesOf(payload, key).length === 0
  }
  if (!('key' in given)) return matchesQdrantFilter(payload, given)
  const { key, match, range } = expectFields(given, 'condition', ['key', 'match', 'range'])
  const values = valuesOf(payload, key)
  if (match !== undefined) return matchesValues(values, match)
  const bounds = expectFields(range, 'range', ['gt', 'gte', 'lt', 'lte'])
  return values.some((value) => typeof value === 'number' && isWithin(value, bounds))
}

function matchesValues(values: readonly unknown[], match: unknown): boolean {
  const { value, any } = expectFields(match, 'match', ['value', 'any'])
  if (any !== undefined) {
    const words = expectArray(any, 'any').map((word) => expectText(word, 'any'))
    return values.some((item) => typeof item === 'string' && words.includes(item))
  }
  if (typeof value === 'number' && !Number.isInteger(value)) throw new BadRequest('match.value is no integer')
  if (!['string', 'number', 'boolean'].includes(typeof value))
    throw new BadRequest('match.value is of no known variant')
  return values.includes(value)
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  gt: (value, bound) => value > bound,
  gte: (value, bound) => value >= bound,
  lt: (value, bound) => value < bound,
  lte: (value, bound) => value <= bound,
}

function isWithin(value: number, bounds: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(bounds).every(([name, bound]) => COMPARISONS[name]?.(value, expectNumber(bound, name)))
}

const PATH = /^(?:(?:[^."[\]]+|"[^"]+")(?:\.(?!$)|$))+$/u

/** Returns the values at a path such as `a.b."c.d"`; those of a list one by one, and none for null. */
function valuesOf(payload: unknown, key: unknown): readonly unknown[] {
  const path = expectText(key, 'key')
  if (!PATH.test(path)) throw new BadRequest(`${path} is no JSON path`)
  let value: unknown = payload
  for (const [, quoted, plain = quoted] of path.matchAll(/"([^"]+)"|([^."]+)/gu)) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    value =
      isObject && Object.hasOwn(value as object, plain ?? '') ? (value as Record<string, unknown>)[plain ?? ''] : null
  }
  return (Array.isArray(value) ? value : [value]).filter((item) => item !== null && item !== undefined)
}
