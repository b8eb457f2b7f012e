import type { PartialChatResult } from '../core/vocabulary/reduce-event.ts'
import type { Source } from '../core/vocabulary/sources.ts'

/** A document in the list of sources. */
export interface SourceEntry {
  /** Id of the document. */
  readonly documentId: string
  /** True if the answer cites it. */
  readonly isCited: boolean
  /** Its pieces, at least one: the cited ones if there are any, else all. */
  readonly sources: readonly Source[]
}

/** Groups the sources of an answer by document, the cited documents first. */
export function sourceEntries({ sources, citations }: PartialChatResult): readonly SourceEntry[] {
  const cited = sources.filter((source) => citations.some(({ sourceId }) => sourceId === source.sourceId))
  const pieces = new Set([...cited, ...sources])
  return Array.from(
    Map.groupBy(pieces, ({ documentId }) => documentId),
    ([documentId, all]) => {
      const its = all.filter((piece) => cited.includes(piece))
      return { documentId, isCited: its.length > 0, sources: its.length > 0 ? its : all }
    },
  )
}
