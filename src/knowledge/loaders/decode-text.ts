import { DocumentError } from '../documents/document-error.ts'
import type { DocumentContent } from '../documents/knowledge-document.ts'

/** The way to decode bytes. */
export interface DecodeTextOptions {
  /** Id of the document, for error messages. */
  readonly documentId: string
  /** Label of the encoding, such as `windows-1252`. A byte order mark overrides it. @defaultValue `utf-8` */
  readonly charset?: string | undefined
  /** Encoding of bytes that are not valid in `charset`. @defaultValue none: they are an error */
  readonly fallback?: string | undefined
}

// A JavaScript engine holds at most about 512 million characters in a string.
const MAX_BYTES = 256 * 1024 * 1024

/**
 * Decodes the content of a document, without its byte order mark. Line breaks stay as they are.
 *
 * @throws DocumentError `too-large`, or `not-text` for binary content and for bytes that are invalid in their encoding
 */
export function decodeText(content: DocumentContent, options: DecodeTextOptions): string {
  const { documentId } = options
  if (content.length > MAX_BYTES) {
    const message = `Cannot read ${documentId}: ${content.length} bytes exceed the limit of ${MAX_BYTES}. Split the file`
    throw new DocumentError(message, { code: 'too-large' })
  }
  const text = typeof content === 'string' ? content.replace(/^\uFEFF/u, '') : decodeBytes(content, options)
  if (isBinary(text)) {
    const message = `Cannot read ${documentId} as text: its content is binary. Exclude it, or give its media type`
    throw new DocumentError(message, { code: 'not-text' })
  }
  return text.toWellFormed()
}

function decodeBytes(bytes: Uint8Array, { documentId, charset = 'utf-8', fallback }: DecodeTextOptions): string {
  const label = charsetOfMark(bytes) ?? charset
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes)
  } catch (cause) {
    if (fallback !== undefined) return new TextDecoder(fallback).decode(bytes)
    const message =
      cause instanceof RangeError
        ? `Cannot read ${documentId}: the charset ${JSON.stringify(label)} is unknown`
        : `Cannot read ${documentId} as text: it is not valid ${label}. Save it as UTF-8, or name its encoding in the media type, such as text/plain; charset=windows-1252`
    throw new DocumentError(message, { code: 'not-text', cause })
  }
}

function charsetOfMark([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return undefined
}

const NUL = '\0'
// In a log, about one character in five begins a colour code of a terminal.
const MOST_CONTROL_SHARE = 0.25
const CONTROL_CHARACTERS = /[^\P{Cc}\s\b]/gu
const CONTROL_RUN = /[^\P{Cc}\s\b]{8}/u

/** Returns true for text with a NUL character, a run of control characters, or too many of them. */
function isBinary(text: string): boolean {
  if (text.includes(NUL) || CONTROL_RUN.test(text)) return true
  let controls = 0
  for (const _ of text.matchAll(CONTROL_CHARACTERS)) controls += 1
  return controls > text.length * MOST_CONTROL_SHARE
}

/** Returns the `charset` parameter of a media type. */
export function charsetOf(mediaType: string): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s";]+)/iu.exec(mediaType)?.[1]
}
