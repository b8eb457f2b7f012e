/** The languages that {@link guessLanguage} knows, as ISO 639-1 codes. */
export type GuessedLanguage = (typeof SCRIPTS)[number][0] | keyof typeof FUNCTION_WORDS

/**
 * Returns the language of a text: by its script or, if several languages share the script, by its most frequent function
 * words. It is `undefined` if the text has no letters or too few of those words. It reads at most the first 2,000 UTF-16
 * code units.
 */
export function guessLanguage(text: string): GuessedLanguage | undefined {
  const start = text.slice(0, MAX_CHARS)
  const counted = SCRIPTS.map(([language, script]) => ({ language, count: start.match(script)?.length ?? 0 }))
  const latin = start.match(LATIN)?.length ?? 0
  // Kana mean Japanese, which also uses Han characters. A few names in Latin letters are in texts of every language.
  const [main] = counted.toSorted((a, b) => b.count - a.count)
  const kana = counted.find(({ language }) => language === 'ja')
  if (main && main.count > 0 && main.count * CHARACTERS_OF_A_LETTER >= latin) {
    return kana && main.language === 'zh' && kana.count * 20 > main.count ? 'ja' : main.language
  }
  return latin > 0 ? byFunctionWords(start) : undefined
}

const MAX_CHARS = 2_000
/** A Han character or a syllable of Hangul says as much as some Latin letters. */
const CHARACTERS_OF_A_LETTER = 3

const LATIN = /\p{Script=Latin}/gu
const SCRIPTS = [
  ['zh', /\p{Script=Han}/gu],
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['ko', /\p{Script=Hangul}/gu],
  ['ar', /\p{Script=Arabic}/gu],
  ['ru', /\p{Script=Cyrillic}/gu],
  ['el', /\p{Script=Greek}/gu],
  ['he', /\p{Script=Hebrew}/gu],
  ['hi', /\p{Script=Devanagari}/gu],
  ['th', /\p{Script=Thai}/gu],
] as const

// Words of one letter or of several of these languages are left out where others are enough.
const FUNCTION_WORDS = {
  en: 'the of and to in is was that for with are by as what how which who does did when where from this it on be can has',
  de: 'der die das und ist von den zu mit des im für auf ein eine nicht wie was welche wurde dem als auch wer wann wird sind bei es sich',
  fr: 'le la les des et est un une du dans que qui pour par sur au avec quel quelle quels comment ce cette sont pas été où',
  es: 'el la los las de y que en un una por con para del se es cuál qué quién cómo cuándo fue como su son más dónde',
  it: 'il la di che e un una per del della con sono è non le gli nel come quale chi quando dei si da alla delle',
  pt: 'o a os as de e que em um uma do da dos das para com por não é no na foi qual quem como quando ao são mais',
  nl: 'de het een van en is in dat op te voor met zijn niet wat hoe welke wie werd aan door bij ook wordt die',
  tr: 've bir bu ne için ile olarak hangi kim nasıl kaç olan da de mi mı nedir neden zaman daha kadar sonra gibi idi',
  pl: 'w i na z do się nie jest to że jak co kto jaki jaka kiedy od po przez dla są był była czy oraz',
  sv: 'och att det som en på är av för med den till ett inte hur vad vilken vem när har från var om',
  ro: 'și de la în a cu pe un o care este din nu ce cum cine când pentru mai au fost se sunt',
  vi: 'là và của có được trong cho một các những với không gì ai này khi nào người đã từ',
  id: 'yang dan di dari untuk dengan adalah ini itu pada apa bagaimana siapa dalam tidak ke oleh kapan sebagai',
} as const

const WORD = /[\p{L}\p{M}]+/gu
const wordTable = new Map<string, readonly string[]>()

function byFunctionWords(text: string): keyof typeof FUNCTION_WORDS | undefined {
  if (wordTable.size === 0) fillWordTable()
  const scores = new Map<string, number>()
  for (const [word] of text.toLowerCase().matchAll(WORD)) {
    const languages = wordTable.get(word) ?? []
    // A word of several languages says less.
    for (const language of languages) scores.set(language, (scores.get(language) ?? 0) + 1 / languages.length)
  }
  let best: keyof typeof FUNCTION_WORDS | undefined
  for (const language of Object.keys(FUNCTION_WORDS) as readonly (keyof typeof FUNCTION_WORDS)[]) {
    if ((scores.get(language) ?? 0) > (best ? (scores.get(best) ?? 0) : LEAST_SCORE)) best = language
  }
  return best
}

/** One word that two languages share decides nothing. */
const LEAST_SCORE = 0.5

function fillWordTable(): void {
  for (const [language, words] of Object.entries(FUNCTION_WORDS)) {
    for (const word of words.split(' ')) wordTable.set(word, [...(wordTable.get(word) ?? []), language])
  }
}
