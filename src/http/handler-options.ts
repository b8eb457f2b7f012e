import { invalidInput } from '../core/vocabulary/invalid-input.ts'
import type { ChatError } from '../core/vocabulary/chat-error.ts'
import type { HistoryStore } from '../core/vocabulary/history-store.ts'
import type { Clock } from '../core/async/clock.ts'
import { createChat, type Chat } from '../core/create-chat.ts'
import type { EngineChatOptions, RetrieveAndAnswerOptions } from '../core/options/stream-chat-options.ts'
import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { CHAT_OPTIONS } from '../core/options/option-names.ts'
import { logError } from '../core/observe/log-error.ts'
import { countOption, durationOption, expectFunction, hookOption, expectMethods } from '../core/options/validate.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { chatRequestSchema, type ChatRequestSchema, type StandardSchema } from '../dialects/chat-request.ts'
import type { RunRegistryOptions } from '../runs/run-registry-options.ts'
import { createRunRegistry, type RunRegistry } from '../runs/run-registry.ts'
import { resolveDialects, type ResolvedDialects } from './resolve-dialects.ts'
import { DEFAULT_KEEP_ALIVE_MS, DEFAULT_STALL_MS } from '../sinks/sink-options.ts'

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

/** Options with every default applied. */
export interface ResolvedHandlerOptions {
  /** Answers the questions. */
  readonly chat: Chat
  /** The tenant or user of a request. */
  readonly scope: HandlerOptions['scope']
  /** Keeps the conversations; that of the chat. */
  readonly history: HistoryStore | undefined
  /** The runs of this process. */
  readonly runs: RunRegistry
  /** Reads the body of a question. */
  readonly requestSchema: ChatRequestSchema
  /** The formats that an answer can have. */
  readonly dialects: ResolvedDialects
  /** The path under which the routes are, without the slash at its end. */
  readonly basePath: string | undefined
  /** Longest request body, in bytes. */
  readonly maxBodyBytes: number
  /** Time for each call to the history, in milliseconds. */
  readonly storeMs: number
  /** Gives the time. */
  readonly clock: Clock
  /** How every stream is written. */
  readonly sink: SinkOptions
  /** Called once for each failure; absent if it is turned off. */
  readonly onError: ErrorHook | undefined
}

/** How every stream is written. */
interface SinkOptions {
  readonly keepAliveMs: number
  readonly stallMs: number
  readonly clock: Clock
  readonly onError?: ErrorHook
}

/**
 * Checks the options and applies the defaults, once.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 */
export function resolveHandlerOptions(options: ChatHandlerOptions): ResolvedHandlerOptions {
  expectOptions(options, HANDLER_OPTIONS, { of: 'createChatHandler', elsewhere: ELSEWHERE })
  const { scope, runs, filter, dialects, basePath, maxBodyBytes, keepAliveMs, stallMs } = options
  const chat = resolveChat(options)
  const { history, clock, storeMs, maxQuestionChars } = chat
  const onError = tellOnce(hookOption('onError', options.onError, logError))
  return {
    chat,
    scope: expectFunction('scope', scope),
    history,
    runs: resolveRuns(runs) ?? createRunRegistry({ clock, onError: onError ?? false }),
    requestSchema: chatRequestSchema({
      maxQuestionChars,
      replaces: history !== undefined,
      ...resolveFilter(filter, chat),
    }),
    dialects: resolveDialects(dialects),
    basePath: resolveBasePath(basePath),
    maxBodyBytes: countOption('maxBodyBytes', maxBodyBytes, 262_144),
    storeMs,
    clock,
    sink: {
      keepAliveMs: durationOption('keepAliveMs', keepAliveMs, DEFAULT_KEEP_ALIVE_MS),
      stallMs: durationOption('stallMs', stallMs, DEFAULT_STALL_MS),
      clock,
      ...(onError && { onError }),
    },
    onError,
  }
}

/** Returns the chat that is given, or makes one of the options. */
function resolveChat(options: ChatHandlerOptions): Chat {
  if (options.chat !== undefined) return expectChat(options.chat, options)
  const {
    chat: _chat,
    scope: _scope,
    runs: _runs,
    filter: _filter,
    dialects: _dialects,
    basePath: _basePath,
    maxBodyBytes: _maxBodyBytes,
    keepAliveMs: _keepAliveMs,
    stallMs: _stallMs,
    // Given to each run, so that it is called with the id of the run.
    onError: _onError,
    ...answering
  } = options
  expectHistory('history', answering.history)
  return createChat(answering)
}

