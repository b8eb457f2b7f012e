import type { HanRuns } from './han-runs.ts'

/** Takes the pieces of a text, in their order. */
export interface WordVisitor {
  /** Takes a word. */
  word(word: string): void
  /**
   * Takes what is between two words, in one or several calls.
   *
   * @param joins - true for white space and dashes, which do not separate the words of a name
   * @param isHyphen - true for a hyphen
   * @param text - the piece
   */
  gap(joins: boolean, isHyphen: boolean, text: string): void
}

/**
 * Splits a text into words, exactly as `Intl.Segmenter` does. The segmenter makes an object for each piece, which takes most
 * of the time of indexing. So the usual characters of European languages and of Arabic are split here, by the rules of
 * UAX #29, and only stretches around other characters are given to the segmenter.
 *
 * @param text - in NFKC, because the characters that it replaces are not known here
 * @param runs - runs of Han characters that are split once. @defaultValue none
 */
export function scanWords(text: string, visitor: WordVisitor, runs?: HanRuns): void {
  if (types.length === 0) types = typesOfCharacters()
  let at = 0
  while (at < text.length) {
    const type = typeAt(text, at)
    if (type === HAN) {
      at = scanHan(text, at, { visitor, runs })
      continue
    }
    const end = type & WORD ? endOfWord(text, at) : at + 1
    // A character that is not known can join what is before it, so the segmenter gets that, too.
    if (end === UNCERTAIN || type === UNKNOWN || typeAt(text, end) === UNKNOWN)
      at = scanSlowly(text, at, { visitor, runs })
    else {
      if (type & WORD && !isOnlyUnderscore(text, at, end)) visitor.word(text.slice(at, end))
      else {
        const piece = text.charAt(at)
        visitor.gap((type & JOINS) !== 0, piece === '-' || piece === HYPHEN, piece)
      }
      at = end
    }
  }
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

const JOINS_WORDS = /^[\s\p{Pd}]*$/u

// The types of characters. A character can be several of those from MID_LETTER.
const UNKNOWN = 0
const LETTER = 1
const DIGIT = 2
const UNDERSCORE = 4
const MID_LETTER = 8
const MID_NUMBER = 16
const JOINS = 32
const SPACE = 64
const OTHER = 128
const HAN = 256
const WORD = LETTER | DIGIT | UNDERSCORE

const UNCERTAIN = -1
const HYPHEN = '\u2010'

function typeAt(text: string, at: number): number {
  if (at >= text.length) return SPACE
  const code = text.charCodeAt(at)
  return types[code] ?? (code >= 0x4e00 && code <= 0x9fff ? HAN : UNKNOWN)
}

/** Returns the offset after a word, or {@link UNCERTAIN} if a character that is not known decides where it ends. */
function endOfWord(text: string, start: number): number {
  let last = typeAt(text, start)
  for (let at = start + 1; ; at++) {
    const type = typeAt(text, at)
    if (type & WORD) {
      last = type
      continue
    }
    // The full stop in "3.5", the apostrophe in "isn't".
    if (!(last === LETTER ? type & MID_LETTER : last === DIGIT && type & MID_NUMBER)) return at
    const next = typeAt(text, at + 1)
    if (next === UNKNOWN) return UNCERTAIN
    if (next !== last) return at
  }
}

function isOnlyUnderscore(text: string, start: number, end: number): boolean {
  return end - start === 1 && typeAt(text, start) === UNDERSCORE
}

interface Reader {
  readonly visitor: WordVisitor
  readonly runs: HanRuns | undefined
}

/** Splits Han characters, with the segmenter if the run is new. No character that is known belongs to a word of them. */
function scanHan(text: string, start: number, { visitor, runs }: Reader): number {
  const end = endOfHan(text, start)
  const words = typeAt(text, end) === UNKNOWN ? undefined : runs?.wordsOf(text.slice(start, end))
  if (!words) return scanSlowly(text, start, { visitor, runs })
  for (const word of words) visitor.word(word)
  return end
}

function endOfHan(text: string, start: number): number {
  let end = start
  while (typeAt(text, end) === HAN) end += 1
  return end
}

/** Splits with the segmenter from a border on, until a white space that is followed by known characters. */
function scanSlowly(text: string, start: number, { visitor, runs }: Reader): number {
  const end = endOfStretch(text, start)
  // A run of spaces is one piece, and can decide to which piece the next character belongs.
  let from = start
  while (from > 0 && typeAt(text, from) & typeAt(text, from - 1) & SPACE) from -= 1
  let run: string[] = []
  const keep = (runEnd: number): void => {
    if (run.length > 0 && isWholeRun(text, run, runEnd)) runs?.keep(run)
    run = []
  }
  for (const { segment, index, isWordLike } of segmenter.segment(text.slice(from, end))) {
    if (isWordLike) visitor.word(segment)
    else visitor.gap(JOINS_WORDS.test(segment), segment === '-' || segment === HYPHEN, segment)
    if (runs && typeAt(segment, 0) === HAN) run.push(segment)
    else keep(from + index)
  }
  keep(end)
  return end
}

/** Returns true if words are a run of nothing but Han characters between known ones. */
function isWholeRun(text: string, words: readonly string[], end: number): boolean {
  const start = end - words.reduce((sum, { length }) => sum + length, 0)
  const isApart = typeAt(text, end) !== UNKNOWN && (start === 0 || typeAt(text, start - 1) !== UNKNOWN)
  return isApart && endOfHan(text, start) === end
}

// A call of the segmenter costs as much as some dozen characters.
const LEAST_KNOWN = 64

function endOfStretch(text: string, start: number): number {
  let lastUnknown = start
  let space = 0
  for (let at = start + 1; at < text.length; at++) {
    const type = typeAt(text, at)
    if (type === UNKNOWN || type === HAN) {
      lastUnknown = at
      space = 0
    } else if (space === 0 && type & SPACE) space = at
    if (space > 0 && at - lastUnknown > LEAST_KNOWN) return space
  }
  return text.length
}

const KNOWN_LETTER = /(?=\p{L})[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}]/u

// Made by the first call, because it takes some milliseconds.
let types = new Uint8Array(0)

/** Returns the types of the Latin, Greek, Cyrillic and Arabic letters, of ASCII, and of the usual punctuation. */
function typesOfCharacters(): Uint8Array<ArrayBuffer> {
  const found = new Uint8Array(0x3020)
  for (let code = 0; code < 0x700; code++) {
    if (KNOWN_LETTER.test(String.fromCharCode(code))) found[code] = LETTER
  }
  for (let code = 0; code < 0x80; code++) found[code] ||= typeOfSign(String.fromCharCode(code))
  for (const sign of '¡¢£¤¥¦§©«¬®°±¶·»¿×÷‐‒–—―‘“”„†‡•،؛؟、。〈〉《》「」『』【】〔〕')
    found[sign.charCodeAt(0)] = typeOfSign(sign)
  return found
}

function typeOfSign(sign: string): number {
  if (/\d/u.test(sign)) return DIGIT
  if (sign === '_') return UNDERSCORE
  // The locale and the version of the Unicode data decide if ":" separates letters.
  const midLetter = isOneWord(`a${sign}a`) ? MID_LETTER : 0
  const midNumber = isOneWord(`1${sign}1`) ? MID_NUMBER : 0
  return OTHER | midLetter | midNumber | (JOINS_WORDS.test(sign) ? JOINS : 0) | (/\s/u.test(sign) ? SPACE : 0)
}

function isOneWord(text: string): boolean {
  return [...segmenter.segment(text)].length === 1
}
