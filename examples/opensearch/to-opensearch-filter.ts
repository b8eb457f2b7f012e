import type { FilterValue, MetadataFilter } from 'ragwire/knowledge'

/** The fields of the metadata that can be filtered by, with their types. */
export type FilterFields = Readonly<Record<string, 'keyword' | 'double' | 'boolean'>>

/** A query of OpenSearch that filters. */
export interface FilterQuery {
  readonly [type: string]: unknown
}

/**
 * Converts a filter on metadata into one of OpenSearch. `filter` comes from `expectFilter`, which has checked it. An
 * empty list counts as an absent field here.
 *
 * @throws TypeError for a field that is not in `fields`, and for a value that is not of its type
 */
export function toOpenSearchFilter(filter: MetadataFilter, fields: FilterFields): FilterQuery {
  return { bool: { filter: Object.entries(filter).flatMap(([key, part]) => toQueries(key, part, fields)) } }
}

/** Returns the name of a field in the index, where a dot would be a path and an asterisk a pattern. */
export function fieldName(field: string): string {
  return encodeURIComponent(field).replaceAll('.', '%2E').replaceAll('*', '%2A')
}

/** Returns the type of the field that a value belongs to; `undefined` if it belongs to none. */
export function typeOf(value: unknown): FilterFields[string] | undefined {
  if (typeof value === 'string') return 'keyword'
  if (typeof value === 'number') return 'double'
  return typeof value === 'boolean' ? 'boolean' : undefined
}

function toQueries(key: string, part: unknown, fields: FilterFields): readonly FilterQuery[] {
  switch (key) {
    case '$and':
      return [{ bool: { filter: filtersOf(part, fields) } }]
    case '$or':
      return [{ bool: { should: filtersOf(part, fields), minimum_should_match: 1 } }]
    case '$not':
      return [{ bool: { must_not: filtersOf([part], fields) } }]
    default:
      return fieldQueries(toField(key, fields), part)
  }
}

function filtersOf(part: unknown, fields: FilterFields): readonly FilterQuery[] {
  return (part as readonly MetadataFilter[]).map((filter) => toOpenSearchFilter(filter, fields))
}

interface Field {
  readonly path: string
  readonly type: FilterFields[string]
}

function toField(key: string, fields: FilterFields): Field {
  if (key === '$documentId') return { path: 'documentId', type: 'keyword' }
  const type = Object.hasOwn(fields, key) ? fields[key] : undefined
  if (!type) throw new TypeError(`Cannot filter by ${key}: add it to the fields of the index`)
  return { path: `fields.${fieldName(key)}`, type }
}

function fieldQueries(field: Field, part: unknown): readonly FilterQuery[] {
  if (typeof part !== 'object' || part === null) return [equals(field, part as FilterValue)]
  return Object.entries(part).map(([operator, operand]) => toQuery(field, operator, operand))
}

function toQuery(field: Field, operator: string, operand: unknown): FilterQuery {
  switch (operator) {
    case '$eq':
      return equals(field, operand as FilterValue)
    case '$ne':
      return none([equals(field, operand as FilterValue)])
    case '$in':
      return isOneOf(field, operand as readonly FilterValue[])
    case '$nin':
      return none([isOneOf(field, operand as readonly FilterValue[])])
    case '$exists':
      return operand === true ? exists(field) : none([exists(field)])
    default:
      return { range: { [field.path]: { [operator.slice(1)]: checked(field, operand) } } }
  }
}

function equals(field: Field, value: FilterValue): FilterQuery {
  return value === null ? none([exists(field)]) : { term: { [field.path]: { value: checked(field, value) } } }
}

function isOneOf(field: Field, values: readonly FilterValue[]): FilterQuery {
  if (values.length === 0) return { match_none: {} }
  return { bool: { should: values.map((value) => equals(field, value)), minimum_should_match: 1 } }
}

function exists({ path }: Field): FilterQuery {
  return { exists: { field: path } }
}

function none(must_not: readonly FilterQuery[]): FilterQuery {
  return { bool: { must_not } }
}

/** OpenSearch would convert a value of another type. */
function checked({ path, type }: Field, value: unknown): unknown {
  if (typeOf(value) === type) return value
  throw new TypeError(`Cannot compare ${path} with ${JSON.stringify(value)}: it is of the type ${type}`)
}
