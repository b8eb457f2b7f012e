import type { CheckedCitation } from '../core/vocabulary/citations.ts'
import type { PartialChatResult } from '../core/vocabulary/reduce-event.ts'
import type { Source } from '../core/vocabulary/sources.ts'
import type { TextRange } from '../core/vocabulary/text-range.ts'

/** A citation with the source that it cites. */
export interface CitedSource {
  /** The citation, with the outcome of its check once there is one. */
  readonly citation: CheckedCitation
  /** The source; undefined if the result does not have it (yet). */
  readonly source: Source | undefined
}

/** A piece of the answer without citation markers. */
export interface TextSegment extends TextRange {
  /** The type of the segment. */
  readonly type: 'text'
  /** The text, never empty. */
  readonly text: string
}

/** A citation marker. */
export interface CitationSegment extends TextRange {
  /** The type of the segment. */
  readonly type: 'citation'
  /** The marker, such as `[1, 2]`; empty if markers are stripped. */
  readonly text: string
  /** The citations of the marker, at least one. Stripped markers at the same place are one segment. */
  readonly citations: readonly CitedSource[]
}

/** A piece of the answer: text, or a citation marker. */
export type Segment = TextSegment | CitationSegment

/**
 * Cuts an answer into text and citation markers, at any state of a stream. The texts of all segments, joined, are the
 * answer. A citation is left out while the text of its marker has not come, and if its range is invalid or not after the
 * ranges before it. Never throws; time is linear.
 *
 * @example
 * ```ts
 * import { EMPTY_RESULT } from 'ragwire'
 * import { segments } from 'ragwire/client'
 * for (const segment of segments(EMPTY_RESULT)) {
 *   if (segment.type === 'text') console.log(segment.text)
 *   else console.log(segment.citations.map(({ source }) => source?.title))
 * }
 * ```
 */
export function segments({
  answer,
  sources,
  citations,
}: Pick<PartialChatResult, 'answer' | 'sources' | 'citations'>): readonly Segment[] {
  const sourceOf = new Map(sources.map((source) => [source.sourceId, source]))
  const pieces: Segment[] = []
  let cited: CitedSource[] = []
  let start = -1
  let end = 0

  function addText(until: number): void {
    if (until > end) pieces.push({ type: 'text', text: answer.slice(end, until), start: end, end: until })
  }

  for (const citation of citations) {
    const { start: from, end: to } = citation
    if (from !== start || to !== end) {
      // In this order, because a comparison throws for some values that are no numbers.
      if (!Number.isInteger(from) || !Number.isInteger(to) || from < end || to < from || to > answer.length) continue
      addText(from)
      start = from
      end = to
      cited = []
      pieces.push({ type: 'citation', text: answer.slice(from, to), start, end, citations: cited })
    }
    cited.push({ citation, source: sourceOf.get(citation.sourceId) })
  }
  addText(answer.length)
  return pieces
}
