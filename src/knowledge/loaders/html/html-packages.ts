import { DocumentError } from '../../documents/document-error.ts'
import type { HtmlNode } from './html-nodes.ts'

/** A parsed HTML document. */
export interface HtmlDocument extends HtmlNode {
  /** The `html` element. */
  readonly documentElement: HtmlNode | null
}

/** Loads `linkedom`, and returns its parser. It runs no script and opens no address. */
export async function loadHtmlParser(documentId: string): Promise<(html: string) => HtmlDocument> {
  const { DOMParser } = await importLinkedom(documentId)
  return (html) => new DOMParser().parseFromString(html, 'text/html')
}

/** Loads `@mozilla/readability`, and returns its function, which changes the document. */
export async function loadArticleFinder(documentId: string): Promise<(document: unknown) => HtmlNode | undefined> {
  const { Readability } = await importReadability(documentId)
  return (document) => {
    let article: HtmlNode | undefined
    const serializer = (node: Node): string => {
      article = node
      return ''
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the document of linkedom has the members in use
    new Readability(document as Document, { disableJSONLD: true, serializer }).parse()
    return article
  }
}

/** Installs both packages, so that nobody installs one and then gets the same message for the other. */
const INSTALL = 'npm install linkedom @mozilla/readability'

// Each `import()` is directly in a `try`: only there, Next.js and webpack accept that a package is missing.
async function importLinkedom(documentId: string) {
  try {
    return await import('linkedom')
  } catch (cause) {
    throw packageMissing('linkedom', documentId, cause)
  }
}

async function importReadability(documentId: string) {
  try {
    return await import('@mozilla/readability')
  } catch (cause) {
    throw packageMissing('@mozilla/readability', documentId, cause)
  }
}

function packageMissing(name: string, documentId: string, cause: unknown): DocumentError {
  const message = `Cannot read ${documentId}: HTML needs the package ${name}. Install it: ${INSTALL}`
  return new DocumentError(message, { code: 'package-missing', cause })
}
