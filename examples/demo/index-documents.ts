import { performance } from 'node:perf_hooks'
import type { IndexReport, Knowledge, KnowledgeDocument } from 'ragwire/knowledge'

const EVERY_MS = 1_000

/** Makes the index hold exactly these documents, and prints how far it is. Documents that have not changed since an
 * earlier start are not read again. A document that cannot be indexed is skipped, and the reason is printed.
 */
export async function indexDocuments(
  knowledge: Knowledge,
  documents: readonly KnowledgeDocument[],
  kind: string,
): Promise<void> {
  const begun = performance.now()
  let printed = begun
  let seen = 0
  for await (const event of knowledge.sync(documents)) {
    if (event.type === 'done') return print(event.report)
    if (event.type === 'document' && event.outcome !== 'removed') seen += 1
    if (performance.now() - printed < EVERY_MS) continue
    printed = performance.now()
    console.log(`Indexing: ${seen} of ${documents.length} documents`)
  }

  function print({ added, updated, unchanged, removed, skipped }: IndexReport): void {
    for (const { message } of skipped) console.error(`Skipped: ${message}`)
    const counts = { new: added, changed: updated, unchanged, removed, skipped: skipped.length }
    const outcomes = Object.entries(counts).flatMap(([outcome, count]) => (count > 0 ? [`${count} ${outcome}`] : []))
    const seconds = ((performance.now() - begun) / 1000).toFixed(1)
    console.log(`${kind}: ${outcomes.join(', ')}; ${seconds} s`)
  }
}
