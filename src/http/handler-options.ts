import type { RetrieveAndAnswerOptions, EngineChatOptions } from '../core/options/stream-chat-options.ts'
import type { ChatError } from '../core/vocabulary/chat-error.ts'
import type { HistoryStore } from '../core/vocabulary/history-store.ts'
import type { RunRegistry } from '../runs/run-registry.ts'
import type { StandardSchema } from '../dialects/standard-schema.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Chat } from '../core/create-chat.ts'
import type { CheckSources } from '../core/vocabulary/source-state.ts'
import type { FeedbackNote } from './feedback-note.ts'

/** Options of `streamChat` that differ for each request, so that the handler sets them. */
export type RequestOption =
  | 'question'
  | 'scope'
  | 'threadId'
  | 'runId'
  | 'replaces'
  | 'filter'
  | 'history'
  | 'signal'
  | 'waitUntil'

/** Options of `streamChat` that are the same for every request. */
export type AnsweringOptions =
  | Omit<RetrieveAndAnswerOptions, RequestOption | 'onError'>
  | Omit<EngineChatOptions, RequestOption | 'onError'>

/** Options of the handler itself. */
export interface HandlerOptions {
  /**
   * Returns the tenant or user of a request; runs and threads of another scope are not accessible. A `Response` that it
   * throws refuses the request and is sent as it is; any other error is a 500. It is not called if the context of the
   * request has a `scope`.
   */
  readonly scope: (request: Request) => string | Promise<string>
  /**
   * Called once for each failure, with its cause: failures of runs (even if the run continues), requests that are
   * answered with a status from 500, and failures of the registry. `false` turns it off.
   *
   * @defaultValue one line to `console.error`: code, message, causes and the id of the run, without keys
   */
  readonly onError?: ((error: ChatError) => void) | false | undefined
  /**
   * Called once for each change of a reader's feedback that was stored, also when the reader takes it back. A repeated
   * request changes nothing. The response does not wait for it, and an error of it is ignored.
   *
   * @defaultValue none
   */
  readonly onFeedback?: ((feedback: FeedbackNote) => void | Promise<void>) | undefined
  /**
   * Compares the sources of stored answers with the documents of now, when a thread is loaded. `knowledge.checkSources` of
   * `ragwire/knowledge` is one. If it fails, `onError` is called and the thread is sent without states.
   *
   * @defaultValue none
   */
  readonly checkSources?: CheckSources | undefined
  /** Stores the conversations. @defaultValue none: a question does not refer to earlier ones */
  readonly history?: HistoryStore | undefined
  /**
   * The runs of this process.
   *
   * @defaultValue `createRunRegistry()` without options: in memory, for one server; a run stops when its last
   * reader leaves
   */
  readonly runs?: RunRegistry | undefined
  /** Validates the `filter` of a client. @defaultValue none: a request with a `filter` is refused */
  readonly filter?: StandardSchema | undefined
  /**
   * Further dialects beside the native ones (server-sent events, lines of JSON, one JSON object, plain text). A dialect
   * with a `path` gets its own route; `Accept` chooses the others on the native routes. @defaultValue none
   */
  readonly dialects?: readonly Dialect[] | undefined
  /**
   * The path above the routes, such as `/api`, for a server that passes the whole path; `/` for the root.
   *
   * @defaultValue none: for a web `Request`, the end of the path decides the route (`…/chat`, `…/runs/{runId}/events`);
   * an adapter passes the exact path below its mount
   */
  readonly basePath?: string | undefined
  /** Maximum length of a request body, in bytes. @defaultValue 262144 */
  readonly maxBodyBytes?: number | undefined
  /** Silence after which a keep-alive is sent, in milliseconds; `Infinity` for none. @defaultValue 8000 */
  readonly keepAliveMs?: number | undefined
  /**
   * Maximum time in which a reader takes nothing before it is cut off, in milliseconds; `Infinity` for no limit.
   * @defaultValue 30000
   */
  readonly stallMs?: number | undefined
}

/** A chat, instead of the options that `createChat` takes. */
export interface ChatOption {
  /** Answers the questions and stores the conversations. Pass the options of `createChat` there, not here. */
  readonly chat: Chat
}

/** The options of `createChatHandler`: with a chat, or with the options to create one. */
export type ChatHandlerOptions =
  | (AnsweringOptions & HandlerOptions & { readonly chat?: undefined })
  | (ChatOption & Omit<HandlerOptions, 'history'>)
