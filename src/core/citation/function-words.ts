// English is enough for the score: in other languages these words count like all others.
const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  (
    'the of and to a an in is was that for it as with on by at from are this be he have had were or which his they but ' +
    'their one her she can has who been will would there we you your if him its yes percent'
  ).split(' '),
)

/** Returns true for a word that says nothing about the topic: an English function word, or one Chinese character. */
export function isFunctionWord(word: string): boolean {
  // Most Chinese words of one character are function words.
  return FUNCTION_WORDS.has(word) || HAN_CHARACTER.test(word)
}

const HAN_CHARACTER = /^\p{sc=Han}$/u
