import type { Rectangle, TextRectangle } from './loaded-document.ts'

const RIGHT_TO_LEFT = /^\P{L}*[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303F\uFF00-\uFF60]/u

/** Maximum gap between two words of a line, by their height; the gap between columns is between two lines. */
const WORD_GAP = 5

/** A part of a text. */
export interface TextPart {
  /** The text, or a piece of it that has the whole part. */
  readonly text: string
  /** Offset of `text`, if it is a piece. @defaultValue 0 */
  readonly textStart?: number | undefined
  /** Offset of the first UTF-16 code unit of the part. */
  readonly start: number
  /** Offset after the last one. */
  readonly end: number
}

/**
 * Returns the rectangles of a part of a text, in its order: one for each line, or several if the line has wide gaps. The
 * width of a character is estimated if the part begins or ends within a text item.
 */
export function findRectangles(rectangles: readonly TextRectangle[], part: TextPart): readonly Rectangle[] {
  const found: Rectangle[] = []
  for (const rectangle of rectangles) {
    if (rectangle.start >= part.end || part.start >= rectangle.end) continue
    const next = clip(rectangle, part)
    const last = found.at(-1)
    if (last && isSameLine(last, next)) found[found.length - 1] = union(last, next)
    else found.push(next)
  }
  return found
}

function isSameLine(a: Rectangle, b: Rectangle): boolean {
  const height = Math.min(a.height, b.height)
  const overlap = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  const gap = Math.max(b.x - a.x - a.width, a.x - b.x - b.width)
  return overlap > 0.5 * height && gap < WORD_GAP * height
}

function union(a: Rectangle, b: Rectangle): Rectangle {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)]
  const [right, bottom] = [Math.max(a.x + a.width, b.x + b.width), Math.max(a.y + a.height, b.y + b.height)]
  return { x, y, width: right - x, height: bottom - y }
}

function clip(rectangle: TextRectangle, { text, textStart = 0, start, end }: TextPart): Rectangle {
  const { x, y, width, height } = rectangle
  const whole = text.slice(Math.max(0, rectangle.start - textStart), Math.max(0, rectangle.end - textStart))
  const offset = Math.max(rectangle.start, textStart)
  const [from, to] = [Math.max(0, start - offset), Math.min(whole.length, end - offset)]
  if (from === 0 && to === whole.length) return { x, y, width, height }
  const all = widthOf(whole)
  const [before, inside] = [widthOf(whole.slice(0, from)) / all, widthOf(whole.slice(from, to)) / all]
  // A text that is taller than wide, and has several characters, is rotated or written from top to bottom.
  if (height > 1.5 * width && whole.length > 2) return { x, y: y + before * height, width, height: inside * height }
  const shift = RIGHT_TO_LEFT.test(whole) ? 1 - before - inside : before
  return { x: x + shift * width, y, width: inside * width, height }
}

/** Estimates the width of a text, in widths of a small letter. */
function widthOf(text: string): number {
  let width = 0
  for (const character of text) {
    if (/[ijlI.,:;'’!|()[\]ft]/u.test(character)) width += 0.6
    else if (WIDE.test(character)) width += 2
    else width += /[mwMW@%—\p{Lu}]/u.test(character) ? 1.4 : 1
  }
  return width
}
