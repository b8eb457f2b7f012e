/**
 * Returns the form of a word in lower case in which search compares it: without accents and vowel marks, with one form of
 * letters that are typed in several ways (`ß` and `ss`, `ı` and `i`, the forms of alef), and with digits of ASCII.
 */
export function foldWord(word: string): string {
  if (isPlain(word)) return word
  const plain = word.replace(LETTERS, (letter) => LETTER_FORMS.get(letter) ?? letter).replace(DIGIT, digitOf)
  // Decomposed only where it has an effect: the marks of Thai and of Indian scripts are letters, and those of kana, too.
  return MARKED.test(plain) ? plain.normalize('NFD').replace(MARKS, '').normalize('NFC') : plain
}

/** Returns true if no letter is folded, which is so for most words. */
function isPlain(word: string): boolean {
  for (let at = 0; at < word.length; at++) {
    const code = word.charCodeAt(at)
    // The scripts from Thai to Hangul have no such letters but digits. Those are rare, and compared as they are.
    if (code > 0x7f && (code < 0xe00 || (code >= 0x1d00 && code < 0x2000))) return false
  }
  return true
}

const LETTER_FORMS: ReadonlyMap<string, string> = new Map([
  ['ß', 'ss'],
  ['ı', 'i'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ø', 'o'],
  ['ł', 'l'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['þ', 'th'],
  ['ς', 'σ'],
  ['ـ', ''],
  // Persian and Urdu have other characters for the letters of Arabic keyboards.
  ['ى', 'ي'],
  ['ی', 'ي'],
  ['ک', 'ك'],
  ['ٱ', 'ا'],
  ['ة', 'ه'],
])
const LETTERS = new RegExp(`[${[...LETTER_FORMS.keys()].join('')}]`, 'gu')

const DIGIT = /(?![0-9])\p{Nd}/gu

function digitOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0
  // The ten digits of the Arabic scripts begin at a multiple of 16, those of Indian scripts six characters later.
  return String((code & 0xf) - (code < 0x900 ? 0 : 6))
}

// Latin, Greek, Cyrillic, Hebrew and Arabic letters with marks, and the marks.
const MARKED =
  /[\u0300-\u036f\u00c0-\u024f\u0386-\u0390\u03aa-\u03b0\u03ca-\u03ce\u0400-\u045f\u0591-\u05c7\u0610-\u061a\u0622-\u0626\u064b-\u065f\u0670\u06c0-\u06ed\u1e00-\u1fff]/u
const MARKS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]/gu
