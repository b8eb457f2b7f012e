import { invalidInput } from '../../../core/vocabulary/invalid-input.ts'
import { MAX_SLOTS } from '../../search/posting-lists.ts'
import { expectChange, spaceAfter } from '../check-change.ts'
import type { DocumentKey, EmbeddingSpace, IndexChange, IndexState } from '../knowledge-store.ts'
import { createScopeIndex, type ScopeIndex } from './scope-index.ts'

/** The scopes of an index, changed together. */
export interface MemoryIndex {
  /** The scopes that have documents, by name. */
  readonly scopes: ReadonlyMap<string, ScopeIndex>
  /** Returns the parts of the revision, and the space of the vectors. */
  identity(): Omit<SavedIndex, 'scopes'>
  /** Returns the state. */
  state(): IndexState
  /** Applies a change as a whole, or throws. */
  commit(change: IndexChange): void
}

/** The content of a saved index. */
export interface SavedIndex {
  /** Unique since the index was last emptied. */
  readonly lifeId: string
  /** Number of commits since then. */
  readonly commits: number
  /** The space of the vectors. */
  readonly embedding?: EmbeddingSpace | undefined
  /** The scopes. */
  readonly scopes: readonly ScopeIndex[]
}

/** Creates an index. It is empty if nothing was saved. */
export function createMemoryIndex(saved?: SavedIndex): MemoryIndex {
  const scopes = new Map(saved?.scopes.map((index) => [index.scope, index]))
  let lifeId = saved?.lifeId ?? crypto.randomUUID()
  let commits = saved?.commits ?? 0
  let embedding = saved?.embedding

  function state(): IndexState {
    const all = [...scopes.values()]
    return {
      revision: `${lifeId}-${commits}`,
      ...(embedding && { embedding }),
      documents: all.reduce((sum, { documents }) => sum + documents.size, 0),
      chunks: all.reduce((sum, { terms }) => sum + terms.size, 0),
    }
  }

  function remove({ scope, documentId }: DocumentKey): void {
    const index = scopes.get(scope)
    index?.remove(documentId)
    if (index?.documents.size === 0) scopes.delete(scope)
  }

  function scopeOf(scope: string): ScopeIndex {
    const known = scopes.get(scope)
    if (known) return known
    const created = createScopeIndex(scope)
    scopes.set(scope, created)
    return created
  }

  // Nothing here may throw or wait, so that the change is applied as a whole.
  function apply(change: IndexChange, space: EmbeddingSpace | undefined): void {
    if (change.clear) {
      scopes.clear()
      lifeId = crypto.randomUUID()
      commits = 0
    }
    embedding = space && Object.freeze(space)
    change.removals?.forEach(remove)
    for (const document of change.documents ?? []) scopeOf(document.scope).put(document)
    for (const { scope, ...entry } of change.versions ?? []) {
      scopes.get(scope)?.setVersion(entry)
    }
    commits += 1
  }

  return {
    scopes,
    identity: () => ({ lifeId, commits, embedding }),
    state,
    commit(change) {
      expectChange(change)
      const space = spaceAfter(change, state())
      expectRoom(change, scopes)
      apply(change, space)
    },
  }
}

const MAX_ROWS = 2 ** 32 - 1

function expectRoom({ documents = [] }: IndexChange, scopes: ReadonlyMap<string, ScopeIndex>): void {
  const added = new Map<string, number>()
  for (const { scope, chunks } of documents) added.set(scope, (added.get(scope) ?? 0) + chunks.length)
  for (const [scope, count] of added) {
    const known = scopes.get(scope)
    if ((known?.terms.size ?? 0) + count <= MAX_SLOTS && (known?.nextRow ?? 0) + count < MAX_ROWS) continue
    const message = `Cannot index ${count} chunks of the scope '${scope}': a scope in memory holds at most ${MAX_SLOTS}`
    throw invalidInput('documents', `${message}; use a store of a database`, RangeError)
  }
}
