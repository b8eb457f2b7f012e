import type { DocumentKey } from '../store/knowledge-store.ts'
import { documentText } from './document-text.ts'
import type { SourceLookup } from './source-lookup.ts'
import { withoutPlace } from './source-url.ts'

/** A document of the index, as a reader gets it. */
export interface IndexedText {
  /** Id of the document. */
  readonly documentId: string
  /** Title for the reader. */
  readonly title?: string
  /** The whole text. White space between chunks is replaced by line breaks, so that offsets stay the same. */
  readonly text: string
  /** Address of the document, without a place in it. */
  readonly url?: string
  /** Metadata; a JSON object. */
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** Returns a document of the first scope that has it; `undefined` if none has. */
export async function readText(
  documentId: DocumentKey['documentId'],
  { store, scopes, signal }: SourceLookup,
): Promise<IndexedText | undefined> {
  for (const scope of scopes) {
    const found = await store.document({ scope, documentId }, { signal })
    if (!found) continue
    const { title, metadata } = found.document
    const url = found.chunks[0]?.url
    return {
      documentId,
      text: documentText(found.chunks),
      ...(title !== undefined && { title }),
      ...(url !== undefined && { url: withoutPlace(url) }),
      ...(metadata && { metadata }),
    }
  }
  return undefined
}
