import type { ChatEvent } from '../../core/vocabulary/events.ts'

/** The operations that the tools of one request may use, all in the scope of the caller. */
export interface McpCall {
  /** The tenant or user; absent if there is none. */
  readonly scope: string | undefined
  /**
   * Does the work of a request, with a signal that fires when the client cancels the request or leaves. `signal` is the one
   * of the SDK, which does not fire for every way to cancel.
   */
  run<T>(request: McpRequest, work: (signal: AbortSignal) => Promise<T>): Promise<T>
  /**
   * Starts a run, and returns its events. The run stops when the signal fires.
   *
   * @throws an error for a request that is refused
   */
  ask(question: string, signal: AbortSignal): Promise<AsyncIterable<ChatEvent>>
  /** Reports an error that the client gets only as a fixed sentence. */
  report(error: unknown): void
}

/** A JSON-RPC request, as the SDK passes it to a tool. */
export interface McpRequest {
  /** The id that the client has chosen. */
  readonly id: string | number
  /** Fires when the SDK knows that the request is canceled. */
  readonly signal: AbortSignal
}
