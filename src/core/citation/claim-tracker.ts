import type { Citation, ClaimRange } from '../vocabulary/citations.ts'
import { endOfCharacter } from '../text/cut-text.ts'
import { splitSentences } from '../text/split-sentences.ts'

/** A sentence of the answer that is complete, and the citations that stand in it. */
export interface Claim {
  readonly range: ClaimRange
  /** The sentence without its markers. */
  readonly text: string
  readonly citations: readonly Citation[]
}

/** Finds out which sentence each citation belongs to, while the answer grows. */
export interface ClaimTracker {
  /** Takes text of the answer, and gives the claims that it has closed. */
  text(text: string): readonly Claim[]
  /** Takes a marker with its citations, which may be none; `text` is as long as the marker is in the answer. */
  marker(text: string, citations: readonly Citation[]): void
  /** Takes the end of the answer. */
  end(): readonly Claim[]
}

/** Longest sentence, in UTF-16 code units: a longer one is cut, so that the work stays linear in the answer. */
const MAX_CLAIM_CHARS = 2_000
/** How much longer a text has to be to be looked at again after no sentence in it had ended. */
const LOOK_AGAIN_FACTOR = 1.25

// A sentence has ended when one of these is followed by the first letter of the next: before that letter, what comes
// may still belong to it ("3.5", "U.S. law", a marker after the full stop).
const TERMINAL = /\p{Sentence_Terminal}/u
const LETTER = /\p{L}/u
const ENDS_TERMINAL = /\p{Sentence_Terminal}\P{L}*$/u

const NONE: readonly Claim[] = []

interface Mark {
  /** Where it stands in the text without markers. */
  readonly at: number
  readonly length: number
  readonly citations: readonly Citation[]
}

/**
 * Starts the tracking of one answer. A marker belongs to the sentence that it stands in, and one that follows a full
 * stop to the sentence before; a line break ends every sentence. What it finds depends on the text alone.
 */
export function createClaimTracker(): ClaimTracker {
  // What is open: a part of one line, without its markers, and where it begins in the answer.
  let plain = ''
  let start = 0
  let marks: Mark[] = []
  let terminalSeen = false
  let decided = false
  // How long the text has to be before it is worth to look for its sentences again.
  let nextLookAt = 0
  let half = ''

  function take(text: string): readonly Claim[] {
    const claims: Claim[] = []
    for (let rest = text; rest !== '';) {
      if (marks.length === 0) {
        skip(rest)
        break
      }
      const newline = rest.indexOf('\n')
      if (newline === 0) {
        claims.push(...closeAll())
        start += 1
        rest = rest.slice(1)
        continue
      }
      const line = newline === -1 ? rest : rest.slice(0, newline)
      const end = Math.min(decisionPoint(line), MAX_CLAIM_CHARS - plain.length)
      plain += line.slice(0, end)
      rest = rest.slice(end)
      claims.push(...(plain.length >= MAX_CLAIM_CHARS ? closeAll() : closeFinished()))
    }
    return claims
  }

  // A letter beyond the basic plane may come in two halves, and a half is no letter.
  function wholeCharacters(text: string): string {
    const whole = half + text
    const end = endOfCharacter(whole, whole.length)
    half = whole.slice(end)
    return whole.slice(0, end)
  }

  function takeHalf(): void {
    plain += half
    half = ''
  }

  /** How much of a text can be taken before it is certain that a sentence has ended. */
  function decisionPoint(text: string): number {
    const terminal = terminalSeen ? 0 : text.search(TERMINAL)
    terminalSeen = terminal !== -1
    const letter = terminal === -1 ? null : LETTER.exec(text.slice(terminal))
    if (!letter) return text.length
    terminalSeen = false
    decided = true
    return terminal + letter.index + letter[0].length
  }

  /** Closes the sentences after which another has begun. */
  function closeFinished(): readonly Claim[] {
    const looks = decided && plain.length >= nextLookAt
    decided = false
    if (!looks) return []
    const sentences = splitSentences(plain)
    const lastWithLetter = sentences.findLastIndex((sentence) => LETTER.test(sentence))
    const claims = close(sentences.slice(0, Math.max(0, lastWithLetter)))
    // A row of initials has many full stops and one sentence: looking at each would take quadratic time.
    nextLookAt = lastWithLetter > 0 ? 0 : plain.length * LOOK_AGAIN_FACTOR
    return claims
  }

  function closeAll(): readonly Claim[] {
    terminalSeen = false
    decided = false
    nextLookAt = 0
    return close(marks.length === 0 || plain === '' ? [plain] : splitSentences(plain))
  }

  function close(sentences: readonly string[]): readonly Claim[] {
    const claims: Claim[] = []
    // Each mark is looked at once, however many sentences are closed: a model may cite thousands of times in a row.
    let closed = 0
    let passed = 0
    for (const sentence of sentences) {
      const own: Mark[] = []
      for (let mark = marks[passed]; mark && mark.at - closed <= sentence.length; mark = marks[passed]) {
        own.push({ ...mark, at: mark.at - closed })
        passed += 1
      }
      closed += sentence.length
      // A marker on a line of its own cites nothing that could be checked.
      if (own.some(isCited) && sentence.trim() !== '') claims.push(toClaim(sentence, own, start))
      start += sentence.length + own.reduce((sum, { length }) => sum + length, 0)
      plain = plain.slice(sentence.length)
    }
    marks = marks.slice(passed).map((mark) => ({ ...mark, at: mark.at - closed }))
    return claims
  }

  /** Takes text while no marker is open: then nothing can close, and nothing is worth looking at. */
  function skip(text: string): void {
    const line = text.lastIndexOf('\n') + 1
    start += line === 0 ? 0 : plain.length + line
    plain = line === 0 ? plain + text : text.slice(line)
  }

  /** Leaves of what was skipped the sentence that the first marker stands in. */
  function openSentence(): void {
    const sentence =
      splitSentences(plain)
        .at(-1)
        ?.slice(-MAX_CLAIM_CHARS / 2) ?? ''
    start += plain.length - sentence.length
    plain = sentence
    terminalSeen = ENDS_TERMINAL.test(sentence)
    decided = false
    nextLookAt = 0
  }

  return {
    text(text) {
      if (marks.length > 0) return take(wholeCharacters(text))
      skip(half + text)
      half = ''
      return NONE
    },
    marker(text, citations) {
      takeHalf()
      if (marks.length === 0) openSentence()
      marks.push({ at: plain.length, length: text.length, citations })
    },
    end() {
      takeHalf()
      return closeAll()
    },
  }
}

function isCited({ citations }: Mark): boolean {
  return citations.length > 0
}

function toClaim(sentence: string, marks: readonly Mark[], start: number): Claim {
  const leading = sentence.length - sentence.trimStart().length
  const trailing = sentence.trimEnd().length
  const lengthBefore = (at: number): number =>
    marks.filter((mark) => mark.at < at).reduce((sum, { length }) => sum + length, 0)
  return {
    range: { start: start + leading + lengthBefore(leading), end: start + trailing + lengthBefore(trailing) },
    text: sentence.trim(),
    citations: marks.flatMap(({ citations }) => citations),
  }
}
