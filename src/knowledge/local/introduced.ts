import type { Block } from '../text/find-blocks.ts'
import { splitSentences } from '../../core/text/split-sentences.ts'
import { quotableText } from './quotable-text.ts'

/** An item of a list. */
export interface QuotableItem {
  /** Its mark: `-`, or its number. */
  readonly mark: string
  /** Its sentences as plain text. */
  readonly sentences: readonly string[]
}

/** The list or the code behind a sentence or a heading. */
export interface Introduced {
  /** All items of a short list. */
  readonly items?: readonly QuotableItem[]
  /** A short block of code with its fences, unchanged. */
  readonly code?: string
}

// A reader does not take in a longer list or block at a glance, so it is not quoted.
const MOST_ITEMS = 10
const MOST_LINES = 15
const MOST_CHARS = 800

const MARK = /^\s*(?:>\s*)*(?:[-*+•]|(\d{1,3})[.)])\s/u
const CLOSED_FENCE = /^(`{3,}|~{3,})[^\n]*\n(?:.*\n)?\1\s*$/su

/** Returns the short list or the short block of code that begins at a block; an empty object if there is none. */
export function introducedBy(text: string, blocks: readonly Block[], at: number): Introduced {
  const block = blocks[at]
  if (!block) return {}
  if (block.kind === 'verbatim') {
    const code = text.slice(block.start, block.end)
    return CLOSED_FENCE.test(code) && isShort(code) ? { code } : {}
  }
  const items = itemsAt(text, blocks, at)
  return items.length > 1 ? { items } : {}
}

/** Returns true if a block is an item of a list. */
export function isItem(text: string, { kind, start, textStart }: Block): boolean {
  return kind === 'prose' && MARK.test(text.slice(start, textStart))
}

/** Returns the items of the list at a block; none if the list is long, or one of them cannot be quoted. */
function itemsAt(text: string, blocks: readonly Block[], at: number): readonly QuotableItem[] {
  const items: QuotableItem[] = []
  for (let next = at; next < blocks.length; next++) {
    const block = blocks[next]
    if (!block || !isItem(text, block)) break
    const [, number] = MARK.exec(text.slice(block.start, block.textStart)) ?? []
    const content = text.slice(block.textStart, block.end)
    const sentences = splitSentences(content).map(quotableText)
    if (items.length === MOST_ITEMS || !sentences.every((sentence) => sentence !== undefined)) return []
    items.push({ mark: number === undefined ? '-' : `${number}.`, sentences })
  }
  const first = blocks[at]
  const last = blocks[at + items.length - 1]
  return first && last && isShort(text.slice(first.start, last.end)) ? items : []
}

function isShort(text: string): boolean {
  return text.length <= MOST_CHARS && text.split('\n').length <= MOST_LINES
}
