import type { Phase } from './phases.ts'
import type { Warning } from './warnings.ts'
import type { Query, ChatResult } from './result.ts'
import type { Citation, CitationSupport, ClaimRange } from './citations.ts'
import type { ErrorCode } from './error-codes.ts'
import type { Source } from './sources.ts'

/** The version of the event protocol that `start` announces. */
export const PROTOCOL_VERSION = 1

/** First event of every run: its ids, so that a stop can be sent at once. */
export interface StartEvent {
  readonly type: 'start'
  readonly seq: number
  /** Version of the event protocol. */
  readonly v: typeof PROTOCOL_VERSION
  readonly runId: string
  readonly messageId: string
  readonly threadId?: string
}

/** What the run is doing, for a status line. */
export interface StatusEvent {
  readonly type: 'status'
  readonly seq: number
  readonly phase: Phase
}

/** The query that is searched for. */
export interface QueryEvent extends Query {
  readonly type: 'query'
  readonly seq: number
}

/** One source. All of them precede the first token. */
export interface SourceEvent {
  readonly type: 'source'
  readonly seq: number
  readonly source: Source
}

/** A piece of the answer. It is not one token of a tokenizer. */
export interface TokenEvent {
  readonly type: 'token'
  readonly seq: number
  readonly delta: string
  /** Offset of the first UTF-16 code unit of `delta` in the answer. */
  readonly at: number
}

/** A number of a citation marker; it comes directly before the token that is the marker. */
export interface CitationEvent {
  readonly type: 'citation'
  readonly seq: number
  readonly citation: Citation
}

/** How well the sentence of a citation is covered by its source. */
export interface SupportEvent extends CitationSupport {
  readonly type: 'support'
  readonly seq: number
  /** `index` of the citation that was checked. */
  readonly index: number
  readonly claim: ClaimRange
}

/** The run goes on, but something is worth knowing. */
export interface WarningEvent extends Warning {
  readonly type: 'warning'
  readonly seq: number
}

/** Last event of a run that ended in an orderly way: the full result. */
export interface DoneEvent extends ChatResult {
  readonly type: 'done'
  readonly seq: number
}

/** Last event of a run that failed. */
export interface ErrorEvent {
  readonly type: 'error'
  readonly seq: number
  readonly code: ErrorCode
  /** A fixed sentence per code; causes go to `onError` and stay on the server. */
  readonly message: string
  /** True if asking again may help. */
  readonly retryable: boolean
  /** How long to wait before asking again, in milliseconds, when the upstream said so. */
  readonly retryAfterMs?: number
  /** What the run was doing when it failed. */
  readonly phase: Phase
  /** What was answered until then; its `finishReason` is `error`. */
  readonly partial: ChatResult
}

/**
 * Everything a stream can say, closed on `type`. Exactly one `done` or `error` comes, last.
 * Keep a default branch in your own `switch`: a later version may add types.
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

/** True if `event` is the last one of its run. */
export function isTerminalEvent(event: ChatEvent): event is TerminalEvent {
  return event.type === 'done' || event.type === 'error'
}

/** `Omit` that keeps a union a union. */
type WithoutSeq<Event> = Event extends ChatEvent ? Omit<Event, 'seq'> : never

/** An event before the stream has numbered it. */
export type UnnumberedEvent = WithoutSeq<ChatEvent>
