import type { LoadedDocument, LoaderInput } from '../documents/loaded-document.ts'
import { charsetOf, decodeText } from './decode-text.ts'
import { htmlToDocument } from './html-to-document.ts'

/**
 * Loads an HTML page by {@link htmlToDocument}. The encoding of bytes is that of a byte order mark, the media type, or a
 * `meta` element, else UTF-8; invalid bytes are read as Windows-1252, as browsers do.
 *
 * @throws DocumentError `not-text`, `too-large`, `damaged`, `empty` or `package-missing`
 */
export async function loadHtml({ documentId, content, mediaType, signal }: LoaderInput): Promise<LoadedDocument> {
  const declared = charsetOf(mediaType) ?? charsetOfMeta(content)
  const charset = declared !== undefined && isKnown(declared) ? declared : 'utf-8'
  const html = decodeText(content, { documentId, charset, fallback: 'windows-1252' })
  signal.throwIfAborted()
  return htmlToDocument(html, { documentId })
}

const SCANNED_BYTES = 1024
const META = /<meta[^>]{0,200}?charset\s*=\s*["']?\s*([^\s"'/>;]+)/iu

/** Returns the charset that a `meta` element in the first 1,024 bytes declares, as the HTML standard reads it. */
function charsetOfMeta(content: string | Uint8Array): string | undefined {
  if (typeof content === 'string') return undefined
  const start = new TextDecoder('latin1').decode(content.subarray(0, SCANNED_BYTES))
  const charset = META.exec(start)?.[1]?.toLowerCase()
  // The element itself could be read, so the bytes are not UTF-16.
  return charset?.startsWith('utf-16') ? 'utf-8' : charset
}

function isKnown(charset: string): boolean {
  try {
    return new TextDecoder(charset).encoding !== ''
  } catch {
    // The label is unknown.
    return false
  }
}
