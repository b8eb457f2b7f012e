import type { Citation, ClaimRange } from '../vocabulary/citations.ts'
import { endOfCharacter } from '../text/cut-text.ts'
import { splitSentences } from '../text/split-sentences.ts'
import { BREAK_TAG, createMarkPlace, MAX_TAG_CHARS } from './mark-place.ts'
import { splitClauses, type Clause, type Mark } from './split-clauses.ts'

/** A complete clause of the answer, with its citations. */
export interface Claim {
  /** Its position in the answer. */
  readonly range: ClaimRange
  /** The clause without its markers. */
  readonly text: string
  /** Its sentence without markers, if the clause is only a part of it. */
  readonly sentence?: string
  /** The citations of the clause. */
  readonly citations: readonly Citation[]
}

/** Assigns each citation to its clause, while the answer is written. */
export interface ClaimTracker {
  /** Adds text of the answer; returns the claims that it completes. */
  text(text: string): readonly Claim[]
  /** Adds a marker with its citations, if any; `text` is its form in the answer. */
  marker(text: string, citations: readonly Citation[]): void
  /** Ends the answer; returns the remaining claims. */
  end(): readonly Claim[]
}

/** Maximum length of a sentence, in UTF-16 code units. A longer one is cut, so that the time stays linear. */
const MAX_CLAIM_CHARS = 2_000
/** Growth of the text before it is scanned again, if no sentence in it was complete. */
const LOOK_AGAIN_FACTOR = 1.25

// A sentence is complete when one of these is followed by the first letter of the next one. Before that letter, text may
// still belong to it ("3.5", "U.S. law", a marker after the full stop).
const TERMINAL = /[\p{Sentence_Terminal}…]/u
const LETTER = /\p{L}/u
const ENDS_TERMINAL = /[\p{Sentence_Terminal}…]\P{L}*$/u

const NONE: readonly Claim[] = []

/** A tracker with its state. Its functions are shared by all open streams. */
interface CitedText extends ClaimTracker {
  readonly textOf: TextOf
  /** The length of the answer so far; kept only while no marker is open. */
  length: number
  /** The incomplete part of a line, without its markers; empty while no marker is open. */
  plain: string
  /** The position in the answer at which that part begins. */
  start: number
  /** The markers in `plain`. */
  marks: Mark[]
  terminalSeen: boolean
  decided: boolean
  /** The length at which the text is scanned for sentences again. */
  nextLookAt: number
  /** The first half of a surrogate pair. */
  half: string
}

/** Returns a part of the answer that the tracker has got. */
export type TextOf = (start: number, end: number) => string

/**
 * Creates the tracker of one answer. A marker belongs to its sentence; a marker after a full stop belongs to the sentence
 * before it, unless that has a marker at its other end. A line break ends a sentence. The result does not depend on the cuts
 * between the pieces.
 */
export function createClaimTracker(textOf: TextOf): ClaimTracker {
  const answer: CitedText = {
    textOf,
    length: 0,
    plain: '',
    start: 0,
    marks: [],
    terminalSeen: false,
    decided: false,
    nextLookAt: 0,
    half: '',
    text: addText,
    marker: addMarker,
    end,
  }
  return answer
}

function addText(this: CitedText, text: string): readonly Claim[] {
  return this.marks.length === 0 ? skip(this, text) : take(this, wholeCharacters(this, text))
}

function addMarker(this: CitedText, text: string, citations: readonly Citation[]): void {
  takeHalf(this)
  if (this.marks.length === 0) openSentence(this)
  this.marks.push({ at: this.plain.length, length: text.length, citations })
}

function end(this: CitedText): readonly Claim[] {
  takeHalf(this)
  return this.marks.length === 0 ? NONE : closeAll(this)
}

function take(answer: CitedText, text: string): readonly Claim[] {
  const claims: Claim[] = []
  let rest = text
  while (rest !== '' && answer.marks.length > 0) {
    const newline = rest.indexOf('\n')
    if (newline === 0) {
      claims.push(...closeAll(answer))
      answer.start += 1
      rest = rest.slice(1)
      continue
    }
    const line = newline === -1 ? rest : rest.slice(0, newline)
    const end = Math.min(decisionPoint(answer, line), MAX_CLAIM_CHARS - answer.plain.length)
    answer.plain += line.slice(0, end)
    rest = rest.slice(end)
    claims.push(...(answer.plain.length >= MAX_CLAIM_CHARS ? closeAll(answer) : closeFinished(answer)))
  }
  if (answer.marks.length === 0) leaveSentence(answer, rest)
  return claims
}

/** Continues without an open marker: the answer has the text. */
function leaveSentence(answer: CitedText, rest: string): void {
  answer.length = answer.start + answer.plain.length
  answer.plain = ''
  skip(answer, rest + answer.half)
  answer.half = ''
}

// A surrogate pair may arrive in two pieces, and an unpaired surrogate is no letter.
function wholeCharacters(answer: CitedText, text: string): string {
  const whole = answer.half + text
  const end = endOfCharacter(whole, whole.length)
  answer.half = whole.slice(end)
  return whole.slice(0, end)
}

