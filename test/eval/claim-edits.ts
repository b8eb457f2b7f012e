import type { PlacedSentence } from './grounding-data.ts'
import type { Edit } from './grounding-edits.ts'

/** A sentence with a person, a place or another answer of a data set in it. */
export interface NamedSentence extends PlacedSentence {
  /** The answer that stands in the sentence. */
  readonly name: string
}

const OPPOSITES = (
  'before/after first/last north/south east/west northern/southern eastern/western increase/decrease increased/decreased ' +
  'large/small larger/smaller largest/smallest high/low higher/lower highest/lowest more/fewer most/least early/late ' +
  'earlier/later rich/poor strong/weak new/old win/lose won/lost begin/end began/ended open/closed inside/outside ' +
  'public/private common/rare success/failure successful/unsuccessful positive/negative hot/cold long/short ' +
  'longer/shorter above/below legal/illegal possible/impossible male/female major/minor upper/lower same/different ' +
  'rose/fell gained/lost accepted/rejected included/excluded allowed/prohibited supported/opposed left/right ' +
  'better/worse best/worst majority/minority internal/external many/few young/old rise/fall ancient/modern'
)
  .split(' ')
  .map((pair) => pair.split('/'))
const OPPOSITE_OF = new Map(OPPOSITES.flatMap(([a = '', b = '']) => [[a, b] as const, [b, a] as const]))

/** Replaces one word by its opposite. */
export const changeToOpposite: Edit = ({ sentence }, random) => {
  const words = [...sentence.matchAll(/\b[a-z]+\b/gu)].filter(([word]) => OPPOSITE_OF.has(word))
  const word = pick(words, random)
  return word && replaceAt(sentence, word.index, { old: word[0], by: OPPOSITE_OF.get(word[0]) ?? '' })
}

const PLAIN_NUMBER = /(?<![\p{L}\p{N}.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\p{N}%]|[.,]\d)/gu
const YEAR = /(?<!\d)1\d{3}(?!\d)|(?<!\d)20\d\d(?!\d)/gu

/** Exchanges two different numbers of a sentence that are no years. */
export const swapNumbers: Edit = ({ sentence }, random) => {
  const years = new Set(Array.from(sentence.matchAll(YEAR), ({ index }) => index))
  return swap(
    sentence,
    [...sentence.matchAll(PLAIN_NUMBER)].filter(({ index }) => !years.has(index)),
    random,
  )
}

/** Exchanges two different years of a sentence. */
export const swapYears: Edit = ({ sentence }, random) => swap(sentence, [...sentence.matchAll(YEAR)], random)

const NAME = /(?<=[\p{Ll},] )\p{Lu}\p{Ll}{2,}\b/gu

/** Replaces a name by another one of its paragraph that is not in the sentence. */
export const changeToNameOfSource: Edit = ({ sentence, paragraph }, random) => {
  const own = [...sentence.matchAll(NAME)]
  const match = pick(own, random)
  const others = Array.from(paragraph.matchAll(NAME), ([name]) => name).filter((name) => !sentence.includes(name))
  const other = pick([...new Set(others)], random)
  return match && other && replaceAt(sentence, match.index, { old: match[0], by: other })
}

/** Creates the edit that replaces the name of a sentence by one of another paragraph. */
export function changeChineseName(
  sentences: readonly NamedSentence[],
): (placed: NamedSentence, random: () => number) => string | undefined {
  const names = [...new Set(sentences.map(({ name }) => name))]
  return ({ sentence, paragraph, name }, random) => {
    const others = names.filter((other) => !paragraph.includes(other) && !other.includes(name))
    const other = pick(others, random)
    return other && sentence.replace(name, () => other)
  }
}

const TITLE = /《[^》]{1,30}》/gu

/** Creates the edit that replaces a title in 《》 by another one. */
export function changeTitle(sentences: readonly PlacedSentence[]): Edit {
  const titles = [
    ...new Set(sentences.flatMap(({ sentence }) => [...sentence.matchAll(TITLE)].map(([title]) => title))),
  ]
  return ({ sentence }, random) => {
    const match = pick([...sentence.matchAll(TITLE)], random)
    const other = pick(
      titles.filter((title) => !sentence.includes(title)),
      random,
    )
    return match && other && replaceAt(sentence, match.index, { old: match[0], by: other })
  }
}

const GERMAN_VERB =
  /(?<=\p{Ll} )(?:ist|sind|war|waren|wurde|wurden|hat|haben|hatte|kann|können|konnte|muss|wird|werden)(?= (?!nicht|kein|nie)\p{L})/gu

/** Takes a German negation away, or adds one behind a finite verb. */
export const flipGermanNegation: Edit = ({ sentence }, random) => {
  const negation = pick([...sentence.matchAll(/ nicht\b(?! (?:nur|allein))|\bk(?=ein(?:e[nmrs]?)?\b)/gu)], random)
  if (negation) return replaceAt(sentence, negation.index, { old: negation[0], by: '' })
  const verb = pick([...sentence.matchAll(GERMAN_VERB)], random)
  return verb && replaceAt(sentence, verb.index, { old: verb[0], by: `${verb[0]} nicht` })
}

const FRAMES: Readonly<Record<string, readonly string[]>> = {
  en: [
    'According to the documentation, ',
    'Based on the information that was provided in the sources, ',
    'As the text explains, ',
    'The source states that ',
    'As described in the second paragraph of the document, ',
    'The article mentions that ',
    'From what the passage says, ',
  ],
  de: [
    'Laut den Angaben gilt: ',
    'Nach den Informationen in der Dokumentation gilt Folgendes: ',
    'Wie im Text beschrieben wird, gilt: ',
    'In der Quelle steht: ',
    'Dem Dokument zufolge gilt: ',
    'Die Dokumentation besagt: ',
  ],
  zh: ['根据文档，', '根据所提供的资料，', '文中提到，', '资料显示：', '按照原文的说法，', '该来源指出，'],
}

/** Creates the edit that puts an introduction before a true sentence. */
export function addFrame(language: string): Edit {
  return ({ sentence }, random) => {
    const frame = pick(FRAMES[language] ?? [], random) ?? ''
    const isSmall = /^(?:The|A|An|In|It|This|These|They|He|She|However|While|After|By|On|For|At)\b/u.test(sentence)
    return frame + (language === 'en' && isSmall ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence)
  }
}

function swap(sentence: string, matches: readonly RegExpExecArray[], random: () => number): string | undefined {
  const first = pick(matches, random)
  const second = pick(
    matches.filter(([value]) => value !== first?.[0]),
    random,
  )
  if (!first || !second) return undefined
  const [a, b] = first.index < second.index ? [first, second] : [second, first]
  const between = sentence.slice(a.index + a[0].length, b.index)
  return sentence.slice(0, a.index) + b[0] + between + a[0] + sentence.slice(b.index + b[0].length)
}

function pick<Item>(items: readonly Item[], random: () => number): Item | undefined {
  return items[Math.floor(random() * items.length)]
}

function replaceAt(text: string, index: number, { old, by }: { readonly old: string; readonly by: string }): string {
  return text.slice(0, index) + by + text.slice(index + old.length)
}
