const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' })

// A line break in a paragraph is layout, but the segmenter would end a sentence there.
const LINE_BREAK = /[\n\r\u0085\u2028\u2029]/gu

const ABBREVIATIONS =
  'Mr|Mrs|Ms|Dr|Prof|St|Gen|Col|Capt|Lt|Sgt|Rev|Hon|Gov|Sen|Rep|Mt|Ft|Nos?|Vol|[Ff]igs?|[Ee]q|[Cc]h|pp?|' +
  String.raw`vs|cf|ca|approx|e\.g|i\.e|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|(?:\p{Lu}\.)*\p{Lu}`
const ENDS_IN_ABBREVIATION = new RegExp(String.raw`(?:^|[\s\-("“‘'[])(?:${ABBREVIATIONS})\.\s*$`, 'u')
const LONGEST_ABBREVIATION = 24
const IS_LIST_NUMBER = /^\s*\d+\.\s*$/u
const ENDS_IN_IMAGE_MARK = /!\[$/u

/**
 * Splits a text into its sentences, which join to the text. They are those of `Intl.Segmenter`, except that none ends at an
 * abbreviation, at a list number, in code, or in the syntax of an image.
 */
export function splitSentences(text: string): readonly string[] {
  const lastBacktick = text.lastIndexOf('`')
  const sentences: string[] = []
  let start = 0
  let backticks = 0
  for (const { segment, index } of segmenter.segment(text.replace(LINE_BREAK, ' '))) {
    const end = index + segment.length
    backticks += segment.split('`').length - 1
    const isInCode = backticks % 2 === 1 && end <= lastBacktick
    if (end < text.length && (isInCode || isCutShort(segment))) continue
    sentences.push(text.slice(start, end))
    start = end
  }
  return sentences
}

function isCutShort(segment: string): boolean {
  const tail = segment.slice(-LONGEST_ABBREVIATION)
  return ENDS_IN_ABBREVIATION.test(tail) || IS_LIST_NUMBER.test(segment) || ENDS_IN_IMAGE_MARK.test(tail)
}
