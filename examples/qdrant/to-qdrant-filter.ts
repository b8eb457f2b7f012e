import type { Schemas } from '@qdrant/js-client-rest'
import type { FilterValue, MetadataFilter } from 'ragwire/knowledge'

type Condition = Schemas['Condition']

/**
 * Converts a filter on metadata into one of Qdrant. `filter` comes from `expectFilter`, which has checked it. An empty
 * list counts as an absent field here.
 *
 * @throws TypeError for what Qdrant cannot compare: the order of strings, and names with a quote
 */
export function toQdrantFilter(filter: MetadataFilter): Schemas['Filter'] {
  return { must: Object.entries(filter).flatMap(([key, part]) => toConditions(key, part)) }
}

/** Returns the condition that a field of the payload has the value. */
export function matches(key: string, value: string | boolean): Condition {
  return { key, match: { value } }
}

/** Returns the place of a field of the metadata in the payload. Quotes keep a dot in the name from being a path. */
export function fieldPath(field: string): string {
  if (field === '' || field.includes('"')) {
    throw new TypeError(`Cannot filter by '${field}': Qdrant has no empty names and none with a quote`)
  }
  return `chunk.metadata."${field}"`
}

function toConditions(key: string, part: unknown): readonly Condition[] {
  switch (key) {
    case '$and':
      return [{ must: filtersOf(part) }]
    case '$or':
      return [{ should: filtersOf(part) }]
    case '$not':
      return [{ must_not: filtersOf([part]) }]
    case '$documentId':
      return fieldConditions('documentId', part)
    default:
      return fieldConditions(fieldPath(key), part)
  }
}

function filtersOf(part: unknown): Condition[] {
  return (part as readonly MetadataFilter[]).map(toQdrantFilter)
}

function fieldConditions(path: string, part: unknown): readonly Condition[] {
  if (typeof part !== 'object' || part === null) return [equals(path, part as FilterValue)]
  return Object.entries(part).map(([operator, operand]) => toCondition(path, operator, operand))
}

function toCondition(key: string, operator: string, operand: unknown): Condition {
  switch (operator) {
    case '$eq':
      return equals(key, operand as FilterValue)
    case '$ne':
      return { must_not: [equals(key, operand as FilterValue)] }
    case '$in':
      return isOneOf(key, operand as readonly FilterValue[])
    case '$nin':
      return { must_not: [isOneOf(key, operand as readonly FilterValue[])] }
    case '$exists':
      return operand === true ? { must_not: [{ is_empty: { key } }] } : { is_empty: { key } }
    default:
      if (typeof operand === 'number') return { key, range: { [operator.slice(1)]: operand } }
      throw new TypeError(`Cannot filter by ${key} with ${operator}: Qdrant orders numbers only`)
  }
}

function equals(key: string, value: FilterValue): Condition {
  if (value === null) return { is_empty: { key } }
  // `match` takes whole numbers only.
  if (typeof value === 'number') return { key, range: { gte: value, lte: value } }
  return matches(key, value)
}

/** An empty `should` would allow everything, and `any: []` nothing. */
function isOneOf(key: string, values: readonly FilterValue[]): Condition {
  return values.length === 0 ? { key, match: { any: [] } } : { should: values.map((value) => equals(key, value)) }
}
