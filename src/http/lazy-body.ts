import { createByteReader, type ByteReader, type ByteSource } from '../core/async/byte-reader.ts'

/**
 * Creates a body that opens its source at the first read, so that the next handler can still read an unused request.
 */
export function lazyBody(open: () => ByteSource): ReadableStream<Uint8Array> {
  let reader: ByteReader | undefined
  return new ReadableStream(
    {
      async pull(controller) {
        reader ??= createByteReader(open())
        const { done, value } = await reader.read()
        if (done || !value) controller.close()
        else controller.enqueue(value)
      },
      cancel() {
        reader?.cancel()
      },
    },
    { highWaterMark: 0 },
  )
}
