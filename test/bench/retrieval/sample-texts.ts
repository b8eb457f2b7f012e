const WORDS = 50_000
const WORDS_OF_TEXT = 80
const WORDS_OF_QUERY = 6

/** Makes texts and queries whose words are as frequent as those of a language (Zipf's law). */
export interface SampleTexts {
  /** Returns a text of 80 words. */
  text(): string
  /** Returns a query of 6 words, common ones among them. */
  query(): string
}

/** Creates a source of texts. Equal seeds give equal texts, in every process. */
export function createSampleTexts(seed: number): SampleTexts {
  let state = (seed * 2_654_435_761) | 1
  const random = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  const words = (count: number): string =>
    Array.from({ length: count }, () => wordOf(Math.floor(WORDS ** random()))).join(' ')
  return { text: () => words(WORDS_OF_TEXT), query: () => words(WORDS_OF_QUERY) }
}

/** Returns the word of a rank: letters only, and of a usual length. */
function wordOf(rank: number): string {
  let letters = ''
  for (let rest = Math.imul(rank, 40_503) >>> 0; letters.length < 3 || rest > 0; rest = Math.floor(rest / 26))
    letters += String.fromCharCode(97 + (rest % 26))
  return `${letters}k`
}
