import { systemClock, type Clock } from '../core/clock.ts'
import type { ChatError } from '../core/errors.ts'
import { expectDuration, expectOneOf } from '../core/validate.ts'
import type { Dialect } from '../protocols/dialect.ts'
import type { FramesOptions } from '../protocols/frames.ts'
import { nativeNdjson, nativeSse } from '../protocols/native.ts'
import { plainText } from '../protocols/text.ts'

/** What goes over the wire: server-sent events, lines of JSON, or the answer as plain text. */
export type SinkFormat = 'sse' | 'ndjson' | 'text'

/** What every sink takes. */
export interface SinkOptions {
  /** @defaultValue `sse` */
  readonly format?: SinkFormat
  /**
   * Silence after which a keep-alive is sent, in milliseconds; `Infinity` for none. Plain text has no form for one.
   * @defaultValue 8000
   */
  readonly keepAliveMs?: number
  /**
   * How long a reader may take nothing before the run is stopped and the stream broken off, in milliseconds; `Infinity`
   * for ever.
   * @defaultValue 30000
   */
  readonly stallMs?: number
  /**
   * Fires when the reader has left: the stream ends without a terminal event, and its run stops as after any disconnect.
   * Only for servers that do not tell the sink themselves. @defaultValue none
   */
  readonly signal?: AbortSignal
  /** Hears of a stream that threw or that ended without a terminal event. The reader gets `internal`. */
  readonly onError?: (error: ChatError) => void
  /** @defaultValue the machine's */
  readonly clock?: Clock
}

const DIALECTS: Readonly<Record<SinkFormat, Dialect>> = { sse: nativeSse, ndjson: nativeNdjson, text: plainText }

/** Below the 10 s of silence after which Bun cuts a response. */
export const DEFAULT_KEEP_ALIVE_MS = 8_000

/** How long a reader may take nothing. */
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

/** Checks what every sink takes, and applies the defaults. */
export function resolveSinkOptions(options: SinkOptions): ResolvedSinkOptions {
  return {
    dialect: DIALECTS[expectOneOf('format', options.format ?? 'sse', ['sse', 'ndjson', 'text'])],
    stallMs: expectDuration('stallMs', options.stallMs, DEFAULT_STALL_MS),
    keepAliveMs: expectDuration('keepAliveMs', options.keepAliveMs, DEFAULT_KEEP_ALIVE_MS),
    clock: options.clock ?? systemClock,
    ...(options.signal && { signal: options.signal }),
    ...(options.onError && { onError: options.onError }),
  }
}
