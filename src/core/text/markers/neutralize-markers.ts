import { isCodeInDocument } from './code-in-document.ts'
import { createMarkerScanner, type MarkerScanner } from './marker-scanner.ts'
import { CLOSING_BRACKETS, insideMarker, parseMarkerNumbers } from './marker-syntax.ts'
import type { TextRange } from '../../vocabulary/text-range.ts'
import type { ScannedPiece } from './undecided-markers.ts'

// Blanks only, no line breaks: a run of them would be scanned again from each line. Markdown may emphasise the heading.
const SOURCE_HEADING =
  /^([ \t\u00a0\u3000#>*_-]*(?:source|来源|來源|资料|資料))[ \t\u00a0\u3000]*#?[ \t\u00a0\u3000]*([0-9]{1,3})[ \t\u00a0\u3000]*[:：]/iu
// A text without these stays as it is: this test takes a fraction of the time of the scanner.
const MAY_BE_REWRITTEN = new RegExp(`[[【［]|${SOURCE_HEADING.source}`, 'imu')
// A digit may be part of a keycap emoji, with two more characters.
const LOOKALIKE = /([[【［])((?:[\p{N}\s,;，；、\-–—~～]|\ufe0f|\u20e3){1,64})([\]】］])/gu

/**
 * Rewrites everything in a text that looks like a citation marker or the heading of a source, so that a model cannot
 * confuse it with a real one: `[1]` becomes `(1)`, and `Source 2:` becomes `Source (2):`. Code and formulas stay unchanged
 * where the marker scanner recognises them, so that no marker is left for it in an answer.
 */
export function neutralizeMarkers(text: string): string {
  return neutralize(text, () => false)
}

/**
 * Rewrites a document for a prompt like {@link neutralizeMarkers}, but leaves more code without a fence as it is, such as
 * the YAML `ports: [80, 443]`. An answer with it would have markers.
 */
export function neutralizeDocument(text: string): string {
  return neutralize(text, ({ start, end }) => isCodeInDocument({ text, start, end }))
}

/** Returns true for a marker that stays. */
type Stays = (range: TextRange) => boolean

function neutralize(text: string, stays: Stays): string {
  if (!MAY_BE_REWRITTEN.test(text)) return text
  const scanner = createMarkerScanner()
  const disarmer = createDisarmer(stays)
  const neutral = text
    .split(/(?<=\n)/u)
    .map((line) => neutralizeLine(line, { scanner, disarmer }))
    .join('')
  return neutral + disarmer.read(scanner.end())
}

interface Tools {
  readonly scanner: MarkerScanner
  readonly disarmer: Disarmer
}

/** Neutralizes the scanner's pieces of a line; the first ones may come from the previous line. */
function neutralizeLine(line: string, { scanner, disarmer }: Tools): string {
  const heading = SOURCE_HEADING.exec(line)
  if (!heading) return disarmer.read(scanner.push(line))
  const [whole, word = '', number = ''] = heading
  const before = scanner.push(whole)
  if (scanner.inLiteral()) return disarmer.read([...before, ...scanner.push(line.slice(whole.length))])
  const pending = disarmer.read(before)
  const shown = pending.endsWith(whole) ? `${pending.slice(0, -whole.length)}${word} (${number}):` : pending
  return shown + disarmer.read(scanner.push(line.slice(whole.length)))
}

/** Neutralizes the pieces of one text, in order. */
interface Disarmer {
  /** Returns the next pieces as text. */
  read(pieces: readonly ScannedPiece[]): string
}

function createDisarmer(stays: Stays): Disarmer {
  let at = 0
  return {
    read: (pieces) =>
      pieces
        .map(({ kind, text }) => {
          const start = at
          at += text.length
          if (kind === 'text') return text.replace(LOOKALIKE, disarm)
          return stays({ start, end: at }) ? text : `(${insideMarker(text)})`
        })
        .join(''),
  }
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
