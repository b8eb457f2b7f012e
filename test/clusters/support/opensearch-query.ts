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

/** The type of a field. */
export interface Mapping {
  readonly type: string
  readonly dimension: number | undefined
}

export interface Entry {
  readonly source: Fields
}

/** Returns the score of a document; `undefined` if the query does not find it. */
export type Scorer = (entry: Entry) => number | undefined

export interface SearchedIndex {
  readonly mappings: ReadonlyMap<string, Mapping>
  readonly entries: readonly Entry[]
}

/** Creates the scorer of a query, as OpenSearch documents it. */
export function createOpenSearchScorer(query: unknown, index: SearchedIndex): Scorer {
  const [[type, body] = ['', undefined], ...others] = Object.entries(expectObject(query, 'query'))
  if (others.length > 0) throw new BadRequest('a query has one type')
  const create = TYPES[type]
  if (!create) throw new BadRequest(`unknown query [${type}]`)
  return create(body, index)
}

const TYPES: Readonly<Record<string, (body: unknown, index: SearchedIndex) => Scorer>> = {
  bool: createBool,
  knn: createKnn,
  match_none: () => () => undefined,
  constant_score(body, index) {
    const { filter, boost } = expectFields(body, 'constant_score', ['filter', 'boost'])
    const inner = createOpenSearchScorer(filter, index)
    const score = expectNumber(boost, 'boost')
    return (entry) => (inner(entry) === undefined ? undefined : score)
  },
  exists(body, index) {
    const path = expectMapped(expectFields(body, 'exists', ['field'])['field'], index)
    return matching((entry) => valuesAt(entry.source, path).length > 0)
  },
  term(body, index) {
    const [path, condition] = onlyField(body, index)
    const { value } = expectFields(condition, 'term', ['value'])
    checkType(path, value, index)
    return matching(({ source }) => valuesAt(source, path).includes(value))
  },
  terms(body, index) {
    const [path, given] = onlyField(body, index)
    const values = expectArray(given, 'terms')
    for (const value of values) checkType(path, value, index)
    return matching(({ source }) => valuesAt(source, path).some((value) => values.includes(value)))
  },
  range(body, index) {
    const [path, condition] = onlyField(body, index)
    const bounds = Object.entries(expectFields(condition, 'range', Object.keys(COMPARISONS)))
    for (const [, bound] of bounds) checkType(path, bound, index)
    const isWithin = (value: unknown) => bounds.every(([name, bound]) => COMPARISONS[name]?.(order(value, bound)))
    return matching(({ source }) => valuesAt(source, path).some(isWithin))
  },
}

function createBool(body: unknown, index: SearchedIndex): Scorer {
  const names = ['filter', 'must_not', 'should', 'minimum_should_match']
  const { filter = [], must_not = [], should = [], minimum_should_match } = expectFields(body, 'bool', names)
  const parts = [filter, must_not, should].map((part) => {
    const queries = expectArray(part, 'bool')
    if (queries.length > 1024) throw new BadRequest('maxClauseCount is set to 1024')
    return queries.map((query) => createOpenSearchScorer(query, index))
  })
  const [all = [], none = [], some = []] = parts
  // Beside a filter, OpenSearch would need none of them.
  if (some.length > 0 && minimum_should_match !== 1) throw new BadRequest('the fake needs minimum_should_match: 1')
  return (entry) => {
    if (all.some((inner) => inner(entry) === undefined)) return undefined
    if (none.some((inner) => inner(entry) !== undefined)) return undefined
    const scores = some.map((inner) => inner(entry)).filter((score) => score !== undefined)
    if (some.length > 0 && scores.length === 0) return undefined
    return scores.reduce((sum, score) => sum + score, 0)
  }
}

function createKnn(body: unknown, index: SearchedIndex): Scorer {
  const [path, given] = onlyField(body, index)
  const { vector, k, filter } = expectFields(given, 'knn', ['vector', 'k', 'filter'])
  const wanted = expectVector(vector, 'vector', index.mappings.get(path)?.dimension ?? 0)
  if (wanted.every((number) => number === 0)) throw new BadRequest('zero vector is not supported for [cosinesimil]')
  const allows = createOpenSearchScorer(filter, index)
  const scored = index.entries
    .filter((entry) => allows(entry) !== undefined && path in entry.source)
    .map((entry) => [entry, (1 + cosine(wanted, valuesAt(entry.source, path) as readonly number[])) / 2] as const)
  const best = new Map(scored.toSorted((a, b) => b[1] - a[1]).slice(0, expectNumber(k, 'k')))
  return (entry) => best.get(entry)
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
}

function order(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)))
}

function matching(allows: (entry: Entry) => boolean): Scorer {
  return (entry) => (allows(entry) ? 0 : undefined)
}

function onlyField(body: unknown, index: SearchedIndex): readonly [string, unknown] {
  const [[path, condition] = ['', undefined], ...others] = Object.entries(expectObject(body, 'query'))
  if (others.length > 0) throw new BadRequest('a query has one field')
  return [expectMapped(path, index), condition]
}

/** OpenSearch itself finds nothing in a field that is not there, which hides a mistake. */
function expectMapped(path: unknown, { mappings }: SearchedIndex): string {
  const name = expectText(path, 'field')
  const mapping = mappings.get(name)
  if (!mapping || mapping.type === 'stored') throw new BadRequest(`the field ${name} is not indexed`)
  return name
}

/** OpenSearch itself converts the value, which hides a mistake. */
function checkType(path: string, value: unknown, { mappings }: SearchedIndex): void {
  const types: Readonly<Record<string, string>> = { keyword: 'string', integer: 'number', double: 'number' }
  const { type = '' } = mappings.get(path) ?? {}
  if (typeof value === (types[type] ?? type)) return
  throw new BadRequest(`${JSON.stringify(value)} is no value for the field ${path} of the type ${type}`)
}

/** Returns the values at a path; those of a list one by one, and none for null. */
export function valuesAt(source: unknown, path: string): readonly unknown[] {
  let value = source
  for (const part of path.split('.'))
    value = value === undefined || value === null ? undefined : Reflect.get(value as object, part)
  return [value].flat().filter((item) => item !== null && item !== undefined)
}
