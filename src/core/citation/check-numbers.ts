/** Returns the value of a number in digits, or of an English or Chinese numeral. */
export function numberIn(text: string): number | undefined {
  const value = Number(text.replace(/[,']/gu, ''))
  return Number.isNaN(value) ? NUMERALS.get(text) : value
}

/** Returns the number of a month, by its English name or its first three letters. */
export function monthIn(text: string): number | undefined {
  return MONTHS.findIndex((month) => month === text || month.slice(0, 3) === text) + 1 || undefined
}

/** Returns the canonical name of a unit. */
export function unitIn(name = ''): string | undefined {
  return UNITS.get(name)
}

/**
 * Returns the value of two words that form one number, such as "twenty one" or "3.5 million"; `undefined` if they do not.
 * Digits are not added to a word: "20 two-person tents" has two numbers.
 */
export function joinNumeral(value: number, numeral: number, isSpelled: boolean): number | undefined {
  if (/^10+$/u.test(`${numeral}`)) {
    const factor = value % numeral
    return value - factor + (factor || 1) * numeral
  }
  return isSpelled && value % 10 ** `${numeral}`.length === 0 ? value + numeral : undefined
}

const MONTHS = 'january february march april may june july august september october november december'.split(' ')
const NUMERALS = table(
  'zero one|一 two|二|两 three|三 four|四 five|五 six|六 seven|七 eight|八 nine|九 ten|十 eleven twelve thirteen fourteen ' +
    'fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety ' +
    'hundred|百 thousand|千 万 - million - 亿 billion - - trillion',
  (index) => (index < 21 ? index : index < 28 ? index * 10 - 180 : 10 ** (index - 26)),
)
const UNITS = table(
  'percent|% km|kilometer|kilometre|公里 m|meter|metre|米 mile|英里 kg|kilogram|公斤 ton|吨 minute|分钟 hour|小时 ' +
    'day|天 month|月 year|年|岁 $|dollar|美元 €|euro|欧元 £ ¥|yuan|元',
  (_, [unit = '']) => unit,
)

/** Parses a table whose rows have the names of one thing, separated by blanks. */
function table<T>(rows: string, valueOf: (index: number, names: readonly string[]) => T): ReadonlyMap<string, T> {
  const entries = rows.split(' ').flatMap((row, index) => {
    const names = row.split('|')
    return names.map((name) => [name, valueOf(index, names)] as const)
  })
  return new Map(entries)
}
