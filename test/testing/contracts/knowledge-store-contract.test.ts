import { describe, expect, it } from 'vitest'
import { memoryKnowledgeStore } from '../../../src/knowledge/store/memory-store.ts'
import type { ChunkHit, KnowledgeStore } from '../../../src/knowledge/store/knowledge-store.ts'
import { matchesFilter } from '../../../src/knowledge/store/metadata-filter.ts'
import { knowledgeStoreContract } from '../../../src/testing.ts'
import { collectChecks } from './collect-checks.ts'

/** Replaces methods of a store that keeps the contract. */
type Break = (store: KnowledgeStore) => Partial<KnowledgeStore>

async function failuresOf(breaks: Break): Promise<readonly string[]> {
  const { runner, failures } = collectChecks()
  knowledgeStoreContract({
    ...runner,
    timeLimitMs: 5_000,
    name: 'a store',
    create() {
      const store = memoryKnowledgeStore()
      return { store: { ...store, ...breaks(store) } }
    },
  })
  return failures()
}

describe('knowledgeStoreContract', () => {
  it('passes a correct store', async () => {
    expect(await failuresOf(() => ({}))).toEqual([])
  })

  it.each<[string, Break, string]>([
    [
      'repeats revisions after it was emptied',
      (store) => {
        const withCount = (commits: number) => async (call: { readonly signal: AbortSignal }) => ({
          ...(await store.state(call)),
          revision: `${commits}`,
        })
        let commits = 0
        return {
          state: (call) => withCount(commits)(call),
          async commit(change, call) {
            await store.commit(change, call)
            commits = change.clear ? 0 : commits + 1
            return withCount(commits)(call)
          },
        }
      },
      'changes its revision with every commit, and repeats none after it was emptied',
    ],
    [
      'applies documents one by one',
      (store) => ({
        async commit({ documents = [], ...change }, call) {
          await store.commit(change, call)
          for (const document of documents)
            await store.commit({ ...change, documents: [document], removals: [], clear: false, versions: [] }, call)
          return store.state(call)
        },
      }),
      'applies nothing of a change with a wrong document',
    ],
    [
      'lists a manifest by UTF-16 units',
      (store) => ({
        async manifest({ scope, after, limit }, call) {
          const all = await store.manifest({ scope, limit: 1_000 }, call)
          const sorted = all.toSorted((a, b) => (a.documentId < b.documentId ? -1 : 1))
          return sorted.filter(({ documentId }) => after === undefined || documentId > after).slice(0, limit)
        },
      }),
      'lists a manifest in the byte order of the ids, whatever the pages',
    ],
    [
      'ignores the filter',
      (store) => ({ searchTerms: (search, call) => store.searchTerms({ ...search, filter: {} }, call) }),
      'finds by terms what a scan finds, with each operator of a filter',
    ],
    [
      'filters after it has taken the best',
      (store) => ({
        async searchVectors({ filter, ...search }, call) {
          const found = await store.searchVectors({ ...search, topK: 3 * search.topK }, call)
          return found.filter(({ document }) => matchesFilter(document, filter)).slice(0, search.topK)
        },
      }),
      'finds all that a filter of 1 % allows',
    ],
    [
      'ranks all scopes and shows one',
      (store) => ({
        async searchTerms({ scopes, ...search }, call) {
          const found = await store.searchTerms({ ...search, scopes: ['ann', 'bob', ''], topK: 1_000 }, call)
          return found.filter(({ document }) => scopes.includes(document.scope)).slice(0, search.topK)
        },
      }),
      'gives the same hits and scores whatever other scopes hold',
    ],
    [
      'returns other scores',
      (store) => ({
        searchTerms: async (search, call) =>
          withScores(await store.searchTerms(search, call), (score) => score * 1.00001),
      }),
      'scores terms by the formula of createScorer',
    ],
    [
      'orders equal scores by chance',
      (store) => ({
        async searchVectors(search, call) {
          const found = await store.searchVectors({ ...search, topK: 10_000 }, call)
          return found
            .toReversed()
            .toSorted((a, b) => b.score - a.score)
            .slice(0, search.topK)
        },
      }),
      'orders equal scores by scope, id and position',
    ],
    [
      'ignores the case of terms',
      (store) => ({
        searchTerms: (search, call) =>
          store.searchTerms(
            {
              ...search,
              terms: new Map(
                [...search.terms].flatMap(([term, weight]) => [
                  [term, weight],
                  [term.toLowerCase(), weight],
                ]),
              ),
            },
            call,
          ),
      }),
      'finds a term by nothing but itself',
    ],
    [
      'cuts texts at NUL',
      (store) => ({
        commit: (change, call) =>
          store.commit(
            {
              ...change,
              documents: change.documents?.map(({ chunks, ...document }) => ({
                ...document,
                ...(document.title !== undefined && { title: cut(document.title) }),
                chunks: chunks.map((chunk) => ({ ...chunk, text: cut(chunk.text) })),
              })),
            },
            call,
          ),
      }),
      'returns a NUL character and an unpaired surrogate exactly, or refuses the change',
    ],
    [
      'loses the rectangles',
      (store) => ({
        async document(key, call) {
          const found = await store.document(key, call)
          return found && { ...found, chunks: found.chunks.map((chunk) => ({ ...chunk, rectangles: [] })) }
        },
      }),
      'returns every field of a document and a chunk',
    ],
    [
      'keeps old chunks',
      (store) => {
        const old: ChunkHit[] = []
        return {
          async commit(change, call) {
            for (const { scope, documentId } of change.documents ?? []) {
              old.push(
                ...(await store.searchTerms(
                  { scopes: [scope], topK: 99, terms: OLD, filter: { $documentId: documentId } },
                  call,
                )),
              )
            }
            return store.commit(change, call)
          },
          async searchTerms(search, call) {
            const found = await store.searchTerms(search, call)
            return [...found, ...(search.terms.has('old') ? old : [])].slice(0, search.topK)
          },
        }
      },
      'replaces all chunks of a document',
    ],
    [
      'shows a commit in parts',
      (store) => ({
        async commit({ documents = [], ...change }, call) {
          const half = documents.length >> 1
          await store.commit({ ...change, documents: documents.slice(0, half) }, call)
          await Promise.resolve()
          return store.commit(
            { ...change, removals: [], versions: [], clear: false, documents: documents.slice(half) },
            call,
          )
        },
      }),
      'lets a search see all of a commit or nothing of it',
    ],
    [
      'commits although its signal has aborted',
      (store) => ({ commit: (change) => store.commit(change, { signal: new AbortController().signal }) }),
      'does nothing when its signal has already aborted',
    ],
    [
      'leaves listeners on signals',
      (store) => ({
        state(call) {
          call.signal.addEventListener('abort', () => {})
          return store.state(call)
        },
      }),
      'leaves no listener on a signal',
    ],
    [
      'returns what callers can change',
      (store) => {
        let last: readonly ChunkHit[] = []
        return {
          async searchTerms(search, call) {
            const found = structuredClone(await store.searchTerms(search, call))
            if (last.length === 0) last = found
            return search.terms.has('two') ? last : found
          },
        }
      },
      'keeps its values when the caller changes what it returned',
    ],
  ])('fails a store that %s', async (_name, breaks, check) => {
    expect(await failuresOf(breaks)).toContain(check)
  })

  it('fails a store that finds its own inconsistencies', async () => {
    const failures = await failuresOf(() => ({ inspect: async () => ['a chunk has no terms'] }))
    expect(failures).toContain('begins empty')
  })

  it.each<[string, object]>([
    ['create', { create: undefined }],
    ['vectors', { vectors: 'yes' }],
    ['vector', { vector: true }],
  ])('rejects a wrong %s', (field, wrong) => {
    const { runner } = collectChecks()
    const create = () => ({ store: memoryKnowledgeStore() })
    expect(() => knowledgeStoreContract({ ...runner, name: 'a store', create, ...wrong })).toThrow(
      expect.objectContaining({ code: 'invalid-input', field }),
    )
  })
})

const OLD = new Map([['old', 1]])

function cut(text: string): string {
  return text.split('\0')[0] ?? ''
}

function withScores(hits: readonly ChunkHit[], change: (score: number) => number): readonly ChunkHit[] {
  return hits.map((hit) => ({ ...hit, score: change(hit.score) }))
}
