import { abortable } from '../../core/async/abortable.ts'
import { DocumentError, type DocumentErrorCode } from '../documents/document-error.ts'
import { toAsyncIterable, type KnowledgeDocuments } from './index-documents.ts'
import type { ResolvedKnowledgeOptions } from '../options/knowledge-options.ts'
import { prepareDocument } from './prepare-document.ts'
import { readDocument, type ReadDocument } from './read-document.ts'
import { readManifest } from './read-manifest.ts'
import type { ManifestEntry } from '../store/knowledge-store.ts'

/** The differences between documents and index. */
export type IndexDifferenceType =
  /** The document is not in the index. */
  | 'missing'
  /** The index has another content or other settings of the document. */
  | 'changed'
  /** The index has a document that is not among the documents. */
  | 'extra'
  /** The document cannot be read or loaded. */
  | 'skipped'

/** A difference between a document and the index. */
export interface IndexDifference {
  /** Id of the document. */
  readonly documentId: string
  /** The difference. */
  readonly type: IndexDifferenceType
  /** The difference in a sentence. */
  readonly message: string
  /** True if the index has a version of the document. */
  readonly indexed: boolean
  /** The reason for which the document cannot be read, with `skipped`. */
  readonly code?: DocumentErrorCode
}

/** The result of a verification. */
export interface VerifyReport {
  /** True if there is no difference and no problem. */
  readonly ok: boolean
  /** Revision of the index. */
  readonly revision: string
  /** Number of documents that were compared. */
  readonly documents: number
  /** The differences between the documents and the index. */
  readonly differences: readonly IndexDifference[]
  /** A sentence for each inconsistency within the index. */
  readonly problems: readonly string[]
}

/** The documents to compare, and their scope. */
export interface VerifyPlan {
  /** The documents; without them, only the index itself is examined. */
  readonly documents: KnowledgeDocuments | undefined
  /** Their scope; empty for none. */
  readonly scope: string
  /** Ends the verification. */
  readonly signal: AbortSignal
}

/** Reads all documents, whatever their version, and compares them with the index. */
export async function verifyIndex(plan: VerifyPlan, options: ResolvedKnowledgeOptions): Promise<VerifyReport> {
  const { documents: given, scope, signal } = plan
  const problems = await options.store.inspect({ signal })
  const { revision, documents } = await options.store.state({ signal })
  const differences: IndexDifference[] = []
  let compared = documents
  if (given) {
    const known = await readManifest(options.store, scope, signal)
    const seen = await compare(given, { options, scope, signal, known, differences })
    for (const documentId of known.keys()) {
      if (seen.has(documentId)) continue
      differences.push({
        documentId,
        type: 'extra',
        message: `${documentId} is in the index and not among the documents`,
        indexed: true,
      })
    }
    compared = seen.size
  }
  const ok = problems.length === 0 && differences.length === 0
  return { ok, revision, documents: compared, differences, problems }
}

interface Comparison {
  readonly options: ResolvedKnowledgeOptions
  readonly scope: string
  readonly signal: AbortSignal
  readonly known: ReadonlyMap<string, ManifestEntry>
  readonly differences: IndexDifference[]
}

async function compare(given: KnowledgeDocuments, comparison: Comparison): Promise<ReadonlySet<string>> {
  const { options, signal, differences } = comparison
  const seen = new Set<string>()
  const documents = abortable(toAsyncIterable(given), signal)
  try {
    for (let count = 0; ; count++) {
      const next = await documents.next()
      if (next.done) return seen
      const place = `documents[${count}]`
      const read = readDocument(next.value, { place, maxContentBytes: options.maxContentBytes })
      const difference = await differenceOf(read, { ...comparison, place, seen })
      if (read.documentId !== undefined) seen.add(read.documentId)
      if (difference) differences.push({ documentId: read.label, ...difference })
    }
  } finally {
    void documents.return?.()
  }
}

interface OneComparison extends Comparison {
  /** The place of the document, such as `documents[2]`. */
  readonly place: string
  /** The ids of the documents before it. */
  readonly seen: ReadonlySet<string>
}

async function differenceOf(
  { document, documentId = '' }: ReadDocument,
  { options, scope, signal, known, place, seen }: OneComparison,
): Promise<Omit<IndexDifference, 'documentId'> | undefined> {
  const entry = known.get(documentId)
  const indexed = entry !== undefined
  if (seen.has(documentId)) {
    const message = `Cannot compare ${place}: an earlier document has the same documentId`
    return { type: 'skipped', message, indexed }
  }
  try {
    if (document instanceof DocumentError) throw document
    const { version: _, ...unversioned } = document
    const { outcome } = await prepareDocument(unversioned, { ...options, scope, signal, known: entry })
    if (outcome === 'unchanged') return undefined
    return entry
      ? { type: 'changed', message: `${documentId} has another content or other settings than in the index`, indexed }
      : { type: 'missing', message: `${documentId} is not in the index`, indexed }
  } catch (thrown) {
    if (!(thrown instanceof DocumentError)) throw thrown
    return { type: 'skipped', message: thrown.message, indexed, code: thrown.code }
  }
}
