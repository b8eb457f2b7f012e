import type { DocumentErrorCode } from '../../documents/document-error.ts'
import type { LoadedDocument } from '../../documents/loaded-document.ts'
import type { PdfLimits } from '../pdf/read-pdf.ts'

/** A PDF to load. */
export interface PdfRequest extends PdfLimits {
  /** Selects the loader. */
  readonly type: 'pdf'
  /** The PDF. */
  readonly bytes: Uint8Array
  /** Maximum size of a decoded stream. */
  readonly maxStreamBytes: number
  /** Folder with the character maps of pdf.js. */
  readonly cMapFolder?: string | undefined
}

/** A DOCX to load. */
export interface DocxRequest {
  /** Selects the loader. */
  readonly type: 'docx'
  /** An archive with the texts of the DOCX, which are not compressed. */
  readonly bytes: Uint8Array
  /** Id of the document, for error messages. */
  readonly documentId: string
}

/** A document to load in a worker thread. */
export type WorkerRequest = PdfRequest | DocxRequest

/** The answer of the worker thread: one of the two. */
export interface WorkerAnswer {
  /** The text of the document. */
  readonly document?: LoadedDocument
  /** The error. */
  readonly failure?: { readonly code: DocumentErrorCode; readonly message: string; readonly cause?: string }
}
