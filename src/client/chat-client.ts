import type { ActiveRun } from '../core/vocabulary/active-run.ts'
import type { Feedback } from '../core/vocabulary/feedback.ts'
import type { StopResult } from '../core/vocabulary/stop-result.ts'
import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { LoadedTurn } from '../core/vocabulary/stored-turn.ts'
import type { ThreadPage } from '../core/vocabulary/history-store.ts'

/** A question to send. */
export interface ChatQuestion {
  /** The question. */
  readonly question: string
  /** The conversation. @defaultValue a new one, where the server keeps conversations */
  readonly threadId?: string | undefined
  /** Id of the run, a UUID. @defaultValue a new one */
  readonly runId?: string | undefined
  /** The run whose turn this one replaces. */
  readonly replaces?: string | undefined
  /** A filter of the search, if the server takes one. */
  readonly filter?: unknown
}

/** The options of reading a run. */
export interface ReadRunOptions {
  /** Disconnects: the pending read rejects with its reason. The server decides if the run goes on. */
  readonly signal?: AbortSignal | undefined
  /** Called before each attempt to connect again, with its number since the last event, from 1. */
  readonly onReconnect?: ((attempt: number) => void) | undefined
}

/**
 * A run to read. It connects when it is iterated, connects again when the connection breaks, and ends after `done` or
 * `error`. Each event comes once. It has one reader at a time.
 */
export interface ClientRun extends AsyncIterable<ChatEvent> {
  /** Id of the run. */
  readonly runId: string
  /** Tells the server to stop the run. The end comes as an event. */
  stop(): Promise<StopResult>
  /** Stops reading without telling the server. Iterating ends; iterate again to read on after the last event. */
  disconnect(): void
}

/** Which part of the list of conversations to load. */
export interface ListThreadsOptions {
  /** Text that the titles contain. @defaultValue all conversations */
  readonly search?: string | undefined
  /** `before` of the page before this one. @defaultValue the first page */
  readonly before?: string | undefined
  /** Conversations on a page, at most 200. @defaultValue 50 */
  readonly limit?: number | undefined
}

/** The routes of a chat handler as functions. Each rejects with a `ChatClientError`. */
export interface ChatClient {
  /**
   * Asks a question and reads the answer. The question is sent once: after a break, the run is read by its id, and the
   * question is sent again only if the server answers that it has never received it.
   */
  ask(question: ChatQuestion, options?: ReadRunOptions): ClientRun
  /**
   * Reads a run from its start, such as one that another tab has asked for. With `threadId`, a run that can no longer be
   * replayed gives its stored result as its last event.
   */
  follow(run: { readonly runId: string; readonly threadId?: string | undefined }, options?: ReadRunOptions): ClientRun
  /** Stops a run, also one that another tab or device has asked for. */
  stop(runId: string): Promise<StopResult>
  /** Lists the runs that are going on, the latest first. */
  runs(): Promise<readonly ActiveRun[]>
  /** Lists conversations, the latest first. */
  threads(options?: ListThreadsOptions): Promise<ThreadPage>
  /**
   * Loads the latest turns of a conversation, at most 100, the oldest of them first. The list is empty for an unknown
   * conversation, and if the server stores none.
   */
  turns(threadId: string): Promise<readonly LoadedTurn[]>
  /** Gives a conversation a title. */
  rename(threadId: string, title: string): Promise<void>
  /** Deletes a conversation, and stops its answer. It does not fail for one that is not there. */
  remove(threadId: string): Promise<void>
  /** Stores feedback on the answer of a run; `undefined` takes it back. */
  rate(runId: string, feedback: Feedback | undefined): Promise<void>
}
