/** A number that is written as a word. */
export interface Numeral {
  /** The value. */
  readonly value: number
  /** It is the number of a place in a row, such as "third". */
  readonly isOrdinal?: true
}

/** Returns the value of an English or German numeral, of a scale word or of an ordinal. */
export function numeralIn(word: string): Numeral | undefined {
  const known = NUMERALS.get(word)
  if (known !== undefined) return { value: known }
  const ordinal = ORDINALS.get(word)
  if (ordinal !== undefined) return { value: ordinal, isOrdinal: true }
  const german = GERMAN_ENDING.test(word) ? germanNumeral(word) : undefined
  return german === undefined ? undefined : { value: german }
}

/** Returns the numbers that a word stands for beside its meaning, such as 12 for "dozen". */
export function impliedBy(word: string): readonly number[] {
  return IMPLIED.get(word) ?? []
}

/** Returns the part of a whole that a word means, such as 0.5 for "half". */
export function partIn(word: string): number | undefined {
  const [value = 1] = IMPLIED.get(word) ?? []
  return Number.isInteger(value) ? undefined : value
}

/**
 * Returns the value of two words that form one number, such as "twenty one" or "3.5 million"; `undefined` if they do not.
 * Digits are not added to a word: "20 two-person tents" has two numbers.
 */
export function joinNumeral(value: number, numeral: number, isSpelled: boolean): number | undefined {
  if (/^10+$/u.test(`${numeral}`) && numeral > 10) {
    const factor = value % numeral
    return value - factor + (factor || 1) * numeral
  }
  return isSpelled && value % 10 ** `${numeral}`.length === 0 && value > 0 ? value + numeral : undefined
}

/** Reads "fünfundachtzig", "dreihundertzwölf" and "zweitausend". */
function germanNumeral(word: string): number | undefined {
  const [, thousands, hundreds, rest = ''] = /^(?:(.*?)tausend)?(?:(.*?)hundert)?(?:und)?(.*)$/u.exec(word) ?? []
  const [, ones = '', tens = ''] = /^(?:(.+)und)?(.+)$/u.exec(rest) ?? []
  const parts = [
    thousands === undefined ? 0 : thousands === '' ? 1000 : (below(thousands) ?? Number.NaN) * 1000,
    hundreds === undefined ? 0 : hundreds === '' ? 100 : (below(hundreds) ?? Number.NaN) * 100,
    rest === '' ? 0 : (below(tens) ?? Number.NaN) + (ones === '' ? 0 : (below(ones) ?? Number.NaN)),
  ]
  const sum = parts.reduce((total, part) => total + part, 0)
  return Number.isNaN(sum) || sum === 0 ? undefined : sum
}

function below(word: string): number | undefined {
  return word === 'ein' ? 1 : NUMERALS.get(word)
}

const NUMERALS: ReadonlyMap<string, number> = table(
  'zero|null one two|zwei three|drei four|vier five|fünf six|sechs seven|sieben eight|acht nine|neun ten|zehn eleven|elf ' +
    'twelve|zwölf thirteen|dreizehn fourteen|vierzehn fifteen|fünfzehn sixteen|sechzehn seventeen|siebzehn ' +
    'eighteen|achtzehn nineteen|neunzehn twenty|zwanzig thirty|dreißig forty|vierzig fifty|fünfzig sixty|sechzig ' +
    'seventy|siebzig eighty|achtzig ninety|neunzig hundred|hundert thousand|tausend - - ' +
    'million|millionen|millions|mio|millón|millones|milioni|milione|milhões|miljoen|milyon|миллион|миллиона|миллионов - - ' +
    'billion|milliarde|milliarden|mrd|milliard|milliards|miliardi|miliardo|miljard|milyar|миллиард|миллиарда|миллиардов|bn ' +
    '- - trillion|billionen',
  (index) => (index < 21 ? index : index < 28 ? index * 10 - 180 : 10 ** (index - 26)),
)
const ORDINALS: ReadonlyMap<string, number> = table(
  '- - - third|dritte|dritten|dritter fourth|vierte|vierten fifth|fünfte|fünften sixth|sechste|sechsten ' +
    'seventh|siebte|siebten eighth|achte|achten ninth|neunte|neunten tenth|zehnte|zehnten eleventh|elfte|elften ' +
    'twelfth|zwölfte|zwölften thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth',
  (index) => index,
)
const GERMAN_ENDING =
  /^(?=.{6,40}$)\p{L}*(?:zig|ßig|hundert|tausend|zehn|elf|zwölf|[^aeiou]und\p{L}+|hundert\p{L}+|tausend\p{L}+)$/u
const IMPLIED: ReadonlyMap<string, readonly number[]> = new Map([
  ...implied([0.5], 'half halves halb halbe halben hälfte 一半 半数 半'),
  ...implied([0.25], 'quarter viertel'),
  ...implied([1.5], 'anderthalb eineinhalb'),
  ...implied([12], 'dozen dutzend'),
  ...implied([2], 'twice double both pair couple second beide beiden doppelt zweimal zweite zweiten paar 双 一对'),
  ...implied([3], 'triple dreifach dreimal thrice trio'),
  ...implied([1], 'first single once ein eine einen einer erste ersten einmal 首'),
])

function implied(values: readonly number[], words: string): readonly (readonly [string, readonly number[]])[] {
  return words.split(' ').map((word) => [word, values] as const)
}

/** Parses a table whose rows have the names of one number, separated by blanks. */
function table(rows: string, valueOf: (index: number) => number): ReadonlyMap<string, number> {
  const entries = rows.split(' ').flatMap((row, index) => row.split('|').map((name) => [name, valueOf(index)] as const))
  return new Map(entries.filter(([name]) => name !== '-'))
}
