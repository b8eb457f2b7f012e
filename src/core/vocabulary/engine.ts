import type { PartialLocation } from './sources.ts'
import type { ChatModelEvent, Message } from './chat-model.ts'

/** The request to an engine. */
export interface EngineTurn {
  /** The question as the reader asked it. */
  readonly question: string
  /** The tenant or user, when the caller gave one. */
  readonly scope?: string
  /** The conversation, when there is one. */
  readonly threadId?: string
  /** The conversation so far, within the budget, without the question. */
  readonly history: readonly Message[]
}

/**
 * A source as an engine reports it. The core numbers sources in the order in which they come, from 1. One that is longer
 * than `citationChunk` is cut into pieces with a number each: an engine whose text cites by number reports shorter ones,
 * or the run sets `citationChunk: { tokens: Infinity }`.
 */
export interface EngineSource {
  /** Id of the document. */
  readonly documentId: string
  /** @defaultValue the document's id */
  readonly chunkId?: string | undefined
  /** The text that can be cited. */
  readonly text: string
  /** @defaultValue the document's id */
  readonly title?: string | undefined
  /** Address of the document. */
  readonly url?: string | undefined
  /** Higher is better. */
  readonly score?: number | undefined
  /** Position of the text in its document. */
  readonly location?: PartialLocation | undefined
  /** Further fields; only those of `sourceMetadata` reach the reader. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** An event of the stream of an {@link Engine}. */
export type EngineEvent = ChatModelEvent | { readonly type: 'source'; readonly source: EngineSource }

/**
 * Something that retrieves and answers by itself, such as a chat engine of another library.
 * The core gives it timers, caps, cancellation and the event stream; it never retries it.
 */
export interface Engine {
  /** Starts nothing before the first `next()`; releases everything when `signal` aborts. */
  answer(turn: EngineTurn, options: { readonly signal: AbortSignal }): AsyncIterable<EngineEvent>
}
