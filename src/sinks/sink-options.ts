import { systemClock, type Clock } from '../core/async/clock.ts'
import type { ChatError } from '../core/vocabulary/chat-error.ts'
import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { clockOption, durationOption } from '../core/options/options-with-defaults.ts'
import { expectFunction, expectOptionalFunction } from '../core/options/validate.ts'
import type { Encoding } from '../dialects/encoding.ts'
import type { FramesOptions } from './frames.ts'
import { resolveFormat, type SinkFormat } from './resolve-format.ts'

/** Options of every sink. */
export interface SinkOptions {
  /** The dialect of the stream. @defaultValue `sse` */
  readonly format?: SinkFormat | undefined
  /**
   * Silence after which a keep-alive is sent, in milliseconds; `Infinity` for none. Plain text has no keep-alive.
   * @defaultValue 8000
   */
  readonly keepAliveMs?: number | undefined
  /**
   * Maximum time in which a reader takes nothing, in milliseconds; `Infinity` for no limit. Then the run stops and the
   * stream breaks off.
   * @defaultValue 30000
   */
  readonly stallMs?: number | undefined
  /**
   * Fires when the reader has left: the stream ends without a terminal event, and its run stops as after any
   * disconnect. Only for servers that do not report a disconnect to the sink. @defaultValue none
   */
  readonly signal?: AbortSignal | undefined
  /**
   * Called if the stream throws, has an event that cannot be encoded, or ends without a terminal event. The reader gets
   * `internal`.
   */
  readonly onError?: ((error: ChatError) => void) | undefined
  /** Measures `keepAliveMs` and `stallMs`. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined
}

/** Default of `keepAliveMs`, in milliseconds: less than the 10 s of silence after which Bun cuts a response. */
export const DEFAULT_KEEP_ALIVE_MS = 8_000

/** Default of `stallMs`, in milliseconds. */
export const DEFAULT_STALL_MS = 30_000

/**
 * Maximum length of a text that a sink gets at once, in UTF-16 code units. A longer text is sent in parts, so that a
 * slow reader differs from one that takes nothing.
 */
export const MAX_PART_CHARS = 8_192

/** Options of every sink with every default applied. */
export interface ResolvedSinkOptions extends FramesOptions {
  /** The dialect of the stream. */
  readonly dialect: Encoding
  /** Maximum time in which a reader takes nothing, in milliseconds. */
  readonly stallMs: number
  /** Fires when the reader has left. */
  readonly signal?: AbortSignal
}

/** The names of the options of every sink. */
export const SINK_OPTIONS: OptionNames<SinkOptions> = {
  format: true,
  keepAliveMs: true,
  stallMs: true,
  signal: true,
  onError: true,
  clock: true,
}

/**
 * Checks the options of a sink, and applies the defaults. `of` is the function that takes the options.
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
  return {
    dialect: resolveFormat(options.format),
    stallMs: durationOption('stallMs', options.stallMs, DEFAULT_STALL_MS),
    ...resolveFramesOptions(options),
    ...(signal && { signal }),
  }
}

/**
 * Checks the options that frames take, and applies the defaults.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 */
export function resolveFramesOptions(options: Pick<SinkOptions, 'keepAliveMs' | 'clock' | 'onError'>): FramesOptions {
  const onError = expectOptionalFunction('onError', options.onError)
  return {
    keepAliveMs: durationOption('keepAliveMs', options.keepAliveMs, DEFAULT_KEEP_ALIVE_MS),
    clock: clockOption('clock', options.clock, systemClock),
    ...(onError && { onError }),
  }
}
