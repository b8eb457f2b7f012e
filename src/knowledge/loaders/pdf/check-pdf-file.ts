import { DocumentError } from '../../documents/document-error.ts'
import type { DocumentContent } from '../../documents/knowledge-document.ts'

/** Readers find the header within the first 1,024 bytes. */
const HEADER_BYTES = 1024
/** Some programs add bytes after the end. */
const END_BYTES = 64 * 1024

/**
 * Returns the bytes of a whole PDF.
 *
 * @throws DocumentError `damaged` with the reason alone as its message
 */
export function checkPdfFile(content: DocumentContent): Uint8Array {
  if (typeof content === 'string') {
    throw new DocumentError('a PDF must be passed as bytes, not as text', { code: 'damaged' })
  }
  const start = textOf(content.subarray(0, HEADER_BYTES))
  if (!start.includes('%PDF-')) throw new DocumentError('it is not a PDF', { code: 'damaged' })
  const end = textOf(content.subarray(-END_BYTES))
  // A file for the web states its length at its start.
  const length = Number(/\/Linearized\b[^>]{0,200}\/L\s+(\d+)/u.exec(start)?.[1] ?? 0)
  if (length > content.length || !(end.includes('%%EOF') || end.includes('startxref'))) {
    throw new DocumentError('it is truncated: its end is missing', { code: 'damaged' })
  }
  return content
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes)
}
