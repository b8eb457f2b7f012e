import {
  BadRequest,
  cosine,
  expectArray,
  expectFields,
  expectNumber,
  expectObject,
  expectText,
  expectVector,
  type Fields,
} from './expect-fields.ts'
import { openFakeCluster, type FakeCluster, type FakeRequest } from './open-fake-cluster.ts'
import { matchesQdrantFilter } from './qdrant-filter.ts'

interface Point {
  readonly vector: readonly number[]
  readonly payload: Fields
}

interface Collection {
  readonly size: number
  readonly points: Map<string, Point>
  readonly indexes: Map<string, unknown>
}

export interface FakeQdrant extends FakeCluster {
  readonly collections: ReadonlyMap<string, Collection>
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u

/** Opens a server with the routes of Qdrant that the example uses. It searches exactly, and refuses unknown fields. */
export async function openFakeQdrant(): Promise<FakeQdrant> {
  const collections = new Map<string, Collection>()
  const cluster = await openFakeCluster((request) => {
    try {
      return { status: 200, body: { result: answer(collections, request), status: 'ok', time: 0.001 } }
    } catch (thrown) {
      if (!(thrown instanceof BadRequest)) throw thrown
      return { status: 400, body: { status: { error: `Bad request: ${thrown.message}` }, time: 0 } }
    }
  })
  return { ...cluster, collections }
}

const ROUTE = /^(?<method>[A-Z]+) \/collections\/(?<name>[^/]+)(?<rest>.*)$/u

function answer(collections: Map<string, Collection>, { route, parameters, body }: FakeRequest): unknown {
  const { method, name = '', rest } = ROUTE.exec(route)?.groups ?? {}
  const action = `${method} ${rest}`
  if (action === 'GET /exists') return { exists: collections.has(name) }
  const given: unknown = JSON.parse(body)
  if (action === 'PUT ') return createCollection(collections, name, given)
  const collection = collections.get(name)
  if (!collection) throw new BadRequest(`Collection ${name} doesn't exist`)
  const write = writes[action]
  if (write) {
    if (parameters['wait'] !== 'true') throw new BadRequest('the example must wait for what it writes')
    write(collection, given)
    return { operation_id: 1, status: 'completed' }
  }
  const read = reads[action]
  if (!read) throw new BadRequest(`the fake has no route ${action}`)
  return read(collection, given)
}

function createCollection(collections: Map<string, Collection>, name: string, body: unknown): boolean {
  const { vectors } = expectFields(body, 'body', ['vectors'])
  const { size, distance } = expectFields(vectors, 'vectors', ['size', 'distance'])
  if (collections.has(name)) throw new BadRequest(`Collection ${name} already exists`)
  if (distance !== 'Cosine') throw new BadRequest('the fake has no other distance than Cosine')
  collections.set(name, { size: expectNumber(size, 'size'), points: new Map(), indexes: new Map() })
  return true
}

type Write = (collection: Collection, body: unknown) => void
type Read = (collection: Collection, body: unknown) => unknown

const writes: Readonly<Record<string, Write>> = {
  'PUT /index': ({ indexes }, body) => {
    const { field_name, field_schema } = expectFields(body, 'body', ['field_name', 'field_schema'])
    indexes.set(expectText(field_name, 'field_name'), field_schema)
  },
  'PUT /points': ({ points, size }, body) => {
    const given = expectArray(expectFields(body, 'body', ['points'])['points'], 'points').map((point, index) => {
      const { id, vector, payload } = expectFields(point, `points[${index}]`, ['id', 'vector', 'payload'])
      if (!UUID.test(expectText(id, 'id'))) throw new BadRequest(`value ${String(id)} is not a valid point ID`)
      return [
        String(id),
        { vector: expectVector(vector, 'vector', size), payload: expectObject(payload, 'payload') },
      ] as const
    })
    for (const [id, point] of given) points.set(id, point)
  },
  'POST /points/delete': ({ points }, body) => {
    const { filter } = expectFields(body, 'body', ['filter'])
    for (const [id, { payload }] of points) if (matchesQdrantFilter(payload, filter)) points.delete(id)
  },
}

const reads: Readonly<Record<string, Read>> = {
  'POST /points/count': ({ points }, body) => {
    const { filter, exact } = expectFields(body, 'body', ['filter', 'exact'])
    if (exact !== true) throw new BadRequest('the example needs an exact count')
    return { count: [...points.values()].filter(({ payload }) => matchesQdrantFilter(payload, filter)).length }
  },
  'POST /points/query': ({ points, size }, body) => {
    const { query, filter, limit, with_payload } = expectFields(body, 'body', [
      'query',
      'filter',
      'limit',
      'with_payload',
    ])
    const names = expectArray(with_payload, 'with_payload').map(String)
    const vector = expectVector(query, 'query', size)
    const found = [...points]
      .filter(([, { payload }]) => matchesQdrantFilter(payload, filter))
      .map(([id, point]) => ({ id, version: 1, score: cosine(vector, point.vector), payload: point.payload }))
      .toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
      .slice(0, expectNumber(limit, 'limit'))
    return { points: found.map((point) => ({ ...point, payload: pick(point.payload, names) })) }
  },
}

function pick(payload: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(payload).filter(([name]) => names.includes(name)))
}
