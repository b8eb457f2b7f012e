import {
  BadRequest,
  expectArray,
  expectFields,
  expectNumber,
  expectObject,
  expectText,
  expectVector,
  type Fields,
} from './expect-fields.ts'
import { openFakeCluster, type FakeAnswer, type FakeCluster, type FakeRequest } from './open-fake-cluster.ts'
import { createOpenSearchScorer, valuesAt, type Entry, type Mapping } from './opensearch-query.ts'

interface Index {
  readonly mappings: ReadonlyMap<string, Mapping>
  readonly entries: Map<string, Entry>
}

export interface FakeOpenSearch extends FakeCluster {
  readonly indexes: ReadonlyMap<string, Index>
}

/** Opens a server with the routes of OpenSearch that the example uses. It searches exactly, and refuses unknown fields. */
export async function openFakeOpenSearch(): Promise<FakeOpenSearch> {
  const indexes = new Map<string, Index>()
  const cluster = await openFakeCluster((request) => {
    try {
      return answer(indexes, request)
    } catch (thrown) {
      if (!(thrown instanceof BadRequest)) throw thrown
      const error = { type: 'parsing_exception', reason: thrown.message, root_cause: [] }
      return { status: 400, body: { error, status: 400 } }
    }
  })
  return { ...cluster, indexes }
}

const ROUTE = /^(?<method>[A-Z]+) \/(?<name>[^/_][^/]*)(?:\/(?<action>\w+))?$/u

function answer(indexes: Map<string, Index>, { route, parameters, body }: FakeRequest): FakeAnswer {
  if (route === 'POST /_bulk') return ok(bulk(indexes, parameters, body))
  const { method, name = '', action } = ROUTE.exec(route)?.groups ?? {}
  const index = indexes.get(name)
  if (method === 'HEAD') return { status: index ? 200 : 404, body: {} }
  const given: unknown = JSON.parse(body)
  if (method === 'PUT' && action === undefined) return ok(createIndex(indexes, name, given))
  if (!index) return { status: 404, body: { error: { type: 'index_not_found_exception', reason: name }, status: 404 } }
  switch (`${method} ${action}`) {
    case 'POST _count':
      return ok({ count: select(index, expectFields(given, 'body', ['query'])['query']).length, _shards: SHARDS })
    case 'POST _delete_by_query':
      expectParameters(parameters, { refresh: 'true' })
      return ok(deleteByQuery(index, given))
    case 'POST _search':
      expectParameters(parameters, { allow_partial_search_results: 'false' })
      return ok(search(index, given))
    default:
      throw new BadRequest(`the fake has no route ${route}`)
  }
}

const SHARDS = { total: 1, successful: 1, skipped: 0, failed: 0 }

function ok(body: unknown): FakeAnswer {
  return { status: 200, body }
}

function expectParameters(given: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): void {
  if (JSON.stringify(given) === JSON.stringify(wanted)) return
  throw new BadRequest(`the request needs the parameters ${JSON.stringify(wanted)}, and has ${JSON.stringify(given)}`)
}

function createIndex(indexes: Map<string, Index>, name: string, body: unknown): unknown {
  const { settings, mappings } = expectFields(body, 'body', ['settings', 'mappings'])
  const { knn } = expectFields(expectFields(settings, 'settings', ['index'])['index'], 'index', ['knn'])
  const { dynamic, properties } = expectFields(mappings, 'mappings', ['dynamic', 'properties'])
  if (knn !== true) throw new BadRequest('a knn query needs index.knn')
  if (dynamic !== 'strict') throw new BadRequest('the fake has no dynamic mapping')
  if (indexes.has(name)) throw new BadRequest(`index [${name}] already exists`)
  indexes.set(name, { mappings: new Map(mappingsOf(properties, '')), entries: new Map() })
  return { acknowledged: true, shards_acknowledged: true, index: name }
}

function mappingsOf(properties: unknown, prefix: string): readonly (readonly [string, Mapping])[] {
  return Object.entries(expectObject(properties, 'properties')).flatMap(([field, mapping]) => {
    if (field.includes('.')) throw new BadRequest(`the field ${field} would be a path`)
    const names = ['type', 'properties', 'enabled', 'dimension', 'method']
    const { type, enabled, dimension, properties: inner } = expectFields(mapping, field, names)
    if (inner !== undefined) return mappingsOf(inner, `${prefix}${field}.`)
    const size = dimension === undefined ? undefined : expectNumber(dimension, 'dimension')
    return [[`${prefix}${field}`, { type: enabled === false ? 'stored' : expectText(type, 'type'), dimension: size }]]
  })
}

