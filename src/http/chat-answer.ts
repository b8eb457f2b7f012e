import { askToReturn } from '../core/async/iterators.ts'
import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { Encoding } from '../dialects/encoding.ts'
import type { ResolvedSinkOptions } from '../sinks/sink-options.ts'
import { createStreamResponse } from '../sinks/to-response.ts'
import { UnroutedResponse } from './unrouted-response.ts'

/** The answer to a request as a value, independent of the server that sends it. */
export type ChatAnswer = WholeAnswer | StreamAnswer | ResponseAnswer

/** An answer whose body is a whole text. */
export interface WholeAnswer {
  /** The kind of the answer. */
  readonly type: 'whole'
  /** The status. */
  readonly status: number
  /** The headers. */
  readonly headers: Headers
  /** The body; empty for none. */
  readonly body: string
  /** True if the handler does not know the path. The answer is a 404, and a framework may try its other routes. */
  readonly unrouted?: boolean
}

/** An answer whose body is a stream of events. Send it or discard it: until then, it counts as a reader of the run. */
export interface StreamAnswer {
  /** The kind of the answer. */
  readonly type: 'stream'
  /** The status. */
  readonly status: number
  /** The headers, with those of the dialect. */
  readonly headers: Headers
  /** The events and their form. */
  readonly body: EventStream
}

/** Options of the sink of a stream, with every default applied. */
export type StreamOptions = Omit<ResolvedSinkOptions, 'dialect'>

/** Events with the dialect and the options to write them. */
export interface EventStream {
  /** The events. They can be read once. */
  readonly events: AsyncIterable<ChatEvent>
  /** Encodes the events. */
  readonly dialect: Encoding
  /** Options for the sink that writes them, complete and checked. */
  readonly options: StreamOptions
}

/** A `Response` of the application: `scope` threw it, or a function that wraps the handler returned it. */
export interface ResponseAnswer {
  /** The kind of the answer. */
  readonly type: 'response'
  /** The response, which is sent as it is. */
  readonly response: Response
  /** True if the handler does not know the path, as in {@link WholeAnswer}. */
  readonly unrouted?: boolean
}

/** Converts an answer to a `Response`. */
export function toWebResponse(answer: ChatAnswer): Response {
  if (answer.type === 'response') return answer.response
  const { status, headers } = answer
  if (answer.type === 'stream') {
    const { events, dialect, options } = answer.body
    return createStreamResponse(events, { ...options, dialect }, { status, headers })
  }
  const body = answer.body === '' ? null : answer.body
  return answer.unrouted ? new UnroutedResponse(body, { status, headers }) : new Response(body, { status, headers })
}

/** True if the handler does not know the path. */
export function isUnrouted(answer: ChatAnswer): boolean {
  return answer.type !== 'stream' && answer.unrouted === true
}

/** Discards an answer that will not be sent, so that its reader leaves the run. */
export async function discardAnswer(answer: ChatAnswer): Promise<void> {
  if (answer.type === 'stream') askToReturn(answer.body.events[Symbol.asyncIterator]())
  if (answer.type === 'response') await answer.response.body?.cancel()
}
