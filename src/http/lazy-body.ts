import { TAKE_READER, type ByteReader, type DirectStream } from '../core/async/byte-reader.ts'

/**
 * Creates a body that opens its reader at the first read, so that the next handler can still read an unused request. The
 * reader can be taken, because the promises of a web stream cost more than the rest of a read.
 */
export function lazyBody(open: () => ByteReader): ReadableStream<Uint8Array> {
  let reader: ByteReader | undefined
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        reader ??= open()
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel() {
        reader?.cancel()
      },
    },
    { highWaterMark: 0 },
  )
  const direct: DirectStream = {
    [TAKE_READER]() {
      if (reader || stream.locked) return undefined
      // A cancelled stream counts as used, so that `bodyUsed` of the request is true.
      void stream.cancel()
      stream.getReader()
      reader = open()
      return reader
    },
  }
  return Object.assign(stream, direct)
}
