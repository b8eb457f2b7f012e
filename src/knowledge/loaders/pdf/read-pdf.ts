import { DocumentError } from '../../documents/document-error.ts'
import { toRectangle, type PdfContent, type PdfItem, type PdfOutlineEntry, type PdfPage } from './pdf-content.ts'
import { openPdf, type PdfProxy, type PdfPageProxy } from './open-pdf.ts'
import { toPdfItem } from './to-pdf-item.ts'

/** The limits of a PDF. */
export interface PdfLimits {
  /** Maximum number of pages. */
  readonly maxPages: number
  /** Maximum length of the text, in UTF-16 code units. */
  readonly maxTextChars: number
}

/** The options of {@link readPdf}. */
export interface ReadPdfOptions extends PdfLimits {
  /** Folder with the character maps of pdf.js. */
  readonly cMapFolder?: string | undefined
  /** Throws if the reading must end; called after each page. */
  readonly checkpoint: () => void
}

/** A page with more texts is made to exhaust its reader: a full page of small print has 10,000 characters. */
const MAX_PAGE_ITEMS = 200_000
const MAX_OUTLINE_ENTRIES = 10_000

/** Reads the texts of a PDF. It throws a `DocumentError` with the reason alone as its message. */
export async function readPdf(bytes: Uint8Array, options: ReadPdfOptions): Promise<PdfContent> {
  const { maxPages, checkpoint } = options
  const { pdf, close, expectMaps } = await openPdf(bytes, options.cMapFolder)
  try {
    if (pdf.numPages > maxPages) {
      const message = `it has ${pdf.numPages} pages, and the limit is ${maxPages} (maxPages)`
      throw new DocumentError(message, { code: 'too-large' })
    }
    const pages: PdfPage[] = []
    let left = options.maxTextChars
    for (let number = 1; number <= pdf.numPages; number++) {
      const page = await readPage(pdf, number)
      checkpoint()
      for (const { text } of page.items) left -= text.length
      if (left < 0) {
        const message = `it has more than ${options.maxTextChars} characters of text (maxTextChars)`
        throw new DocumentError(message, { code: 'too-large' })
      }
      pages.push(page)
    }
    expectMaps()
    const title = await titleOf(pdf)
    return { title, outline: await outlineOf(pdf), pages }
  } finally {
    close()
  }
}

async function readPage(pdf: PdfProxy, number: number): Promise<PdfPage> {
  try {
    const page = await pdf.getPage(number)
    const { width, height, transform } = page.getViewport({ scale: 1 })
    const items = await readItems(page, number, transform)
    page.cleanup()
    return { number, width, height, items: items.filter((item) => isOnPage(item, width, height)) }
  } catch (thrown) {
    if (thrown instanceof DocumentError) throw thrown
    throw new DocumentError(`its page ${number} is damaged`, { code: 'damaged', cause: thrown })
  }
}

async function readItems(
  page: PdfPageProxy,
  number: number,
  transform: readonly number[],
): Promise<readonly PdfItem[]> {
  const items: PdfItem[] = []
  let count = 0
  let afterSpace = false
  const reader = page.streamTextContent().getReader()
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    count += chunk.value.items.length
    if (count > MAX_PAGE_ITEMS) {
      void reader.cancel(new Error('Too many texts')).catch(() => {})
      const message = `its page ${number} has more than ${MAX_PAGE_ITEMS} texts`
      throw new DocumentError(message, { code: 'too-large' })
    }
    for (const raw of chunk.value.items) {
      if (raw.str === undefined || raw.str === '') continue
      const item = toPdfItem(raw, { transform, style: chunk.value.styles[raw.fontName], afterSpace })
      afterSpace = !item || /\s$/u.test(raw.str)
      if (item) items.push(item)
    }
  }
  return items
}

/** Marks for printers and other texts outside of the shown page are left out. */
function isOnPage(item: PdfItem, pageWidth: number, pageHeight: number): boolean {
  const { x, y, width, height } = toRectangle(item)
  return x < pageWidth && y < pageHeight && x + width > 0 && y + height > 0
}

async function titleOf(pdf: PdfProxy): Promise<string | undefined> {
  try {
    const { info, metadata } = await pdf.getMetadata()
    const titles: readonly unknown[] = [metadata?.get('dc:title'), info['Title']]
    return titles.find((title) => typeof title === 'string')
  } catch {
    // Damaged metadata; the text may still be whole.
    return undefined
  }
}

interface OutlineNode {
  readonly title: string
  readonly dest: string | readonly unknown[] | null
  readonly items: readonly OutlineNode[]
}

async function outlineOf(pdf: PdfProxy): Promise<readonly PdfOutlineEntry[]> {
  const entries: PdfOutlineEntry[] = []
  async function visit(nodes: readonly OutlineNode[], level: number): Promise<void> {
    for (const { title, dest, items } of nodes) {
      if (entries.length >= MAX_OUTLINE_ENTRIES) return
      const page = await pageOf(pdf, dest)
      if (page !== undefined) entries.push({ title, level, page })
      if (level < 6) await visit(items, level + 1)
    }
  }
  try {
    await visit((await pdf.getOutline()) ?? [], 1)
    return entries
  } catch {
    // A damaged outline; headings are then found by their size.
    return []
  }
}

async function pageOf(pdf: PdfProxy, dest: OutlineNode['dest']): Promise<number | undefined> {
  const [target] = (typeof dest === 'string' ? await pdf.getDestination(dest) : dest) ?? []
  if (typeof target === 'number') return target + 1
  return typeof target === 'object' && target !== null ? (await pdf.getPageIndex(target)) + 1 : undefined
}
