/** Decodes one stream of UTF-8 that may be cut anywhere. A byte order mark is decoded as a character. */
export interface Utf8Decoder {
  /** Decodes the next bytes. */
  decode(bytes: Uint8Array): string
  /** Ends the stream: returns a replacement character if it ends inside a character. */
  end(): string
}

/** A decoder with its state. Its functions are shared, because every open stream has a decoder. */
interface OpenDecoder extends Utf8Decoder {
  /** Has the first bytes of a character that is cut; undefined between characters. */
  cut: TextDecoder | undefined
}

const OPTIONS = { ignoreBOM: true }
const WHOLE = new TextDecoder('utf-8', OPTIONS)
const FIRST_NON_ASCII = 0x80

/**
 * Creates a decoder. All streams share one `TextDecoder` for bytes that end with a whole character, such as those of an
 * event: it takes half the time of a `TextDecoder` that is told that more bytes follow, and each has 0.4 KiB.
 */
export function createUtf8Decoder(): Utf8Decoder {
  const decoder: OpenDecoder = { cut: undefined, decode, end }
  return decoder
}

function decode(this: OpenDecoder, bytes: Uint8Array): string {
  // Only a byte of ASCII is certainly the end of a character.
  const isWhole = (bytes[bytes.length - 1] ?? FIRST_NON_ASCII) < FIRST_NON_ASCII
  if (isWhole && !this.cut) return WHOLE.decode(bytes)
  this.cut ??= new TextDecoder('utf-8', OPTIONS)
  const text = this.cut.decode(bytes, { stream: true })
  if (isWhole) this.cut = undefined
  return text
}

function end(this: OpenDecoder): string {
  return this.cut?.decode() ?? ''
}
