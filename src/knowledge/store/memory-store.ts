import { describeValue, expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { booleanOption } from '../../core/options/options-with-defaults.ts'
import { expectSignal } from '../../core/options/validate.ts'
import { invalidInput, type InvalidInputError } from '../../core/vocabulary/invalid-input.ts'
import { IndexFileError } from './index-file-error.ts'
import type { EmbeddingSpace, KnowledgeStore, StoreCall } from './knowledge-store.ts'
import { chunksOf, documentOf } from './memory/document-entry.ts'
import { inspectIndex } from './memory/inspect-index.ts'
import { createMemoryIndex, type MemoryIndex } from './memory/memory-index.ts'
import { pageOfManifest } from './memory/page-of-manifest.ts'
import { readIndex } from './memory/read-index.ts'
import { saveIndex } from './memory/save-index.ts'
import type { ScopeIndex } from './memory/scope-index.ts'
import { searchTermsOf, searchVectorsOf } from './memory/search-scopes.ts'
import { takeSnapshot } from './memory/take-snapshot.ts'

/** A {@link KnowledgeStore} in memory that can be saved to a file. */
export interface MemoryKnowledgeStore extends KnowledgeStore {
  /**
   * Saves the index as it is at the time of the call. The file has the old index or the new one at every moment, also if
   * the process is killed. Commits after the call are not in it: the store is durable only up to its last save.
   *
   * The file is that of one process: if two save to it, the last one wins.
   *
   * @throws IndexFileError when the file cannot be written
   */
  save(path: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
}

/**
 * Creates a store in the memory of this process. `save` writes it to a file, and {@link loadMemoryKnowledgeStore} reads
 * it back. Searches are exact. They block the process while they run: use a database for more than some 100,000 chunks,
 * or for several processes.
 *
 * @example
 * ```ts
 * import { createKnowledge, collectReport, loadMemoryKnowledgeStore } from 'ragwire/knowledge'
 * const store = await loadMemoryKnowledgeStore('index.ragwire', { create: true })
 * const knowledge = createKnowledge({ store })
 * await collectReport(knowledge.sync([{ documentId: 'tea.md', content: 'Green tea is steeped at 80 °C.' }]))
 * await store.save('index.ragwire')
 * ```
 */
export function memoryKnowledgeStore(): MemoryKnowledgeStore {
  return storeOf(createMemoryIndex())
}

/** Options of {@link loadMemoryKnowledgeStore}. */
export interface LoadMemoryKnowledgeStoreOptions {
  /** True to return an empty store if there is no such file. @defaultValue false */
  readonly create?: boolean | undefined
  /** Aborts the loading. */
  readonly signal?: AbortSignal | undefined
}

const LOAD_OPTIONS: OptionNames<LoadMemoryKnowledgeStoreOptions> = { create: true, signal: true }

/**
 * Reads the index that {@link memoryKnowledgeStore} has saved to a file.
 *
 * @throws IndexFileError when the file is missing, damaged or not an index; its `code` and its message say which
 */
export async function loadMemoryKnowledgeStore(
  path: string,
  options: LoadMemoryKnowledgeStoreOptions = {},
): Promise<MemoryKnowledgeStore> {
  expectPath(path)
  expectOptions(options, LOAD_OPTIONS, { of: 'loadMemoryKnowledgeStore' })
  const create = booleanOption('create', options.create, false)
  const signal = expectSignal('signal', options.signal) ?? new AbortController().signal
  try {
    return storeOf(createMemoryIndex(await readIndex(path, signal)))
  } catch (error) {
    if (create && error instanceof IndexFileError && error.code === 'missing') return memoryKnowledgeStore()
    throw error
  }
}

function storeOf(index: MemoryIndex): MemoryKnowledgeStore {
  let saving: Promise<unknown> = Promise.resolve()

  function indexesOf(names: readonly string[]): readonly ScopeIndex[] {
    return [...new Set(names)].flatMap((name) => index.scopes.get(name) ?? [])
  }

  return {
    state: (call) => answer(call, index.state),
    manifest: (page, call) => answer(call, () => pageOfManifest(index.scopes.get(page.scope), page)),
    commit: (change, call) =>
      answer(call, () => {
        index.commit(change)
        return index.state()
      }),
    document: ({ scope, documentId }, call) =>
      answer(call, () => {
        const entry = index.scopes.get(scope)?.documents.get(documentId)
        return entry && { document: documentOf(entry), chunks: chunksOf(entry) }
      }),
    searchTerms: (search, call) => answer(call, () => searchTermsOf(indexesOf(search.scopes), search)),
    searchVectors: (search, call) =>
      answer(call, () => {
        const { embedding } = index.state()
        if (embedding && search.vector.length !== embedding.dimensions) throw wrongLength(search.vector, embedding)
        return searchVectorsOf(indexesOf(search.scopes), search)
      }),
    inspect: (call) => answer(call, () => inspectIndex(index)),
    async save(path, options = {}) {
      expectPath(path)
      expectOptions(options, SAVE_OPTIONS, { of: 'save' })
      const signal = expectSignal('signal', options.signal) ?? new AbortController().signal
      signal.throwIfAborted()
      const snapshot = takeSnapshot(index)
      // In the order of the calls, so that an older snapshot cannot replace a newer one.
      const saved = saving.then(() => saveIndex(snapshot, path, signal))
      saving = saved.catch(() => {})
      await saved
    },
  }
}

const SAVE_OPTIONS = { signal: true } as const

function expectPath(path: unknown): void {
  if (typeof path === 'string' && path !== '' && !path.includes('\0')) return
  throw invalidInput(
    'path',
    `Cannot use the path of an index: it must be a string such as 'index.ragwire', not ${describeValue(path)}`,
  )
}

async function answer<T>({ signal }: StoreCall, compute: () => T): Promise<T> {
  signal.throwIfAborted()
  return compute()
}

function wrongLength({ length }: Float32Array, { embedderId, dimensions }: EmbeddingSpace): InvalidInputError {
  const message = `Cannot search by a vector of ${length} numbers: the vectors of '${embedderId}' have ${dimensions}`
  return invalidInput('vector', message, RangeError)
}
