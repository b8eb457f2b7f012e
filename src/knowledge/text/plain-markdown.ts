import { splitInlineCode } from './split-inline-code.ts'

// The place of inline code while the text around it is changed.
const CODE = '\uE000'

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

/**
 * Returns the text of a paragraph or a heading on one line, without the markup of Markdown: the text of a link, the
 * description of a picture. Inline code is replaced by what `showCode` returns for it, with its backticks.
 *
 * Some patterns take time that grows with the square of the text, so the caller limits its length.
 */
export function plainMarkdown(markdown: string, showCode: (code: string) => string): string {
  const codes: string[] = []
  const prose = splitInlineCode(markdown.replaceAll(CODE, '')).map(({ isCode, text }) => {
    if (!isCode) return text
    // A line break in code is a space, too.
    codes.push(showCode(text.replace(/\s+/gu, ' ')))
    return CODE
  })
  const plain = MARKUP.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), prose.join(''))
  const next = codes.values()
  return plain.replaceAll(CODE, () => next.next().value ?? '').trim()
}
