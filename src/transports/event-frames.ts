import type { ChatEvent } from '../core/events.ts'
import { frames } from '../protocols/frames.ts'
import { resolveSinkOptions, type SinkOptions } from './sink-options.ts'

/** Options of the frame iterables: their name says the format, and whoever pulls them knows when to stop. */
export type FrameOptions = Omit<SinkOptions, 'format' | 'signal' | 'stallMs'>

/**
 * Encodes a stream as server-sent event frames: strings, for a sink of your own. They are pulled one by one; leaving
 * the loop stops the run.
 *
 * @throws TypeError when the stream has a reader already
 */
export function sseFrames(
  events: AsyncIterable<ChatEvent>,
  options: FrameOptions = {},
): AsyncIterableIterator<string, undefined> {
  const { dialect, stallMs: _stallMs, ...resolved } = resolveSinkOptions({ ...options, format: 'sse' })
  return frames(events, dialect, resolved)
}

/** Encodes a stream as lines of JSON; otherwise as {@link sseFrames}. */
export function ndjsonFrames(
  events: AsyncIterable<ChatEvent>,
  options: FrameOptions = {},
): AsyncIterableIterator<string, undefined> {
  const { dialect, stallMs: _stallMs, ...resolved } = resolveSinkOptions({ ...options, format: 'ndjson' })
  return frames(events, dialect, resolved)
}
