import type { Rectangle } from '../../documents/loaded-document.ts'

/** The number of quarter turns, clockwise, by which a text is rotated on its page. */
export type QuarterTurns = 0 | 1 | 2 | 3

/**
 * A text of a page as its PDF draws it. Its edges are those of the page turned back, so that the text is horizontal.
 */
export interface PdfItem {
  /** The characters, in reading order. */
  readonly text: string
  /** True if a space comes before it. */
  readonly afterSpace: boolean
  /** True if it is of a script that is read from right to left. */
  readonly isRightToLeft: boolean
  /** True if its font has one width for all characters. */
  readonly isMonospace: boolean
  /** Size of the font, in points. */
  readonly fontSize: number
  /** Rotation of the text. */
  readonly turns: QuarterTurns
  /** Left edge. */
  readonly left: number
  /** Right edge. */
  readonly right: number
  /** Upper edge. */
  readonly top: number
  /** Lower edge. */
  readonly bottom: number
  /** The line on which the letters stand. */
  readonly baseline: number
}

/** A page of a PDF. */
export interface PdfPage {
  /** Number, from 1. */
  readonly number: number
  /** Width, after the rotation of the page, in points. */
  readonly width: number
  /** Height, after the rotation of the page, in points. */
  readonly height: number
  /** The texts, in the order in which they are drawn. */
  readonly items: readonly PdfItem[]
}

/** An entry of the outline of a PDF. */
export interface PdfOutlineEntry {
  /** Its words. */
  readonly title: string
  /** Its depth, from 1. */
  readonly level: number
  /** Number of its page, from 1. */
  readonly page: number
}

/** The texts of a PDF and what describes them. */
export interface PdfContent {
  /** Title in the metadata. */
  readonly title?: string | undefined
  /** Outline, in order. */
  readonly outline: readonly PdfOutlineEntry[]
  /** Pages, in order. */
  readonly pages: readonly PdfPage[]
}

/** Returns the place of edges on the page as it is shown. */
export function toRectangle({ turns, left, right, top, bottom }: Omit<PdfItem, 'text'>): Rectangle {
  const [width, height] = [right - left, bottom - top]
  if (turns === 1) return { x: -bottom, y: left, width: height, height: width }
  if (turns === 2) return { x: -right, y: -bottom, width, height }
  if (turns === 3) return { x: top, y: -right, width: height, height: width }
  return { x: left, y: top, width, height }
}
