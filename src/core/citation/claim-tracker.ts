import type { ClaimRange } from '../citations.ts'
import { splitSentences } from '../split-sentences.ts'

/** A sentence of the answer that is complete, and the citations that stand in it. */
export interface Claim {
  readonly range: ClaimRange
  /** The sentence without its markers. */
  readonly text: string
  /** `index` of each of its citations. */
  readonly citations: readonly number[]
}

/** Finds out which sentence each citation belongs to, while the answer grows. */
export interface ClaimTracker {
  /** Takes text of the answer, and gives the claims that it has closed. */
  text(text: string): readonly Claim[]
  /** Takes a marker with its citations; `text` is as long as the marker is in the answer. */
  marker(text: string, citations: readonly number[]): void
  /** Takes the end of the answer. */
  end(): readonly Claim[]
}

/** Longest sentence, in UTF-16 code units: a longer one is cut, so that the work stays linear in the answer. */
const MAX_CLAIM_CHARS = 2_000

// A sentence has ended when one of these is followed by the first letter of the next: before that letter, what comes
// may still belong to it ("3.5", "U.S. law", a marker after the full stop).
const TERMINAL = /\p{Sentence_Terminal}/u
const LETTER = /\p{L}/u

interface Mark {
  /** Where it stands in the text without markers. */
  readonly at: number
  readonly length: number
  readonly citations: readonly number[]
}

/**
 * Starts the tracking of one answer. A marker belongs to the sentence that it stands in, and one that follows a full
 * stop to the sentence before; a line break ends every sentence. What it finds depends on the text alone.
 */
export function createClaimTracker(): ClaimTracker {
  // What is open: a part of one line, without its markers, and where it begins in the answer.
  let plain = ''
  let start = 0
  let marks: readonly Mark[] = []
  let terminalSeen = false

  function takeLine(text: string): readonly Claim[] {
    const claims: Claim[] = []
    for (let index = 0; index < text.length;) {
      const end = index + Math.min(text.length - index, MAX_CLAIM_CHARS - plain.length)
      claims.push(...takePiece(text.slice(index, end)))
      if (plain.length >= MAX_CLAIM_CHARS) claims.push(...closeAll())
      index = end
    }
    return claims
  }

  function takePiece(piece: string): readonly Claim[] {
    plain += piece
    if (marks.length === 0) return []
    const settled = terminalSeen && LETTER.test(piece)
    terminalSeen = settled ? false : terminalSeen || TERMINAL.test(piece)
    return settled ? closeFinished() : []
  }

  /** Closes the sentences after which another has begun. */
  function closeFinished(): readonly Claim[] {
    const sentences = splitSentences(plain)
    const lastWithLetter = sentences.findLastIndex((sentence) => LETTER.test(sentence))
    return close(sentences.slice(0, Math.max(0, lastWithLetter)))
  }

  function closeAll(): readonly Claim[] {
    return close(marks.length === 0 ? [plain] : splitSentences(plain))
  }

  function close(sentences: readonly string[]): readonly Claim[] {
    const claims: Claim[] = []
    for (const sentence of sentences) {
      const own = marks.filter(({ at }) => at <= sentence.length)
      marks = marks.slice(own.length).map((mark) => ({ ...mark, at: mark.at - sentence.length }))
      if (own.length > 0) claims.push(toClaim(sentence, own, start))
      start += sentence.length + own.reduce((sum, { length }) => sum + length, 0)
      plain = plain.slice(sentence.length)
    }
    return claims
  }

  return {
    text(text) {
      const claims: Claim[] = []
      const [first = '', ...lines] = text.split('\n')
      claims.push(...takeLine(first))
      for (const line of lines) {
        claims.push(...closeAll())
        start += 1
        terminalSeen = false
        claims.push(...takeLine(line))
      }
      return claims
    },
    marker(text, citations) {
      marks = [...marks, { at: plain.length, length: text.length, citations }]
    },
    end: closeAll,
  }
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