function expectChat(chat: Chat, options: ChatHandlerOptions): Chat {
  expectMethods('chat', chat, 'a chat such as createChat() returns', ['stream'])
  const twice = Object.keys(OF_CHAT).find((name) => Reflect.get(options, name) !== undefined)
  if (twice !== undefined) {
    throw invalidInput(twice, `Cannot use ${twice} together with chat: it belongs to createChat({ ${twice} })`)
  }
  expectHistory('chat.history', chat.history)
  return chat
}

/** Checks what the routes of threads call; the chat itself checks the rest. */
function expectHistory(field: string, history: HistoryStore | undefined): void {
  if (history === undefined) return
  expectMethods(field, history, 'a history store such as memoryHistoryStore()', ['beginTurn', 'list'])
}

// The server gives `waitUntil` with each request.
const { onError: _onError, waitUntil: _waitUntil, ...OF_CHAT } = CHAT_OPTIONS

const HANDLER_OPTIONS: OptionNames<ChatHandlerOptions> = {
  chat: true,
  ...OF_CHAT,
  onError: true,
  scope: true,
  runs: true,
  filter: true,
  dialects: true,
  basePath: true,
  maxBodyBytes: true,
  keepAliveMs: true,
  stallMs: true,
}

// Not those that both take.
const REGISTRY_OPTIONS = [
  'store',
  'onDisconnect',
  'onThreadBusy',
  'queueMs',
  'maxRuns',
  'maxRunsPerScope',
  'maxReadersPerRun',
  'maxBufferedBytes',
  'leaseMs',
  'flushMs',
  'pollMs',
] as const satisfies readonly Exclude<keyof RunRegistryOptions, keyof AnsweringOptions | 'onError'>[]

const REQUEST_OPTIONS = ['question', 'threadId', 'runId', 'replaces', 'signal', 'waitUntil'] as const

const ELSEWHERE: Readonly<Record<string, string>> = Object.fromEntries([
  ...REGISTRY_OPTIONS.map((name) => [
    name,
    `it belongs to createRunRegistry, as in runs: createRunRegistry({ ${name} })`,
  ]),
  ...REQUEST_OPTIONS.map((name) => [name, 'it belongs to one request, and the handler sets it']),
])

function resolveRuns(runs: RunRegistry | undefined): RunRegistry | undefined {
  if (runs === undefined) return undefined
  return expectMethods('runs', runs, 'a registry such as createRunRegistry()', ['start'])
}

function resolveFilter(
  filter: StandardSchema | undefined,
  { takesFilter }: Chat,
): { readonly filter?: StandardSchema } {
  if (filter === undefined) return {}
  if (typeof filter?.['~standard']?.validate !== 'function') {
    throw invalidInput('filter', 'Cannot use this filter: it must be a Standard Schema')
  }
  if (!takesFilter) {
    throw invalidInput('filter', 'Cannot use filter together with engine: an engine retrieves by itself')
  }
  return { filter }
}

/** The path as a URL has it, without the slash at its end. */
function resolveBasePath(basePath: unknown): string | undefined {
  if (basePath === undefined) return undefined
  if (typeof basePath !== 'string' || !/^(?:\/|$)/u.test(basePath)) {
    const given = typeof basePath === 'string' ? basePath : `of type ${typeof basePath}`
    throw invalidInput('basePath', `Cannot use basePath ${given}: it must be a path that begins with a slash`)
  }
  return new URL(`http://localhost${basePath}`).pathname.replace(/\/+$/u, '')
}

type ErrorHook = (error: ChatError, runId?: string) => void

/** A hook that is called once for an error, though several places report it. */
function tellOnce(hook: ErrorHook | undefined): ErrorHook | undefined {
  if (!hook) return undefined
  const told = new WeakSet<ChatError>()
  return (error, runId) => {
    // A client may name what is not there as often as it likes.
    if (error.code === 'not-found' || told.has(error)) return
    told.add(error)
    // Given back, because it may be a promise that rejects. The run is for the line that is printed by default.
    return hook === logError ? logError(error, runId) : hook(error)
  }
}
