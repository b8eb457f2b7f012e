import type { Emit } from '../../core/async/handoff.ts'
import type { DocumentError } from '../documents/document-error.ts'
import type { DocumentOutcome, IndexEvent, IndexReport, SkippedDocument } from './index-events.ts'

/** Counts the outcomes of documents, and emits their events. */
export interface OutcomeLog {
  /** Adds the outcome of a document, with the number of chunks that were written. */
  add(documentId: string, outcome: Exclude<DocumentOutcome, 'skipped'>, chunks?: number): Promise<void>
  /** Adds a document that is not indexed. */
  skip(documentId: string, error: DocumentError): Promise<void>
  /** Adds texts that were embedded. The next progress event includes them. */
  addEmbedded(texts: number): void
  /** Emits the numbers so far. */
  emitProgress(): Promise<void>
  /** Returns the report. */
  report(revision: string): IndexReport
}

/** Creates an empty log. It emits one event at a time, because documents are prepared while others are stored. */
export function createOutcomeLog(emit: Emit<IndexEvent>): OutcomeLog {
  const counts = { added: 0, updated: 0, unchanged: 0, removed: 0 }
  const skipped: SkippedDocument[] = []
  let [documents, chunks, embedded] = [0, 0, 0]
  let emitted: Promise<void> = Promise.resolve()

  function emitNext(event: IndexEvent): Promise<void> {
    emitted = emitted.then(() => emit(event))
    return emitted
  }

  return {
    async add(documentId, outcome, written = 0) {
      documents += 1
      chunks += written
      counts[outcome] += 1
      await emitNext({ type: 'document', documentId, outcome, chunks: written })
    },
    async skip(documentId, { code, message }) {
      const entry = { documentId, code, message }
      documents += 1
      skipped.push(entry)
      await emitNext({ type: 'document', documentId, outcome: 'skipped', chunks: 0, skipped: entry })
    },
    addEmbedded(texts) {
      embedded += texts
    },
    emitProgress: () => emitNext({ type: 'progress', documents, chunks, embedded }),
    report: (revision) => ({ ...counts, skipped, chunks, revision }),
  }
}
