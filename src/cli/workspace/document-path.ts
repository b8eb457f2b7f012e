const FOLDER = '/documents/'
// A browser cannot show them, and as text they are unreadable.
const BINARY = /\.docx$/i

/**
 * Returns the path at which a server shows a document; undefined for one that a browser cannot show. The index keeps it
 * without a host, because the host may be another one when the index is used again.
 */
export function pathOfDocument(documentId: string): string | undefined {
  return BINARY.test(documentId) ? undefined : FOLDER + toUrlPath(documentId)
}

/** Returns the id of a document as a part of a URL. A file name of Windows may contain an unpaired surrogate. */
export function toUrlPath(documentId: string): string {
  return documentId.toWellFormed().split('/').map(encodeURIComponent).join('/')
}
