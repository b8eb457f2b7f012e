import { MAX_CONTEXT_CHARS } from './marker-context.ts'
import { LABELS } from './marker-syntax.ts'

/** A bracket with numbers in a document, and the whole text around it. */
export interface BracketInDocument {
  /** The document. */
  readonly text: string
  /** The position of the opening bracket. */
  readonly start: number
  /** The position behind the closing bracket. */
  readonly end: number
}

/** The line of a bracket: the text before it, the bracket, and the text behind it. */
interface Line {
  readonly before: string
  readonly bracket: string
  readonly after: string
  /** The nearest line above that is not blank, and the one below. */
  readonly above: string
  readonly below: string
}

/**
 * Returns true if a bracket of a document is code without a fence, and certainly no reference: a list in YAML or JSON, the
 * name of a table in TOML, a test of a shell, a class of a regular expression. Unlike an answer, a document is complete, so
 * that the rest of the line and the lines around it count. Time is constant.
 */
export function isCodeInDocument({ text, start, end }: BracketInDocument): boolean {
  const before = lastLine(text.slice(Math.max(0, start - MAX_CONTEXT_CHARS), start))
  const after = firstLine(text.slice(end, end + MAX_CONTEXT_CHARS))
  const bracket = text.slice(start, end)
  if (!bracket.startsWith('[') || bracket.includes('\n')) return false
  const lineStart = start - before.length
  const lineEnd = end + after.length
  const line = {
    // A line that is cut has no beginning.
    before: before.length < MAX_CONTEXT_CHARS ? before : `…${before}`,
    bracket,
    after,
    above: lastLine(text.slice(Math.max(0, lineStart - MAX_CONTEXT_CHARS), lineStart).trimEnd()),
    below: firstLine(text.slice(lineEnd, lineEnd + MAX_CONTEXT_CHARS).trimStart()),
  }
  return RULES.some((isCode) => isCode(line))
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1)
}

function firstLine(text: string): string {
  return /^[^\r\n]*/u.exec(text)?.[0] ?? ''
}

