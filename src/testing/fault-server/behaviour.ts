import type { IncomingHttpHeaders } from 'node:http'

/** The end of a response: it was complete, or the named side closed the connection earlier. */
export type FaultHitEnd = 'complete' | 'client' | 'server'

/** A request that the server has received. */
export interface FaultHit {
  /** Position in the order of arrival, from 0. */
  readonly index: number
  /** The HTTP method. */
  readonly method: string
  /** Path with the query string, such as `/v1/chat/completions`. */
  readonly path: string
  /** The headers. */
  readonly headers: IncomingHttpHeaders
  /** The parsed JSON body; the raw text if it is not JSON. */
  readonly body: unknown
  /** Time when the request had arrived completely, by `performance.now()`. */
  readonly openedAt: number
  /** Time when the response had ended, by `performance.now()`; undefined while it is open. */
  readonly closedAt: number | undefined
  /** True if the client closed the connection before the response had ended. */
  readonly closedByClient: boolean
  /** Resolves when the response has ended, with the side that ended it. Never rejects. */
  readonly closed: Promise<FaultHitEnd>
}

/** A request and its response, as passed to a {@link FaultBehaviour}. */
export interface FaultExchange {
  /** The request. */
  readonly hit: FaultHit
  /** Aborts when the response has ended, for any reason. */
  readonly signal: AbortSignal
  /** Sends the head at once. If it is not called, the first write sends status 200 and `text/event-stream`. */
  head(status: number, headers?: Readonly<Record<string, string>>): void
  /**
   * Sends a piece of the body as a separate HTTP chunk. Resolves when the client can accept more; rejects when the
   * connection is gone.
   */
  write(data: string | Uint8Array): Promise<void>
  /** Ends the response normally. The server does so itself after the behaviour returns. */
  end(): Promise<void>
  /** Closes the connection in the middle of the response (FIN). */
  cut(): Promise<void>
  /** Breaks the connection (RST). */
  reset(): Promise<void>
}

/**
 * The behaviour of the server for a request. Behaviours are values that compose: a step such as "a keep-alive comment"
 * and a whole fault such as "stall after two tokens" have the same type.
 */
export type FaultBehaviour = (exchange: FaultExchange) => void | Promise<void>
