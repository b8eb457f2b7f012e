import { createEventLoopSharing } from '../../core/async/share-event-loop.ts'
import type { Emit } from '../../core/async/handoff.ts'
import { ignoreRejection } from '../../core/async/iterators.ts'
import { DocumentError } from '../documents/document-error.ts'
import type { Embedded } from '../embedding/embed-texts.ts'
import { embeddingSpace } from '../options/embedding-space.ts'
import type { ResolvedKnowledgeOptions } from '../options/knowledge-options.ts'
import type { IndexChange, IndexedDocument } from '../store/knowledge-store.ts'
import { addVectors, spaceOf, type DraftDocument } from './add-vectors.ts'
import type { IndexEvent, IndexReport } from './index-events.ts'
import { createOutcomeLog } from './outcome-log.ts'
import type { PreparedDocument } from './prepare-document.ts'

/** Embeds and stores documents in batches, and emits their outcomes. */
export interface IndexWriter {
  /** Takes a document. Its event comes after it was stored. */
  write(documentId: string, prepared: PreparedDocument, isKnown: boolean): Promise<void>
  /** Takes note of a document that is not indexed. */
  skip(documentId: string, error: DocumentError): Promise<void>
  /** Resolves once all documents that were taken are stored. */
  flush(): Promise<void>
  /** Removes documents. */
  remove(documentIds: readonly string[]): Promise<void>
  /** Returns the report. */
  report(): Promise<IndexReport>
}

/** Options of {@link createIndexWriter}. */
export interface IndexWriterOptions {
  /** The options of the knowledge base. */
  readonly options: ResolvedKnowledgeOptions
  /** The scope of all documents. */
  readonly scope: string
  /** Passes an event to the reader. */
  readonly emit: Emit<IndexEvent>
  /** Ends the work. */
  readonly signal: AbortSignal
}

// A commit costs a transaction, and a big one blocks a store in this process. The store in SQLite joins smaller commits
// later, which takes longer.
const BATCH_DOCUMENTS = 256
const BATCH_CHUNKS = 512
// A store in memory takes 10 to 30 ms for so many terms, in which the process can do nothing else.
const COMMIT_TERMS = 15_000
// Removals and changes of versions write no chunks.
const BATCH_KEYS = 500

interface BatchItem extends DraftDocument {
  readonly outcome: 'added' | 'updated'
}

type VersionChange = NonNullable<IndexChange['versions']>[number]

/**
 * Creates a writer. While a batch is embedded and stored, the next one is prepared.
 *
 * @throws TypeError when the vectors of the index are of another embedder
 */
export async function createIndexWriter(given: IndexWriterOptions): Promise<IndexWriter> {
  const { options, scope, signal } = given
  const { store, embedTexts } = options
  const log = createOutcomeLog(given.emit)
  let space = await embeddingSpace(given)
  let batch: BatchItem[] = []
  let versions: VersionChange[] = []
  let storing: Promise<void> = Promise.resolve()
  const share = createEventLoopSharing()

  async function commit(change: IndexChange): Promise<void> {
    await store.commit({ ...change, ...(space && { embedding: space }) }, { signal })
  }

  async function storeBatch(items: readonly BatchItem[], changes: readonly VersionChange[]): Promise<void> {
    const vectors = await embedAll(items)
    const indexed: (BatchItem & { readonly withChunks: IndexedDocument })[] = []
    const failed: (readonly [string, DocumentError])[] = []
    for (const [index, item] of items.entries()) {
      const { document, drafts } = item
      const withChunks = vectors
        ? addVectors(item, vectors[index] ?? [], space)
        : { ...document, chunks: drafts.map(({ chunk }) => chunk) }
      if (withChunks instanceof DocumentError) failed.push([document.documentId, withChunks])
      else indexed.push({ ...item, withChunks })
    }
    if (indexed.length === 0) await commit({ documents: [], versions: changes })
    for (const [at, part] of partsOf(indexed).entries()) {
      const documents = part.map(({ withChunks }) => withChunks)
      await commit({ documents, versions: at === 0 ? changes : [] })
      for (const { document, outcome, drafts } of part) await log.add(document.documentId, outcome, drafts.length)
      await share()
    }
    for (const [documentId, error] of failed) await log.skip(documentId, error)
    if (items.length > 0) await log.emitProgress()
  }

  async function embedAll(items: readonly BatchItem[]): Promise<readonly (readonly Embedded[])[] | undefined> {
    if (!embedTexts) return undefined
    const texts = items.flatMap(({ drafts }) => drafts.map(({ indexedText }) => indexedText))
    const vectors = await embedTexts(texts, { signal, onEmbedded: log.addEmbedded })
    space ??= spaceOf(vectors, options.embedderId)
    let start = 0
    return items.map(({ drafts }) => vectors.slice(start, (start += drafts.length)))
  }

  async function startStoring(): Promise<void> {
    const [items, changes] = [batch, versions]
    batch = []
    versions = []
    await storing
    if (items.length === 0 && changes.length === 0) return
    storing = storeBatch(items, changes)
    // Its failure is thrown where the next batch waits for it.
    ignoreRejection(storing)
  }

  return {
    async write(documentId, prepared, isKnown) {
      if (prepared.outcome === 'unchanged') {
        if (prepared.newVersion) versions.push({ scope, documentId, ...prepared.newVersion })
        if (versions.length >= BATCH_KEYS) await startStoring()
        return log.add(documentId, 'unchanged')
      }
      batch.push({ ...prepared, outcome: isKnown ? 'updated' : 'added' })
      const size = batch.reduce((sum, { drafts }) => sum + drafts.length, 0)
      if (batch.length >= BATCH_DOCUMENTS || size >= BATCH_CHUNKS) await startStoring()
    },
    skip: log.skip,
    async flush() {
      await startStoring()
      await storing
    },
    async remove(documentIds) {
      for (let start = 0; start < documentIds.length; start += BATCH_KEYS) {
        const some = documentIds.slice(start, start + BATCH_KEYS)
        await commit({ removals: some.map((documentId) => ({ scope, documentId })) })
        for (const documentId of some) await log.add(documentId, 'removed')
      }
    },
    report: async () => log.report((await store.state({ signal })).revision),
  }
}

/** Divides documents into parts that a store commits in a short time each. A document is never divided. */
function partsOf<Item extends DraftDocument>(items: readonly Item[]): readonly (readonly Item[])[] {
  const parts: Item[][] = []
  let terms = Infinity
  for (const item of items) {
    const count = item.drafts.reduce((sum, { chunk }) => sum + chunk.terms.length, 0)
    if (terms + count > COMMIT_TERMS) {
      parts.push([])
      terms = 0
    }
    parts.at(-1)?.push(item)
    terms += count
  }
  return parts
}
