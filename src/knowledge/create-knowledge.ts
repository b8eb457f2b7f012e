import { expectOptions } from '../core/options/expect-options.ts'
import { expectId, expectList, expectSignal } from '../core/options/validate.ts'
import { invalidInput } from '../core/vocabulary/invalid-input.ts'
import type { Retriever } from '../core/vocabulary/retriever.ts'
import type { SourceState } from '../core/vocabulary/source-state.ts'
import { checkSources, type CheckedSource } from './sources/check-sources.ts'
import { createRetriever } from './retrieval/create-retriever.ts'
import { expectDocuments, indexDocuments, type KnowledgeDocuments } from './indexing/index-documents.ts'
import type { IndexStream } from './indexing/index-events.ts'
import { resolveKnowledgeOptions, type KnowledgeOptions } from './options/knowledge-options.ts'
import { locatePassage, type PassageKey, type PassagePlace } from './sources/locate-passage.ts'
import { readText, type IndexedText } from './sources/read-text.ts'
import { resolveRetrieverOptions, type KnowledgeRetrieverOptions } from './retrieval/retriever-options.ts'
import { withSharedScope } from './store/with-shared-scope.ts'
import type { IndexState } from './store/knowledge-store.ts'
import { verifyIndex, type VerifyReport } from './indexing/verify-index.ts'

/** Options of every call on a knowledge base. */
export interface KnowledgeCallOptions {
  /** The tenant or user that the documents belong to. @defaultValue none: every scope may read them */
  readonly scope?: string
  /** Ends the call. */
  readonly signal?: AbortSignal | undefined
}

/** Options of a call that only reads. */
export interface KnowledgeReadOptions extends KnowledgeCallOptions {
  /** The scopes that may be read, besides documents without one, instead of `scope`: those of `readableScopes`. */
  readonly scopes?: readonly string[] | undefined
}

/** Documents, the index that is made of them, and the retrievers over it. */
export interface Knowledge {
  /**
   * Makes the index hold exactly these documents: new and changed ones are indexed, the others of the scope are removed.
   * If the documents end with an error, nothing is removed.
   */
  sync(documents: KnowledgeDocuments, options?: KnowledgeCallOptions): IndexStream
  /** Indexes documents that are new or have changed, and removes none. */
  add(documents: KnowledgeDocuments, options?: KnowledgeCallOptions): IndexStream
  /** Removes documents. Unknown ids are ignored. */
  remove(documentIds: readonly string[], options?: KnowledgeCallOptions): Promise<void>
  /** Empties the whole index, all scopes included. */
  clear(options?: Pick<KnowledgeCallOptions, 'signal'>): Promise<void>
  /**
   * Examines the index, and compares it with the documents if they are given. It reads every document and ignores its
   * `version`.
   */
  verify(documents?: KnowledgeDocuments, options?: KnowledgeCallOptions): Promise<VerifyReport>
  /** Creates a retriever over the index. It sees every change of the index at once. */
  retriever(options?: KnowledgeRetrieverOptions): Retriever
  /** Compares sources of an earlier answer with the documents of now. Returns a state per source, in order. */
  checkSources(sources: readonly CheckedSource[], options?: KnowledgeReadOptions): Promise<readonly SourceState[]>
  /** Returns a document with its whole text; `undefined` if the index does not have it in a scope that may be read. */
  document(documentId: string, options?: KnowledgeReadOptions): Promise<IndexedText | undefined>
  /** Returns the place of a passage, such as its page and rectangles; `undefined` if the index does not have it. */
  locate(passage: PassageKey, options?: KnowledgeReadOptions): Promise<PassagePlace | undefined>
  /** Returns the revision and the size of the index. */
  state(options?: Pick<KnowledgeCallOptions, 'signal'>): Promise<IndexState>
}

/**
 * Creates a knowledge base over a store: documents go in, retrievers come out.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field` when an option is invalid
 *
 * @example
 * ```ts
 * import { collectReport, createKnowledge, memoryKnowledgeStore } from 'ragwire/knowledge'
 * const knowledge = createKnowledge({ store: memoryKnowledgeStore() })
 * const report = await collectReport(
 *   knowledge.sync([{ documentId: 'tea.md', content: '# Tea\nGreen tea is steeped at 80 °C.' }]),
 * )
 * const retriever = knowledge.retriever()
 * ```
 */
export function createKnowledge(options: KnowledgeOptions): Knowledge {
  const resolved = resolveKnowledgeOptions(options)
  const { store } = resolved
  const index = (documents: KnowledgeDocuments, call: KnowledgeCallOptions | undefined, removesOthers: boolean) =>
    indexDocuments({ documents: expectDocuments(documents), ...expectCall(call), removesOthers }, resolved)

  return {
    sync: (documents, call) => index(documents, call, true),
    add: (documents, call) => index(documents, call, false),
    async remove(documentIds, call) {
      const { scope, signal } = expectCall(call)
      const ids = new Set(expectList('documentIds', documentIds))
      const removals = [...ids].map((documentId) => ({ scope, documentId }))
      await store.commit({ removals }, { signal })
    },
    async clear(call) {
      // A `scope` that is ignored would empty the scopes of other users.
      await store.commit({ clear: true }, { signal: expectUnscopedCall(call) })
    },
    async verify(documents, call) {
      const { scope, signal } = expectCall(call)
      const given = documents === undefined ? undefined : expectDocuments(documents)
      return verifyIndex({ documents: given, scope, signal }, resolved)
    },
    retriever: (given = {}) => createRetriever({ ...resolved, ...resolveRetrieverOptions(given, resolved) }),
    async checkSources(sources, call) {
      return checkSources(sources, { store, ...expectRead(call) })
    },
    async document(documentId, call) {
      return readText(documentId, { store, ...expectRead(call) })
    },
    async locate(passage, call) {
      return locatePassage(passage, { store, ...expectRead(call) })
    },
    async state(call) {
      return store.state({ signal: expectUnscopedCall(call) })
    },
  }
}

const CALL_OPTIONS = { scope: true, signal: true } as const

interface Call {
  readonly scope: string
  readonly signal: AbortSignal
}

/** Checks the options of a call. Without a signal, it gets one that never aborts. */
function expectCall(call: KnowledgeCallOptions = {}): Call {
  expectOptions(call, CALL_OPTIONS, { of: 'the knowledge base' })
  const scope = expectId('scope', call.scope)
  // An application without a user must not index documents for every scope by mistake.
  if (scope === undefined && Object.hasOwn(call, 'scope'))
    throw invalidInput('scope', 'Cannot use scope undefined: leave it out for documents that every scope may read')
  return { scope: scope ?? '', signal: signalOf(call) }
}

function expectUnscopedCall(call: Pick<KnowledgeCallOptions, 'signal'> = {}): AbortSignal {
  expectOptions(call, { signal: true }, { of: 'a call on the whole index' })
  return signalOf(call)
}

function signalOf({ signal }: Pick<KnowledgeCallOptions, 'signal'>): AbortSignal {
  return expectSignal('signal', signal) ?? new AbortController().signal
}

function expectRead({ scopes, ...call }: KnowledgeReadOptions = {}): {
  readonly scopes: readonly string[]
  readonly signal: AbortSignal
} {
  const { scope, signal } = expectCall(call)
  if (scopes === undefined) return { scopes: withSharedScope([scope]), signal }
  if (scope !== '') throw invalidInput('scopes', `Cannot use scope '${scope}' and scopes together: pass one of them`)
  return { scopes: withSharedScope(expectList('scopes', scopes)), signal }
}