// Words before a reference: "see: [1]". An "id" is more often a key of data.
const LABELS_OF_PROSE = LABELS.filter((label) => label !== 'id')
const REFERENCE = new RegExp(
  `^(?:${LABELS_OF_PROSE.join('|')}|see|cf|note|notes|footnote|siehe|vgl|voir|ver|bkz|см|参见|参阅)$`,
  'iu',
)
const KEY = /^\s*(?:- +)*(?:"[^"]*"|'[^']*'|(?![A-Z][a-z])[\w./-]*[A-Za-z_][\w./-]*)\s*:\s+(?:[&!][\w/-]+ +)?$/u
const LINE_OF_DATA =
  /^\s*(?:#|\/\/|---|[-*]\s+\S*:?\s|[-*]\s*$|[\w."'/-]+\s*[:=]|[\]}[{(]|[-*]\s+[\w.'"[{-]+\s*$)|[:,{[(]\s*$/u
const LIST = /,|\d\s*[-–]\s*\d/u
const ENDS_VALUE = /^[\s\]]*,?\s*(?:#.*)?$/u

const RULES: readonly ((line: Line) => boolean)[] = [
  isValueOfKey,
  isItemOfList,
  isNestedList,
  isTableName,
  isShellTest,
  isPattern,
  isOperand,
  isQuotedCell,
]

/** `ports: [80, 443]`, the only value of its line, below no sentence. */
function isValueOfKey({ before, after, above }: Line): boolean {
  const [opening = ''] = /\[*$/u.exec(before) ?? []
  const head = before.slice(0, before.length - opening.length)
  if (!KEY.test(head) || !ENDS_VALUE.test(after)) return false
  const name = /([\w./-]+)["']?\s*:/u.exec(head)?.[1] ?? ''
  return !REFERENCE.test(name) && isAlone(above)
}

/** `- [1, 2]` in YAML, and `[1, 2],` in a list of several lines. In prose, an item has words beside its reference. */
function isItemOfList({ before, bracket, after, above, below }: Line): boolean {
  if (!ENDS_VALUE.test(after) || !LIST.test(bracket)) return false
  if (/^\s*(?:- +)+\[*$/u.test(before)) return isAlone(above)
  const isItem = (line: string) => /^\s*\[+[\d\s,.[\]-]+,?\s*$/u.test(line)
  return /^\s*$/u.test(before) && (after.trim().endsWith(',') || isItem(above)) && (isItem(above) || isItem(below))
}

/** `[[1, 2], [3, 4]]`: a list of lists. `[[1]]` is a reference. */
function isNestedList({ before, bracket, after }: Line): boolean {
  const isFirst = /\[\s*$/u.test(before) || bracket.startsWith('[[')
  const hasNext = /^\s*,\s*\[[\d\s,.-]+\]/u.test(after)
  const hasPrevious = /\[\s*\[[\d\s,.-]+\]\s*,(?:\s*\[[\d\s,.-]+\]\s*,)*\s*$/u.test(before)
  if (hasPrevious) return /^(?:\s*,\s*\[[\d\s,.-]+\])*\s*,?\s*\]/u.test(after)
  return isFirst && hasNext && /^(?:\s*,\s*\[[\d\s,.-]+\])+\s*,?\s*\]/u.test(after)
}

/** `[1]` alone in its line is the name of a table in TOML or INI if an assignment follows. */
function isTableName({ before, after, below }: Line): boolean {
  return before.trim() === '' && /^\]?\s*(?:[#;].*)?$/u.test(after) && /^[\w."'-]+\s*=(?!=)/u.test(below)
}

/** `if [ 1 ]; then` and `[ 1 ] && echo`. */
function isShellTest({ before, bracket, after }: Line): boolean {
  if (!/^\[+\s.*\s\]+$/u.test(bracket)) return false
  return /^\s*\]?\s*(?:;\s*(?:then|do)\b|&&|\|\|)/u.test(after) || /(?:&&|\|\||!)\s+\[?$/u.test(before)
}

/** `^[1-9]\d*$`, `[1-5]+` and `grep [1-5]`: a range of characters with a part of a pattern beside it. */
function isPattern({ before, bracket, after }: Line): boolean {
  if (!/^\[\d(?:-\d)?\]$/u.test(bracket)) return false
  if (/^(?:\\[.dDwWsSbB]|\[\^?\\?[0-9A-Za-z]-|\{\d+(?:,\d*)?\}|\+|[*?]?\$(?=$|["'`/\s]))/u.test(after)) return true
  if (!bracket.includes('-')) return /(?:\\[.dDwWsSbB][+*?]?|\(\?[:=!])$/u.test(before)
  const isCommand = /^\s*(?:[$>%]\s+)?(?:sudo\s+)?(?:e?grep|sed|awk|ls|rm|cp|mv|cat|find|tr|rg)\s+(?:\S+\s+)*$/u
  return /(?:\\[.dDwWsSbB][+*?]?|\(\?[:=!]|(?:^|["'`/\s(|])\^\(?)$/u.test(before) || isCommand.test(before)
}

/** An operand of an expression: `for key in [1, 2]:`, `[1] + [2]`, `[1, 2].map(f)`, `ok ? [1] : [2]`. */
function isOperand({ before, after }: Line): boolean {
  if (/^\.[a-z]\w*\(/u.test(after)) return true
  if (/(?:^|[\s(])(?:for\s+[\w, ()]+\s+(?:in|of)|(?:if|elif|while|assert)\s+\w+(?:\s+not)?\s+in)\s+$/u.test(before)) {
    return /^\s*[:)\]{]/u.test(after)
  }
  if (/(?:\]|\w\))\s*(?:[+*]|&&|\|\||\?\?)\s*$/u.test(before)) return true
  if (/^\s*(?:[+*]\s*(?:\[|\d+\s*$)|&&|\|\||\?\?)/u.test(after) && !/\*\S/u.test(before)) return true
  if (/(?:=|\breturn)\s.*[,?:+*|&-]\s*$/u.test(before))
    return /^\s*(?:[,;:)]|$)/u.test(after) && !/[a-z]{3,} [a-z]{3,} [a-z]{3,}/u.test(before)
  return /^\s*case\s+$/u.test(before) && after.startsWith(':')
}

/** A cell of CSV in quotation marks. */
function isQuotedCell({ before, after }: Line): boolean {
  return /(?:^|[,;])"\[*$/u.test(before) && /^\]*"(?:[,;]|\s*$)/u.test(after)
}

/** Returns true below a line that is no sentence, so that a bracket cannot end the sentence. */
function isAlone(above: string): boolean {
  return (
    above.trim() === '' ||
    LINE_OF_DATA.test(above) ||
    !/\p{L}+\s+\p{L}+\s+\p{L}+/u.test(above) ||
    /[.!?。]\s*$/u.test(above)
  )
}
