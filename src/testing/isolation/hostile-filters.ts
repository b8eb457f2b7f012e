/** The names of a scope that a filter tries to widen. */
export interface FilterTarget {
  /** The scope of the call. */
  readonly own: string
  /** Another scope. */
  readonly foreign: string
  /** A document of the other scope. */
  readonly documentId: string
}

// Names under which indexes keep the scope.
const SCOPE_FIELDS = ['scope', '$scope', 'tenant', 'tenantId', 'namespace', 'user', 'userId', 'metadata.scope']
const ID_FIELDS = ['$documentId', 'documentId', 'document_id', 'id', '_id', 'chunkId', 'source']

/** Returns filters that try to widen a search, in the formats of several databases, and values that are no filters. */
export function hostileFilters({ own, foreign, documentId }: FilterTarget): readonly unknown[] {
  return [
    ...SCOPE_FIELDS.flatMap((field) => [
      { [field]: foreign },
      { [field]: { $ne: own } },
      { [field]: { $in: [own, foreign] } },
    ]),
    ...ID_FIELDS.flatMap((field) => [{ [field]: documentId }, { [field]: { $in: [documentId] } }]),
    ...widening(own, foreign),
    ...ofPrototypes(foreign),
    ...inText(own, foreign),
    ...noFilters(foreign),
  ]
}

function widening(own: string, foreign: string): readonly unknown[] {
  const everything = [{}, { a: { $exists: true } }, { a: { $exists: false } }]
  return [
    {},
    { $or: everything },
    { $or: [{ scope: own }, { scope: foreign }, {}] },
    { $and: [{ $or: everything }] },
    { $not: { scope: own } },
    { $not: { $documentId: '' } },
    { $nor: [{ scope: own }] },
    { $documentId: { $ne: '' } },
    { $documentId: { $nin: [] } },
    { $documentId: { $gte: '' } },
    { $documentId: { $lte: '\u{10FFFF}' } },
    { $documentId: { $gt: '' } },
    { $documentId: { $lt: '\u{10FFFF}' } },
    { $documentId: { $exists: true } },
    { $documentId: { $eq: null } },
    { scope: { $exists: false } },
    { scope: { $regex: '.*' } },
    { scope: null },
    { $where: 'true' },
    { $expr: true },
    { should: [{ match: { scope: foreign } }] },
    { must_not: [{ match: { scope: own } }] },
    { filters: [{ key: 'scope', value: foreign, operator: '==' }], condition: 'or' },
    { bool: { should: [{ match_all: {} }] } },
  ]
}

function ofPrototypes(foreign: string): readonly unknown[] {
  return [
    JSON.parse(`{"__proto__": {"scope": ${JSON.stringify(foreign)}}}`),
    JSON.parse(`{"constructor": {"prototype": {"scope": ${JSON.stringify(foreign)}}}}`),
    { __proto__: { scope: foreign } },
    { prototype: {}, constructor: { $ne: 'x' }, hasOwnProperty: { $exists: true }, toString: { $exists: true } },
    Object.create(null),
    Object.create({ $or: [{}] }),
  ]
}

function inText(own: string, foreign: string): readonly unknown[] {
  return [
    `scope = '${foreign}'`,
    `${own}' OR '1'='1`,
    `1=1) OR (1=1`,
    `scope:"${foreign}" OR *:*`,
    { scope: `${own}' OR '1'='1` },
    { "a') OR (1=1) --": 1 },
    { 'a" OR "1"="1': 1 },
    { '$.a") OR 1=1 --': { $exists: true } },
    { a: "') OR 1=1 --" },
    { a: { "$eq') OR (1=1": 1 } },
  ]
}

function noFilters(foreign: string): readonly unknown[] {
  let nested: unknown = {}
  let wide: unknown = { scope: foreign }
  for (let depth = 0; depth < 5_000; depth++) nested = { $or: [nested] }
  for (let depth = 0; depth < 12; depth++) wide = { $or: [{}, wide] }
  let reads = 0
  const changing = {
    get scope() {
      reads += 1
      return reads === 1 ? 'x' : foreign
    },
  }
  return [
    nested,
    wide,
    { $or: Array.from({ length: 2_000 }, () => ({})) },
    changing,
    () => true,
    { filter: () => true, toJSON: () => ({}) },
    new Proxy({}, { ownKeys: () => ['scope'], get: () => foreign, has: () => true }),
    new Map([['scope', foreign]]),
    new Set([foreign]),
    [],
    [{}],
    [foreign],
    null,
    true,
    0,
    Number.NaN,
    '',
    '*',
    Symbol('filter'),
    10n,
    /.*/u,
    new Date(0),
  ]
}
