import type { TextRange } from '../../vocabulary/text-range.ts'
import { createMarkerScanner } from './marker-scanner.ts'
import type { ScannedPiece } from './undecided-markers.ts'

/** A marker in a text that is complete. */
export interface MarkerSpan extends TextRange {
  readonly numbers: readonly number[]
}

/** The citation markers of a complete text, such as an earlier answer. */
export function findMarkers(text: string): readonly MarkerSpan[] {
  const scanner = createMarkerScanner()
  return toSpans([...scanner.push(text), ...scanner.end()])
}

const NAMES_SOURCES = /^(?![A-Za-zÀ-ɏ0-9_({=]|\.[A-Za-z_])/u
// Whatever begins a question is part of a sentence: no indentation makes code of it, and `[1]:` defines no link.
const SENTENCE_START = '- '

/** The markers of a question that stand alone like a word: "about [2]", but no part of code. */
export function findMarkersOfQuestion(question: string): readonly MarkerSpan[] {
  return findMarkers(SENTENCE_START + question)
    .map(({ start, end, numbers }) => ({
      start: start - SENTENCE_START.length,
      end: end - SENTENCE_START.length,
      numbers,
    }))
    .filter(({ end }) => NAMES_SOURCES.test(question.slice(end, end + 2)))
}

/** Takes ranges out of a text, each with the blank before it. They are in order, and may repeat. */
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
