import type { Phase } from './phases.ts'
import type { Warning } from './warnings.ts'
import type { Query, ChatResult } from './result.ts'
import type { Citation, CitationSupport, ClaimRange } from './citations.ts'
import type { ErrorCode } from './error-codes.ts'
import type { Source } from './sources.ts'

/** The version of the event protocol that `start` announces. */
export const PROTOCOL_VERSION = 1

/** First event of every run. It has the ids, so that a client can send a stop at once. */
export interface StartEvent {
  /** The type of the event. */
  readonly type: 'start'
  /** Position in the stream, from 0 without gaps. */
  readonly seq: number
  /** Version of the event protocol. */
  readonly v: typeof PROTOCOL_VERSION
  /** Id of the run. */
  readonly runId: string
  /** Id of the answer as a message. */
  readonly messageId: string
  /** Id of the conversation. */
  readonly threadId?: string
}

/** The start of a phase, for a status display. */
export interface StatusEvent {
  /** The type of the event. */
  readonly type: 'status'
  /** Position in the stream, from 0 without gaps. */
  readonly seq: number
  /** The phase that begins. */
  readonly phase: Phase
}

/** The query for the retriever. */
export interface QueryEvent extends Query {
  /** The type of the event. */
  readonly type: 'query'
  /** Position in the stream, from 0 without gaps. */
  readonly seq: number
}

/** One source. All sources of a retriever come before the first token; an engine may report some later. */
export interface SourceEvent {
  /** The type of the event. */
  readonly type: 'source'
  /** Position in the stream, from 0 without gaps. */
  readonly seq: number
  /** The source, with its number. */
  readonly source: Source
}

/** A piece of the answer. It is not one token of a tokenizer. */
export interface TokenEvent {
  /** The type of the event. */
  readonly type: 'token'
  /** Position in the stream, from 0 without gaps. */
  readonly seq: number
  /** The text to append to the answer. */
  readonly delta: string
  /** Offset of the first UTF-16 code unit of `delta` in the answer. */
  readonly at: number
}

/** The citation of one number of a marker. If markers are kept, the token of the marker follows its last citation. */
export interface CitationEvent {
  /** The type of the event. */
  readonly type: 'citation'
  /** Position in the stream, from 0 without gaps. */
  readonly seq: number
  /** The link from the marker to the source. */
  readonly citation: Citation
}

/** The outcome of the check of one citation. */
export interface SupportEvent extends CitationSupport {
  /** The type of the event. */
  readonly type: 'support'
  /** Position in the stream, from 0 without gaps. */
  readonly seq: number
  /** `index` of the citation that was checked. */
  readonly index: number
  /** Range of the clause in the answer. */
  readonly claim: ClaimRange
}

/** A problem that the run survives. */
export interface WarningEvent extends Warning {
  /** The type of the event. */
  readonly type: 'warning'
  /** Position in the stream, from 0 without gaps. */
  readonly seq: number
}

/** Last event of a run that did not fail, with the full result. */
export interface DoneEvent extends ChatResult {
  /** The type of the event. */
  readonly type: 'done'
  /** Position in the stream, from 0 without gaps. */
  readonly seq: number
}

/** Last event of a run that failed. */
export interface ErrorEvent {
  /** The type of the event. */
  readonly type: 'error'
  /** Position in the stream, from 0 without gaps. */
  readonly seq: number
  /** The kind of the failure. */
  readonly code: ErrorCode
  /** The public message of the code; causes go to `onError` and stay on the server. */
  readonly message: string
  /** True if a retry may succeed. */
  readonly retryable: boolean
  /** Time to wait before the next attempt, in milliseconds, if the upstream gave one. */
  readonly retryAfterMs?: number
  /** The phase in which the run failed. */
  readonly phase: Phase
  /** The partial result; its `finishReason` is `error`. */
  readonly partial: ChatResult
}

/**
 * An event of a stream, with `type` as the discriminant. The last event is the only `done` or `error`. Keep a default
 * branch in your own `switch`: a later version may add types.
 */
export type ChatEvent =
  | StartEvent
  | StatusEvent
  | QueryEvent
  | SourceEvent
  | TokenEvent
  | CitationEvent
  | SupportEvent
  | WarningEvent
  | DoneEvent
  | ErrorEvent

/** The events that end a run. */
export type TerminalEvent = DoneEvent | ErrorEvent

/** Returns true if `event` is the last one of its run. */
export function isTerminalEvent(event: ChatEvent): event is TerminalEvent {
  return event.type === 'done' || event.type === 'error'
}
