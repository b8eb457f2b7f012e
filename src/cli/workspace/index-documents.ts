import { performance } from 'node:perf_hooks'
import type { DocumentOutcome, IndexReport, Knowledge, KnowledgeDocument } from '../../knowledge.ts'
import { describeSkipped } from './describe-skipped.ts'
import type { IndexLog } from './index-log.ts'

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
export async function indexDocuments(run: IndexRun): Promise<IndexReport> {
  const { kind, log } = run
  const { report, seconds } = await syncDocuments(run)
  const { added, updated, unchanged, removed, skipped } = report
  for (const line of describeSkipped(skipped, log.isVerbose)) log.note(line)
  const counts = { new: added, changed: updated, unchanged, removed, skipped: skipped.length }
  const outcomes = Object.entries(counts).flatMap(([outcome, count]) => (count > 0 ? [`${count} ${outcome}`] : []))
  log.note(`${kind}: ${outcomes.join(', ')}; ${seconds} s`)
  return report
}

/** Like {@link indexDocuments}, but shows only the changes, and nothing without one. */
export async function updateDocuments(
  run: IndexRun & {
    /** The reasons that were shown already, by the id of the document. This run adds its own. */
    readonly shown: Map<string, string>
  },
): Promise<IndexReport> {
  const { log, shown } = run
  const { report, seconds, names } = await syncDocuments(run)
  const fresh = report.skipped.filter(({ documentId, message }) => shown.get(documentId) !== message)
  shown.clear()
  for (const { documentId, message } of report.skipped) shown.set(documentId, message)
  for (const line of describeSkipped(fresh, log.isVerbose)) log.note(line)
  const changes = CHANGES.flatMap(([outcome, word]) => {
    const list = names.get(outcome) ?? []
    return list.length > 0 ? [`${word} ${enumerate(list)}`] : []
  })
  if (changes.length > 0) log.note(`Index: ${changes.join('; ')}; ${seconds} s`)
  return report
}

const CHANGES = [
  ['added', 'new'],
  ['updated', 'changed'],
  ['removed', 'removed'],
] as const satisfies readonly (readonly [DocumentOutcome, string])[]

const MOST_NAMED = 3

function enumerate(names: readonly string[]): string {
  const named = names.slice(0, MOST_NAMED).join(', ')
  return names.length > MOST_NAMED ? `${named} and ${names.length - MOST_NAMED} more` : named
}

interface Synced {
  readonly report: IndexReport
  readonly seconds: string
  /** The ids of documents by their outcome. */
  readonly names: ReadonlyMap<DocumentOutcome, readonly string[]>
}

async function syncDocuments({ knowledge, documents, log, signal }: IndexRun): Promise<Synced> {
  const begun = performance.now()
  const names = new Map<DocumentOutcome, string[]>()
  let done = 0
  for await (const event of knowledge.sync(documents, { signal })) {
    if (event.type === 'done') {
      return { report: event.report, seconds: ((performance.now() - begun) / 1000).toFixed(1), names }
    }
    if (event.type !== 'document') continue
    const { outcome, documentId } = event
    const list = names.get(outcome) ?? []
    list.push(documentId)
    names.set(outcome, list)
    if (outcome !== 'removed') log.showProgress?.((done += 1), documents.length)
  }
  throw new Error('The index ended without a report')
}
