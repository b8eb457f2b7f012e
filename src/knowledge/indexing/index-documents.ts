import { abortFirst } from '../../core/async/abort-first.ts'
import { abortable } from '../../core/async/abortable.ts'
import type { Emit } from '../../core/async/handoff.ts'
import { ignoreRejection, toIterator } from '../../core/async/iterators.ts'
import { createEventLoopSharing } from '../../core/async/share-event-loop.ts'
import { wrongType } from '../../core/options/validate.ts'
import { DocumentError } from '../documents/document-error.ts'
import type { KnowledgeDocument } from '../documents/knowledge-document.ts'
import { createIndexWriter, type IndexWriter } from './index-writer.ts'
import type { IndexEvent, IndexStream } from './index-events.ts'
import type { ResolvedKnowledgeOptions } from '../options/knowledge-options.ts'
import { prepareDocument } from './prepare-document.ts'
import { readDocument } from './read-document.ts'
import { readManifest } from './read-manifest.ts'
import type { ManifestEntry } from '../store/knowledge-store.ts'

/** Documents to index, in any iterable. */
export type KnowledgeDocuments = Iterable<KnowledgeDocument> | AsyncIterable<KnowledgeDocument>

/** The documents of one indexing, and their scope. */
export interface IndexPlan {
  /** The documents. */
  readonly documents: KnowledgeDocuments
  /** Their scope; empty for none. */
  readonly scope: string
  /** True to remove the documents of the scope that are not among them. */
  readonly removesOthers: boolean
  /** Ends the indexing. */
  readonly signal: AbortSignal
}

/** Returns the stream that indexes documents when it is read. */
export function indexDocuments(plan: IndexPlan, options: ResolvedKnowledgeOptions): IndexStream {
  return abortFirst<IndexEvent, IndexEvent>(() => ({
    signal: plan.signal,
    first: { type: 'progress', documents: 0, chunks: 0, embedded: 0 },
    produce: (emit, signal) => indexAll({ plan, options, emit, signal }),
    onAbort: () => Promise.reject(plan.signal.reason),
    onReturn() {},
    deliver: (event) => event,
  }))
}

interface Run {
  readonly plan: IndexPlan
  readonly options: ResolvedKnowledgeOptions
  readonly emit: Emit<IndexEvent>
  readonly signal: AbortSignal
}

// Documents that are read while others are split: a file system answers several requests at once.
const READ_AHEAD = 4

async function indexAll(run: Run): Promise<IndexEvent> {
  const { plan, options, emit, signal } = run
  const writer = await createIndexWriter({ ...plan, options, emit, signal })
  const known = await readManifest(options.store, plan.scope, signal)
  const seen = new Set<string>()
  // Read by hand, because the iterator of a document source may ignore an abort.
  const documents = abortable(toAsyncIterable(plan.documents), signal)
  const ahead: Promise<Write>[] = []
  // Of the whole run, because many short documents are long work, too.
  const share = createEventLoopSharing()
  const writeFirst = async (): Promise<void> => (await ahead.shift())?.()
  try {
    for (let count = 0; ; count++) {
      const next = await documents.next()
      if (next.done) break
      const prepared = prepareOne(next.value, { ...run, writer, known, seen, place: `documents[${count}]` })
      // Its failure is thrown where `writeFirst` waits for it.
      ignoreRejection(prepared)
      ahead.push(prepared)
      if (ahead.length > READ_AHEAD) await writeFirst()
      await share()
    }
    while (ahead.length > 0) await writeFirst()
  } finally {
    void documents.return?.()
  }
  await writer.flush()
  if (plan.removesOthers) await writer.remove([...known.keys()].filter((documentId) => !seen.has(documentId)))
  return { type: 'done', report: await writer.report() }
}

interface PrepareContext extends Run {
  readonly writer: IndexWriter
  readonly known: ReadonlyMap<string, ManifestEntry>
  readonly seen: Set<string>
  /** The place of the document, such as `documents[2]`. */
  readonly place: string
}

/** Hands a document, or the reason for which it is skipped, to the writer. */
type Write = () => Promise<void>

async function prepareOne(value: unknown, given: PrepareContext): Promise<Write> {
  const { plan, options, signal, writer, known, seen, place } = given
  const { maxContentBytes } = options
  const { label, document, documentId } = readDocument(value, { place, maxContentBytes })
  if (documentId !== undefined && seen.has(documentId)) {
    const message = `Cannot index ${place}: an earlier document has the same documentId '${documentId}'`
    return () => writer.skip(documentId, new DocumentError(message, { code: 'invalid-document' }))
  }
  // A document that is skipped counts, too: its earlier version stays in the index.
  if (documentId !== undefined) seen.add(documentId)
  try {
    if (document instanceof DocumentError) throw document
    const entry = known.get(document.documentId)
    const prepared = await prepareDocument(document, { ...options, scope: plan.scope, known: entry, signal })
    return () => writer.write(document.documentId, prepared, entry !== undefined)
  } catch (thrown) {
    signal.throwIfAborted()
    if (!(thrown instanceof DocumentError)) throw thrown
    return () => writer.skip(label, thrown)
  }
}

/** Returns documents as an async iterable. */
export function toAsyncIterable(documents: KnowledgeDocuments): AsyncIterable<KnowledgeDocument> {
  if (Symbol.asyncIterator in documents) return documents
  const iterator = documents[Symbol.iterator]()
  const stop = (): void => void iterator.return?.()
  return { [Symbol.asyncIterator]: () => toIterator(async () => iterator.next(), stop) }
}

/** Checks that a value can be iterated. A single document or a string is a common mistake. */
export function expectDocuments(documents: unknown): KnowledgeDocuments {
  if (isIterable(documents)) return documents
  throw wrongType('documents', 'a list or an async iterable of documents, such as readFolder(path)', documents)
}

function isIterable(value: unknown): value is KnowledgeDocuments {
  return typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
}
