/** A language that a text can be recognised as, by its ISO 639-1 code. */
export type GuessedLanguage =
  | 'ar'
  | 'de'
  | 'el'
  | 'en'
  | 'es'
  | 'fr'
  | 'he'
  | 'hi'
  | 'id'
  | 'it'
  | 'ja'
  | 'ko'
  | 'nl'
  | 'pl'
  | 'pt'
  | 'ro'
  | 'ru'
  | 'sv'
  | 'th'
  | 'tr'
  | 'vi'
  | 'zh'

/**
 * Returns the language of a text: by its script or, if several languages share the script, by its most frequent function
 * words and by letters that few languages have. It is `undefined` if the text has no letters or too little of that. It reads
 * at most the first 500 UTF-16 code units.
 */
export function guessLanguage(text: string): GuessedLanguage | undefined {
  const start = text.slice(0, MAX_CHARS)
  let latin = 0
  const counts = SCRIPTS.map(() => 0)
  for (let at = 0; at < start.length; at++) {
    const code = start.charCodeAt(at)
    if (code < 0x250) latin += Number(code > 0xbf || isAsciiLetter(code))
    else if (code >= 0x1e00 && code < 0x1f00) latin += 1
    else {
      const script = SCRIPTS.findIndex(([, from, to]) => code >= from && code <= to)
      if (script >= 0) counts[script] = (counts[script] ?? 0) + 1
    }
  }
  const most = Math.max(...counts)
  // A few names in Latin letters are in texts of every language.
  if (most === 0 || most * CHARACTERS_OF_A_LETTER < latin) return latin > 0 ? byWords(start) : undefined
  const main = SCRIPTS[counts.indexOf(most)]?.[0]
  // Kana mean Japanese, which also uses Han characters.
  return main === 'zh' && (counts[KANA] ?? 0) * 20 > most ? 'ja' : main
}

const MAX_CHARS = 500
/** A Han character or a syllable of Hangul says as much as some Latin letters. */
const CHARACTERS_OF_A_LETTER = 3

function isAsciiLetter(code: number): boolean {
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x7a
}

/** The first and the last code unit of the letters of a script. */
const SCRIPTS = [
  ['zh', 0x3400, 0x9fff],
  ['ja', 0x3041, 0x30ff],
  ['ko', 0xac00, 0xd7a3],
  ['ar', 0x620, 0x6ff],
  ['ru', 0x400, 0x52f],
  ['el', 0x370, 0x3ff],
  ['he', 0x5d0, 0x5ea],
  ['hi', 0x900, 0x97f],
  ['th', 0xe01, 0xe4e],
] as const
const KANA = 1

// Those of encyclopedias, and those of people who ask for themselves.
const FUNCTION_WORDS = {
  en: 'the of and to in is was that for with are by as what how which who does did when where from this it on be can has i a an am my me you your we our they them their he she his its do don doing not no have had were will would should could may must if or at but there here why so any some all up about into out over than then just also been being these those because while get need want tell please',
  de: 'der die das den dem des und ist von zu zum zur mit im für auf ein eine einen einem einer eines nicht wie viel viele was welche welcher welches welchen welchem wer wen wem wo worin womit woran warum wurde wurden als auch wann wird werden hat haben kann sind war bei nach aus es sich am an vom beim oder aber nur sehr man wir sie er ihr über unter ich mich mir mein meine meinen du dich euch uns kannst soll muss darf brauche möchte bitte gibt noch schon wenn dass',
  fr: 'le la les des et est un une du dans que qui pour par sur au avec quel quelle quels quelles comment combien où cette ce sont pas été il elle je me mon ma mes tu vous nous ils elles mais ou si plus peut puis dois faut ai avez quoi',
  es: 'el la los las de y que en un una por con para del se es cuál cuáles qué quién cómo cuándo cuántos fue como su son más dónde yo mis tu me te nos no si pero hay puedo tengo debo quiero necesito cuánto',
  it: 'il la di che e un una per del della con sono è non le gli nel nella come quale quali chi quando quanti dove dei si da alla delle io mio mia tu ti noi voi no se ho posso devo voglio quanto cosa perché',
  pt: 'o a os as de e que em um uma do da dos das para com por não é no na foi qual quem como quando quantos onde ao são mais mas pelo pela eu meu minha você nós ou se tenho posso devo quero preciso quanto isso',
  nl: 'de het een van en is in dat op te voor met zijn niet wat hoe welke wie waar werd aan door bij ook wordt die ik mijn je jij wij we maar als er of naar kan moet wil heb hebben waarom hoeveel',
  tr: 've bir bu ne için ile olarak hangi hangisi kim kimin kime nasıl kaç nerede nereden nereye olan da de mi mı nedir nelerdir neden zaman daha kadar sonra gibi idi her çok ise var yok değil ben benim biz sen siz ama veya mu mü eğer şu',
  pl: 'w i na z do się nie jest to że jak co kto jaki jaka jakie ile gdzie kiedy od po przez dla są był była czy oraz ale może ja mój moja my wy lub jeśli mogę muszę chcę',
  sv: 'och att det som en är på av för med den till ett inte hur vad vilken vilka vem när var har från om kan ska jag min mitt du vi men eller måste vill',
  ro: 'și de la în a cu pe un o care este din nu ce cum cine când unde pentru mai au fost se sunt eu meu tu noi dar sau dacă pot vreau',
  vi: 'và là của có được trong cho một các những với không gì ai này khi nào người đã từ',
  id: 'yang dan di dari untuk dengan adalah ini itu pada apa bagaimana siapa dalam tidak ke oleh kapan sebagai saya kamu anda kami kita atau jika bisa',
} as const

