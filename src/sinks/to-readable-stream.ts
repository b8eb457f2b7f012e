import type { ChatEvent } from '../core/vocabulary/events.ts'
import { type SinkOptions, resolveSinkOptions } from './sink-options.ts'
import { pulledFrames, type PulledFrames } from './pulled-frames.ts'

/**
 * Turns a stream into a web stream of bytes. It pulls: nothing runs before the first read, nothing is read ahead, and
 * `cancel()` stops the run. So does a reader that takes nothing for `stallMs`.
 *
 * @throws TypeError when the stream has a reader already
 */
export function toReadableStream(
  events: AsyncIterable<ChatEvent>,
  options: SinkOptions = {},
): ReadableStream<Uint8Array> {
  return toBody(pulledFrames(events, resolveSinkOptions(options, 'toReadableStream')))
}

/** Creates the body of a response: the bytes of one frame for each pull. */
export function toBody(source: PulledFrames): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await source.next()
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
      async cancel() {
        await source.return()
      },
    },
    // The default of 1 would start the run before the first read.
    { highWaterMark: 0 },
  )
}
