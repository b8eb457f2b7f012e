import { cutText } from '../../core/text/cut-text.ts'
import { plainMarkdown } from './plain-markdown.ts'

// Every chunk repeats the headings above it, so a very long one is cut. Its markup is not part of the limit.
const LONGEST_HEADING = 200
const LONGEST_MARKUP = 1_000

const ATTRIBUTES = /\s*\{\s*(?:[#.:]|\/\*)[^{}]*\}\s*$/u
const CLOSING_MARKS = /(?<=\s)#+\s*$/u

/** Returns the text of a heading on one line, without its id, closing marks and the markup of Markdown. */
export function plainHeading(markdown: string): string {
  const heading = markdown
    .slice(0, LONGEST_MARKUP)
    .replace(ATTRIBUTES, '')
    .replace(CLOSING_MARKS, '')
    .replace(ATTRIBUTES, '')
  return cutText(plainMarkdown(heading, withoutTicks), LONGEST_HEADING).trim()
}

function withoutTicks(code: string): string {
  return code.replace(/^`+ ?/u, '').replace(/ ?`+$/u, '')
}