function takeHalf(answer: CitedText): void {
  answer.plain += answer.half
  answer.half = ''
}

/** Returns the length of the text up to which no sentence is certainly complete. */
function decisionPoint(answer: CitedText, text: string): number {
  const terminal = answer.terminalSeen ? 0 : text.search(TERMINAL)
  answer.terminalSeen = terminal !== -1
  const letter = terminal === -1 ? null : LETTER.exec(text.slice(terminal))
  if (!letter) return text.length
  answer.terminalSeen = false
  answer.decided = true
  return terminal + letter.index + letter[0].length
}

/** Closes the sentences that are followed by another one. */
function closeFinished(answer: CitedText): readonly Claim[] {
  const looks = answer.decided && answer.plain.length >= answer.nextLookAt
  answer.decided = false
  if (!looks) return []
  const sentences = splitSentences(answer.plain)
  const lastWithLetter = sentences.findLastIndex((sentence) => LETTER.test(sentence))
  const claims = close(answer, sentences.slice(0, Math.max(0, lastWithLetter)))
  // A row of initials has many full stops but is one sentence: scanning at each would take quadratic time.
  answer.nextLookAt = lastWithLetter > 0 ? 0 : answer.plain.length * LOOK_AGAIN_FACTOR
  return claims
}

function closeAll(answer: CitedText): readonly Claim[] {
  answer.terminalSeen = false
  answer.decided = false
  answer.nextLookAt = 0
  return close(answer, answer.marks.length === 0 || answer.plain === '' ? [answer.plain] : splitSentences(answer.plain))
}

function close(answer: CitedText, sentences: readonly string[]): readonly Claim[] {
  const claims: Claim[] = []
  // Each marker is visited once in total: a model may cite thousands of times in a row.
  let closed = 0
  let passed = 0
  for (const sentence of sentences) {
    const own: Mark[] = []
    const isLast = sentence.length === answer.plain.length
    const place = createMarkPlace(sentence)
    for (let mark = answer.marks[passed]; mark && mark.at - closed <= sentence.length; mark = answer.marks[passed]) {
      // A marker that was left to this sentence may stand in the blanks before it.
      const at = Math.max(0, mark.at - closed)
      if (!isLast && place.isOfNext(at)) break
      place.take(at)
      own.push({ ...mark, at })
      passed += 1
    }
    closed += sentence.length
    // A marker on a line without text has no claim to check.
    if (sentence.trim() !== '') {
      for (const clause of splitClauses(sentence, own))
        claims.push(toClaim({ sentence, marks: own, start: answer.start }, clause))
    }
    answer.start += sentence.length + own.reduce((sum, { length }) => sum + length, 0)
    answer.plain = answer.plain.slice(sentence.length)
  }
  answer.marks = answer.marks.slice(passed).map((mark) => ({ ...mark, at: Math.max(0, mark.at - closed) }))
  return claims
}

/** Fast path without an open marker: no claim can close, so only the position of the last line is noted. */
function skip(answer: CitedText, text: string): readonly Claim[] {
  const line = text.lastIndexOf('\n') + 1
  if (line > 0) answer.start = answer.length + line
  answer.length += text.length
  return NONE
}

/** Reduces the line of the first marker to its sentence. */
function openSentence(answer: CitedText): void {
  const line = answer.textOf(answer.start, answer.length)
  const sentence =
    splitSentences(line)
      .at(-1)
      ?.slice(-MAX_CLAIM_CHARS / 2) ?? ''
  answer.start = answer.length - sentence.length
  answer.plain = sentence
  answer.terminalSeen = ENDS_TERMINAL.test(sentence)
  answer.decided = false
  answer.nextLookAt = 0
}

interface Cited {
  readonly sentence: string
  readonly marks: readonly Mark[]
  readonly start: number
}

function toClaim({ sentence, marks, start: from }: Cited, clause: Clause): Claim {
  const text = sentence.slice(clause.start, clause.end)
  const leading = clause.start === 0 ? text.trimStart() : text.replace(SEPARATORS, '')
  const start = clause.start + text.length - leading.length
  const end = clause.start + endOfText(text)
  const lengthBefore = (place: number): number =>
    marks.reduce((sum, { at, length }) => (at < place ? sum + length : sum), 0)
  return {
    range: {
      start: from + start + lengthBefore(start + 1),
      end: from + end + lengthBefore(end),
    },
    text: sentence.slice(start, end),
    ...(clause.end - clause.start < sentence.length && { sentence: sentence.trim() }),
    citations: clause.marks.flatMap(({ citations }) => citations),
  }
}

/** Returns the offset after the last character that is no blank and no break of the line. */
function endOfText(text: string): number {
  const end = text.trimEnd().length
  const tag = BREAK_TAG.exec(text.slice(Math.max(0, end - MAX_TAG_CHARS), end))
  return tag ? text.slice(0, end - tag[0].length).trimEnd().length : end
}

const SEPARATORS = /^[\s,;，；、]+/u
