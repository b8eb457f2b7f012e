import type { PartialLocation } from '../sources.ts'
import type { ChatModelEvent, Message } from './chat-model.ts'

/** What an engine is asked. */
export interface EngineTurn {
  /** The question as the reader asked it. */
  readonly question: string
  /** The tenant or user, when the caller gave one. */
  readonly scope?: string
  readonly threadId?: string
  /** The conversation so far, within the budget, without the question. */
  readonly history: readonly Message[]
}

/** A source as an engine reports it; the core numbers it. */
export interface EngineSource {
  readonly documentId: string
  /** @defaultValue the document's id */
  readonly chunkId?: string | undefined
  readonly text: string
  /** @defaultValue the document's id */
  readonly title?: string | undefined
  readonly url?: string | undefined
  readonly score?: number | undefined
  readonly location?: PartialLocation | undefined
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** What an {@link Engine} says while it answers. */
export type EngineEvent = ChatModelEvent | { readonly type: 'source'; readonly source: EngineSource }

/**
 * Something that retrieves and answers by itself, such as a chat engine of another library.
 * The core gives it timers, caps, cancellation and the event stream; it never retries it.
 */
export interface Engine {
  answer(turn: EngineTurn, options: { readonly signal: AbortSignal }): AsyncIterable<EngineEvent>
}
