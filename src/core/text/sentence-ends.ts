/**
 * Returns the offsets after the sentences of a text, exactly as `Intl.Segmenter` finds them. The segmenter takes longer than
 * everything else that is done with a sentence. So a text of usual characters is split here, by the rules of UAX #29; a text
 * with any other character is given to the segmenter.
 */
export function sentenceEnds(text: string): readonly number[] {
  types ??= typesOfCharacters()
  if (!isKnown(text, types)) return endsBySegmenter(text)
  const ends: number[] = []
  for (let at = 0; at < text.length;) {
    const type = typeAt(text, at)
    const next = type & TERMINAL ? afterTerminal(text, at) : at + 1
    if (type === PARAGRAPH_END || (type & TERMINAL && endsSentence(text, { terminal: at, next }))) ends.push(next)
    at = next
  }
  if (text.length > (ends.at(-1) ?? 0)) ends.push(text.length)
  return ends
}

/**
 * Returns true if a sentence may end inside of a text, before its last character that is no white space. Most claims have
 * no such place, so that they need no split.
 */
export function mayEndInside(text: string): boolean {
  types ??= typesOfCharacters()
  const last = text.trimEnd().length - 1
  for (let at = 0; at < last; at++) {
    const type = types[text.charCodeAt(at)] ?? UNKNOWN
    if (type === UNKNOWN || type & (TERMINAL | PARAGRAPH_END)) return true
  }
  return false
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' })

function endsBySegmenter(text: string): readonly number[] {
  return Array.from(segmenter.segment(text), ({ index, segment }) => index + segment.length)
}

// The types of characters, by the rules' names: OLetter, Upper, Lower, Numeric, ATerm, STerm, Close, Sp, SContinue, ParaSep.
const UNKNOWN = 0
const LETTER = 1
const UPPER = 2
const LOWER = 4
const DIGIT = 8
const FULL_STOP = 16
const MARK = 32
const CLOSE = 64
const SPACE = 128
const CONTINUES = 256
const PARAGRAPH_END = 512
const OTHER = 1024
const TERMINAL = FULL_STOP | MARK

function isKnown(text: string, known: Uint16Array): boolean {
  for (let at = 0; at < text.length; at++) if (known[text.charCodeAt(at)] === UNKNOWN) return false
  return true
}

function typeAt(text: string, at: number): number {
  return at < text.length ? (types?.[text.charCodeAt(at)] ?? UNKNOWN) : UNKNOWN
}

/** Returns the offset after a full stop or another mark, with the closing marks, the blanks and the end of a paragraph. */
function afterTerminal(text: string, terminal: number): number {
  const next = skip(text, skip(text, terminal + 1, CLOSE), SPACE)
  return typeAt(text, next) === PARAGRAPH_END ? next + 1 : next
}

function skip(text: string, from: number, type: number): number {
  let at = from
  while (typeAt(text, at) & type) at += 1
  return at
}

interface Terminal {
  readonly terminal: number
  /** The offset after the marks and blanks behind it. */
  readonly next: number
}

function endsSentence(text: string, { terminal, next }: Terminal): boolean {
  const [type, following] = [typeAt(text, terminal), typeAt(text, next)]
  if (typeAt(text, next - 1) === PARAGRAPH_END) return true
  if (following & (CONTINUES | TERMINAL)) return false
  if (type === MARK) return true
  if (next === terminal + 1) {
    // "3.5" and "U.S"
    if (following === DIGIT) return false
    if (following === UPPER && typeAt(text, terminal - 1) & (UPPER | LOWER)) return false
  }
  return typeAt(text, skip(text, next, DIGIT | CLOSE | SPACE | CONTINUES | OTHER)) !== LOWER
}

// Made by the first call, because it takes some milliseconds.
let types: Uint16Array | undefined

const KNOWN_LETTER = /(?=\p{L})[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}]/u
// Hiragana, Katakana, Han characters and Hangul.
const LETTERS_WITHOUT_CASE = [
  [0x3041, 0x3096],
  [0x30a1, 0x30fa],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
] as const
const SIGNS =
  '¡¢£¤¥¦§©«¬®°±¶·»¿×÷‐‒–—―‘’‚“”„†‡•‰‹›€™→−≤≥≠≈、。〈〉《》「」『』【】〔〕・％（），．：；！？～،؛؟۔\u00a0\u202f\u3000'

/** Returns the types of the letters and signs of the usual languages. */
function typesOfCharacters(): Uint16Array {
  const found = new Uint16Array(0x10000)
  for (let code = 0; code < 0x700; code++) {
    const character = String.fromCharCode(code)
    if (KNOWN_LETTER.test(character)) found[code] = typeOfLetter(character)
  }
  for (const [from, to] of LETTERS_WITHOUT_CASE) found.fill(LETTER, from, to + 1)
  for (let code = 0x20; code < 0x7f; code++) found[code] ||= typeOfSign(String.fromCharCode(code))
  for (const sign of SIGNS) found[sign.charCodeAt(0)] = typeOfSign(sign)
  for (const sign of '\n\u2029') found[sign.charCodeAt(0)] = PARAGRAPH_END
  found[0x09] = SPACE
  return found
}

function typeOfLetter(letter: string): number {
  if (/\p{Lowercase}/u.test(letter)) return LOWER
  return /[\p{Uppercase}\p{Lt}]/u.test(letter) ? UPPER : LETTER
}

/** Returns the type of a sign. The locale and the version of the Unicode data decide it, so the segmenter is asked. */
function typeOfSign(sign: string): number {
  if (/\d/u.test(sign)) return DIGIT
  if (/\s/u.test(sign)) return SPACE
  const [first = 0] = endsBySegmenter(`a${sign} b`)
  if (first === 3) return MARK
  const [end = 0] = endsBySegmenter(`a.${sign} B`)
  if (end === 2) return OTHER
  if (end === 5) return CONTINUES
  return endsBySegmenter(`a${sign} B`).length === 2 ? FULL_STOP : CLOSE
}
