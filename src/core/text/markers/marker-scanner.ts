import { endsLiteral, endsUrl, modeAfterLine, PROSE } from './literal-mode.ts'
import { codeBeforeBracket, disprovesFormula, MAX_CONTEXT_CHARS } from './marker-context.ts'
import { CLOSING_BRACKETS, MAX_MARKER_CHARS, mayBecomeMarker, parseMarker } from './marker-syntax.ts'
import { beginScan, NO_NUMBERS, NO_RUN, NOTHING_HELD, type Run, type Scan } from './scan-state.ts'
import type { FormulaEdge } from './tex-commands.ts'
import type { Region, ScannedPiece } from './undecided-markers.ts'

/** Finds citation markers in a text that arrives in pieces. */
export interface MarkerScanner {
  /** Accepts the next piece if it is certainly plain text, the usual case; else returns false and reads nothing. */
  passes(delta: string): boolean
  /** Reads the next piece; returns the parts that are decided. */
  push(delta: string): readonly ScannedPiece[]
  /** Ends the text; returns the held parts. */
  end(): readonly ScannedPiece[]
  /** Returns true if the text so far ends in code, a formula, or another place that has no markers. */
  inLiteral(): boolean
}

// A piece of prose without one of these stays prose.
const SPECIAL = /[[\]【［`~$\\\n/]/u

const NEXT_SPECIAL = new RegExp(SPECIAL, 'gu')

/** Returns the position of the next special character from `start` on, or the end of the text. */
function endOfPlain(text: string, start: number): number {
  NEXT_SPECIAL.lastIndex = start
  return NEXT_SPECIAL.exec(text)?.index ?? text.length
}

// Up to the first slash; the second one is the character that is read.
const URL_SCHEME = /[a-z][a-z0-9+.-]+:\/$/iu
const MAX_SCHEME_CHARS = 16

/**
 * Recognises `[1]`, `[1, 2]`, `[1-3]`, `[1][2]`, `[[1]]`, `【1】`, `［1］`, `[^1]`, `【1†source】`, and numbers with a word, such as
 * `[Source 1]`, `[1 and 2]`, `[citation:1]` and `[1, p. 3]`. It ignores brackets with another meaning: code, even
 * without a fence (`a[1]`, `x = [1, 2]`), JSON, formulas, URLs, links (`[1](…)`, `[text][1]`, `[see [1]](…)`), definitions
 * (`[1]: …`, `[^1]: …`) and escapes (`\[1]`). An unclosed construct ends with its line or its paragraph.
 *
 * The result does not depend on the cuts between the pieces. It holds at most {@link MAX_MARKER_CHARS} code units, and
 * `MAX_UNDECIDED_CHARS` more after a marker that may be in a link or a formula. Time is linear in the text.
 */
export function createMarkerScanner(): MarkerScanner {
  const scanner: OpenScanner = { scan: beginScan(), passes, push, end, inLiteral }
  return scanner
}

/** A scanner with its state. Its functions are shared by all open streams. */
interface OpenScanner extends MarkerScanner {
  readonly scan: Scan
}

function passes(this: OpenScanner, delta: string): boolean {
  return takeIfPlain(this.scan, delta)
}

function push(this: OpenScanner, delta: string): readonly ScannedPiece[] {
  const { scan } = this
  if (takeIfPlain(scan, delta)) scan.text += delta
  else readPiece(scan, delta)
  return takePieces(scan)
}

function end(this: OpenScanner): readonly ScannedPiece[] {
  const { scan } = this
  if (scan.run.length > 0) endRun(scan, '')
  if (scan.held.numbers.length > 0) emitMarker(scan, scan.length)
  else endHeld(scan)
  flushText(scan)
  scan.undecided.keepOnly(() => false)
  return takePieces(scan)
}

function inLiteral(this: OpenScanner): boolean {
  return this.scan.mode.kind !== 'prose'
}

function takePassed(scan: Scan): void {
  if (scan.passedCount === 0) return
  const first = Math.max(0, scan.passedCount - MAX_CONTEXT_CHARS)
  for (let index = first; index < scan.passedCount; index++) scan.recent += scan.passed[index % MAX_CONTEXT_CHARS] ?? ''
  scan.recent = scan.recent.slice(-MAX_CONTEXT_CHARS)
  scan.passedCount = 0
}

/** Reads a piece: plain text at once, other text character by character. */
function readPiece(scan: Scan, delta: string): void {
  takePassed(scan)
  for (let index = 0; index < delta.length;) {
    const end = isPlain(scan) ? endOfPlain(delta, index) : index
    if (end > index) takePlain(scan, delta.slice(index, end))
    else step(scan, delta.charAt(index))
    index = Math.max(end, index + 1)
  }
}

function takePlain(scan: Scan, part: string): void {
  scan.text += part
  scan.recent += part
  scan.length += part.length
  trimRecent(scan)
}

/** Keeps the end of the text. A cut copies it, so there is none for each character. */
function trimRecent(scan: Scan): void {
  if (scan.recent.length > 2 * MAX_CONTEXT_CHARS) scan.recent = scan.recent.slice(-MAX_CONTEXT_CHARS)
}

function step(scan: Scan, char: string): void {
  if (scan.undecided.count()) decideAll(scan)
  const opensLine = scan.lines.inHead
  scan.lines.take(char)
  if (scan.lines.isCode && scan.mode.kind === 'prose') scan.mode = { kind: 'indented' }
  if (scan.run.length > 0 && char !== scan.run.char) endRun(scan, char)
  if (scan.held.text === '' || !extendHeld(scan, char)) read(scan, char, opensLine)
  scan.recent += char
  scan.length += 1
  trimRecent(scan)
  if (char === '\n') scan.contextStart = scan.length
}

/** Returns the text since a position, at most `MAX_CONTEXT_CHARS` of it. */
function textSince(scan: Scan, position: number): string {
  const count = Math.min(scan.length - position, MAX_CONTEXT_CHARS)
  return count <= 0 ? '' : scan.recent.slice(-count)
}

function read(scan: Scan, char: string, opensLine: boolean): void {
  if (char === '\n') leaveLine(scan)
  if (scan.mode.kind === 'url' && (endsUrl(char, scan.recent.slice(-1)) || closesGroup(scan, char))) scan.mode = PROSE
  if (scan.mode.kind === 'prose') return readProse(scan, char, opensLine)
  scan.text += char
  if (endsLiteral(scan.mode, char)) leaveLiteral(scan)
  else if (char === '`' || char === '~') readTick(scan, char, opensLine)
}

