import { guessLanguage, type GuessedLanguage } from '../../core/text/guess-language.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { ChunkHit, IndexState, KnowledgeStore, SearchScope } from '../store/knowledge-store.ts'
import { loadLanguage } from '../text/languages/language.ts'
import { isLatinLanguage } from '../text/languages/load-rules.ts'
import { languageMarker, MARKED_LANGUAGES } from '../text/languages/language-marker.ts'
import { queryLanguages } from '../text/languages/query-languages.ts'
import { weighTerms } from '../text/tokenize.ts'

/** A search by words. */
export interface WordSearch {
  /** The store to search. */
  readonly store: KnowledgeStore
  /** The query as it was asked. */
  readonly query: string
  /** The state of the index. */
  readonly state: IndexState
  /** The chunks to rank. */
  readonly within: SearchScope
  /** Ends the search. */
  readonly signal: AbortSignal
}

/**
 * Searches a store by the words of a query, in each language that it may have. A chunk has its best score.
 *
 * @throws TypeError when the index has the terms of an earlier version, which would be found by accident only
 */
export async function searchInLanguages(search: WordSearch): Promise<readonly ChunkHit[]> {
  const indexed = await indexedLanguages(search)
  const hits = await searchIn(indexed, search)
  if (hits.length === 0 || indexed.size > 0) return hits
  // The index may have been empty when its languages were looked for, and another instance has committed since.
  const committed = new Set<GuessedLanguage>()
  await addOthers(search, committed)
  if (committed.size === 0) throw invalidInput('store', OTHER_TERMS)
  return searchIn(committed, search)
}

async function searchIn(
  indexed: ReadonlySet<GuessedLanguage>,
  { store, query, within, signal }: WordSearch,
): Promise<readonly ChunkHit[]> {
  const languages = await Promise.all(queryLanguages(query, indexed).map(loadLanguage))
  const queries = languages.map((language) => weighTerms(query, language)).filter(({ size }) => size > 0)
  const lists = await Promise.all(queries.map((terms) => store.searchTerms({ ...within, terms }, { signal })))
  return bestOf(lists).slice(0, within.topK)
}

const OTHER_TERMS =
  'Cannot search the index by words: another version of ragwire made its terms. Sync all documents once, which indexes them anew'

/** A chunk has its id within its document, and the document within its scope. */
export function keyOf({ document, chunk }: ChunkHit): string {
  return JSON.stringify([document.scope, document.documentId, chunk.chunkId])
}

function bestOf(lists: readonly (readonly ChunkHit[])[]): readonly ChunkHit[] {
  const [first = []] = lists
  if (lists.length < 2) return first
  const best = new Map<string, ChunkHit>()
  for (const hit of lists.flat()) {
    const key = keyOf(hit)
    if (hit.score > (best.get(key)?.score ?? -Infinity)) best.set(key, hit)
  }
  return [...best.values()].toSorted((a, b) => b.score - a.score)
}

/** The languages of the scopes of an index at a revision. */
interface KnownLanguages {
  readonly revision: string
  readonly found: Set<GuessedLanguage>
  /** True if all languages were looked for. */
  readonly isComplete: boolean
}

const known = new WeakMap<KnowledgeStore, Map<string, KnownLanguages>>()
/** Each tenant has its own. Beyond that, the languages are looked for again. */
const MAX_KNOWN = 1_000

/** Returns the language that the query seems to have if the index has it, or else all languages of the index. */
async function indexedLanguages(search: WordSearch): Promise<ReadonlySet<GuessedLanguage>> {
  const { store, query, state, within } = search
  const ofStore = known.get(store) ?? new Map<string, KnownLanguages>()
  known.set(store, ofStore)
  const key = JSON.stringify(within.scopes.toSorted())
  const last = ofStore.get(key)
  const current = last?.revision === state.revision ? last : undefined
  const guess = guessLanguage(query) ?? 'en'
  const expected = isLatinLanguage(guess) ? guess : 'en'
  if (current && (current.isComplete || current.found.has(expected))) return current.found
  const found = new Set(current?.found)
  if (await hasLanguage(search, expected)) found.add(expected)
  const isComplete = !found.has(expected) || guessLanguage(query) === undefined
  if (isComplete) await addOthers(search, found)
  if (ofStore.size >= MAX_KNOWN) ofStore.clear()
  ofStore.set(key, { revision: state.revision, found, isComplete })
  return found
}

async function addOthers(search: WordSearch, found: Set<GuessedLanguage>): Promise<void> {
  const others = MARKED_LANGUAGES.filter((code) => !found.has(code))
  const has = await Promise.all(others.map((code) => hasLanguage(search, code)))
  for (const [at, code] of others.entries()) if (has[at]) found.add(code)
}

async function hasLanguage({ store, within, signal }: WordSearch, code: GuessedLanguage): Promise<boolean> {
  const terms = new Map([[languageMarker(code), 1]])
  const hits = await store.searchTerms({ scopes: within.scopes, topK: 1, terms }, { signal })
  return hits.length > 0
}
