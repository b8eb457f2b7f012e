// Fonts may draw a character and the radical of the same shape with one glyph, and a PDF often names the radical. These are
// the ones that NFKC leaves alone: each radical is followed by its character (Equivalent_Unified_Ideograph of Unicode).
const RADICALS =
  '⺁厂⺃乚⺄乙⺅亻⺆冂⺈刀⺉刂⺊卜⺌小⺍小⺎兀⺏尣⺐尢⺒巳⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺫目⺬示⺭礻⺯糹⺰纟' +
  '⺱罓⺲罒⺴冗⺶羊⺹耂⺺肀⺻聿⺼肉⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻈讠⻉贝⻋车⻌辶⻍辶⻎辶⻏邑⻐钅⻑長⻒镸⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻟飠⻠饣' +
  '⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟'

const CHARACTER_OF = new Map(
  Array.from({ length: RADICALS.length / 2 }, (_, pair) => [RADICALS.charAt(2 * pair), RADICALS.charAt(2 * pair + 1)]),
)

/** Radicals, ligatures, and the forms that Arabic letters take within a word. */
const PRESENTATION_FORM = /[\u2E80-\u2EFF\u2F00-\u2FDF\uFB00-\uFB4F\uFB50-\uFDFF\uFE70-\uFEFC]/gu
const CONTROL = /[\p{Cc}\u200B\u2028\u2029\uFEFF\uFFFE\uFFFF]+/gu
const PLAIN = /^[ -~\u00A1-\u00AC\u00AE-\u02FF\u4E00-\u9FFF]*$/u

/**
 * Returns the text of an item with one space between words, without control characters, and with the characters that a
 * reader types: `fi` for a ligature, the letters of Arabic for their forms, and composed accents.
 */
export function cleanItemText(raw: string): string {
  const text = PLAIN.test(raw) ? raw : cleanCharacters(raw)
  return text.replace(/\s+/gu, ' ')
}

function cleanCharacters(raw: string): string {
  return (
    raw
      .toWellFormed()
      .replace(PRESENTATION_FORM, (character) => CHARACTER_OF.get(character) ?? character.normalize('NFKC'))
      .replace(CONTROL, (controls) => (/[\t\n\r\u2028]/u.test(controls) ? ' ' : ''))
      .replaceAll('\u2012', '–')
      // A PDF has no invisible hyphens: it draws the character or leaves it out.
      .replaceAll('\u00AD', '-')
      .normalize('NFC')
  )
}
