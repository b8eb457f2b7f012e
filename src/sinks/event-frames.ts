import type { ChatEvent } from '../core/vocabulary/events.ts'
import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { frames } from './frames.ts'
import { resolveSinkOptions, SINK_OPTIONS, type SinkFormat, type SinkOptions } from './sink-options.ts'

/** Options of the frame iterables: their name says the format, and whoever pulls them knows when to stop. */
export type FrameOptions = Omit<SinkOptions, 'format' | 'signal' | 'stallMs'>

const { format: _format, stallMs: _stallMs, ...NAMES } = SINK_OPTIONS
const FRAME_OPTIONS: OptionNames<FrameOptions> = NAMES

/**
 * Encodes a stream as server-sent event frames: strings, for a sink of your own. They are pulled one by one; leaving
 * the loop stops the run.
 *
 * @throws TypeError when the stream has a reader already
 */
export function sseFrames(events: AsyncIterable<ChatEvent>, options: FrameOptions = {}): AsyncIterableIterator<string> {
  return encode(events, options, { format: 'sse', of: 'sseFrames' })
}

/** Encodes a stream as lines of JSON; otherwise as {@link sseFrames}. */
export function ndjsonFrames(
  events: AsyncIterable<ChatEvent>,
  options: FrameOptions = {},
): AsyncIterableIterator<string> {
  return encode(events, options, { format: 'ndjson', of: 'ndjsonFrames' })
}

function encode(
  events: AsyncIterable<ChatEvent>,
  options: FrameOptions,
  { format, of }: { readonly format: SinkFormat; readonly of: string },
): AsyncIterableIterator<string> {
  expectOptions(options, FRAME_OPTIONS, { of })
  const { dialect, stallMs: _stallMs, ...resolved } = resolveSinkOptions({ ...options, format }, of)
  return frames(events, dialect, resolved)
}
