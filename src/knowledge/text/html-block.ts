/** Returns true for the last line of a block. */
export type EndTest = (line: string) => boolean

/** Block of HTML, which starts at a line. */
export interface HtmlBlock {
  /** Returns true for its last line; absent if it is the line itself. */
  readonly endsWith?: EndTest | undefined
}

const RAW_TEXT = /^<(?:script|pre|style|textarea)(?:[\s>]|$)/iu
const RAW_TEXT_END = /<\/(?:script|pre|style|textarea)>/iu
const BLOCK_TAG =
  /^<\/?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:[\s>]|\/>|$)/iu
const ONE_TAG = /^<\/?[a-z][\w-]*(?:\s[^<>]*)?\/?>\s*$/iu
const ONLY_TAGS = /^(?:<[^<>]+>\s*)+$/u
const UNCLOSED_TAG = /^<\/?[a-z][\w-]*(?:\s[^<>]*)?$/iu

const MARKS: readonly (readonly [RegExp, string])[] = [
  [/^<!--/u, '-->'],
  [/^<\?/u, '?>'],
  [/^<!\[CDATA\[/u, ']]>'],
  [/^<![a-z]/iu, '>'],
]

/**
 * Recognises the start of an HTML block (CommonMark 4.6) in a line without indentation. A line with only inline tags, such
 * as an anchor, is one, too: it has no sentences.
 */
export function htmlBlockAt(line: string, isInParagraph: boolean): HtmlBlock | undefined {
  if (!line.startsWith('<')) return undefined
  if (RAW_TEXT.test(line)) return until(line, (later) => RAW_TEXT_END.test(later))
  const end = MARKS.find(([start]) => start.test(line))?.[1]
  if (end !== undefined) return until(line, (later) => later.includes(end))
  if (BLOCK_TAG.test(line)) return { endsWith: isBlank }
  if (isInParagraph) return undefined
  if (ONE_TAG.test(line) || UNCLOSED_TAG.test(line)) return { endsWith: isBlank }
  return ONLY_TAGS.test(line) ? {} : undefined
}

function until(line: string, endsWith: EndTest): HtmlBlock {
  return endsWith(line) ? {} : { endsWith }
}

function isBlank(line: string): boolean {
  return line.trim() === ''
}
