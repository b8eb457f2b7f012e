import type { TermIndexParts } from '../../search/term-index.ts'
import type { DocumentEntry } from './document-entry.ts'
import type { MemoryIndex, SavedIndex } from './memory-index.ts'
import type { ScopeIndex } from './scope-index.ts'

/** The content of an index at one moment. Later commits do not change it. */
export interface IndexSnapshot extends Omit<SavedIndex, 'scopes'> {
  /** The scopes. */
  readonly scopes: readonly ScopeSnapshot[]
}

/** The content of a scope at one moment. */
export interface ScopeSnapshot {
  /** The scope. */
  readonly scope: string
  /** The row of the next chunk. */
  readonly nextRow: number
  /** The documents. */
  readonly entries: readonly DocumentEntry[]
  /** A copy of the arrays of the index of terms. */
  readonly terms: TermIndexParts
  /** A copy of the packed vectors, in parts. */
  readonly packed: readonly { readonly ids: Float64Array; readonly rows: Uint8Array }[]
}

/** Takes a snapshot. It copies what changes in place; entries of documents do not. */
export function takeSnapshot({ identity, scopes }: MemoryIndex): IndexSnapshot {
  return { ...identity(), scopes: Array.from(scopes.values(), snapshotOf) }
}

function snapshotOf({ scope, nextRow, documents, terms, vectors }: ScopeIndex): ScopeSnapshot {
  return {
    scope,
    nextRow,
    entries: [...documents.values()],
    terms: copyParts(terms.parts()),
    packed: (vectors?.pack() ?? []).map(({ ids, rows }) => ({ ids: ids.slice(), rows: rows.slice() })),
  }
}

function copyParts(parts: TermIndexParts): TermIndexParts {
  return {
    bytes: parts.bytes.slice(),
    starts: parts.starts.slice(),
    buckets: parts.buckets.slice(),
    heads: parts.heads.slice(),
    entries: parts.entries.slice(),
    ids: parts.ids.slice(),
    lengths: parts.lengths.slice(),
    largeCounts: parts.largeCounts.slice(),
  }
}
