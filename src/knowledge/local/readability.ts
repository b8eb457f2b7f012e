import { plainWords } from '../text/tokenize.ts'
import { ENGLISH, type Language } from '../text/languages/language.ts'

// The sentence before says what is meant.
const REFERS_BACK =
  /^(?:it|its|they|them|their|this|that|these|those|he|she|his|her|so|but|and|or|then|there|also|however|therefore|thus|otherwise|instead|for this|for example|as a result|er|sie|es|dies(?:e[mnrs]?)?|dadurch|dabei|dazu|dafür|jedoch|daher|deshalb|außerdem)(?![\p{L}\p{N}])|^(?:它|他|她|这|那|此|其|但|而|所以|因此|否则|另外|此外|然后|例如|また|これ|それ|この|その|しかし|그것|이것|따라서|하지만)/iu
// The answer is somewhere else.
const REFERS_AWAY =
  /^(?:see|compare|cf\.|for (?:more|further|details)|(?:to )?(?:learn|read|find out) more|weitere (?:informationen|details)|mehr (?:dazu|informationen))\s|^(?:参见|详见|请看|更多|詳細は|詳しくは|자세한)/iu
const LATIN = /\p{Script=Latin}/u
const LEAST_WORDS = 4
const LONG = 400

/**
 * Returns what a sentence loses because it does not read well alone, from -0.5 to 0: it refers to another one, has no word
 * that joins others (a list of names is no sentence), or is long.
 */
export function readability(sentence: string, language: Language = ENGLISH): number {
  const away = refersAway(sentence) ? 0.3 : 0
  // This only decides between sentences that are about equal.
  const back = refersBack(sentence) ? 0.005 : 0
  const long = sentence.length > LONG ? 0.1 : 0
  return -(away + back + long + (isFragment(sentence, language) ? 0.2 : 0))
}

/** Returns true if a sentence only says where the answer is. */
export function refersAway(sentence: string): boolean {
  return REFERS_AWAY.test(sentence)
}

/** Returns true if a sentence begins with a word that the sentence before explains. */
export function refersBack(sentence: string): boolean {
  return REFERS_BACK.test(sentence)
}

function isFragment(sentence: string, { stopWords }: Language): boolean {
  if (!LATIN.test(sentence)) return false
  const words = plainWords(sentence.slice(0, LONG))
  return words.length >= LEAST_WORDS && !words.some((word) => stopWords.has(word))
}
