import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { isRecord } from '../../core/options/plain-object.ts'
import type { Chunk } from '../../core/vocabulary/retriever.ts'
import { findBlocks, headingText } from '../text/find-blocks.ts'
import { plainHeading } from '../text/plain-heading.ts'
import { splitDocument } from '../text/split-document.ts'
import { withContext } from '../text/with-context.ts'

/** A document to index. */
export interface LocalDocument {
  /** Unique among the documents. */
  readonly documentId: string
  /** Plain text or Markdown. A blank text is never found. */
  readonly text: string
  /** Title of the document. @defaultValue the first `#` heading of the text, if it has one */
  readonly title?: string | undefined
  /** Address of the document. */
  readonly url?: string | undefined
  /** Metadata, copied to each chunk. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** A chunk and its indexed text. */
export interface IndexedChunk {
  /** The chunk. */
  readonly chunk: Chunk
  /** Its own text after the title of the document and the headings above it. */
  readonly indexedText: string
}

/**
 * Validates all documents before any of them is indexed.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field`, such as `documents[2].text`
 */
export function checkDocuments(documents: unknown): void {
  if (!Array.isArray(documents)) throw invalidInput('documents', 'Cannot index documents: they must be an array')
  const seen = new Map<string, number>()
  for (const [index, document] of documents.entries()) {
    const at = `documents[${index}]`
    const documentId = checkDocument(document, at)
    const earlier = seen.get(documentId)
    if (earlier !== undefined) {
      const message = `Cannot index ${at}: documents[${earlier}] has the same documentId '${documentId}'`
      throw invalidInput(`${at}.documentId`, message)
    }
    seen.set(documentId, index)
  }
}

function checkDocument(document: unknown, at: string): string {
  if (!isRecord(document)) throw invalidInput(at, `Cannot index ${at}: it must be an object`)
  const { documentId, text, title, url, metadata } = document
  if (typeof documentId !== 'string' || documentId === '')
    throw mustBe(`${at}.documentId`, 'a string that is not empty')
  if (typeof text !== 'string') throw mustBe(`${at}.text`, 'a string')
  if (title !== undefined && typeof title !== 'string') throw mustBe(`${at}.title`, 'a string')
  if (url !== undefined && typeof url !== 'string') throw mustBe(`${at}.url`, 'a string')
  if (metadata !== undefined && !isRecord(metadata)) throw mustBe(`${at}.metadata`, 'an object')
  return documentId
}

function mustBe(field: string, what: string): TypeError {
  return invalidInput(field, `Cannot index ${field}: it must be ${what}`)
}

/** Splits a document into chunks. Their values are copies, so that the caller may change the document later. */
export function toChunks(document: LocalDocument, chunkChars: number): readonly IndexedChunk[] {
  const { documentId, text, url } = document
  // A byte order mark belongs to the encoding of a file, not to its text.
  const mark = text.startsWith('\uFEFF') ? 1 : 0
  const content = text.slice(mark)
  const title = document.title ?? firstHeading(content)
  const metadata = document.metadata && Object.freeze({ ...document.metadata })
  return splitDocument({ text: content }, chunkChars).map(({ start, end, headings, section, verbatimEnd }, index) => {
    const chunk: Chunk = Object.freeze({
      chunkId: `${documentId}#${index + 1}`,
      documentId,
      text: content.slice(start, end),
      ...(title !== undefined && { title }),
      ...(section.length > 0 && { section: Object.freeze(section) }),
      ...(url !== undefined && { url }),
      location: Object.freeze({ start: start + mark, end: end + mark }),
      ...(verbatimEnd !== undefined && { verbatimEnd }),
      ...(metadata && { metadata }),
    })
    return { chunk, indexedText: withContext(chunk.text, title, { headings, section }) }
  })
}

function firstHeading(text: string): string | undefined {
  const heading = findBlocks(text).find(({ level }) => level === 1)
  return heading && (plainHeading(headingText(text, heading)) || undefined)
}
