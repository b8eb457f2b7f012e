import { createMarkerScanner, type MarkerScanner } from './marker-scanner.ts'
import { CLOSING_BRACKETS, parseMarkerNumbers } from './marker-syntax.ts'
import type { ScannedPiece } from './undecided-markers.ts'

// Blanks only, no line breaks: a run of them would be read again from each line. Markdown may make it stand out.
const SOURCE_HEADING =
  /^([ \t\u00a0\u3000#>*_-]*(?:source|来源|來源|资料|資料))[ \t\u00a0\u3000]*#?[ \t\u00a0\u3000]*([0-9]{1,3})[ \t\u00a0\u3000]*[:：]/iu
// A digit may be drawn as a key, with two characters that follow it.
const LOOKALIKE = /([[【［])((?:[\p{N}\s,;，；、\-–—~～]|\ufe0f|\u20e3){1,64})([\]】］])/gu

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
