import { deepEqual, fail, ok } from 'node:assert/strict'
import type {
  ChunkHit,
  DocumentKey,
  IndexChange,
  IndexedDocument,
  IndexState,
  KnowledgeStore,
  ManifestEntry,
  SearchScope,
} from '../../../knowledge/store/knowledge-store.ts'
import { deepFreeze, promptly, type ContractRunner } from '../contract-runner.ts'
import { adding, vectorOf } from './build.ts'

/** Parts of a search that a check sets; by default, the 10 best of the scope `ann`. */
export type AskedSearch = Partial<SearchScope>

/** The methods of a store, each with defaults and the time limit, and with frozen arguments. */
export interface KnowledgeStoreCalls {
  /** The store itself. */
  readonly store: KnowledgeStore
  /** True if the documents of the checks have vectors. */
  readonly hasVectors: boolean
  /** Waits until every call has settled. */
  settled(calls: readonly Promise<unknown>[]): Promise<readonly PromiseSettledResult<unknown>[]>
  /** Calls `state`. */
  state(): Promise<IndexState>
  /** Calls `commit`. */
  commit(change: IndexChange): Promise<IndexState>
  /** Commits documents. */
  put(...documents: readonly IndexedDocument[]): Promise<IndexState>
  /** Removes documents of the scope `ann`. */
  remove(...ids: readonly string[]): Promise<IndexState>
  /** Calls `document` for one of the scope `ann`, or for another key. */
  document(key: string | DocumentKey): ReturnType<KnowledgeStore['document']>
  /** Reads a manifest page by page. */
  manifest(scope?: string, limit?: number): Promise<readonly ManifestEntry[]>
  /** Searches by words with weight 1, or by terms with weights. */
  findTerms(terms: string | ReadonlyMap<string, number>, search?: AskedSearch): Promise<readonly ChunkHit[]>
  /** Searches by the vector of a text, or by a vector. */
  findVectors(vector: string | Float32Array, search?: AskedSearch): Promise<readonly ChunkHit[]>
  /** Returns the calls of the same index, opened again; `undefined` if the store is not durable. */
  reopen(): Promise<KnowledgeStoreCalls | undefined>
  /** Returns the calls of another store of the same index; `undefined` if it cannot have two. */
  connect(): Promise<KnowledgeStoreCalls | undefined>
}

/** Declares a check of a store. */
export type KnowledgeStoreCheck = (name: string, body: (calls: KnowledgeStoreCalls) => Promise<void>) => void

/** The functions of a subject that a check may call. */
export interface OpenStores {
  /** The store. */
  readonly store: KnowledgeStore
  /** Opens the index again. */
  reopen?(): Promise<KnowledgeStore> | KnowledgeStore
  /** Opens another store. */
  connect?(): Promise<KnowledgeStore> | KnowledgeStore
}

/** Creates the calls of a store. */
export function callsOf(
  runner: ContractRunner & { readonly vectors?: boolean | undefined },
  subject: OpenStores,
): KnowledgeStoreCalls {
  const { store } = subject
  const { signal } = new AbortController()
  const hasVectors = runner.vectors ?? true
  const commit = (change: IndexChange) => promptly(runner, store.commit(deepFreeze(change), { signal }), 'commit()')
  const searching = (search: AskedSearch) => deepFreeze({ scopes: ['ann'], topK: 10, ...search })
  const opened = async (open?: () => Promise<KnowledgeStore> | KnowledgeStore) =>
    open && callsOf(runner, { ...subject, store: await promptly(runner, Promise.resolve(open()), 'the new store') })

  return {
    store,
    hasVectors,
    settled: (calls) => promptly(runner, Promise.allSettled(calls), 'Every call'),
    state: () => promptly(runner, store.state({ signal }), 'state()'),
    commit,
    put: (...documents) => commit(adding(documents, hasVectors)),
    remove: (...ids) => commit({ removals: ids.map((documentId) => ({ scope: 'ann', documentId })) }),
    document(key) {
      const asked = typeof key === 'string' ? { scope: 'ann', documentId: key } : key
      return promptly(runner, store.document(Object.freeze(asked), { signal }), 'document()')
    },
    async manifest(scope = 'ann', limit = 100) {
      const entries: ManifestEntry[] = []
      for (let after: string | undefined; ; after = entries.at(-1)?.documentId) {
        const page = Object.freeze({ scope, limit, ...(after !== undefined && { after }) })
        const more = await promptly(runner, store.manifest(page, { signal }), 'manifest()')
        ok(more.length <= limit, `a page has ${more.length} entries, more than its limit of ${limit}`)
        entries.push(...more)
        if (more.length < limit) return entries
        if (entries.length > 10_000) return fail('the manifest does not end')
      }
    },
    findTerms(terms, search = {}) {
      const weights = typeof terms === 'string' ? new Map(terms.split(' ').map((term) => [term, 1])) : terms
      return promptly(runner, store.searchTerms({ ...searching(search), terms: weights }, { signal }), 'searchTerms()')
    },
    findVectors(vector, search = {}) {
      const asked = { ...searching(search), vector: typeof vector === 'string' ? vectorOf(vector) : vector }
      return promptly(runner, store.searchVectors(asked, { signal }), 'searchVectors()')
    },
    reopen: () => opened(subject.reopen?.bind(subject)),
    connect: () => opened(subject.connect?.bind(subject)),
  }
}

/** Returns the hits as `documentId#position`, in order. */
export function placesOf(hits: readonly ChunkHit[]): readonly string[] {
  return hits.map(({ document, position }) => `${document.documentId}#${position}`)
}

/** Fails unless a call rejects with an `Error`. */
export async function refuses(call: Promise<unknown>, what: string): Promise<Error> {
  const thrown: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  ok(thrown instanceof Error, `${what} was accepted`)
  return thrown
}

// A store may add up in float32.
const TOLERANCE = 1e-6

/** Fails unless hits are the first `topK` of a scan, with its scores. Chunks with nearly equal scores may be swapped. */
export function expectHits(
  hits: readonly ChunkHit[],
  scan: readonly ChunkHit[],
  { topK, of }: { topK: number; of: string },
) {
  const expected = scan.slice(0, topK)
  const last = expected.at(-1)?.score ?? 0
  const known = new Map(scan.map((hit) => [keyOf(hit), hit]))
  deepEqual(hits.length, expected.length, `${of} found ${hits.length} chunks instead of ${expected.length}`)
  ok(new Set(hits.map(keyOf)).size === hits.length, `${of} found a chunk twice`)
  for (const [index, hit] of hits.entries()) {
    const right = known.get(keyOf(hit)) ?? fail(`${of} found ${keyOf(hit)}, which it must not find`)
    deepEqual({ ...hit, score: right.score }, right)
    ok(Math.abs(hit.score - right.score) <= TOLERANCE, `${of} gave the score ${hit.score} instead of ${right.score}`)
    ok(right.score >= last - TOLERANCE, `${of} missed a better chunk than ${keyOf(hit)}`)
    ok(hit.score <= (hits[index - 1]?.score ?? Infinity), `${of} did not return the best first`)
  }
}

function keyOf({ document, position }: ChunkHit): string {
  return JSON.stringify([document.scope, document.documentId, position])
}
