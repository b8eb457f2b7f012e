import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { isPlainObject, isRecord } from '../../core/options/plain-object.ts'

/** A value that a field is compared with. */
export type FilterValue = string | number | boolean | null

/** Conditions on one field; all of them must hold. A field that is an array fulfils one if one of its elements does. */
export interface FieldCondition {
  /** The field equals the value. `null` also stands for an absent field. */
  readonly $eq?: FilterValue
  /** The negation of `$eq`, so that it also holds for an absent field. */
  readonly $ne?: FilterValue
  /** The field equals one of the values. */
  readonly $in?: readonly FilterValue[]
  /** The negation of `$in`, so that it also holds for an absent field. */
  readonly $nin?: readonly FilterValue[]
  /** The field is of the same type and greater. Strings are compared by UTF-8 bytes. */
  readonly $gt?: string | number
  /** The field is of the same type and greater or equal. */
  readonly $gte?: string | number
  /** The field is of the same type and less. */
  readonly $lt?: string | number
  /** The field is of the same type and less or equal. */
  readonly $lte?: string | number
  /** The field is there and not `null`. */
  readonly $exists?: boolean
}

/**
 * A filter on the metadata of documents, in the form that vector databases have in common. Every key is a field of the
 * metadata, with a value that it must equal or a {@link FieldCondition}. `$and`, `$or` and `$not` combine filters, and
 * `$documentId` stands for the id of the document.
 *
 * @example
 * ```ts
 * import type { MetadataFilter } from 'ragwire/knowledge'
 * const filter: MetadataFilter = { year: { $gte: 2024 }, $or: [{ lang: 'en' }, { lang: { $exists: false } }] }
 * ```
 */
export interface MetadataFilter {
  /** All filters hold. */
  readonly $and?: readonly MetadataFilter[]
  /** One filter holds. */
  readonly $or?: readonly MetadataFilter[]
  /** The filter does not hold. */
  readonly $not?: MetadataFilter
  /** A condition on the id of the document. */
  readonly $documentId?: FilterValue | FieldCondition
  /** A condition on a field of the metadata. */
  readonly [field: string]: unknown
}

/** Maximum depth of `$and`, `$or` and `$not` in each other. */
const MAX_FILTER_DEPTH = 16

/**
 * Returns a frozen copy of the value as a filter, so that a later change of the value cannot allow more documents.
 *
 * @throws TypeError with `code: 'invalid-input'` and `field: 'filter'` that names the part that is wrong
 */
export function expectFilter(value: unknown): MetadataFilter | undefined {
  return value === undefined ? undefined : copyFilter(value, 'filter', 0)
}

function copyFilter(value: unknown, at: string, depth: number): MetadataFilter {
  if (depth > MAX_FILTER_DEPTH) throw wrong(at, `filters may be nested at most ${MAX_FILTER_DEPTH} deep`)
  // An object of another class, such as a Map, has no fields of its own, so that it would allow every document.
  if (!isPlainObject(value)) throw wrong(at, 'a filter must be an object such as { year: { $gte: 2024 } }')
  return copyObject(value, (key, part) => {
    const where = `${at}.${key}`
    if (key === '$and' || key === '$or') return copyFilters(part, where, depth)
    if (key === '$not') return copyFilter(part, where, depth + 1)
    if (!key.startsWith('$') || key === '$documentId') return copyCondition(part, where)
    throw wrong(where, `${key} is not known here; use $and, $or, $not or $documentId`)
  })
}

/** Copies the own fields of an object. A field named `__proto__` stays a field. */
function copyObject<T>(value: object, copy: (key: string, part: unknown) => T): Readonly<Record<string, T>> {
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copy(key, part)])))
}

function copyFilters(value: unknown, at: string, depth: number): readonly MetadataFilter[] {
  if (!Array.isArray(value) || value.length === 0) throw wrong(at, 'it must be a list of filters that is not empty')
  return Object.freeze(Array.from(value, (part: unknown, index) => copyFilter(part, `${at}[${index}]`, depth + 1)))
}

function copyCondition(value: unknown, at: string): unknown {
  if (isFilterValue(value)) return value
  if (!isPlainObject(value)) {
    throw wrong(
      at,
      'it must be a string, a finite number, a boolean, null or an object of conditions such as { $in: [1] }',
    )
  }
  if (Object.keys(value).length === 0) throw wrong(at, 'it has no condition; use one such as { $eq: 1 }')
  return copyObject(value, (operator, operand) => {
    checkOperand(operator, operand, `${at}.${operator}`)
    return Array.isArray(operand) ? Object.freeze([...operand]) : operand
  })
}

