import type { IncomingHttpHeaders } from 'node:http'

/** How a response came to its end: it was complete, or one side closed the connection before. */
export type FaultHitEnd = 'complete' | 'client' | 'server'

/** One request that reached the server. */
export interface FaultHit {
  /** Place in the order of arrival, from 0. */
  readonly index: number
  readonly method: string
  /** Path with the query string, such as `/v1/chat/completions`. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The JSON body, parsed; the text itself where it is no JSON. */
  readonly body: unknown
  /** When the request had arrived in full, by `performance.now()`. */
  readonly openedAt: number
  /** When the response was over, by `performance.now()`; undefined while it is open. */
  readonly closedAt: number | undefined
  /** True if the client closed the connection before the response had ended. */
  readonly closedByClient: boolean
  /** Resolves when the response is over, and says who ended it. Never rejects. */
  readonly closed: Promise<FaultHitEnd>
}

/** A request and its response, in the hands of a {@link FaultBehaviour}. */
export interface FaultExchange {
  readonly hit: FaultHit
  /** Aborts when the response is over, whoever ended it. */
  readonly signal: AbortSignal
  /** Sends the head at once. Without it, the first write sends status 200 and `text/event-stream`. */
  head(status: number, headers?: Readonly<Record<string, string>>): void
  /**
   * Sends a piece of the body as an HTTP chunk of its own. Resolves when the client can take more;
   * rejects when the connection is gone.
   */
  write(data: string | Uint8Array): Promise<void>
  /** Ends the response as it should be. The server does so by itself after the behaviour returns. */
  end(): Promise<void>
  /** Closes the connection in the middle of the response (FIN). */
  cut(): Promise<void>
  /** Breaks the connection (RST). */
  reset(): Promise<void>
}

/**
 * What the server does with a request. Behaviours are values that compose: a step such as "a
 * keep-alive comment" and a whole fault such as "stall after two tokens" are the same type.
 */
export type FaultBehaviour = (exchange: FaultExchange) => void | Promise<void>
