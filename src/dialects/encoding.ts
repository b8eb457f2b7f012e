import type { ChatEvent } from '../core/vocabulary/events.ts'

/** The form of a stream on the wire: the part of a dialect that writes an answer. */
export interface Encoding {
  /** Unique among the dialects of a handler: lower-case letters, digits and hyphens. */
  readonly name: string
  /** The media type, such as `text/event-stream`, in lower case and without parameters. `Accept` chooses by it. */
  readonly mediaType: string
  /** Headers of a response. Their `content-type` must have the media type. Headers of the application override them. */
  readonly headers: Readonly<Record<string, string>>
  /** Sent before the first event, so that the headers leave at once; empty for none. */
  readonly opening: string
  /** Sent after `keepAliveMs` of silence, and skipped by readers; empty for a dialect without keep-alives. */
  readonly keepAlive: string
  /**
   * True if the dialect cannot represent an `error` event. Then the connection breaks, so that the reader sees the
   * failure.
   */
  readonly breaksOnError: boolean
  /**
   * Starts a stream, and returns its encoder. The encoder gets every event in order, up to the terminal one, and
   * returns the text to send; empty for an event that the dialect leaves out. If either throws, or the encoder returns
   * no string, the stream ends with `internal`.
   */
  open(stream: DialectStream): DialectEncoder
}

/** Encodes each event as text. It may have state, because it belongs to one stream. */
export type DialectEncoder = (event: ChatEvent) => string

/** The stream that {@link Encoding.open} starts. */
export interface DialectStream {
  /** Returns the position after which a reader may resume; absent for a run that is not stored. */
  readonly acknowledged?: Acknowledged | undefined
}

/** Returns `seq` of the last event that a run store has confirmed; -1 for none. */
export type Acknowledged = () => number