function checkOperand(operator: string, operand: unknown, at: string): void {
  switch (operator) {
    case '$eq':
    case '$ne':
      if (!isFilterValue(operand)) throw wrong(at, 'it must be a string, a finite number, a boolean or null')
      return
    case '$in':
    case '$nin':
      if (!Array.isArray(operand) || !operand.every(isFilterValue)) throw wrong(at, 'it must be a list of values')
      return
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      if (typeof operand !== 'string' && !isNumber(operand)) throw wrong(at, 'it must be a string or a finite number')
      return
    case '$exists':
      if (typeof operand !== 'boolean') throw wrong(at, 'it must be true or false')
      return
    default:
      throw wrong(at, 'use $eq, $ne, $in, $nin, $gt, $gte, $lt, $lte or $exists')
  }
}

function isFilterValue(value: unknown): value is FilterValue {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || isNumber(value)
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function wrong(at: string, reason: string): TypeError {
  return invalidInput('filter', `Cannot filter by ${at}: ${reason}`)
}

/** The parts of a document that a filter compares. */
export interface FilteredDocument {
  /** Id of the document. */
  readonly documentId: string
  /** Its metadata. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** Returns true if the filter allows the document. Stores that filter by other means must agree with it. */
export function matchesFilter(document: FilteredDocument, filter: MetadataFilter | undefined): boolean {
  return Object.entries(filter ?? {}).every(([key, part]) => {
    switch (key) {
      case '$and':
        return filtersOf(part).every((inner) => matchesFilter(document, inner))
      case '$or':
        return filtersOf(part).some((inner) => matchesFilter(document, inner))
      case '$not':
        return !filtersOf([part]).some((inner) => matchesFilter(document, inner))
      case '$documentId':
        return fulfils(document.documentId, part)
      default:
        return fulfils(fieldOf(document, key), part)
    }
  })
}

// The filter was checked by `expectFilter`.
function filtersOf(value: unknown): readonly MetadataFilter[] {
  return value as readonly MetadataFilter[]
}

function fieldOf({ metadata }: FilteredDocument, key: string): unknown {
  return metadata && Object.hasOwn(metadata, key) ? metadata[key] : undefined
}

function fulfils(field: unknown, condition: unknown): boolean {
  if (!isRecord(condition)) return equals(field, condition)
  return Object.entries(condition).every(([operator, operand]) => fulfilsOne(field, operator, operand))
}

function fulfilsOne(field: unknown, operator: string, operand: unknown): boolean {
  switch (operator) {
    case '$eq':
      return equals(field, operand)
    case '$ne':
      return !equals(field, operand)
    case '$in':
      return isOneOf(field, operand)
    case '$nin':
      return !isOneOf(field, operand)
    case '$exists':
      return (field !== undefined && field !== null) === operand
    default:
      return elementsOf(field).some((element) => compares(element, operator, operand))
  }
}

function equals(field: unknown, value: unknown): boolean {
  if (value === null && (field === undefined || field === null)) return true
  return elementsOf(field).some((element) => element === value)
}

function isOneOf(field: unknown, values: unknown): boolean {
  return Array.isArray(values) && values.some((value) => equals(field, value))
}

function elementsOf(field: unknown): readonly unknown[] {
  return Array.isArray(field) ? field : [field]
}

function compares(element: unknown, operator: string, operand: unknown): boolean {
  if (typeof element !== typeof operand) return false
  const order = orderOf(element, operand)
  switch (operator) {
    case '$gt':
      return order > 0
    case '$gte':
      return order >= 0
    case '$lt':
      return order < 0
    default:
      return order <= 0
  }
}

/** Returns the order of two numbers or two strings. `NaN` for other values, which no comparison accepts. */
function orderOf(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return typeof a === 'string' && typeof b === 'string' ? compareBytes(a, b) : NaN
}

/** Compares by code points, which is the order of UTF-8 bytes; `<` compares UTF-16 units. */
export function compareBytes(a: string, b: string): number {
  let at = 0
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1
  if (at === a.length || at === b.length) return a.length - b.length
  // A high surrogate stands for a code point above all others.
  return rankOf(a.charCodeAt(at)) - rankOf(b.charCodeAt(at))
}

function rankOf(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x1_0000 : unit
}