function bulk(
  indexes: ReadonlyMap<string, Index>,
  parameters: Readonly<Record<string, string>>,
  body: string,
): unknown {
  // Without it, the deletion that follows would not see the chunks.
  expectParameters(parameters, { refresh: 'wait_for' })
  if (!body.endsWith('\n')) throw new BadRequest('The bulk request must be terminated by a newline [\\n]')
  const lines = body.slice(0, -1).split('\n')
  const items: unknown[] = []
  for (let at = 0; at < lines.length; at += 2) {
    const action = expectFields(JSON.parse(lines[at] ?? ''), 'action', ['index'])
    const { _index, _id } = expectFields(action['index'], 'index', ['_index', '_id'])
    const index = indexes.get(expectText(_index, '_index'))
    if (!index) throw new BadRequest(`no such index [${String(_index)}]`)
    items.push({ index: store(index, expectText(_id, '_id'), JSON.parse(lines[at + 1] ?? '')) })
  }
  const errors = items.some((item) => JSON.stringify(item).includes('"error"'))
  return { took: 1, errors, items }
}

/** A document that does not fit is an error of its item; the status of the whole request stays 200. */
function store({ mappings, entries }: Index, id: string, source: unknown): unknown {
  try {
    const entry = toEntry(expectObject(source, 'document'), mappings)
    entries.set(id, entry)
    return { _id: id, status: 201, result: 'created' }
  } catch (thrown) {
    if (!(thrown instanceof BadRequest)) throw thrown
    return { _id: id, status: 400, error: { type: 'mapper_parsing_exception', reason: thrown.message } }
  }
}

function toEntry(source: Fields, mappings: ReadonlyMap<string, Mapping>): Entry {
  for (const path of pathsOf(source, mappings, '')) {
    const mapping = mappings.get(path)
    if (!mapping) throw new BadRequest(`mapping set to strict, dynamic introduction of [${path}] is not allowed`)
    if (mapping.type !== 'knn_vector') continue
    const vector = expectVector(valuesAt(source, path), path, mapping.dimension ?? 0)
    if (vector.every((number) => number === 0)) throw new BadRequest('zero vector is not supported for [cosinesimil]')
  }
  return { source }
}

function pathsOf(source: Fields, mappings: ReadonlyMap<string, Mapping>, prefix: string): readonly string[] {
  return Object.entries(source).flatMap(([field, value]) => {
    const path = `${prefix}${field}`
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && !mappings.has(path) ? pathsOf(value as Fields, mappings, `${path}.`) : [path]
  })
}

interface Scored {
  readonly id: string
  readonly entry: Entry
  readonly score: number
}

function select({ entries, mappings }: Index, query: unknown): readonly Scored[] {
  const scorer = createOpenSearchScorer(query, { mappings, entries: [...entries.values()] })
  return [...entries].flatMap(([id, entry]) => {
    const score = scorer(entry)
    return score === undefined ? [] : [{ id, entry, score }]
  })
}

function deleteByQuery(index: Index, body: unknown): unknown {
  const found = select(index, expectFields(body, 'body', ['query'])['query'])
  for (const { id } of found) index.entries.delete(id)
  return { took: 1, timed_out: false, deleted: found.length, version_conflicts: 0, failures: [] }
}

const SEARCH_FIELDS = ['size', 'query', '_source', 'sort', 'track_scores', 'track_total_hits', 'aggs']

function search(index: Index, body: unknown): unknown {
  const { size, query, _source, sort, aggs } = expectFields(body, 'body', SEARCH_FIELDS)
  const limit = expectNumber(size, 'size')
  if (limit > 10_000) throw new BadRequest('Result window is too large')
  const found = select(index, query)
  const names = _source === undefined ? [] : expectArray(_source, '_source').map(String)
  const hits = found
    .toSorted((a, b) => b.score - a.score || compare(a.entry, b.entry, sort))
    .slice(0, limit)
    .map(({ id, entry: { source }, score }) => ({
      _id: id,
      _score: score,
      _source: Object.fromEntries(Object.entries(source).filter(([name]) => names.includes(name))),
    }))
  return {
    took: 1,
    timed_out: false,
    _shards: SHARDS,
    hits: { total: { value: found.length, relation: 'eq' }, hits },
    ...(aggs !== undefined && { aggregations: { terms: countEach(index, found, aggs) } }),
  }
}

function compare(a: Entry, b: Entry, sort: unknown): number {
  const [first, ...fields] = expectArray(sort ?? ['_score'], 'sort')
  if (first !== '_score') throw new BadRequest('the fake sorts by _score first')
  for (const [field = ''] of fields.map((given) => Object.keys(expectObject(given, 'sort')))) {
    const [left, right] = [a, b].map(({ source }) => valuesAt(source, field)[0])
    if (left !== right) return (left as string | number) < (right as string | number) ? -1 : 1
  }
  return 0
}

function countEach({ mappings }: Index, found: readonly Scored[], aggs: unknown): unknown {
  const { filters } = expectFields(expectFields(aggs, 'aggs', ['terms'])['terms'], 'terms', ['filters'])
  const queries = expectArray(expectFields(filters, 'filters', ['filters'])['filters'], 'filters')
  const entries = found.map(({ entry }) => entry)
  const buckets = queries.map((query) => {
    const scorer = createOpenSearchScorer(query, { mappings, entries })
    return { doc_count: entries.filter((entry) => scorer(entry) !== undefined).length }
  })
  return { buckets }
}
