import type { TextRange } from '../../vocabulary/text-range.ts'
import { createMarkerScanner } from './marker-scanner.ts'
import type { ScannedPiece } from './undecided-markers.ts'

/** A marker in a complete text. */
export interface MarkerSpan extends TextRange {
  /** The source numbers in the marker. */
  readonly numbers: readonly number[]
}

/** Finds the citation markers of a complete text, such as an earlier answer. */
export function findMarkers(text: string): readonly MarkerSpan[] {
  const scanner = createMarkerScanner()
  return toSpans([...scanner.push(text), ...scanner.end()])
}

const NAMES_SOURCES = /^(?![A-Za-zÀ-ɏ0-9_({=]|\.[A-Za-z_])/u
// A prefix that makes the start of a question prose: its indentation is no code, and `[1]:` no link definition.
const SENTENCE_START = '- '

/** Finds the markers of a question that are separate words, as in "about [2]", and not part of code. */
export function findMarkersOfQuestion(question: string): readonly MarkerSpan[] {
  return findMarkers(SENTENCE_START + question)
    .map(({ start, end, numbers }) => ({
      start: start - SENTENCE_START.length,
      end: end - SENTENCE_START.length,
      numbers,
    }))
    .filter(({ end }) => NAMES_SOURCES.test(question.slice(end, end + 2)))
}

/** Removes ranges from a text, each with the blank before it. The ranges are in order and may repeat. */
export function withoutRanges(text: string, ranges: readonly TextRange[]): string {
  let kept = ''
  let at = 0
  for (const { start, end } of ranges) {
    if (!(start >= at && end > start)) continue
    const blank = start > at && /[ \u00a0]/u.test(text.charAt(start - 1))
    kept += text.slice(at, blank ? start - 1 : start)
    at = end
  }
  return kept + text.slice(at)
}

function toSpans(pieces: readonly ScannedPiece[]): readonly MarkerSpan[] {
  let at = 0
  return pieces.flatMap((piece) => {
    const start = at
    at += piece.text.length
    return piece.kind === 'marker' ? [{ start, end: at, numbers: piece.numbers }] : []
  })
}
