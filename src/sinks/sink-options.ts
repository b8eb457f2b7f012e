import { systemClock, type Clock } from '../core/async/clock.ts'
import type { ChatError } from '../core/vocabulary/chat-error.ts'
import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import {
  expectClock,
  expectDuration,
  expectFunction,
  expectOneOf,
  expectOptionalFunction,
} from '../core/options/validate.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { FramesOptions } from './frames.ts'
import { nativeNdjson } from '../dialects/native-ndjson.ts'
import { nativeSse } from '../dialects/native-sse.ts'
import { plainText } from '../dialects/plain-text.ts'

/** What goes over the wire: server-sent events, lines of JSON, or the answer as plain text. */
export type SinkFormat = 'sse' | 'ndjson' | 'text'

/** What every sink takes. */
export interface SinkOptions {
  /** @defaultValue `sse` */
  readonly format?: SinkFormat | undefined
  /**
   * Silence after which a keep-alive is sent, in milliseconds; `Infinity` for none. Plain text has no form for one.
   * @defaultValue 8000
   */
  readonly keepAliveMs?: number | undefined
  /**
   * How long a reader may take nothing before the run is stopped and the stream broken off, in milliseconds; `Infinity`
   * for ever.
   * @defaultValue 30000
   */
  readonly stallMs?: number | undefined
  /**
   * Fires when the reader has left: the stream ends without a terminal event, and its run stops as after any disconnect.
   * Only for servers that do not tell the sink themselves. @defaultValue none
   */
  readonly signal?: AbortSignal | undefined
  /** Hears of a stream that threw or that ended without a terminal event. The reader gets `internal`. */
  readonly onError?: ((error: ChatError) => void) | undefined
  /** @defaultValue the machine's */
  readonly clock?: Clock | undefined
}

const DIALECTS: Readonly<Record<SinkFormat, Dialect>> = { sse: nativeSse, ndjson: nativeNdjson, text: plainText }

/** Below the 10 s of silence after which Bun cuts a response. */
export const DEFAULT_KEEP_ALIVE_MS = 8_000

/** Default of `stallMs`, in milliseconds. */
export const DEFAULT_STALL_MS = 30_000

/**
 * Most characters that a sink is given at once: what a reader takes is seen part by part, so that a slow one is told from
 * one that takes nothing.
 */
export const MAX_PART_CHARS = 8_192

/** What every sink takes, complete. */
export interface ResolvedSinkOptions extends FramesOptions {
  readonly dialect: Dialect
  readonly stallMs: number
  readonly signal?: AbortSignal
}

/** The options of every sink. */
export const SINK_OPTIONS: OptionNames<SinkOptions> = {
  format: true,
  keepAliveMs: true,
  stallMs: true,
  signal: true,
  onError: true,
  clock: true,
}

/**
 * Checks what every sink takes, and applies the defaults. `of` is the function that takes the options.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 */
export function resolveSinkOptions(
  options: SinkOptions,
  of: string,
  names: Readonly<Record<string, true>> = SINK_OPTIONS,
): ResolvedSinkOptions {
  expectOptions(options, names, { of })
  const { signal } = options
  if (signal !== undefined) expectFunction('signal.addEventListener', signal?.addEventListener)
  const onError = expectOptionalFunction('onError', options.onError)
  return {
    dialect: DIALECTS[expectOneOf('format', options.format ?? 'sse', ['sse', 'ndjson', 'text'])],
    stallMs: expectDuration('stallMs', options.stallMs, DEFAULT_STALL_MS),
    keepAliveMs: expectDuration('keepAliveMs', options.keepAliveMs, DEFAULT_KEEP_ALIVE_MS),
    clock: expectClock('clock', options.clock, systemClock),
    ...(signal && { signal }),
    ...(onError && { onError }),
  }
}
