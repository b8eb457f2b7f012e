import type { PartialLocation } from './sources.ts'
import type { ChatModelEvent, Message } from './chat-model.ts'

/** The request to an engine. */
export interface EngineTurn {
  /** The question as the reader asked it. */
  readonly question: string
  /** The tenant or user, if the caller gave one. */
  readonly scope?: string
  /** Id of the conversation, if there is one. */
  readonly threadId?: string
  /** The earlier messages, within the budget, without the question. */
  readonly history: readonly Message[]
}

/**
 * A source as an engine reports it. The core numbers sources from 1, in the order in which they are reported. A source
 * that is longer than `citationChunk` is cut into separately numbered pieces. So if the text of the engine cites by
 * number, report shorter sources or set `citationChunk: { tokens: Infinity }`.
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
  /** The headings that the whole text stands under, the outermost first, as in a `Chunk`. */
  readonly section?: readonly string[] | undefined
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
 * Retrieves and answers by itself, such as a chat engine of another library. The core adds timers, limits, abort and
 * the event stream. It never retries an engine.
 */
export interface Engine {
  /** Starts nothing before the first `next()`; releases everything when `signal` aborts. */
  answer(turn: EngineTurn, options: { readonly signal: AbortSignal }): AsyncIterable<EngineEvent>
}
