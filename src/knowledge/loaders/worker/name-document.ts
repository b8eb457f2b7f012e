import { DocumentError } from '../../documents/document-error.ts'
import type { LoadedDocument } from '../../documents/loaded-document.ts'

/** Loads a document, and adds its name to the message of a `DocumentError` that is a reason alone. */
export async function nameDocument(
  documentId: string,
  signal: AbortSignal,
  load: () => Promise<LoadedDocument>,
): Promise<LoadedDocument> {
  try {
    return await load()
  } catch (thrown) {
    signal.throwIfAborted()
    if (!(thrown instanceof DocumentError) || thrown.message.startsWith('Cannot ')) throw thrown
    const { code, cause, message } = thrown
    throw new DocumentError(`Cannot read ${documentId}: ${message}`, { code, cause })
  }
}
