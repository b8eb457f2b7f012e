import { DocumentError } from '../../documents/document-error.ts'
import type { LoadedDocument } from '../../documents/loaded-document.ts'
import { pdfToDocument } from './pdf-to-document.ts'
import { readPdf, type ReadPdfOptions } from './read-pdf.ts'

/**
 * Loads a PDF in the current thread. The bytes cannot be used afterwards.
 *
 * @throws DocumentError with the reason alone as its message
 */
export async function loadPdfContent(bytes: Uint8Array, options: ReadPdfOptions): Promise<LoadedDocument> {
  const document = pdfToDocument(await readPdf(bytes, options))
  if (document.text !== '') return document
  const message = 'it has only images and no text. Recognize its text first (OCR)'
  throw new DocumentError(message, { code: 'empty' })
}
