// Characters that bring their own space: Chinese and Japanese ones, and full-width punctuation.
const WIDE = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]`

/** Matches a text that brings its own space in front. */
export const STARTS_WIDE = new RegExp(`^["'“‘]*${WIDE}`, 'u')
const ENDS_WIDE = new RegExp(`${WIDE}["'”’]*$`, 'u')

/** Joins the lines of a sentence, and leaves out the marks of a quotation: both are layout of its source. */
export function onOneLine(text: string): string {
  const lines = text.split(/[\r\n]+/u).map((line) => line.replace(/^[\s>]+/u, '').trimEnd())
  return lines.reduce((joined, line, index) => {
    // The end of the line before, and not of all that is joined: that would be read again for each line.
    const isWide = ENDS_WIDE.test(lines[index - 1] ?? '') && STARTS_WIDE.test(line)
    return `${joined}${isWide ? '' : ' '}${line}`
  })
}

/** The citation that stands behind a sentence, with the space between the two. */
export function citationBehind(sentence: string, number: number): string {
  return ENDS_WIDE.test(sentence) ? `[${number}]` : ` [${number}]`
}
