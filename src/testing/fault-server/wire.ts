import type { FaultHit } from './behaviour.ts'

/** Tokens as an OpenAI-compatible server counts them. */
export interface WireUsage {
  /** Tokens of the input. */
  readonly prompt_tokens: number
  /** Tokens of the output. */
  readonly completion_tokens: number
  /** Tokens in total. */
  readonly total_tokens: number
}

/** The end of an answer. */
export interface WireEnd {
  /** The finish reason as chat completions name it. */
  readonly finishReason: string
  /** The usage; none is sent if it is absent. */
  readonly usage?: WireUsage | undefined
}

/** The formats of reasoning. */
export type ThoughtForm = 'field' | 'parts' | 'details'

/** An error that a server reports in a stream. */
export interface WireError {
  /** The text. */
  readonly message: string
  /** The vendor's code. */
  readonly code: string
}

/** The events of an answer in one API. Each function returns them as an event stream. */
export interface Wire {
  /** The start of an answer, without text. */
  start(hit: FaultHit): string
  /** A piece of text. */
  text(hit: FaultHit, delta: string): string
  /** A piece of text as a list of parts, if the API has this form. */
  textParts(hit: FaultHit, delta: string): string
  /** A piece of reasoning. */
  thought(hit: FaultHit, delta: string, form: ThoughtForm): string
  /** The finish reason. The usage, if it is a part of this event. */
  finish(hit: FaultHit, end: WireEnd): string
  /** The usage, if it is an event of its own; otherwise empty. */
  usage(hit: FaultHit, usage: WireUsage): string
  /** The end with the usage in a place where OpenAI does not put it. */
  finishWithUsageElsewhere(hit: FaultHit, usage: WireUsage, place: 'choice' | 'x_groq'): string
  /** An error in the form in which only this API reports it. */
  error(hit: FaultHit, error: WireError, form: 'flat' | 'nested' | 'in-answer'): string
  /** A whole answer instead of a stream. */
  whole(hit: FaultHit, content: string, end: WireEnd): Record<string, unknown>
}
