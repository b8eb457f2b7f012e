import { askToReturn } from '../core/async/iterators.ts'

/** A source of bytes: the body of a fetch response, or any async iterable of bytes, such as a Node stream. */
export type ByteSource = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/** Reads the bytes of a source. */
export interface ByteReader {
  /** Resolves with the next bytes, or with `done`. */
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  /** Stops reading for good, without waiting for the source. */
  cancel(): void
}

/** Creates a reader of either kind of source. A web stream is read by its own reader: some browsers cannot iterate it. */
export function createByteReader(source: ByteSource): ByteReader {
  if ('getReader' in source) {
    const reader = source.getReader()
    return { read: () => reader.read(), cancel: () => void reader.cancel().catch(() => {}) }
  }
  const iterator = source[Symbol.asyncIterator]()
  return {
    read: async () => {
      const { done = false, value } = await iterator.next()
      return { done, value: done ? undefined : value }
    },
    cancel: () => askToReturn(iterator),
  }
}
