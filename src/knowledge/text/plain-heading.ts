import { cutText } from '../../core/text/cut-text.ts'
import { splitInlineCode } from './split-inline-code.ts'

// Every chunk repeats the headings above it, so a very long one is cut. Its markup is not part of the limit.
const LONGEST_HEADING = 200
const LONGEST_MARKUP = 1_000

// The place of inline code while the text around it is changed.
const CODE = '\uE000'

const ATTRIBUTES = /\s*\{\s*(?:[#.:]|\/\*)[^{}]*\}\s*$/u
const CLOSING_MARKS = /(?<=\s)#+\s*$/u

/** Replacements in order, so that the text of an image in a link is found. */
const MARKUP: readonly (readonly [RegExp, string])[] = [
  [/<([a-z][a-z\d+.-]*:[^\s<>]*|[^\s<>@]+@[^\s<>]+)>/giu, '$1'],
  // Only tags of HTML: `Map<Key, Value>` is text.
  [/<!--.*?-->|<\/?(?:a|abbr|b|br|code|del|em|font|i|img|ins|kbd|mark|s|small|span|strong|su[bp]|u)\b[^<>]*>/giu, ''],
  [/(?<!\\)!\[([^[\]]*)\](?:\([^()]*\)|\[[^[\]]*\])/gu, '$1'],
  [/(?<!\\)\[\^[^[\]]*\]/gu, ''],
  [/(?<!\\)\[([^[\]]*)\](?:\((?:[^()]|\([^()]*\))*\)|\[[^[\]]*\])/gu, '$1'],
  [/(?<!\\)(\*{1,3}|~~)(?=\S)([^*~]+?)(?<=\S)\1/gu, '$2'],
  [/(?<![\p{L}\p{N}_\\])(_{1,3})(?=\S)([^_]+(?:_[^_]+)*?)(?<=\S)\1(?![\p{L}\p{N}_])/gu, '$2'],
  [/\\([!-/:-@[-`{-~])/gu, '$1'],
  [/&nbsp;/gu, ' '],
  [/&lt;/gu, '<'],
  [/&gt;/gu, '>'],
  [/&quot;/gu, '"'],
  [/&amp;/gu, '&'],
  [/\s+/gu, ' '],
]

/** Returns the text of a heading on one line, without its id, closing marks and the markup of Markdown. */
export function plainHeading(markdown: string): string {
  const heading = markdown
    .slice(0, LONGEST_MARKUP)
    .replaceAll(CODE, '')
    .replace(ATTRIBUTES, '')
    .replace(CLOSING_MARKS, '')
    .replace(ATTRIBUTES, '')
  const codes: string[] = []
  const prose = splitInlineCode(heading).map(({ isCode, text }) => {
    if (!isCode) return text
    // A line break in code is a space, too.
    codes.push(text.replace(/\s+/gu, ' ').replace(/^`+ ?/u, '').replace(/ ?`+$/u, ''))
    return CODE
  })
  const plain = MARKUP.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), prose.join(''))
  const next = codes.values()
  return cutText(plain.replaceAll(CODE, () => next.next().value ?? '').trim(), LONGEST_HEADING).trim()
}
