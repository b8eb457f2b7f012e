import type { KnowledgeStore } from '../store/knowledge-store.ts'

/** The index in which sources are looked up. */
export interface SourceLookup {
  /** Holds the index. */
  readonly store: KnowledgeStore
  /** The scopes whose documents may be read, in the order of the look-up. */
  readonly scopes: readonly string[]
  /** Ends the look-up. */
  readonly signal: AbortSignal
}
