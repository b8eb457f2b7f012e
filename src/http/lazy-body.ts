import { createByteReader, type ByteReader, type ByteSource } from '../encoders/read-bytes.ts'

/** A body that is not touched before it is read: whoever gets the request next can still read it. */
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
