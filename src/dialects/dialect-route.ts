import type { ActiveRun } from '../core/vocabulary/active-run.ts'
import type { Message } from '../core/vocabulary/chat-model.ts'
import type { ErrorCode } from '../core/vocabulary/error-codes.ts'
import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { Feedback } from '../core/vocabulary/feedback.ts'
import type { ThreadPage } from '../core/vocabulary/history-store.ts'
import type { ChatResult } from '../core/vocabulary/result.ts'
import type { StopResult } from '../core/vocabulary/stop-result.ts'
import type { StoredTurn } from '../core/vocabulary/stored-turn.ts'
import type { ChatRequest } from './chat-request.ts'
import type { Encoding } from './encoding.ts'

/** A route of a dialect, beside the native routes of the handler. */
export interface DialectRoute {
  /** The method of the request. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** The path below the mount, encoded as in a URL. At most one segment is an id, such as `/v1/responses/{responseId}`. */
  readonly path: string
  /** One sentence for the OpenAPI document. */
  readonly summary: string
  /** JSON Schema of the request body, for the OpenAPI document. @defaultValue none: the route takes no body */
  readonly request?: Readonly<Record<string, unknown>>
  /**
   * JSON Schema of a JSON response, for the OpenAPI document. @defaultValue the stream of the dialect, with its `schema`
   */
  readonly response?: Readonly<Record<string, unknown>>
  /** True if the route streams for some requests, beside the JSON of `response`. @defaultValue false */
  readonly alsoStreams?: boolean
  /**
   * Answers a request. A thrown error becomes an error response in the form of `encodeFailure` of the dialect: an error of
   * `invalidInput` a 400, a `ChatError` the status of its code, any other error a 500.
   */
  answer(call: DialectCall): Promise<DialectAnswer>
}

/** One request to a route of a dialect, with the operations on the chat that the route may use, all in its scope. */
export interface DialectCall {
  /** The request. Its body may have been read already: use {@link DialectCall.readJson}. */
  readonly request: Request
  /** The URL of the request. */
  readonly url: URL
  /** The id in the path, decoded; empty for a route without one. */
  readonly id: string
  /** Fires when the client has left. */
  readonly signal: AbortSignal
  /** The stored conversations; absent if the chat has no history. */
  readonly history?: DialectHistory | undefined
  /**
   * Returns the tenant or user of the request, as the handler determines it.
   *
   * @throws Response if the application refuses the request; ChatError `internal` for an invalid scope
   */
  scope(): Promise<string>
  /**
   * Returns the parsed JSON body.
   *
   * @throws an error that becomes 400, 413 or 415
   */
  readJson(): Promise<unknown>
  /**
   * Starts a run, or attaches to the existing one of this `runId`. Resolves once the run has emitted more than `start`,
   * so that an earlier failure is an error response. The disconnect policy stops a run only after it had a reader, so open
   * one before any further `await`, unless the run must continue without the client.
   *
   * @throws an error for a request that is refused, such as `thread-busy`
   */
  ask(question: DialectQuestion): Promise<DialectRun>
  /**
   * Opens a reader of an existing run from its start. Resolves with `undefined` for a run that is unknown or no longer
   * stored. The disconnect policy counts the reader at once. If the route throws or answers without a stream before it
   * has read the events, the reader leaves the run.
   */
  open(runId: string): Promise<OpenedRun | undefined>
  /**
   * Reads a run to its end. When the client leaves, the reader leaves the run.
   *
   * @throws ChatError if the run fails, with the `partial` result
   */
  resultOf(events: AsyncIterable<ChatEvent>): Promise<ChatResult>
  /**
   * Reports an error to `onError` of the handler, for a route that answers a failure with a status below 500. The errors of
   * runs, and those that a route throws, are reported without it.
   */
  report(error: unknown): void
  /** Stops a run. A run that has not begun yet ends when it begins. */
  stop(runId: string): Promise<StopResult>
  /**
   * Returns an active run without opening a reader, because the disconnect policy could stop the run when that reader
   * leaves. Resolves with `undefined` for a run that has ended or is unknown.
   */
  findRun(runId: string): Promise<ActiveRun | undefined>
  /** Returns the id of the active run of a thread, if there is one. */
  findActiveRun(threadId: string): Promise<string | undefined>
}

