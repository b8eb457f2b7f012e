/** Reads the bytes of a body. */
export interface RawReader {
  /** Resolves with the next bytes, or with `done`. */
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  /** Stops reading for good, without waiting for the source. */
  cancel(): void
}

// A registered symbol, so that two copies of this library in one application know each other's bodies.
const RAW: unique symbol = Symbol.for('ragwire.rawBody')

interface RawStream extends ReadableStream<Uint8Array> {
  [RAW]?: RawReader
}

/** Adds the source of a web stream to it, for {@link takeRawReader}. */
export function offerRawReader(stream: ReadableStream<Uint8Array>, reader: RawReader): void {
  Object.defineProperty(stream, RAW, { value: reader })
}

/**
 * Returns the source of a web stream that `nodeFetch` made, and locks the stream; undefined for any other stream. A read
 * of the source takes one promise, and a read of the stream several.
 */
export function takeRawReader(stream: ReadableStream<Uint8Array>): RawReader | undefined {
  const { [RAW]: reader }: RawStream = stream
  // The lock also throws if somebody reads the stream already.
  if (reader) stream.getReader()
  return reader
}
