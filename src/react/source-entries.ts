import type { PartialChatResult } from '../core/vocabulary/reduce-event.ts'
import type { Source } from '../core/vocabulary/sources.ts'

/** A document in the list of sources. */
export interface SourceEntry {
  /** Id of the document. */
  readonly documentId: string
  /** True if the answer cites it. */
  readonly isCited: boolean
  /** Its pieces: the cited ones if there are any, else all. */
  readonly sources: readonly [Source, ...Source[]]
}

/** Groups the sources of an answer by document, the cited documents first. */
export function sourceEntries({ sources, citations }: PartialChatResult): readonly SourceEntry[] {
  const cited = new Set(citations.map(({ sourceId }) => sourceId))
  const isCited = ({ sourceId }: Source) => cited.has(sourceId)
  const entries = new Map<string, SourceEntry>()
  for (const source of [...sources.filter(isCited), ...sources.filter((one) => !isCited(one))]) {
    const { documentId } = source
    const entry = entries.get(documentId)
    if (!entry) entries.set(documentId, { documentId, isCited: isCited(source), sources: [source] })
    else if (entry.isCited === isCited(source))
      entries.set(documentId, { ...entry, sources: [...entry.sources, source] })
  }
  return [...entries.values()]
}
