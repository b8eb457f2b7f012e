import { endsLiteral, endsUrl, modeAfterLine, PROSE, type Mode } from './literal-mode.ts'
import { codeBeforeBracket, disprovesFormula, MAX_CONTEXT_CHARS } from './marker-context.ts'
import { CLOSING_BRACKETS, MAX_MARKER_CHARS, mayBecomeMarker, parseMarker } from './marker-syntax.ts'
import { createMarkdownLines } from './markdown-lines.ts'
import { createTexCommands, type FormulaEdge } from './tex-commands.ts'
import { createUndecidedMarkers, type Region, type ScannedPiece } from './undecided-markers.ts'

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
  const lines = createMarkdownLines()
  const undecided = createUndecidedMarkers()
  const tex = createTexCommands()
  let mode: Mode = PROSE
  // The end of the text so far, the length of the text, and plain pieces that are not yet in `recent`.
  let recent = ''
  let length = 0
  const passed: string[] = []
  let passedCount = 0
  // Start of the text that decides if a bracket belongs to code.
  let contextStart = 0
  // The current run of backticks, tildes or dollar signs.
  let run = { char: '', length: 0, opensLine: false, before: '' }
  // True if the previous character closed a bracket that may be the text of a link.
  let groupClosed = false
  // A bracket that may become a marker; it has numbers once it is complete and only the next character is missing.
  let held = { text: '', opensLine: false, numbers: EMPTY }
  let text = ''
  let plain = false

  function takePassed(): void {
    if (passedCount === 0) return
    const first = Math.max(0, passedCount - MAX_CONTEXT_CHARS)
    for (let index = first; index < passedCount; index++) recent += passed[index % MAX_CONTEXT_CHARS] ?? ''
    recent = recent.slice(-MAX_CONTEXT_CHARS)
    passedCount = 0
  }

  /** Reads a piece: plain text at once, other text character by character. */
  function readPiece(delta: string): void {
    takePassed()
    for (let index = 0; index < delta.length;) {
      const end = isPlain() ? endOfPlain(delta, index) : index
      if (end > index) takePlain(delta.slice(index, end))
      else step(delta.charAt(index))
      index = Math.max(end, index + 1)
    }
  }

  function takePlain(part: string): void {
    text += part
    recent = (recent + part).slice(-MAX_CONTEXT_CHARS)
    length += part.length
  }

  function step(char: string): void {
    if (undecided.count()) decideAll()
    const opensLine = lines.inHead
    lines.take(char)
    if (lines.isCode && mode.kind === 'prose') mode = { kind: 'indented' }
    if (run.length > 0 && char !== run.char) endRun(char)
    if (held.text === '' || !extendHeld(char)) read(char, opensLine)
    recent += char
    length += 1
    if (recent.length > 2 * MAX_CONTEXT_CHARS) recent = recent.slice(-MAX_CONTEXT_CHARS)
    if (char === '\n') contextStart = length
  }

  /** Returns the text since a position, at most `MAX_CONTEXT_CHARS` of it. */
  function textSince(position: number): string {
    const count = Math.min(length - position, MAX_CONTEXT_CHARS)
    return count <= 0 ? '' : recent.slice(-count)
  }

  function read(char: string, opensLine: boolean): void {
    if (char === '\n') leaveLine()
    if (mode.kind === 'url' && (endsUrl(char, recent.slice(-1)) || closesGroup(char))) mode = PROSE
    if (mode.kind === 'prose') return readProse(char, opensLine)
    text += char
    if (endsLiteral(mode, char)) leaveLiteral()
    else if (char === '`' || char === '~') readTick(mode, char, opensLine)
  }

  function readProse(char: string, opensLine: boolean): void {
    const afterGroup = groupClosed
    groupClosed = false
    const escaped = tex.isEscaped()
    const edge = tex.take(char)
    if (edge) takeEdge(edge)
    if (escaped) {
      text += char
      return
    }
    if (afterGroup) {
      const link = char === '(' || char === '['
      const group = undecided.find(']')
      if (group && link) return enterLink(group, char)
      if (group) settle(group, false)
    }
    if (CLOSING_BRACKETS.has(char)) openBracket(char, opensLine)
    else readPlain(char, opensLine)
  }

  function openBracket(char: string, opensLine: boolean): void {
    const code = char === '[' ? codeBeforeBracket(textSince(contextStart)) : undefined
    if (code) enterArray(char, code === 'array')
    else held = { text: char, opensLine: opensLine && (lines.indent ?? Infinity) <= 3, numbers: EMPTY }
  }

  function enterArray(opening: string, ofManyLines: boolean): void {
    text += opening
    mode = { kind: 'array', depth: 1, ofManyLines }
  }

  function readPlain(char: string, opensLine: boolean): void {
    text += char
    groupClosed = closesGroup(char)
    if (char === '`' || char === '~' || char === '$') extendRun(char, opensLine)
    if (char === '/' && URL_SCHEME.test(recent.slice(-MAX_SCHEME_CHARS))) mode = { kind: 'url' }
  }

  function closesGroup(char: string): boolean {
    return char === ']' && undecided.find(']') !== undefined
  }

  // The character that opens or closes it is not part of `length` yet.
  function takeEdge({ type, close }: FormulaEdge): void {
    const formula = undecided.find(close)
    if (type === 'opens') undecided.open({ close, start: length + 1, certain: true })
    else if (formula) {
      settle(formula, true)
      contextStart = length + 1
    }
  }

  function settle(region: Region, asText: boolean): void {
    flushText()
    if (asText) undecided.readAsText(region)
    else undecided.dropFrom(region)
  }

  /** Adds `char` to the held bracket; if it does not fit, decides the bracket and returns false. */
  function extendHeld(char: string): boolean {
    if (held.numbers.length > 0) {
      settleMarker(char)
      return false
    }
    const longer = held.text + char
    const closing = CLOSING_BRACKETS.get(longer.charAt(0))
    const numbers = char === closing ? parseMarker(longer) : undefined
    if (!numbers && !(longer.length <= MAX_MARKER_CHARS && mayBecomeMarker(longer))) {
      if (held.text.startsWith('[[')) return releaseOuter(char)
      releaseHeld(char)
      return false
    }
    held = { ...held, text: longer, numbers: numbers ?? EMPTY }
    // Only a `[` bracket needs the next character, which may make it a link or a definition.
    if (numbers && closing !== ']') emitMarker(length + 1)
    return true
  }

  /** Decides that the first bracket of `[[1` is text, and continues with the second one. */
  function releaseOuter(char: string): boolean {
    const inner = held.text.slice(1)
    text += '['
    undecided.open({ close: ']', start: length - inner.length, certain: false })
    held = { text: inner, opensLine: false, numbers: parseMarker(inner) ?? EMPTY }
    return extendHeld(char)
  }

  function settleMarker(next: string): void {
    if (next === '(') {
      takeHeld()
      mode = { kind: 'destination', depth: 0 }
    } else if (next === ':' && held.opensLine) takeHeld()
    else emitMarker(length)
  }

  function releaseHeld(next: string): void {
    const opening = held.text
    takeHeld()
    if (!opening.startsWith('[')) return
    // An opening bracket alone at the end of a line begins an array.
    if (/^\[\s*$/u.test(opening) && /[\r\n]/u.test(next)) mode = { kind: 'array', depth: 1, ofManyLines: true }
    else undecided.open({ close: ']', start: length - opening.length + 1, certain: false })
  }

  /** Ends the text in a held bracket: `[[1]` has a marker behind its first bracket. */
  function endHeld(): void {
    const inner = held.text.startsWith('[[') ? parseMarker(held.text.slice(1)) : undefined
    if (!inner) return takeHeld()
    text += '['
    held = { text: held.text.slice(1), opensLine: false, numbers: inner }
    emitMarker(length)
  }

  function takeHeld(): void {
    text += held.text
    held = { text: '', opensLine: false, numbers: EMPTY }
  }

  function emitMarker(end: number): void {
    flushText()
    dropDisproved(end - held.text.length)
    undecided.put({ kind: 'marker', text: held.text, numbers: held.numbers })
    held = { text: '', opensLine: false, numbers: EMPTY }
    contextStart = end
  }

  /** Closes regions if the text before a marker shows that they are not formulas. */
  function dropDisproved(start: number): void {
    undecided.keepOnly(({ close, start: from }) => {
      if (close === ']' || length - from > MAX_CONTEXT_CHARS) return true
      return !disprovesFormula(close, textSince(from).slice(0, Math.max(0, start - from)))
    })
  }

  function enterLink(group: Region, char: string): void {
    settle(group, true)
    text += char
    mode = char === '(' ? { kind: 'destination', depth: 1 } : { kind: 'label' }
  }

  function decideAll(): void {
    flushText()
    const close = undecided.decide()
    if (close !== undefined && mode.kind === 'prose') mode = { kind: 'formula', close, matched: 0 }
  }

  function leaveLine(): void {
    flushText()
    const endsParagraph = lines.afterBlank
    undecided.keepOnly(({ close }) => !endsParagraph && close !== ']' && close !== '$')
    groupClosed = false
    tex.endLine()
    mode = modeAfterLine(mode, endsParagraph)
  }

  /** Returns to prose. Only after an array, the text before matters for the next bracket: `a[0][1]`. */
  function leaveLiteral(): void {
    if (mode.kind !== 'array') contextStart = length + 1
    mode = PROSE
  }

  function readTick(block: Mode, char: string, opensLine: boolean): void {
    // The first line of a backtick fence has no other backtick, so this is inline code at the start of a line.
    if (block.kind === 'fence' && block.onFirstLine && char === '`' && block.char === '`') {
      mode = { kind: 'code', ticks: block.length }
    }
    extendRun(char, opensLine)
  }

  function extendRun(char: string, opensLine: boolean): void {
    if (run.length === 0) run = { char, length: 0, opensLine, before: recent.slice(-1) }
    run.length += 1
  }

  function endRun(next: string): void {
    const ended = run
    run = { ...run, length: 0 }
    if (mode.kind === 'prose') {
      if (ended.char === '$') return readDollars(ended, next)
      if (ended.opensLine && ended.length >= 3) {
        mode = { kind: 'fence', char: ended.char, length: ended.length, onFirstLine: true }
      } else if (ended.char === '`') mode = { kind: 'code', ticks: ended.length }
    } else if (mode.kind === 'code') {
      if (ended.char === '`' && ended.length === mode.ticks) endCode()
    } else if (mode.kind === 'fence') {
      const closes = ended.opensLine && ended.char === mode.char && ended.length >= mode.length && /\s/u.test(next)
      if (closes) endCode()
    }
  }

  // The character after the code is not counted in `length` yet.
  function endCode(): void {
    mode = PROSE
    contextStart = length
  }

  function readDollars({ length: count, before, opensLine }: typeof run, next: string): void {
    if (count > 2) return
    const close = '$'.repeat(count)
    const formula = undecided.find(close)
    const ends = count === 2 || !(/^\s?$/u.test(before) || /[0-9]/u.test(next))
    if (formula) settle(formula, ends)
    if (formula && ends) contextStart = length
    else if (count === 2 || !(/^\s?$/u.test(next) || /[a-z0-9]/iu.test(before))) {
      undecided.open({ close, start: length, certain: count === 2 && opensLine })
    }
  }

  function flushText(): void {
    if (text !== '') undecided.put({ kind: 'text', text })
    text = ''
  }

  function takePieces(): readonly ScannedPiece[] {
    flushText()
    plain = isPlain()
    return undecided.take()
  }

  /** Returns true if a character that is not special can only be plain text. */
  function isPlain(): boolean {
    const isOpen = held.text !== '' || run.length > 0 || undecided.isHolding() || lines.inHead
    return mode.kind === 'prose' && !isOpen && !groupClosed && !tex.isPending()
  }

  function passes(delta: string): boolean {
    if (!plain || SPECIAL.test(delta)) return false
    length += delta.length
    // Pieces are kept in a ring, because appending each to a string costs more.
    passed[passedCount++ % MAX_CONTEXT_CHARS] = delta
    return true
  }

  return {
    passes,
    push(delta) {
      if (passes(delta)) text += delta
      else readPiece(delta)
      return takePieces()
    },
    end() {
      if (run.length > 0) endRun('')
      if (held.numbers.length > 0) emitMarker(length)
      else endHeld()
      flushText()
      undecided.keepOnly(() => false)
      return takePieces()
    },
    inLiteral: () => mode.kind !== 'prose',
  }
}

const EMPTY: readonly number[] = []