function readProse(scan: Scan, char: string, opensLine: boolean): void {
  const afterGroup = scan.groupClosed
  scan.groupClosed = false
  const escaped = scan.tex.isEscaped()
  const edge = scan.tex.take(char)
  if (edge) takeEdge(scan, edge)
  if (escaped) {
    scan.text += char
    return
  }
  if (afterGroup) {
    const link = char === '(' || char === '['
    const group = scan.undecided.find(']')
    if (group && link) return enterLink(scan, group, char)
    if (group) settle(scan, group, false)
  }
  if (CLOSING_BRACKETS.has(char)) openBracket(scan, char, opensLine)
  else readPlain(scan, char, opensLine)
}

function openBracket(scan: Scan, char: string, opensLine: boolean): void {
  const code = char === '[' ? codeBeforeBracket(textSince(scan, scan.contextStart)) : undefined
  if (code) enterArray(scan, char, code === 'array')
  else scan.held = { text: char, opensLine: opensLine && (scan.lines.indent ?? Infinity) <= 3, numbers: NO_NUMBERS }
}

function enterArray(scan: Scan, opening: string, ofManyLines: boolean): void {
  scan.text += opening
  scan.mode = { kind: 'array', depth: 1, ofManyLines }
}

function readPlain(scan: Scan, char: string, opensLine: boolean): void {
  scan.text += char
  scan.groupClosed = closesGroup(scan, char)
  if (char === '`' || char === '~' || char === '$') extendRun(scan, char, opensLine)
  if (char === '/' && URL_SCHEME.test(scan.recent.slice(-MAX_SCHEME_CHARS))) scan.mode = { kind: 'url' }
}

function closesGroup(scan: Scan, char: string): boolean {
  return char === ']' && scan.undecided.find(']') !== undefined
}

