import { performance } from 'node:perf_hooks'
import type { IndexReport, Knowledge, KnowledgeDocument } from '../../knowledge.ts'

const EVERY_MS = 1_000

/** Shows the progress of an index. */
export interface IndexLog {
  /** Shows a line. */
  note(line: string): void
}

/** A run over the documents. */
export interface IndexRun {
  /** The index. */
  readonly knowledge: Knowledge
  /** All its documents. */
  readonly documents: readonly KnowledgeDocument[]
  /** The kind of the index, for the summary. */
  readonly kind: string
  /** Shows the progress. */
  readonly log: IndexLog
  /** Ends the run. Documents that are indexed by then stay so. */
  readonly signal: AbortSignal
}

/** Makes the index hold exactly these documents, and shows how far it is. Documents that have not changed since an
 * earlier run are not read again. A document that cannot be indexed is skipped, and the reason is shown.
 */
export async function indexDocuments({ knowledge, documents, kind, log, signal }: IndexRun): Promise<IndexReport> {
  const begun = performance.now()
  let shown = begun
  let seen = 0
  for await (const event of knowledge.sync(documents, { signal })) {
    if (event.type === 'done') {
      show(event.report)
      return event.report
    }
    if (event.type === 'document' && event.outcome !== 'removed') seen += 1
    if (performance.now() - shown < EVERY_MS) continue
    shown = performance.now()
    log.note(`Indexing: ${seen} of ${documents.length} documents`)
  }
  throw new Error('The index ended without a report')

  function show({ added, updated, unchanged, removed, skipped }: IndexReport): void {
    for (const { message } of skipped) log.note(`Skipped: ${message}`)
    const counts = { new: added, changed: updated, unchanged, removed, skipped: skipped.length }
    const outcomes = Object.entries(counts).flatMap(([outcome, count]) => (count > 0 ? [`${count} ${outcome}`] : []))
    const seconds = ((performance.now() - begun) / 1000).toFixed(1)
    log.note(`${kind}: ${outcomes.join(', ')}; ${seconds} s`)
  }
}