/** The request for a run. The handler checks it like the body of `POST /chat`. */
export interface DialectQuestion extends ChatRequest {
  /**
   * The earlier messages as the client has them, the oldest first. Used only if the chat has no history, because a client
   * may send anything.
   */
  readonly messages?: readonly Message[]
}

/** A run that a route has started. */
export interface DialectRun {
  /** The run. */
  readonly runId: string
  /** The conversation; absent without one. */
  readonly threadId?: string
  /** Returns a reader of all events. When the client leaves, the reader leaves the run. */
  read(): AsyncIterable<ChatEvent>
}

/** An existing run. */
export interface OpenedRun {
  /** All events from the start on. When the client leaves, the reader leaves the run. */
  readonly events: AsyncIterable<ChatEvent>
  /**
   * True if the events were made from the stored turn, because the run store no longer has them. Then their positions and
   * the boundaries of their tokens differ from those that a reader saw before.
   */
  readonly rebuilt: boolean
}

/** The stored conversations of the scope of a request. Every method may throw a `ChatError`, such as `not-found`. */
export interface DialectHistory {
  /** Returns the latest turns of a thread, the oldest of them first; an empty list for an unknown thread. */
  load(threadId: string, options: { readonly limit: number }): Promise<readonly StoredTurn[]>
  /** Returns the turn of a run. */
  find(runId: string): Promise<StoredTurn | undefined>
  /** Returns a page of threads, the latest first. */
  list(options: { readonly limit: number; readonly before?: string }): Promise<ThreadPage>
  /**
   * Sets the title of a thread. Resolves with false for an unknown thread, or if the store cannot rename.
   *
   * @throws an error that becomes 400 for a blank title, one with a line break, or one of more than 200 characters
   */
  rename(threadId: string, title: string): Promise<boolean>
  /** Stops the active runs of a thread, and deletes it. Resolves with false for an unknown thread. */
  delete(threadId: string): Promise<boolean>
  /** Stores the feedback on the answer of a run; `undefined` removes it. Calls `onFeedback` of the handler. */
  setFeedback(runId: string, feedback: Feedback | undefined): Promise<void>
}

/**
 * The answer of a route: a whole body, a stream of events, or a `Response` of another library, which is sent as it is.
 * A route that answers with a `Response` reads the readers that it opens, or ends them.
 */
export type DialectAnswer = DialectReply | DialectStreamReply | Response

/** An answer with a whole body. */
export interface DialectReply {
  /** The status. @defaultValue 200 */
  readonly status?: number
  /** Headers beside the content type. */
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON, a string as plain text. @defaultValue no body */
  readonly body?: object | string
}

/** An answer that streams events. */
export interface DialectStreamReply {
  /** The events of a reader. */
  readonly events: AsyncIterable<ChatEvent>
  /** Encodes them. A dialect is an encoding; so is a copy of it with another `open` or other `headers`. */
  readonly encoding: Encoding
}

/** The reason why a request is answered with an error status. It contains nothing of the cause. */
export interface DialectFailure {
  /** The status. */
  readonly status: number
  /** The kind of the failure. */
  readonly code: ErrorCode
  /** A fixed sentence for the code; with `invalid-input`, a sentence about the field. */
  readonly message: string
  /** The wrong part of the request, with `invalid-input`. */
  readonly field?: string
  /** True if the same question may succeed later. */
  readonly retryable?: boolean
  /** The time after which the client may ask again, in milliseconds. */
  readonly retryAfterMs?: number
  /** With `thread-busy` the active run; with `holdsStatus` also the failed one. */
  readonly runId?: string
}
