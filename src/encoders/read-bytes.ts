import { askToReturn } from '../core/async/iterators.ts'

/** Where bytes come from: the body of a fetch response, or any iterable of bytes, such as a Node stream. */
export type ByteSource = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

/** Reads bytes, and gives the source back. */
export interface ByteReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  /** Ends the reading for good, without waiting for the source. */
  cancel(): void
}

/** Reads either kind of source. A web stream is read by its own reader: not every browser can iterate one. */
export function openByteReader(source: ByteSource): ByteReader {
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
