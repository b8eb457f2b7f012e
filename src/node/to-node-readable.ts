import { Readable } from 'node:stream'
import type { ChatEvent } from '../core/vocabulary/events.ts'
import { pulledFrames } from '../sinks/pulled-frames.ts'
import { resolveSinkOptions, type SinkOptions } from '../sinks/sink-options.ts'

/**
 * Turns a stream into a Node stream of bytes, for `stream.pipeline` or the `send` of a framework. It pulls: nothing runs
 * before the first read, nothing is read ahead, and `destroy()` stops the run. Set the headers
 * yourself; `pipe()` does not destroy a stream whose reader has left, `pipeline()` does.
 *
 * @throws TypeError when the stream has a reader already
 */
export function toNodeReadable(events: AsyncIterable<ChatEvent>, options: SinkOptions = {}): Readable {
  const source = pulledFrames(events, resolveSinkOptions(options, 'toNodeReadable'))
  return new Readable({
    highWaterMark: 0,
    read() {
      source.next().then(
        ({ done, value }) => this.push(done ? null : value),
        (thrown: unknown) => this.destroy(thrown instanceof Error ? thrown : new Error('The stream failed')),
      )
    },
    destroy(error, callback) {
      source.return?.().then(() => callback(error), callback)
    },
  })
}
