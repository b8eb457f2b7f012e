import { createMarkerScanner, type MarkerScanner } from './marker-scanner.ts'
import { CLOSING_BRACKETS, parseMarkerNumbers } from './marker-syntax.ts'
import type { ScannedPiece } from './undecided-markers.ts'

/** A range of a text, in UTF-16 code units, `end` exclusive. */
export interface TextRange {
  readonly start: number
  readonly end: number
}

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

// Blanks only, no line breaks: a run of them would be read again from each line.
const SOURCE_HEADING = /^([ \t\u3000]*(?:source|来源|资料))[ \t\u3000]*([0-9]{1,3})[ \t\u3000]*[:：]/iu
const LOOKALIKE = /([[【［])([\p{N}\s,;，；、\-–—~～]{1,64})([\]】］])/gu

/**
 * Takes the meaning from everything in a document that looks like a citation marker or like the heading of a source, so
 * that a model cannot take it for one of ours: `[1]` becomes `(1)`, and `Source 2:` becomes `Source (2):`. Code and
 * formulas stay as they are.
 */
export function neutralizeMarkers(text: string): string {
  const scanner = createMarkerScanner()
  const neutral = text
    .split(/(?<=\n)/u)
    .map((line) => neutralizeLine(line, scanner))
    .join('')
  return neutral + neutralizePieces(scanner.end())
}

/** The scanner's pieces for a line; the first ones may be held back from the line before. */
function neutralizeLine(line: string, scanner: MarkerScanner): string {
  const heading = SOURCE_HEADING.exec(line)
  if (!heading) return neutralizePieces(scanner.push(line))
  const [whole, word = '', number = ''] = heading
  const before = scanner.push(whole)
  if (scanner.inLiteral) return neutralizePieces([...before, ...scanner.push(line.slice(whole.length))])
  const pending = neutralizePieces(before)
  const shown = pending.endsWith(whole) ? `${pending.slice(0, -whole.length)}${word} (${number}):` : pending
  return shown + neutralizePieces(scanner.push(line.slice(whole.length)))
}

function neutralizePieces(pieces: readonly ScannedPiece[]): string {
  return pieces
    .map(({ kind, text }) => (kind === 'marker' ? `(${text.slice(1, -1).trim()})` : text.replace(LOOKALIKE, disarm)))
    .join('')
}

/**
 * Neutralises a marker in disguise: with brackets that do not fit, with digits of another script, or with blanks of
 * typography. No code has one.
 */
function disarm(whole: string, open: string, inner: string, close: string): string {
  const plainNumbers = /^[0-9０-９\s,;，；、\-–—~～]+$/u.test(inner)
  const fits = CLOSING_BRACKETS.get(open) === close
  const plainBlanks = !/[^\S \t\r\n\u00a0\u3000]/u.test(inner)
  if (plainNumbers && plainBlanks && (fits || parseMarkerNumbers(inner) === undefined)) return whole
  return /\p{N}/u.test(inner) ? `(${inner.trim()})` : whole
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
