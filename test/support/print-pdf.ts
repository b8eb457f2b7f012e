import type { Browser } from 'playwright-core'
import { splitSentences } from '../../src/core/text/split-sentences.ts'
import type { Rectangle } from '../../src/knowledge/documents/loaded-document.ts'

/** A rectangle on a page. */
export interface PageRectangle extends Rectangle {
  readonly page: number
}

/** A sentence of a printed document. */
export interface PrintedSentence {
  readonly text: string
  /** A rectangle for each of its lines, as the browser laid it out, in points. */
  readonly rectangles: readonly PageRectangle[]
}

/** A printed document. */
export interface PrintedDocument {
  readonly pdf: Uint8Array
  readonly sentences: readonly PrintedSentence[]
}

/** The options of {@link printPdf}. */
export interface PrintOptions {
  /** Language of the texts. */
  readonly language: string
  /** Columns of a page. @defaultValue 1 */
  readonly columns?: number
  /** Properties of the text in CSS. */
  readonly style?: string
  /** Writes a header, and the number of the page below the text. */
  readonly headers?: boolean
  /** A heading before every n-th text. */
  readonly headings?: { readonly every: number; readonly text: string }
}

// A4 at 96 dots per inch.
const [WIDTH, HEIGHT] = [794, 1123]
const POINTS = 0.75

/**
 * Prints texts as a PDF, and measures where each sentence is. Pages are boxes of their own, filled one text after the other,
 * so that the positions in the browser are those on paper.
 */
export async function printPdf(
  browser: Browser,
  texts: readonly string[],
  options: PrintOptions,
): Promise<PrintedDocument> {
  const page = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT } })
  try {
    await page.setContent(frame(options))
    const rectangles = await page.evaluate(layOut, {
      texts: texts.map((text) => splitSentences(text)),
      headers: options.headers === true,
      headings: options.headings ?? null,
    })
    const pdf = await page.pdf({ width: `${WIDTH}px`, height: `${HEIGHT}px`, printBackground: true })
    const sentences = texts
      .flatMap((text) => splitSentences(text))
      .map((text, index) => ({
        text: text.trim(),
        rectangles: (rectangles[index] ?? []).map(({ page: number, x, y, width, height }) => ({
          page: number,
          x: x * POINTS,
          y: y * POINTS,
          width: width * POINTS,
          height: height * POINTS,
        })),
      }))
    return { pdf, sentences: sentences.filter(({ text }) => text !== '') }
  } finally {
    await page.close()
  }
}

function frame({ language, columns = 1, style = '' }: PrintOptions): string {
  const direction = ['ar', 'he', 'fa'].includes(language) ? 'rtl' : 'ltr'
  return `<!doctype html><html lang="${language}" dir="${direction}"><meta charset="utf-8"><style>
    @page { size: ${WIDTH}px ${HEIGHT}px; margin: 0 }
    body { margin: 0; font: 14px/1.4 serif }
    .page { position: relative; width: ${WIDTH}px; height: ${HEIGHT}px; box-sizing: border-box; padding: 90px 80px;
      break-after: page; overflow: hidden }
    .text { height: 943px; columns: ${columns}; column-gap: 28px; column-fill: auto; ${style} }
    p { margin: 0 0 10px } h2 { font-size: 20px; margin: 0 0 8px }
    .header, .footer { position: absolute; left: 80px; right: 80px; font-size: 11px } .header { top: 40px }
    .footer { bottom: 40px; text-align: center }
  </style><body></body></html>`
}

interface Layout {
  readonly texts: readonly (readonly string[])[]
  readonly headers: boolean
  readonly headings: { readonly every: number; readonly text: string } | null
}

/** Runs in the browser: fills the pages, and returns the rectangles of each sentence. */
function layOut({ texts, headers, headings }: Layout): PageRectangle[][] {
  const add = (parent: Element, name: string, className: string): HTMLElement => {
    const element = document.createElement(name)
    if (className !== '') element.className = className
    parent.append(element)
    return element
  }
  let pages = 0
  const openPage = (): HTMLElement => {
    const box = add(document.body, 'div', 'page')
    pages += 1
    if (headers) {
      add(box, 'div', 'header').textContent = 'Collected passages for the test'
      add(box, 'div', 'footer').textContent = `${pages}`
    }
    return add(box, 'div', 'text')
  }
  let box = openPage()
  const isFull = (): boolean => box.scrollHeight > box.clientHeight || box.scrollWidth > box.clientWidth
  for (const [index, sentences] of texts.entries()) {
    const elements: HTMLElement[] = []
    if (headings && index % headings.every === 0) {
      const heading = add(box, 'h2', '')
      heading.textContent = `${headings.text} ${index + 1}`
      elements.push(heading)
    }
    const paragraph = add(box, 'p', '')
    elements.push(paragraph)
    for (const sentence of sentences) add(paragraph, 'span', '').textContent = sentence
    if (!isFull()) continue
    box = openPage()
    box.append(...elements)
  }
  return [...document.querySelectorAll('p > span')].map((span) => {
    const page = span.closest('.page')
    const { left = 0, top = 0 } = page?.getBoundingClientRect() ?? {}
    const number = [...document.querySelectorAll('.page')].findIndex((other) => other === page) + 1
    return [...span.getClientRects()].map(({ x, y, width, height }) => ({
      page: number,
      x: x - left,
      y: y - top,
      width,
      height,
    }))
  })
}
