import type { ChatEvent } from '../core/vocabulary/events.ts'
import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { nativeNdjson } from '../dialects/native-ndjson.ts'
import { nativeSse } from '../dialects/native-sse.ts'
import { frames } from './frames.ts'
import { resolveFramesOptions, type SinkOptions } from './sink-options.ts'

/** Options of the frame iterables. Their name gives the format, and the code that pulls them decides when to stop. */
export type FrameOptions = Omit<SinkOptions, 'format' | 'signal' | 'stallMs'>

const FRAME_OPTIONS: OptionNames<FrameOptions> = { keepAliveMs: true, onError: true, clock: true }

/**
 * Encodes a stream as server-sent event frames: strings, for your own sink. They are pulled one by one; leaving the
 * loop stops the run.
 *
 * @throws TypeError when the stream has a reader already
 */
export function sseFrames(events: AsyncIterable<ChatEvent>, options: FrameOptions = {}): AsyncIterableIterator<string> {
  expectOptions(options, FRAME_OPTIONS, { of: 'sseFrames' })
  return frames(events, nativeSse, resolveFramesOptions(options))
}

/** Encodes a stream as lines of JSON; otherwise as {@link sseFrames}. */
export function ndjsonFrames(
  events: AsyncIterable<ChatEvent>,
  options: FrameOptions = {},
): AsyncIterableIterator<string> {
  expectOptions(options, FRAME_OPTIONS, { of: 'ndjsonFrames' })
  return frames(events, nativeNdjson, resolveFramesOptions(options))
}
