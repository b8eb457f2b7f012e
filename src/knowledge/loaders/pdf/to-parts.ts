import { toRectangle, type PdfItem } from './pdf-content.ts'
import type { Rectangle } from '../../documents/loaded-document.ts'

/** A part of a line with its place. */
export interface TextPart {
  /** The characters. */
  readonly text: string
  /** The place on the page; a word that two lines divide has two parts. */
  readonly rectangle: Rectangle
  /** The characters between the part before and this one. */
  readonly separator: string
}

/** Width of the gap that is a space, as a share of the font size. */
const SPACE = 0.15
/** Chinese and Japanese are set with gaps that are not spaces. */
const WIDE_SPACE = 0.5
const IDEOGRAPHIC = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\uFF00-\uFFEF]/u

/** Returns the texts of a line in reading order. Texts without a gap between them, such as letters, are one part. */
export function toParts(items: readonly PdfItem[]): readonly TextPart[] {
  const ordered = inReadingOrder(items)
  const parts: TextPart[] = []
  let last: PdfItem | undefined
  for (const item of ordered) {
    const separator = last && isSpaceBetween(last, item) ? ' ' : ''
    const part = parts.at(-1)
    if (part && last && separator === '' && isSameKind(last, item)) {
      parts[parts.length - 1] = {
        ...part,
        text: part.text + item.text,
        rectangle: union(part.rectangle, toRectangle(item)),
      }
    } else {
      parts.push({ text: item.text, rectangle: toRectangle(item), separator })
    }
    last = item
  }
  return parts
}

/** Returns true if two characters are written without a space between them, also at the end of a line. */
export function isWithoutSpace(before: string, after: string): boolean {
  return IDEOGRAPHIC.test(lastCharacter(before)) && IDEOGRAPHIC.test(after.slice(0, 2))
}

function lastCharacter(text: string): string {
  return text.slice(/[\uDC00-\uDFFF]$/u.test(text) ? -2 : -1)
}

/**
 * Returns the texts of a line, which are in order from left to right, in reading order. In a line of a script that is
 * read from right to left, only runs of other texts, such as numbers, keep their order.
 */
function inReadingOrder(items: readonly PdfItem[]): readonly PdfItem[] {
  const chars = (group: readonly PdfItem[]): number => group.reduce((sum, { text }) => sum + text.length, 0)
  const reversed = items.filter((item) => item.isRightToLeft)
  if (reversed.length === 0) return items
  if (2 * chars(reversed) < chars(items)) return reverseRuns(items, true)
  return reverseRuns(items, false).toReversed()
}

/** Reverses each run of texts of one direction. */
function reverseRuns(items: readonly PdfItem[], isRightToLeft: boolean): readonly PdfItem[] {
  const runs: PdfItem[][] = []
  for (const item of items) {
    const run = runs.at(-1)
    if (run?.[0]?.isRightToLeft === item.isRightToLeft) run.push(item)
    else runs.push([item])
  }
  return runs.flatMap((run) => (run[0]?.isRightToLeft === isRightToLeft ? run.toReversed() : run))
}

function isSpaceBetween(last: PdfItem, item: PdfItem): boolean {
  const gap = Math.max(item.left - last.right, last.left - item.right) / Math.max(item.fontSize, last.fontSize)
  if (isWithoutSpace(last.text, item.text)) return gap > WIDE_SPACE
  // The order of the texts in the file, which `afterSpace` refers to, is not always the order of reading.
  return gap > SPACE || (gap > 0 && (item.afterSpace || last.afterSpace) && !item.isRightToLeft)
}

function isSameKind(last: PdfItem, item: PdfItem): boolean {
  const isOfOneSize = Math.abs(item.fontSize - last.fontSize) < 0.05 * last.fontSize
  const isIdeographic = (text: string): boolean => IDEOGRAPHIC.test(text.slice(0, 2))
  return isOfOneSize && isIdeographic(last.text) === isIdeographic(item.text)
}

function union(a: Rectangle, b: Rectangle): Rectangle {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)]
  const [right, bottom] = [Math.max(a.x + a.width, b.x + b.width), Math.max(a.y + a.height, b.y + b.height)]
  return { x, y, width: right - x, height: bottom - y }
}
