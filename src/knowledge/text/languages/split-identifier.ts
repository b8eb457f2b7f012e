/**
 * Returns other forms of a word that is put together: the parts of `getUserById`, `snake_case`, `config.yaml` and `ESP32`,
 * these parts joined, a version without its `v`, and a number without the signs between its digits. An empty list for
 * other words.
 *
 * @param word - with its upper and lower case
 */
export function splitIdentifier(word: string): readonly string[] {
  if (!MAY_HAVE_PARTS.test(word) || word.length > LONGEST) return []
  if (NUMBER.test(word)) return numberForms(word)
  const version = VERSION.exec(word)
  if (version?.[1] !== undefined) return [version[1]]
  const pieces = word.split(SIGNS).filter(Boolean)
  const parts = pieces.flatMap((piece) =>
    NUMBER_AND_LETTERS.test(piece) ? piece.split(DIGIT_BORDER) : piece.split(CASE_BORDER),
  )
  if (parts.length < 2) return []
  // One letter says nothing, such as that of "U.S." or "iPhone".
  const long = parts.filter((part) => part.length > 1)
  return pieces.length > 1 && parts.every((part) => LETTERS_ONLY.test(part)) ? [...long, parts.join('')] : long
}

// A longer one is a key or an address.
const LONGEST = 100
const MAY_HAVE_PARTS = /[._:\d]|\p{Ll}\p{Lu}|\p{Lu}\p{Lu}\p{Ll}/u
const NUMBER = /^\d[\d.,'\u066b\u066c]*$/u
const VERSION = /^v(\d[\d.]*)$/iu
const SIGNS = /[._:]+/u
const LETTERS_ONLY = /^\p{L}+$/u
/** Letters and digits with one border. A hash has several, and its parts mean nothing. */
const NUMBER_AND_LETTERS = /^(?:\p{L}+\d+|\d+\p{L}+)$/u
const DIGIT_BORDER = /(?<=\d)(?=\p{L})|(?<=\p{L})(?=\d)/u
const CASE_BORDER = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u

/** Two or three digits after each sign: thousands, also of India. */
const GROUPED = /^\d{1,3}(?:([.,'\u066c])\d{3}|,\d{2}(?=,))(?:\1\d{3}|,\d{2}(?=,)|,\d{3})*(?=$|[.,]\d+$)/u
const DECIMAL_COMMA = /^\d+[,\u066b]\d+$/u

function numberForms(number: string): readonly string[] {
  const [grouped] = GROUPED.exec(number) ?? []
  if (grouped !== undefined) return [grouped.replaceAll(/\D/gu, '') + number.slice(grouped.length).replace(',', '.')]
  return DECIMAL_COMMA.test(number) ? [number.replace(/\D/u, '.')] : []
}
