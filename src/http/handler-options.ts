import type { RetrieveAndAnswerOptions, EngineChatOptions } from '../core/options/stream-chat-options.ts'
import type { ChatError } from '../core/vocabulary/chat-error.ts'
import type { HistoryStore } from '../core/vocabulary/history-store.ts'
import { createRunRegistry, type RunRegistry } from '../runs/run-registry.ts'
import type { StandardSchema } from '../dialects/standard-schema.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { createChat, type Chat } from '../core/create-chat.ts'

/** What belongs to one request: the handler sets it. */
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

/** How questions are answered: the options of `streamChat` that are the same for every request. */
export type AnsweringOptions =
  | Omit<RetrieveAndAnswerOptions, RequestOption | 'onError'>
  | Omit<EngineChatOptions, RequestOption | 'onError'>

/** What the handler needs to know of the application. */
export interface HandlerOptions {
  /**
   * The tenant or user that a request comes from: nobody reads, stops or continues anything of another one. What it
   * throws refuses the request: a `Response` is sent as it is, and anything else is a 500. It is not called where the
   * server says in the context who asks.
   */
  readonly scope: (request: Request) => string | Promise<string>
  /**
   * Called once for each failure, with its cause: failures of runs (also those that a run survives), of requests that are
   * refused with a status from 500, and of the registry. `false` turns it off.
   *
   * @defaultValue one line to `console.error`: code, message, causes and the id of the run, without keys
   */
  readonly onError?: ((error: ChatError) => void) | false | undefined
  /** Where conversations are kept. @defaultValue nowhere: every question stands alone */
  readonly history?: HistoryStore | undefined
  /**
   * The runs of this process.
   *
   * @defaultValue {@link createRunRegistry} as it is: in memory, for one server; a run stops when its last reader has left
   */
  readonly runs?: RunRegistry | undefined
  /** What a client may send as `filter`. @defaultValue nothing */
  readonly filter?: StandardSchema | undefined
  /**
   * Forms of an answer beside the native ones (server-sent events, lines of JSON, one JSON object, plain text). One with
   * a `path` gets a route, and `Accept` chooses any other on the native routes. @defaultValue none
   */
  readonly dialects?: readonly Dialect[] | undefined
  /**
   * The path under which the routes are, such as `/api`, where a server hands over the whole path; `/` for the root.
   *
   * @defaultValue none: a handler that is called with a web `Request` looks at the end of the path (`…/chat`,
   * `…/runs/{runId}/events`), and one that is mounted by an adapter takes the path below the mount as it stands
   */
  readonly basePath?: string | undefined
  /** Longest request body, in bytes. @defaultValue 262144 */
  readonly maxBodyBytes?: number | undefined
  /** Silence after which a keep-alive is sent, in milliseconds; `Infinity` for none. @defaultValue 8000 */
  readonly keepAliveMs?: number | undefined
  /** How long a reader may take nothing before it is cut off, in milliseconds. @defaultValue 30000 */
  readonly stallMs?: number | undefined
}

/** The chat that answers, in the place of the options that `createChat` takes. */
export interface ChatOption {
  /** Answers the questions, and keeps the conversations. What {@link createChat} takes is given there. */
  readonly chat: Chat
}

/** What `createChatHandler` takes: a chat, or the options that it makes one of. */
export type ChatHandlerOptions =
  | (AnsweringOptions & HandlerOptions & { readonly chat?: undefined })
  | (ChatOption & Omit<HandlerOptions, 'history'>)
