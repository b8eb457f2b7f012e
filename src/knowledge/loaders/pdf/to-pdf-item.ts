import { cleanItemText } from './clean-item-text.ts'
import type { PdfItem, QuarterTurns } from './pdf-content.ts'

/** A text of a page, as pdf.js returns it. */
export interface RawItem {
  /** The characters. */
  readonly str: string
  /** Direction of writing: `ltr`, `rtl` or `ttb`. */
  readonly dir: string
  /** The matrix of the text. */
  readonly transform: readonly number[]
  /** Width in the space of the page. */
  readonly width: number
  /** Height in the space of the page. */
  readonly height: number
  /** Name of the font. */
  readonly fontName: string
}

/** Measures of a font, as pdf.js returns them. */
export interface RawStyle {
  /** Kind of the font, such as `monospace`. */
  readonly fontFamily?: string
  /** Height above the baseline, as a share of the size. */
  readonly ascent?: number
  /** Depth below the baseline, as a negative share of the size. */
  readonly descent?: number
  /** True for a font that writes from top to bottom. */
  readonly vertical?: boolean
}

/** Of fonts that do not state theirs. */
const USUAL_ASCENT = 0.88
const USUAL_DESCENT = -0.22

/** The facts of a page that the place of a text depends on. */
export interface ItemPlace {
  /** The matrix from the space of the PDF to the shown page. */
  readonly transform: readonly number[]
  /** The font. */
  readonly style: RawStyle | undefined
  /** True if blank text comes before the item. */
  readonly afterSpace: boolean
}

/** Returns a text with its place; `undefined` for a blank text, or one without a size. */
export function toPdfItem(raw: RawItem, { transform, style, afterSpace }: ItemPlace): PdfItem | undefined {
  const text = cleanItemText(raw.str)
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  const [a, b, c, d, x, y] = multiply(transform, raw.transform)
  const fontSize = Math.hypot(c, d)
  const scale = Math.hypot(transform[0] ?? 1, transform[1] ?? 0)
  const isVertical = style?.vertical === true || raw.dir === 'ttb'
  const length = (isVertical ? raw.height : raw.width) * scale
  if (!(fontSize > 0) || ![fontSize, length, x, y].every(Number.isFinite)) return undefined
  const turns = quarterTurns(Math.round(Math.atan2(b, a) / (Math.PI / 2)) + (isVertical ? 1 : 0))
  const [start, baseline] = turnBack(turns, x, y)
  const [ascent, descent] = isVertical ? [0.5, -0.5] : verticalExtent(style)
  return {
    text: trimmed,
    afterSpace: afterSpace || text.startsWith(' '),
    isRightToLeft: raw.dir === 'rtl',
    isMonospace: style?.fontFamily === 'monospace',
    fontSize,
    turns,
    left: start,
    right: start + Math.abs(length),
    top: baseline - ascent * fontSize,
    bottom: baseline - descent * fontSize,
    baseline,
  }
}

type Matrix = readonly [number, number, number, number, number, number]

function multiply(m: readonly number[], n: readonly number[]): Matrix {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = m
  const [g = 1, h = 0, i = 0, j = 1, k = 0, l = 0] = n
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f]
}

function quarterTurns(count: number): QuarterTurns {
  const turns = ((count % 4) + 4) % 4
  return turns === 1 || turns === 2 || turns === 3 ? turns : 0
}

/** Returns a point of the shown page in the page turned back. */
function turnBack(turns: QuarterTurns, x: number, y: number): readonly [number, number] {
  if (turns === 1) return [y, -x]
  if (turns === 2) return [-x, -y]
  return turns === 3 ? [-y, x] : [x, y]
}

function verticalExtent(style: RawStyle | undefined): readonly [number, number] {
  const { ascent = NaN, descent = NaN } = style ?? {}
  // Some fonts state values of another unit.
  const isUsual = ascent > 0.3 && ascent < 1.6 && descent <= 0 && descent > -0.8
  return isUsual ? [ascent, descent] : [USUAL_ASCENT, USUAL_DESCENT]
}
