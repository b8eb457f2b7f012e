import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { ChatRequest } from './chat-request.ts'

/**
 * A wire format of answers, as one value. The native dialects are values of this type, and `createChatHandler({
 * dialects })` takes further ones. Their members define the routes, the choice by `Accept` and the OpenAPI document.
 */
export interface Dialect {
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
   * True if nothing is sent before the run has ended. Then a failed run has a real status and an error body, and the
   * sinks, which send the status at once, refuse the dialect. @defaultValue false
   */
  readonly holdsStatus?: boolean
  /**
   * The path of a separate route, such as `/v1/ask`. It answers `POST` in this dialect, regardless of `Accept`.
   * @defaultValue none: `Accept` chooses the dialect on the native routes
   */
  readonly path?: string
  /** The body of the separate route; needs a `path`. @defaultValue the body of `POST /chat` */
  readonly request?: DialectRequest
  /**
   * JSON Schema of a response, for the OpenAPI document. A `$ref` may only name a schema of that document, such as
   * `#/components/schemas/ChatEvent`. @defaultValue a string
   */
  readonly schema?: Readonly<Record<string, unknown>>
  /**
   * Starts a stream, and returns its encoder. The encoder gets every event in order, up to the terminal one, and
   * returns the text to send; empty for an event that the dialect leaves out. If either throws, or the encoder returns
   * no string, the stream ends with `internal`.
   */
  open(stream: DialectStream): DialectEncoder
}

/** Encodes each event as text. It may have state, because it belongs to one stream. */
export type DialectEncoder = (event: ChatEvent) => string

/** The stream that {@link Dialect.open} starts. */
export interface DialectStream {
  /** Returns the position after which a reader may resume; absent for a run that is not stored. */
  readonly acknowledged?: Acknowledged | undefined
}

/** Returns `seq` of the last event that a run store has confirmed; -1 for none. */
export type Acknowledged = () => number

/** The request body of a dialect with a `path`. */
export interface DialectRequest {
  /** JSON Schema of the body, for the OpenAPI document. A `$ref` may only name a schema of that document. */
  readonly schema: Readonly<Record<string, unknown>>
  /**
   * Converts a parsed JSON body to a chat request. The handler then checks the result like the body of `POST /chat`:
   * length of the question, ids, and unknown fields. So this function need not check them itself.
   *
   * @throws an error of `invalidInput` from `ragwire/server` to refuse the body with 400; any other error is a 500
   */
  toChatRequest(body: unknown): ChatRequest
}
