import { askToReturn } from './iterators.ts'
import { PULL, toPull, toPullIterator, type PullReader } from './pull.ts'

/** A source of bytes: the body of a fetch response, or any async iterable of bytes, such as a Node stream. */
export type ByteSource = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/** Reads the pieces of a source. */
export interface PieceReader<T> {
  /** Resolves with the next piece, or with `done`. */
  read(): Promise<IteratorResult<T, undefined>>
  /** Reads the next piece, and calls the reader with it. */
  pull(reader: PullReader<T>): void
  /** Stops reading for good, without waiting for the source. */
  cancel(): void
}

/** Reads the bytes of a source. */
export type ByteReader = PieceReader<Uint8Array>

/** The key of the function that passes on the reader of a stream. */
export const TAKE_READER: unique symbol = Symbol('ragwire.take-reader')

/** A web stream that has a reader with fewer promises than its own. */
export interface DirectStream {
  /** Locks the stream, and returns the reader; returns `undefined` if bytes were read in the usual way. */
  [TAKE_READER](): ByteReader | undefined
}

/** Creates a reader of either kind of source. A web stream is read by its own reader: some browsers cannot iterate it. */
export function createByteReader(source: ByteSource): ByteReader {
  const direct = isDirect(source) ? source[TAKE_READER]() : undefined
  if (direct) return direct
  if ('getReader' in source) {
    const reader = source.getReader()
    // The types allow a value at the end, which only a reader with a buffer of its own has.
    const read = () => reader.read() as Promise<IteratorResult<Uint8Array, undefined>>
    return { read, pull: toPull(read), cancel: () => void reader.cancel().catch(() => {}) }
  }
  const iterator = toPullIterator<Uint8Array>(source[Symbol.asyncIterator]())
  return {
    read: readByPull,
    pull: (next) => iterator[PULL](next),
    cancel: () => askToReturn(iterator),
  }
}

/** The `read` of a reader that has a `pull`. */
export function readByPull<T>(this: PieceReader<T>): Promise<IteratorResult<T, undefined>> {
  return new Promise((onResult, onFailure) => this.pull({ onResult, onFailure }))
}

function isDirect(source: object): source is DirectStream {
  return TAKE_READER in source
}
