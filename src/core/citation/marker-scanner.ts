import { CLOSING_BRACKETS, isMarkerChar, MAX_MARKER_CHARS, parseMarkerNumbers } from '../marker-syntax.ts'

/** A run of the answer: plain text, or one citation marker with the numbers it names. */
export type ScannedPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'marker'; readonly text: string; readonly numbers: readonly number[] }

/** Finds citation markers in a text that comes in pieces. */
export interface MarkerScanner {
  /** Takes the next piece if it is plain text as it stands, the usual case; otherwise takes nothing. */
  passes(delta: string): boolean
  /** Takes the next piece, and gives what is certain by now. */
  push(delta: string): readonly ScannedPiece[]
  /** Takes the end of the text, and gives what was held back. */
  end(): readonly ScannedPiece[]
}

/** Longest text between a marker inside of other brackets and their end that is waited for, in UTF-16 code units. */
export const MAX_LINK_TEXT_CHARS = 256

// A piece of prose without one of these stays prose.
const SPECIAL = /[[\]【［`~\\\n]/u

// What may stand before a fence: it may be indented, and be in a list or a quote.
const BEFORE_FENCE = /^[ \t>*+\-.)0-9]*$/u

/** How Markdown reads the next character. */
type Mode =
  | { readonly kind: 'prose' }
  | { readonly kind: 'code'; readonly ticks: number }
  | { readonly kind: 'fence'; readonly char: string; readonly length: number; onFirstLine: boolean }
  | { readonly kind: 'destination'; depth: number }
  | { readonly kind: 'label' }

const PROSE: Mode = { kind: 'prose' }

/**
 * Recognises `[1]`, `[1, 2]`, `[1-3]`, `[1][2]`, `【1】` and `［1］`, and leaves alone what Markdown reads otherwise:
 * code, links (`[1](…)`, `[text][1]`, `[see [1]](…)`), definitions (`[1]: …`), footnotes (`[^1]`) and escapes (`\[1]`).
 * Code that no backtick closes ends with its line, so that one stray backtick costs no more than that.
 *
 * What it finds depends on the text alone and never on where it was cut. It holds back at most
 * {@link MAX_MARKER_CHARS} code units, and {@link MAX_LINK_TEXT_CHARS} more after a marker that stands in other
 * brackets, which may turn out to be a link. Time is linear in the text.
 */
export function createMarkerScanner(): MarkerScanner {
  let mode: Mode = PROSE
  // Spaces since the line began; -1 after anything else.
  let indent = 0
  // Whether a fence may follow what came since the line began.
  let mayFence = true
  // Backticks or tildes in a row, up to now.
  let run = { char: '', length: 0, opensLine: false }
  let escaped = false
  // Open brackets of the line that are no markers, and whether one of them was closed just now.
  let depth = 0
  let groupClosed = false
  // A bracket that may become a marker; with its numbers once it is complete and waits for what follows it.
  let held = { text: '', opensLine: false, numbers: EMPTY }
  // What came since a marker inside of other brackets: should they be a link, it is no citation.
  let nested: { pieces: ScannedPiece[]; chars: number } | undefined
  let pieces: ScannedPiece[] = []
  let text = ''

  function step(char: string): void {
    if (nested && ++nested.chars > MAX_LINK_TEXT_CHARS) leaveBrackets()
    if (run.length > 0 && char !== run.char) endRun(char)
    if (held.text !== '' && extendHeld(char)) return track(char)
    read(char)
    track(char)
  }

  function track(text: string): void {
    indent = indent >= 0 && /^ *$/u.test(text) ? indent + text.length : -1
    mayFence &&= BEFORE_FENCE.test(text)
    if (text === '\n') [indent, mayFence] = [0, true]
  }

  function read(char: string): void {
    if (char === '\n') leaveLine()
    if (mode.kind === 'prose') return readProse(char)
    text += char
    if (mode.kind === 'destination') readDestination(mode, char)
    else if (mode.kind === 'label') mode = char === ']' ? PROSE : mode
    else if (char === '`' || char === '~') readTick(mode, char)
  }

  function readProse(char: string): void {
    const afterGroup = groupClosed
    groupClosed = false
    if (escaped) {
      escaped = false
      text += char
    } else if (afterGroup && (char === '(' || char === '[')) enterLink(char)
    else {
      if (afterGroup && depth === 0) leaveBrackets()
      if (CLOSING_BRACKETS.has(char)) held = { text: char, opensLine: indent >= 0 && indent <= 3, numbers: EMPTY }
      else readPlain(char)
    }
  }

  function readPlain(char: string): void {
    text += char
    escaped = char === '\\'
    groupClosed = char === ']' && depth > 0
    if (groupClosed) depth -= 1
    if (char === '`' || char === '~') extendRun(char)
  }

  /** Takes `char` into the held bracket; otherwise settles the bracket, and `char` is read like the rest. */
  function extendHeld(char: string): boolean {
    if (held.numbers.length > 0) {
      settleMarker(char)
      return false
    }
    const closing = CLOSING_BRACKETS.get(held.text.charAt(0))
    const numbers = char === closing ? parseMarkerNumbers(held.text.slice(1)) : undefined
    if (!numbers && !(isMarkerChar(char) && held.text.length < MAX_MARKER_CHARS)) {
      releaseHeld()
      return false
    }
    held = { ...held, text: held.text + char, numbers: numbers ?? EMPTY }
    // Only the plain bracket has another meaning that depends on what follows.
    if (numbers && closing !== ']') emitMarker()
    return true
  }

  function settleMarker(next: string): void {
    if (next === '(') {
      takeHeld()
      mode = { kind: 'destination', depth: 0 }
    } else if (next === ':' && held.opensLine) takeHeld()
    else emitMarker()
  }

  function releaseHeld(): void {
    if (held.text.startsWith('[')) depth += 1
    takeHeld()
  }

  function takeHeld(): void {
    text += held.text
    held = { ...held, text: '', numbers: EMPTY }
  }

  function emitMarker(): void {
    flushText()
    if (depth > 0) nested ??= { pieces: [], chars: 0 }
    sink().push({ kind: 'marker', text: held.text, numbers: held.numbers })
    held = { ...held, text: '', numbers: EMPTY }
  }

  function enterLink(char: string): void {
    text += char
    mode = char === '(' ? { kind: 'destination', depth: 1 } : { kind: 'label' }
    if (!nested) return
    const linkText = nested.pieces.map((piece) => piece.text).join('')
    nested = undefined
    text = linkText + text
  }

  /** What stands in brackets is no link: its markers are citations. */
  function leaveBrackets(): void {
    depth = 0
    if (!nested) return
    flushText()
    pieces.push(...nested.pieces)
    nested = undefined
  }

  function leaveLine(): void {
    leaveBrackets()
    groupClosed = false
    if (mode.kind === 'fence') mode.onFirstLine = false
    else mode = PROSE
  }

  function readDestination(destination: Extract<Mode, { kind: 'destination' }>, char: string): void {
    if (char === '(') destination.depth += 1
    if (char === ')') destination.depth -= 1
    if (destination.depth === 0) mode = PROSE
  }

  function readTick(block: Mode, char: string): void {
    // No backtick follows a fence of backticks on its line: this one is code that began with the line.
    if (block.kind === 'fence' && block.onFirstLine && char === '`' && block.char === '`') {
      mode = { kind: 'code', ticks: block.length }
    }
    extendRun(char)
  }

  function extendRun(char: string): void {
    if (run.length === 0) run = { char, length: 0, opensLine: mayFence }
    run.length += 1
  }

  function endRun(next: string): void {
    const { char, length, opensLine } = run
    run = { ...run, length: 0 }
    if (mode.kind === 'prose') {
      if (opensLine && length >= 3) mode = { kind: 'fence', char, length, onFirstLine: true }
      else if (char === '`') mode = { kind: 'code', ticks: length }
    } else if (mode.kind === 'code') {
      if (char === '`' && length === mode.ticks) mode = PROSE
    } else if (mode.kind === 'fence') {
      const closes = opensLine && char === mode.char && length >= mode.length && /\s/u.test(next)
      if (closes) mode = PROSE
    }
  }

  function sink(): ScannedPiece[] {
    return nested ? nested.pieces : pieces
  }

  function flushText(): void {
    if (text !== '') sink().push({ kind: 'text', text })
    text = ''
  }

  function takePieces(): readonly ScannedPiece[] {
    flushText()
    const taken = pieces
    pieces = []
    return taken
  }

  function isPlain(delta: string): boolean {
    const settled = mode.kind === 'prose' && held.text === '' && run.length === 0 && !nested
    return settled && !groupClosed && !escaped && !SPECIAL.test(delta)
  }

  function passes(delta: string): boolean {
    if (!isPlain(delta)) return false
    track(delta)
    return true
  }

  return {
    passes,
    push(delta) {
      if (passes(delta)) text += delta
      else for (let index = 0; index < delta.length; index++) step(delta.charAt(index))
      return takePieces()
    },
    end() {
      if (held.numbers.length > 0) emitMarker()
      else takeHeld()
      leaveBrackets()
      return takePieces()
    },
  }
}

const EMPTY: readonly number[] = []
