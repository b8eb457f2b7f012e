import { isRecord } from '../../core/options/plain-object.ts'
import type { IndexedDocument } from '../../knowledge/store/knowledge-store.ts'
import { expectFilter, type MetadataFilter } from '../../knowledge/store/metadata-filter.ts'

/** A filter as the parameters of `jsonb_path_match`. */
export interface FilterParameters {
  /** The path, of type jsonpath. It contains names of fields, as quoted strings, and no value. */
  readonly path: string
  /** The values, as a JSON object. */
  readonly values: string
}

/**
 * Compiles a filter for `jsonb_path_match`. A path compares strings by code points, never mixes types, and looks into
 * arrays, as `matchesFilter` does. So a statement has the filter as two bound parameters, whatever its form.
 *
 * @throws TypeError when the filter is invalid
 */
export function compileFilter(filter: MetadataFilter | undefined): FilterParameters | undefined {
  const checked = expectFilter(filter)
  if (checked === undefined || Object.keys(checked).length === 0) return undefined
  const values: unknown[] = []
  const path = compileAll(checked, values)
  return { path, values: JSON.stringify(Object.fromEntries(values.map((value, index) => [`v${index}`, value]))) }
}

/** Returns the part of a document that filters are applied to. Without nulls, "absent" and "null" are the same. */
export function toFilterable({ documentId, metadata = {} }: Pick<IndexedDocument, 'documentId' | 'metadata'>) {
  // The prefix keeps a field named `__proto__` a field.
  const fields = Object.entries(metadata).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [[key, withoutObjects(value)] as const],
  )
  return { id: documentId, fields: Object.fromEntries(fields) }
}

// A path would look into an array within an array. An empty object equals no value, as any object does.
function withoutObjects(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value, (element) => (isObject(element) ? {} : (element ?? null)))
  return isObject(value) ? {} : value
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function compileAll(filter: MetadataFilter, values: unknown[]): string {
  return join(
    '&&',
    Object.entries(filter).map(([key, part]) => compilePart(key, part, values)),
  )
}

function compilePart(key: string, part: unknown, values: unknown[]): string {
  switch (key) {
    case '$and':
      return join('&&', compileEach(part, values))
    case '$or':
      return join('||', compileEach(part, values))
    case '$not':
      return not(join('&&', compileEach([part], values)))
    case '$documentId':
      return compileCondition('$.id', part, values)
    default:
      return compileCondition(pathOf(key), part, values)
  }
}

// The filter was checked by `expectFilter`.
function compileEach(filters: unknown, values: unknown[]): readonly string[] {
  return (filters as readonly MetadataFilter[]).map((filter) => compileAll(filter, values))
}

// The store accepts no such name, so that the field is absent. A path cannot contain it.
function pathOf(key: string): string {
  return flawAt(key) < 0 ? `$.fields.${JSON.stringify(key)}` : '$.absent'
}

function compileCondition(path: string, condition: unknown, values: unknown[]): string {
  if (!isRecord(condition)) return isOneOf(path, [condition], values)
  return join(
    '&&',
    Object.entries(condition).map(([operator, operand]) => compileOperator(path, operator, { operand, values })),
  )
}

function compileOperator(
  path: string,
  operator: string,
  { operand, values }: { readonly operand: unknown; readonly values: unknown[] },
): string {
  switch (operator) {
    case '$eq':
      return isOneOf(path, [operand], values)
    case '$ne':
      return not(isOneOf(path, [operand], values))
    case '$in':
      return isOneOf(path, listOf(operand), values)
    case '$nin':
      return not(isOneOf(path, listOf(operand), values))
    case '$exists':
      return operand === true ? exists(path) : not(exists(path))
    default: {
      const bound = boundOf(operator, operand)
      return exists(`${path} ? (@ ${bound.sign} ${bind(bound.value, values)})`)
    }
  }
}

function listOf(operand: unknown): readonly unknown[] {
  return Array.isArray(operand) ? operand : []
}

function isOneOf(path: string, operands: readonly unknown[], values: unknown[]): string {
  // A text that the store does not accept equals no field.
  const found = operands.filter((value) => value !== null && !(typeof value === 'string' && flawAt(value) >= 0))
  const parts = found.length === 0 ? [] : [exists(`${path} ? (@ == ${bind(found, values)}[*])`)]
  if (operands.includes(null)) parts.push(not(exists(path)), exists(`${path} ? (@ == null)`))
  return join('||', parts)
}

const SIGNS: Readonly<Record<string, string>> = { $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' }

/** Returns a comparison with a text that jsonb can hold and that has the same result for every text of the store. */
function boundOf(operator: string, operand: unknown): { readonly sign: string; readonly value: unknown } {
  const sign = SIGNS[operator] ?? '<='
  const at = typeof operand === 'string' ? flawAt(operand) : -1
  if (typeof operand !== 'string' || at < 0) return { sign, value: operand }
  const head = operand.slice(0, at)
  const unit = operand.charCodeAt(at)
  const isLower = operator === '$gt' || operator === '$gte'
  // Without a NUL, the text after `head` is greater than any that begins with NUL.
  if (unit === 0) return { sign: isLower ? '>' : '<=', value: head }
  // A high surrogate alone comes before every pair that it begins.
  if (unit < 0xdc00) return { sign: isLower ? '>=' : '<', value: head + String.fromCharCode(unit, 0xdc00) }
  // A low surrogate comes after every pair.
  return { sign: isLower ? '>' : '<=', value: `${head}${'\u{10ffff}'.repeat(8)}` }
}

/** Returns the offset of the first NUL or unpaired surrogate; -1 if there is none. */
function flawAt(text: string): number {
  return text.search(/[\0\p{Surrogate}]/u)
}

function bind(value: unknown, values: unknown[]): string {
  return `$v${values.push(value) - 1}`
}

// `exists` is true or false, never unknown as a comparison of two types is, so that it can be negated.
function exists(path: string): string {
  return `exists(${path})`
}

function not(predicate: string): string {
  return `!(${predicate})`
}

function join(operator: string, predicates: readonly string[]): string {
  if (predicates.length === 0) return operator === '&&' ? '(1 == 1)' : '(1 == 0)'
  return `(${predicates.join(` ${operator} `)})`
}
