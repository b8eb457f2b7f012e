import { createMarkerScanner, type MarkerScanner } from './marker-scanner.ts'
import { CLOSING_BRACKETS, insideMarker, parseMarkerNumbers } from './marker-syntax.ts'
import type { ScannedPiece } from './undecided-markers.ts'

// Blanks only, no line breaks: a run of them would be scanned again from each line. Markdown may emphasise the heading.
const SOURCE_HEADING =
  /^([ \t\u00a0\u3000#>*_-]*(?:source|来源|來源|资料|資料))[ \t\u00a0\u3000]*#?[ \t\u00a0\u3000]*([0-9]{1,3})[ \t\u00a0\u3000]*[:：]/iu
// A digit may be part of a keycap emoji, with two more characters.
const LOOKALIKE = /([[【［])((?:[\p{N}\s,;，；、\-–—~～]|\ufe0f|\u20e3){1,64})([\]】］])/gu

/**
 * Rewrites everything in a document that looks like a citation marker or the heading of a source, so that a model cannot
 * confuse it with a real one: `[1]` becomes `(1)`, and `Source 2:` becomes `Source (2):`. Code and formulas stay unchanged.
 */
export function neutralizeMarkers(text: string): string {
  const scanner = createMarkerScanner()
  const neutral = text
    .split(/(?<=\n)/u)
    .map((line) => neutralizeLine(line, scanner))
    .join('')
  return neutral + neutralizePieces(scanner.end())
}

/** Neutralizes the scanner's pieces of a line; the first ones may come from the previous line. */
function neutralizeLine(line: string, scanner: MarkerScanner): string {
  const heading = SOURCE_HEADING.exec(line)
  if (!heading) return neutralizePieces(scanner.push(line))
  const [whole, word = '', number = ''] = heading
  const before = scanner.push(whole)
  if (scanner.inLiteral()) return neutralizePieces([...before, ...scanner.push(line.slice(whole.length))])
  const pending = neutralizePieces(before)
  const shown = pending.endsWith(whole) ? `${pending.slice(0, -whole.length)}${word} (${number}):` : pending
  return shown + neutralizePieces(scanner.push(line.slice(whole.length)))
}

function neutralizePieces(pieces: readonly ScannedPiece[]): string {
  return pieces
    .map(({ kind, text }) => (kind === 'marker' ? `(${insideMarker(text)})` : text.replace(LOOKALIKE, disarm)))
    .join('')
}

/**
 * Neutralizes a disguised marker: with mismatched brackets, digits of another script, or typographic spaces. Code has none
 * of these.
 */
function disarm(whole: string, open: string, inner: string, close: string): string {
  const plainNumbers = /^[0-9０-９\s,;，；、\-–—~～]+$/u.test(inner)
  const fits = CLOSING_BRACKETS.get(open) === close
  const plainBlanks = !/[^\S \t\r\n\u00a0\u3000]/u.test(inner)
  if (plainNumbers && plainBlanks && (fits || parseMarkerNumbers(inner) === undefined)) return whole
  return /\p{N}/u.test(inner) ? `(${inner.trim()})` : whole
}
