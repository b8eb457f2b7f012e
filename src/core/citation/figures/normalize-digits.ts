/**
 * Brings the figures of a text into one notation: ASCII digits, `%` and degrees as words, no superscripts. Other characters
 * get their compatibility forms.
 */
export function normalizeDigits(text: string): string {
  if (IS_NORMAL.test(text)) return text
  // Normalisation would turn superscripts into digits that join their neighbours; emphasis marks would join their word.
  const plain = text
    .replace(MARKS, ' ')
    .replace(FRACTION, ' $&')
    .replace(AREA, areaOf)
    .normalize('NFKC')
    .replaceAll('’', "'")
  const ascii = OTHER_DIGIT.test(plain) ? plain.replace(OTHER_DIGITS, toAscii) : plain
  // "百分之85" has its sign before the number.
  if (!SYMBOL.test(ascii)) return ascii
  return ascii
    .replace(PERCENT_BEFORE, (_, number: string) => `${number} percent `)
    .replace(SYMBOLS, (symbol) => ` ${SYMBOL_WORDS[symbol.replaceAll(' ', '')] ?? symbol} `)
}

/** Returns the ASCII digit or separator of another script. */
function toAscii(character: string): string {
  if (character === '٫') return '.'
  if (character === '٬') return ','
  const code = character.codePointAt(0) ?? 0
  // Digits of a script are in a row, from zero to nine.
  let zero = code
  while (code - zero < 9 && DIGIT.test(String.fromCodePoint(zero - 1))) zero -= 1
  return `${code - zero}`
}

function areaOf(_: string, unit: string, power: string): string {
  return `${power === '²' ? 'square' : 'cubic'} ${unit}`
}

// Most English sentences: ASCII without a sign that is replaced.
const IS_NORMAL = /^[\t\n\r -#&-)+-^a-~]*$/u
const MARKS = /[⁰¹³⁴-⁹①-⓿❶-➓²](?<!(?<!\p{L})[kcdm]?m[²³])|[_*`]/gu
const FRACTION = /[¼-¾⅐-⅞]/gu
const AREA = /(?<!\p{L})([kcdm]?m)([²³])/gu
const DIGIT = /\p{Nd}/u
const OTHER_DIGIT = /(?!\d)\p{Nd}/u
const OTHER_DIGITS = /(?!\d)\p{Nd}|[٫٬]/gu
const SYMBOL = /[%‰٪°℃℉]|百分之|\p{Sc}/u
const PERCENT_BEFORE = /百分之([\d.〇零一二两三四五六七八九十百点]+)/gu
const SYMBOLS = /[%٪‰]|°\s?[CF](?!\p{L})|°|[$€£¥](?![\d.,\s-]*\d)/gu
const SYMBOL_WORDS: Readonly<Record<string, string>> = {
  '%': 'percent',
  '٪': 'percent',
  '‰': 'permille',
  '°C': 'celsius',
  '°F': 'fahrenheit',
  '°': 'degree',
  $: 'dollar',
  '€': 'euro',
  '£': 'pound',
  '¥': 'yuan',
}