type LatinLanguage = keyof typeof FUNCTION_WORDS

/** The languages in Latin letters that {@link guessLanguage} knows. */
export const GUESSED_LATIN = Object.keys(FUNCTION_WORDS) as readonly LatinLanguage[]

const LETTERS: readonly (readonly [LatinLanguage, string])[] = [
  ['de', 'ßäöü'],
  ['fr', 'çèêëîœùû'],
  ['es', 'ñ¿¡'],
  ['it', 'ìò'],
  ['pt', 'ãõç'],
  ['tr', 'ığşçöü'],
  ['pl', 'łąęśźżńć'],
  ['sv', 'åäö'],
  ['ro', 'ășțţ'],
  ['vi', 'ăđơưạảấầếềệộợ'],
]
/** A letter says less than a word: a name may have it in any language. */
const LETTER_SCORE = 0.5

// A longer word is no function word.
const LONGEST_WORD = 9
const table = new Map<string, readonly LatinLanguage[]>()

function byWords(text: string): LatinLanguage | undefined {
  if (table.size === 0) fillTable()
  const scores = new Map<LatinLanguage, number>()
  const seen = new Set<string>()
  const add = (sign: string, score: number): void => {
    const languages = table.get(sign)
    // Each word counts once, because a name such as "Los Angeles" may be repeated.
    if (!languages || seen.has(sign)) return
    seen.add(sign)
    // A word of several languages says less.
    for (const language of languages) scores.set(language, (scores.get(language) ?? 0) + score / languages.length)
  }
  const lower = `${text.toLowerCase()} `
  // By hand, because a regular expression takes as long as the whole of the indexing of a text.
  for (let at = 0, start = 0; at < lower.length; at++) {
    const code = lower.charCodeAt(at)
    if (code > 0x7f) add(`_${lower[at]}`, LETTER_SCORE)
    if (code > 0xbf || isAsciiLetter(code)) continue
    // The initials of names are no words: a list of names would be Portuguese.
    const isInitial = at - start === 1 && lower[at] === '.'
    if (at > start && at - start <= LONGEST_WORD && !isInitial) add(lower.slice(start, at), 1)
    start = at + 1
  }
  // One word that two languages share decides nothing.
  let best: LatinLanguage | undefined
  let highest = LETTER_SCORE
  for (const [language, score] of scores) {
    if (score > highest) [best, highest] = [language, score]
  }
  return best
}

function fillTable(): void {
  const add = (sign: string, language: LatinLanguage) => table.set(sign, [...(table.get(sign) ?? []), language])
  for (const [language, words] of Object.entries(FUNCTION_WORDS) as [LatinLanguage, string][])
    for (const word of words.split(' ')) add(word, language)
  for (const [language, letters] of LETTERS) for (const letter of letters) add(`_${letter}`, language)
}
