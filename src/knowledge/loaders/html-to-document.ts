import { DocumentError } from '../documents/document-error.ts'
import type { LoadedDocument } from '../documents/loaded-document.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { booleanOption } from '../../core/options/options-with-defaults.ts'
import { expectString, wrongType } from '../../core/options/validate.ts'
import { expectText } from './expect-text.ts'
import { checkHtmlSize } from './html/check-html-size.ts'
import type { HtmlNode } from './html/html-nodes.ts'
import { loadArticleFinder, loadHtmlParser, type HtmlDocument } from './html/html-packages.ts'
import { surveyHtml } from './html/survey-html.ts'
import { writeHtml, type WrittenHtml } from './html/write-html.ts'

/** The options of {@link htmlToDocument}. */
export interface HtmlToDocumentOptions {
  /** Id of the document, for error messages. @defaultValue `the HTML` */
  readonly documentId?: string | undefined
  /**
   * Leaves out what surrounds the article of a page, such as menus and lists of links; needs `@mozilla/readability`. With
   * `false`, the whole body is read.
   * @defaultValue true
   */
  readonly mainContent?: boolean | undefined
}

const OPTIONS: OptionNames<HtmlToDocumentOptions> = { documentId: true, mainContent: true }

// An article with less of the prose is a part that was taken for the whole.
const SMALLEST_SHARE_OF_PROSE = 0.5

/**
 * Reads the text of HTML, with headings, list items, tables and code as blocks. It needs the package `linkedom`. It runs no
 * script, opens no address, and reads no style sheet.
 *
 * @throws DocumentError `empty` without text, `too-large`, `damaged` if it is nested too deeply, or `package-missing`
 */
export async function htmlToDocument(html: string, options: HtmlToDocumentOptions = {}): Promise<LoadedDocument> {
  expectOptions(options, OPTIONS, { of: 'htmlToDocument' })
  if (typeof html !== 'string') throw wrongType('html', 'a string', html)
  const documentId = expectString('documentId', options.documentId) ?? 'the HTML'
  const mainContent = booleanOption('mainContent', options.mainContent, true)
  checkHtmlSize(html, documentId)
  const parse = await loadHtmlParser(documentId)
  const findArticle = mainContent ? await loadArticleFinder(documentId) : undefined

  const document = parseWhole(html.toWellFormed().replaceAll('\0', '\uFFFD'), parse, documentId)
  const { title, isSafeToSearch } = surveyHtml(document)
  const body = writeHtml(document)
  // The search changes the document, so it comes last.
  const article = findArticle && isSafeToSearch ? writeArticle(document, findArticle) : undefined
  const isWhole = article && article.unlinkedChars >= body.unlinkedChars * SMALLEST_SHARE_OF_PROSE
  const { text, blocks } = isWhole ? article : body
  return { text: expectText(text, documentId), title: title ?? firstHeading(body), blocks, place: 'words' }
}

// The parser does not link it to the element after it.
const DOCTYPE = /^\s*(?:<\?xml[^>]*>\s*)?<!doctype[^>]*>/iu

/** Parses a page or a fragment. The parser adds no `html` and no `body`, which the search for the article needs. */
function parseWhole(html: string, parse: (html: string) => HtmlDocument, documentId: string): HtmlDocument {
  try {
    const document = parse(html.replace(DOCTYPE, ''))
    if (document.documentElement?.localName === 'html') return document
    return parse(`<html><head></head><body>${html}</body></html>`)
  } catch (cause) {
    throw new DocumentError(`Cannot read ${documentId} as HTML: it is damaged`, { code: 'damaged', cause })
  }
}

function writeArticle(
  document: HtmlDocument,
  findArticle: (document: unknown) => HtmlNode | undefined,
): WrittenHtml | undefined {
  try {
    const article = findArticle(document)
    return article && writeHtml(article)
  } catch {
    // The search for the article is a heuristic of a package; the body is read without it.
    return undefined
  }
}

function firstHeading({ text, blocks }: WrittenHtml): string | undefined {
  const heading = blocks.find(({ level }) => level === 1)
  return heading && text.slice(heading.textStart, heading.end)
}