// The character that opens or closes it is not part of `length` yet.
function takeEdge(scan: Scan, { type, close }: FormulaEdge): void {
  const formula = scan.undecided.find(close)
  if (type === 'opens') scan.undecided.open({ close, start: scan.length + 1, certain: true })
  else if (formula) {
    settle(scan, formula, true)
    scan.contextStart = scan.length + 1
  }
}

function settle(scan: Scan, region: Region, asText: boolean): void {
  flushText(scan)
  if (asText) scan.undecided.readAsText(region)
  else scan.undecided.dropFrom(region)
}

/** Adds `char` to the held bracket; if it does not fit, decides the bracket and returns false. */
function extendHeld(scan: Scan, char: string): boolean {
  if (scan.held.numbers.length > 0) {
    settleMarker(scan, char)
    return false
  }
  const longer = scan.held.text + char
  const closing = CLOSING_BRACKETS.get(longer.charAt(0))
  const numbers = char === closing ? parseMarker(longer) : undefined
  if (!numbers && !(longer.length <= MAX_MARKER_CHARS && mayBecomeMarker(longer))) {
    if (scan.held.text.startsWith('[[')) return releaseOuter(scan, char)
    releaseHeld(scan, char)
    return false
  }
  scan.held = { ...scan.held, text: longer, numbers: numbers ?? NO_NUMBERS }
  // Only a `[` bracket needs the next character, which may make it a link or a definition.
  if (numbers && closing !== ']') emitMarker(scan, scan.length + 1)
  return true
}

/** Decides that the first bracket of `[[1` is text, and continues with the second one. */
function releaseOuter(scan: Scan, char: string): boolean {
  const inner = scan.held.text.slice(1)
  scan.text += '['
  scan.undecided.open({ close: ']', start: scan.length - inner.length, certain: false })
  scan.held = { text: inner, opensLine: false, numbers: parseMarker(inner) ?? NO_NUMBERS }
  return extendHeld(scan, char)
}

function settleMarker(scan: Scan, next: string): void {
  if (next === '(') {
    takeHeld(scan)
    scan.mode = { kind: 'destination', depth: 0 }
  } else if (next === ':' && scan.held.opensLine) takeHeld(scan)
  else emitMarker(scan, scan.length)
}

