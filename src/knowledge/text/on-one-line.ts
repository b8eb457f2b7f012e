// Characters that need no space before them: Chinese and Japanese ones, and full-width punctuation.
const WIDE = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]`

/** Matches a text that needs no space before it. */
export const STARTS_WIDE = new RegExp(`^["'“‘]*${WIDE}`, 'u')
const ENDS_WIDE = new RegExp(`${WIDE}["'”’]*$`, 'u')

/** Joins the lines of a sentence and removes the `>` of Markdown quotations: both are layout of the source. */
export function onOneLine(text: string): string {
  const lines = text.split(/[\r\n]+/u).map((line) => line.replace(/^[\s>]+/u, '').trimEnd())
  return lines.reduce((joined, line, index) => {
    // Tests the previous line and not the joined text, which would be scanned again for each line.
    const isWide = ENDS_WIDE.test(lines[index - 1] ?? '') && STARTS_WIDE.test(line)
    return `${joined}${isWide ? '' : ' '}${line}`
  })
}

/** Returns the citation for the end of a sentence, with the space before it if one is needed. */
export function citationBehind(sentence: string, number: number): string {
  return ENDS_WIDE.test(sentence) ? `[${number}]` : ` [${number}]`
}
