import { weighTerms, tokenize } from '../../../src/knowledge/text/tokenize.ts'
import type { ChunkHit, IndexedDocument } from '../../../src/knowledge/store/knowledge-store.ts'
import { answerParent } from '../child.ts'
import { benchStores } from './bench-stores.ts'
import { createSampleTexts } from './sample-texts.ts'
import { createSampleVectors, DIMENSIONS } from './sample-vectors.ts'

/** A kind of search. */
export type SearchKind = 'terms' | 'vectors'

/** The questions to the process of a store. */
export type StoreQuestion =
  /** Adds chunks; the wall time in milliseconds. */
  | { readonly type: 'add'; readonly count: number }
  /** Answers queries; the time of one, in milliseconds. Only documents of which `oneIn` divides the number are allowed. */
  | { readonly type: 'search'; readonly kind: SearchKind; readonly oneIn: number; readonly seed: number }
  /** The share of the best five of a full scan that the searches find. */
  | { readonly type: 'recall'; readonly kind: SearchKind; readonly oneIn: number }
  /** The growth of the memory of the process since its start, in MiB. */
  | { readonly type: 'memory' }
  /** Opens the index once more; the wall time until the first search is answered, -1 if the store cannot. */
  | { readonly type: 'open' }
  /** Removes what the store has written. */
  | { readonly type: 'close' }

const TOP_K = 5
const QUERIES = 10
// As many as an indexing writes at a time.
const COMMITTED = 64
const SPACE = { embedderId: 'bench', dimensions: DIMENSIONS }

const [name = ''] = process.argv.slice(2)
const contender = benchStores[name]
if (!contender) throw new RangeError(`Cannot measure ${name}: there are ${Object.keys(benchStores).join(', ')}`)
const { vectors: hasVectors, isServer } = contender
const opened = await contender.open()
const { signal } = new AbortController()
const nextVector = createSampleVectors(1)
const texts = createSampleTexts(1)
let { store } = opened
let size = 0
const memoryAtStart = memoryMebibytes()

answerParent(async (question: StoreQuestion) => {
  switch (question.type) {
    case 'add':
      return add(question.count)
    case 'search': {
      const queries = queriesOf(question.kind, question.seed)
      const used = await cost(async () => {
        for (const query of queries) await search(query, { oneIn: question.oneIn, topK: TOP_K })
      })
      return used / QUERIES
    }
    case 'recall':
      return recall(question.kind, question.oneIn)
    case 'memory':
      return memoryMebibytes() - memoryAtStart
    case 'open':
      return reopen()
    case 'close':
      await opened.close()
      return 0
  }
})

async function add(count: number): Promise<number> {
  const documents = Array.from({ length: count }, (_, at) => nextDocument(size + at))
  size += count
  const startedAt = performance.now()
  for (let start = 0; start < count; start += COMMITTED) {
    const part = documents.slice(start, start + COMMITTED)
    await store.commit({ documents: part, ...(hasVectors && { embedding: SPACE }) }, { signal })
  }
  return performance.now() - startedAt
}

function nextDocument(id: number): IndexedDocument {
  const text = texts.text()
  const { words, pairs } = tokenize(text)
  const vector = hasVectors ? { vector: nextVector() } : {}
  return {
    scope: '',
    documentId: `${id}`,
    hash: `${id}`,
    metadata: { divisors: [10, 100].filter((divisor) => id % divisor === 0) },
    chunks: [{ chunkId: `${id}`, text, start: 0, end: text.length, terms: [...words, ...pairs], ...vector }],
  }
}

type Query = ReadonlyMap<string, number> | Float32Array

function queriesOf(kind: SearchKind, seed: number): readonly Query[] {
  const { query } = createSampleTexts(seed)
  return kind === 'terms'
    ? Array.from({ length: QUERIES }, () => weighTerms(query()))
    : Array.from({ length: QUERIES }, createSampleVectors(seed))
}

interface Limits {
  readonly oneIn: number
  readonly topK: number
}

function search(query: Query, { oneIn, topK }: Limits): Promise<readonly ChunkHit[]> {
  const within = { scopes: [''], topK, ...(oneIn > 1 && { filter: { divisors: oneIn } }) }
  return query instanceof Float32Array
    ? store.searchVectors({ ...within, vector: query }, { signal })
    : store.searchTerms({ ...within, terms: query }, { signal })
}

async function recall(kind: SearchKind, oneIn: number): Promise<number> {
  const queries = queriesOf(kind, 1_000)
  const isAllowed = (id: number): boolean => id % oneIn === 0
  const lists = kind === 'terms' ? await rankAll(queries) : scanVectors(queries)
  let [found, expected] = [0, 0]
  for (const [at, query] of queries.entries()) {
    const best = (lists[at] ?? []).filter(isAllowed).slice(0, TOP_K)
    const hits = new Set(
      (await search(query, { oneIn, topK: TOP_K })).map(({ document }) => Number(document.documentId)),
    )
    found += best.filter((id) => hits.has(id)).length
    expected += best.length
  }
  return found / expected
}

/** The store ranks everything, without a filter. */
async function rankAll(queries: readonly Query[]): Promise<readonly (readonly number[])[]> {
  const lists: (readonly number[])[] = []
  for (const query of queries) {
    const hits = await search(query, { oneIn: 1, topK: size })
    lists.push(hits.map(({ document }) => Number(document.documentId)))
  }
  return lists
}

/** A plain loop over all vectors, which are made once more. */
function scanVectors(queries: readonly Query[]): readonly (readonly number[])[] {
  const vectorOf = createSampleVectors(1)
  const scores = queries.map(() => new Float64Array(size))
  for (let id = 0; id < size; id++) {
    const vector = vectorOf()
    for (const [at, query] of queries.entries()) {
      if (!(query instanceof Float32Array)) continue
      let score = 0
      for (let index = 0; index < DIMENSIONS; index++) score += (vector[index] ?? 0) * (query[index] ?? 0)
      const list = scores[at]
      if (list) list[id] = score
    }
  }
  return scores.map((list) => Array.from(list.keys()).sort((a, b) => (list[b] ?? 0) - (list[a] ?? 0)))
}

async function reopen(): Promise<number> {
  const open = await opened.prepareReopen?.()
  if (!open) return -1
  const [query = new Map()] = queriesOf(hasVectors ? 'vectors' : 'terms', 2)
  const startedAt = performance.now()
  store = await open()
  await search(query, { oneIn: 1, topK: 1 })
  return performance.now() - startedAt
}

async function cost(work: () => Promise<void>): Promise<number> {
  const [startedAt, before] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(before)
  return isServer ? performance.now() - startedAt : (user + system) / 1000
}

function memoryMebibytes(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss() / 1024 / 1024
}
