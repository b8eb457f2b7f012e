import type { AnsweringOptions, HandlerOptions, ChatHandlerOptions } from './handler-options.ts'
import { type ErrorHook, reportOnce } from './report-once.ts'
import { invalidInput } from '../core/vocabulary/invalid-input.ts'

import type { HistoryStore } from '../core/vocabulary/history-store.ts'
import { systemClock, type Clock } from '../core/async/clock.ts'
import { createChat, type Chat } from '../core/create-chat.ts'

import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { CHAT_OPTIONS } from '../core/options/option-names.ts'
import { logError } from '../core/observe/log-error.ts'
import {
  booleanOption,
  clockOption,
  countOption,
  durationOption,
  hookOption,
} from '../core/options/options-with-defaults.ts'
import { expectFunction, expectMethods, expectOptionalFunction } from '../core/options/validate.ts'

import { chatRequestSchema, type ChatRequestSchema } from '../dialects/chat-request.ts'
import type { StandardSchema } from '../dialects/standard-schema.ts'
import type { RunRegistryOptions } from '../runs/run-registry-options.ts'
import { createRunRegistry, type RunRegistry } from '../runs/run-registry.ts'
import { resolveDialects, type ResolvedDialects } from './resolve-dialects.ts'
import type { StreamOptions } from './chat-answer.ts'
import { DEFAULT_KEEP_ALIVE_MS, DEFAULT_STALL_MS } from '../sinks/sink-options.ts'

/** Options with every default applied. */
export interface ResolvedHandlerOptions {
  /** Answers the questions. */
  readonly chat: Chat
  /** The tenant or user of a request. */
  readonly scope: HandlerOptions['scope']
  /** Stores the conversations; the history of the chat. */
  readonly history: HistoryStore | undefined
  /** The runs of this process. */
  readonly runs: RunRegistry
  /** Validates the body of a question. */
  readonly requestSchema: ChatRequestSchema
  /** The dialects that an answer can have. */
  readonly dialects: ResolvedDialects
  /** The path above the routes, without a slash at its end. */
  readonly basePath: string | undefined
  /** Maximum length of a request body, in bytes. */
  readonly maxBodyBytes: number
  /** Time limit of each call to the history, in milliseconds. */
  readonly storeMs: number
  /** Measures all times. */
  readonly clock: Clock
  /** Options of the sink of every stream. */
  readonly sink: Omit<StreamOptions, 'signal'>
  /** Called once for each failure; absent if it is turned off. */
  readonly onError: ErrorHook | undefined
  /** Compares the sources of stored answers with the documents of now. */
  readonly checkSources: HandlerOptions['checkSources']
  /** Called once for each change of feedback. */
  readonly onFeedback: HandlerOptions['onFeedback']
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
  const onError = reportOnce(hookOption('onError', options.onError, logError))
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
    checkSources: expectOptionalFunction('checkSources', options.checkSources),
    onFeedback: expectOptionalFunction('onFeedback', options.onFeedback),
  }
}

/** Returns the given chat, or creates one from the options. */
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
    // Passed with each run instead, so that it is called with the id of the run.
    onError: _onError,
    checkSources: _checkSources,
    onFeedback: _onFeedback,
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
  expectSettings(chat)
  return chat
}

const SETTINGS = ['maxQuestionChars', 'storeMs', 'takesFilter', 'clock'] as const

/** Checks what the routes read of a chat that the application has written itself. */
function expectSettings(chat: Chat): void {
  const missing = SETTINGS.find((name) => chat[name] === undefined)
  if (missing !== undefined) {
    const message = `it has no ${missing}; spread the chat of createChat(), as in { ...chat, stream }`
    throw invalidInput(`chat.${missing}`, `Cannot use chat: ${message}`)
  }
  countOption('chat.maxQuestionChars', chat.maxQuestionChars, Infinity)
  durationOption('chat.storeMs', chat.storeMs, Infinity)
  booleanOption('chat.takesFilter', chat.takesFilter, true)
  clockOption('chat.clock', chat.clock, systemClock)
}

/** Checks the methods that the routes of threads call; the chat itself checks the rest. */
function expectHistory(field: string, history: HistoryStore | undefined): void {
  if (history === undefined) return
  const what = 'a history store such as memoryHistoryStore()'
  expectMethods(field, history, what, ['beginTurn', 'list'])
  const optional = (['rename', 'setFeedback'] as const).filter((name) => history[name] !== undefined)
  expectMethods(field, history, what, optional)
}

// The server gives `waitUntil` with each request.
const { onError: _onError, waitUntil: _waitUntil, ...OF_CHAT } = CHAT_OPTIONS

const HANDLER_OPTIONS: OptionNames<ChatHandlerOptions> = {
  chat: true,
  ...OF_CHAT,
  onError: true,
  checkSources: true,
  onFeedback: true,
  scope: true,
  runs: true,
  filter: true,
  dialects: true,
  basePath: true,
  maxBodyBytes: true,
  keepAliveMs: true,
  stallMs: true,
}

// Without the options that both functions take.
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

/** Returns the path in its URL encoding, without a slash at its end. */
function resolveBasePath(basePath: unknown): string | undefined {
  if (basePath === undefined) return undefined
  if (typeof basePath !== 'string' || !/^(?:\/|$)/u.test(basePath)) {
    const given = typeof basePath === 'string' ? basePath : `of type ${typeof basePath}`
    throw invalidInput('basePath', `Cannot use basePath ${given}: it must be a path that begins with a slash`)
  }
  return new URL(`http://localhost${basePath}`).pathname.replace(/\/+$/u, '')
}
