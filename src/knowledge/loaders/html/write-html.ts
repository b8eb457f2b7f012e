import type { Block } from '../../text/find-blocks.ts'
import { createBlockWriter, type BlockStyle } from './block-writer.ts'
import { isHiddenElement } from './hidden-element.ts'
import { codeOf, readTable, tableLines } from './html-table.ts'
import { visitNodes, type HtmlNode } from './html-nodes.ts'

/** The text of a part of an HTML document. */
export interface WrittenHtml {
  /** The text. */
  readonly text: string
  /** Its blocks. */
  readonly blocks: readonly Block[]
  /** Length of the text that is not in links, to tell an article from lists of links. */
  readonly unlinkedChars: number
}

const BLOCKS = new Set(
  `address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer
  form frameset header hgroup hr html legend li main menu ol p section summary search table tbody td tfoot th thead tr
  ul`.split(/\s+/u),
)
const HEADING = /^h([1-6])$/u
const LISTS = new Set(['ol', 'ul', 'menu', 'dir'])
const CODE = new Set(['pre', 'listing', 'xmp', 'plaintext'])
const DEEPEST_INDENT = 5

/** The attribute that holds the level of a heading, because the extraction of the article renames headings. */
export const LEVEL_ATTRIBUTE = 'data-heading-level'

interface List {
  /** Number of the next item; absent for a list without numbers. */
  next?: number
  hasItems: boolean
}

/**
 * Writes the visible text below a node: headings as `## Heading`, items as `- item` or `1. item`, tables as
 * `| cell | cell |`, code between fences with its white space, images as their alternative texts.
 */
export function writeHtml(root: HtmlNode): WrittenHtml {
  const writer = createBlockWriter()
  const lists: List[] = []
  let heading: HtmlNode | undefined
  let links = 0
  let unlinkedChars = 0

  function write(text: string): void {
    writer.write(text)
    if (links === 0) unlinkedChars += text.trim().length
  }

  function writeWhole(element: HtmlNode, name: string): boolean {
    if (name === 'img') write(` ${element.getAttribute?.('alt') ?? ''} `)
    else if (name === 'br') writer.breakLine()
    else if (CODE.has(name)) writer.writeVerbatim(fenced(codeOf(element)))
    else if (name === 'table') {
      const table = readTable(element)
      if (!table) return false
      writer.next()
      write(table.caption)
      writer.writeVerbatim(tableLines(table))
    } else return false
    return true
  }

  function enterBlock(element: HtmlNode, name: string): void {
    if (LISTS.has(name)) lists.push({ ...(name === 'ol' && { next: startOf(element) }), hasItems: false })
    const level = levelOf(element, name)
    if (level !== undefined) heading = element
    if (level !== undefined) writer.next({ level, mark: `${'#'.repeat(level)} ` })
    else writer.next(name === 'li' ? itemStyle(lists) : undefined)
  }

  visitNodes(root, {
    text: write,
    enter(element, name) {
      if (isHiddenElement(element, name) || writeWhole(element, name)) return false
      if (name === 'a') links += 1
      if (heading) write(BLOCKS.has(name) ? ' ' : '')
      else if (BLOCKS.has(name) || HEADING.test(name)) enterBlock(element, name)
      return true
    },
    leave(element, name) {
      if (name === 'a') links -= 1
      if (heading && heading !== element) return
      if (heading === element) heading = undefined
      else if (!BLOCKS.has(name)) return
      if (LISTS.has(name)) lists.pop()
      // The mark of an empty item or heading is not that of the next block.
      writer.next(name === 'li' || HEADING.test(name) ? {} : undefined)
    },
  })
  return { ...writer.end(), unlinkedChars }
}

function levelOf(element: HtmlNode, name: string): number | undefined {
  const [, digit] = HEADING.exec(name) ?? []
  return digit === undefined ? undefined : Number(element.getAttribute?.(LEVEL_ATTRIBUTE) ?? digit)
}

function startOf(list: HtmlNode): number {
  const start = Number.parseInt(list.getAttribute?.('start') ?? '', 10)
  return Number.isSafeInteger(start) && start >= 0 && start < 1e6 ? start : 1
}

function itemStyle(lists: readonly List[]): BlockStyle {
  const list = lists.at(-1)
  const indent = '  '.repeat(Math.min(Math.max(0, lists.length - 1), DEEPEST_INDENT))
  const isTight = list?.hasItems === true || lists.length > 1
  if (list) list.hasItems = true
  if (list?.next === undefined) return { mark: `${indent}- `, isTight }
  return { mark: `${indent}${list.next++}. `, isTight }
}

/** Puts code between fences that are longer than each run of backticks in it. */
function fenced(code: string): string {
  if (code.trim() === '') return ''
  const longest = (code.match(/`{3,}/gu) ?? []).reduce((length, run) => Math.max(length, run.length), 2)
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${code}\n${fence}`
}
