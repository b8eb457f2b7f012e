import { DocumentError } from '../../src/knowledge/documents/document-error.ts'
import type { LoadedDocument, Loader } from '../../src/knowledge/documents/loaded-document.ts'

/** Loads the content of a file. */
export async function loadBytes(
  loader: Loader,
  content: Uint8Array | string,
  options: { readonly documentId?: string; readonly signal?: AbortSignal } = {},
): Promise<LoadedDocument> {
  const { documentId = 'report', signal = new AbortController().signal } = options
  return loader({ documentId, content, mediaType: 'application/octet-stream', signal })
}

/** Returns the code and the message of the `DocumentError` that loading a file throws. */
export async function errorOf(loader: Loader, content: Uint8Array | string): Promise<string> {
  try {
    await loadBytes(loader, content)
  } catch (thrown) {
    if (thrown instanceof DocumentError) return `${thrown.code}: ${thrown.message}`
    throw thrown
  }
  throw new Error('Loading did not fail')
}