function releaseHeld(scan: Scan, next: string): void {
  const opening = scan.held.text
  takeHeld(scan)
  if (!opening.startsWith('[')) return
  // An opening bracket alone at the end of a line begins an array.
  if (/^\[\s*$/u.test(opening) && /[\r\n]/u.test(next)) scan.mode = { kind: 'array', depth: 1, ofManyLines: true }
  else scan.undecided.open({ close: ']', start: scan.length - opening.length + 1, certain: false })
}

/** Ends the text in a held bracket: `[[1]` has a marker behind its first bracket. */
function endHeld(scan: Scan): void {
  const inner = scan.held.text.startsWith('[[') ? parseMarker(scan.held.text.slice(1)) : undefined
  if (!inner) return takeHeld(scan)
  scan.text += '['
  scan.held = { text: scan.held.text.slice(1), opensLine: false, numbers: inner }
  emitMarker(scan, scan.length)
}

function takeHeld(scan: Scan): void {
  scan.text += scan.held.text
  scan.held = NOTHING_HELD
}

function emitMarker(scan: Scan, end: number): void {
  flushText(scan)
  dropDisproved(scan, end - scan.held.text.length)
  scan.undecided.put({ kind: 'marker', text: scan.held.text, numbers: scan.held.numbers })
  scan.held = NOTHING_HELD
  scan.contextStart = end
}

/** Closes regions if the text before a marker shows that they are not formulas. */
function dropDisproved(scan: Scan, start: number): void {
  scan.undecided.keepOnly(({ close, start: from }) => {
    if (close === ']' || scan.length - from > MAX_CONTEXT_CHARS) return true
    return !disprovesFormula(close, textSince(scan, from).slice(0, Math.max(0, start - from)))
  })
}

function enterLink(scan: Scan, group: Region, char: string): void {
  settle(scan, group, true)
  scan.text += char
  scan.mode = char === '(' ? { kind: 'destination', depth: 1 } : { kind: 'label' }
}

function decideAll(scan: Scan): void {
  flushText(scan)
  const close = scan.undecided.decide()
  if (close !== undefined && scan.mode.kind === 'prose') scan.mode = { kind: 'formula', close, matched: 0 }
}

function leaveLine(scan: Scan): void {
  flushText(scan)
  const endsParagraph = scan.lines.afterBlank
  scan.undecided.keepOnly(({ close }) => !endsParagraph && close !== ']' && close !== '$')
  scan.groupClosed = false
  scan.tex.endLine()
  scan.mode = modeAfterLine(scan.mode, endsParagraph)
}

/** Returns to prose. Only after an array, the text before matters for the next bracket: `a[0][1]`. */
function leaveLiteral(scan: Scan): void {
  if (scan.mode.kind !== 'array') scan.contextStart = scan.length + 1
  scan.mode = PROSE
}

function readTick(scan: Scan, char: string, opensLine: boolean): void {
  const block = scan.mode
  // The first line of a backtick fence has no other backtick, so this is inline code at the start of a line.
  if (block.kind === 'fence' && block.onFirstLine && char === '`' && block.char === '`') {
    scan.mode = { kind: 'code', ticks: block.length }
  }
  extendRun(scan, char, opensLine)
}

function extendRun(scan: Scan, char: string, opensLine: boolean): void {
  if (scan.run.length === 0) scan.run = { char, length: 0, opensLine, before: scan.recent.slice(-1) }
  scan.run.length += 1
}

function endRun(scan: Scan, next: string): void {
  const ended = scan.run
  scan.run = NO_RUN
  if (scan.mode.kind === 'prose') {
    if (ended.char === '$') return readDollars(scan, ended, next)
    if (ended.opensLine && ended.length >= 3) {
      scan.mode = { kind: 'fence', char: ended.char, length: ended.length, onFirstLine: true }
    } else if (ended.char === '`') scan.mode = { kind: 'code', ticks: ended.length }
  } else if (scan.mode.kind === 'code') {
    if (ended.char === '`' && ended.length === scan.mode.ticks) endCode(scan)
  } else if (scan.mode.kind === 'fence') {
    const closes =
      ended.opensLine && ended.char === scan.mode.char && ended.length >= scan.mode.length && /\s/u.test(next)
    if (closes) endCode(scan)
  }
}

// The character after the code is not counted in `length` yet.
function endCode(scan: Scan): void {
  scan.mode = PROSE
  scan.contextStart = scan.length
}

function readDollars(scan: Scan, { length: count, before, opensLine }: Run, next: string): void {
  if (count > 2) return
  const close = '$'.repeat(count)
  const formula = scan.undecided.find(close)
  const ends = count === 2 || !(/^\s?$/u.test(before) || /[0-9]/u.test(next))
  if (formula) settle(scan, formula, ends)
  if (formula && ends) scan.contextStart = scan.length
  else if (count === 2 || !(/^\s?$/u.test(next) || /[a-z0-9]/iu.test(before))) {
    scan.undecided.open({ close, start: scan.length, certain: count === 2 && opensLine })
  }
}

function flushText(scan: Scan): void {
  if (scan.text !== '') scan.undecided.put({ kind: 'text', text: scan.text })
  scan.text = ''
}

function takePieces(scan: Scan): readonly ScannedPiece[] {
  flushText(scan)
  scan.plain = isPlain(scan)
  return scan.undecided.take()
}

/** Returns true if a character that is not special can only be plain text. */
function isPlain(scan: Scan): boolean {
  const isOpen = scan.held.text !== '' || scan.run.length > 0 || scan.undecided.isHolding() || scan.lines.inHead
  return scan.mode.kind === 'prose' && !isOpen && !scan.groupClosed && !scan.tex.isPending()
}

function takeIfPlain(scan: Scan, delta: string): boolean {
  if (!scan.plain || SPECIAL.test(delta)) return false
  scan.length += delta.length
  // Pieces are kept in a ring, because appending each to a string costs more.
  scan.passed[scan.passedCount++ % MAX_CONTEXT_CHARS] = delta
  return true
}
