import { systemClock, type Clock } from './clock.ts'
import { invalidInput, type ChatError } from './errors.ts'
import type { ChatEvent } from './events.ts'
import type { ChatModel } from './generation/chat-model.ts'
import type { Engine } from './generation/engine.ts'
import { buildPrompt, type PromptBuilder } from './prompt/build-prompt.ts'
import type { OnNoEvidence } from './retrieval/evidence-gate.ts'
import type { Retriever } from './retrieval/retriever.ts'
import type { ChatResult } from './result.ts'
import { estimateTokens } from './usage.ts'
import {
  cleanQuestion,
  expectCount,
  expectDuration,
  expectFunction,
  expectId,
  expectList,
  expectObject,
  expectOneOf,
} from './validate.ts'

/** Limits of a run. Durations are milliseconds, and `Infinity` means no limit. */
export interface ChatLimits {
  /**
   * Until the model first does something, all attempts and waits included. A reasoning delta counts, a
   * keep-alive does not.
   * @defaultValue 30000
   */
  readonly firstTokenMs?: number
  /**
   * Between two signs of life of the model. It counts only while the model is read: a reader who pauses does not
   * make the model stall.
   * @defaultValue 20000
   */
  readonly idleMs?: number
  /** @defaultValue 300000 */
  readonly runMs?: number
  /** @defaultValue 15000 */
  readonly retrieveMs?: number
  /** In UTF-16 code units. @defaultValue 32768 */
  readonly maxQuestionChars?: number
  /** In UTF-16 code units; an answer that reaches it ends as `length`. @defaultValue 262144 */
  readonly maxAnswerChars?: number
  /** Further attempts before the first token; 0 for none. @defaultValue 2 */
  readonly retries?: number
}

/** Observers of a run. One that throws or rejects cannot break the stream. */
export interface ChatHooks {
  /** Each event, as the reader takes it. */
  readonly onEvent?: (event: ChatEvent) => void
  /** A failure, with its cause: what the wire does not say. Also failures that the run survives. */
  readonly onError?: (error: ChatError) => void
  /** The result, at every ending: also after an abort, an error, or when the reader left. */
  readonly onFinish?: (result: ChatResult) => void
}

/** What every run needs and may have. */
export interface CommonChatOptions extends ChatLimits, ChatHooks {
  /** What the reader asks. Lone surrogates are repaired; an empty question is refused. */
  readonly question: string
  /** The tenant or user, given to the retriever. */
  readonly scope?: string
  /** Named in `start`. */
  readonly threadId?: string
  /** @defaultValue `crypto.randomUUID()` */
  readonly runId?: string
  /** Aborting it ends the stream with `done` and `finishReason: 'abort'`; it never throws. */
  readonly signal?: AbortSignal
  /** Metadata keys of chunks that may reach the reader. @defaultValue none */
  readonly sourceMetadata?: readonly string[]
  /** Schemes that a source's URL may have; another one is dropped with a warning. @defaultValue `['http:', 'https:']` */
  readonly sourceUrlSchemes?: readonly string[]
  /** Counts tokens for budgets, and for usage where the model gives none. @defaultValue {@link estimateTokens} */
  readonly countTokens?: (text: string) => number
  /** @defaultValue the machine's */
  readonly clock?: Clock
}

/** A run in which this library retrieves and prompts, and the model answers. */
export interface RetrieveAndAnswerOptions extends CommonChatOptions {
  readonly retriever: Retriever
  readonly model: ChatModel
  readonly engine?: never
  /** Chunks asked of the retriever. @defaultValue 8 */
  readonly topK?: number
  /** Chunks kept for the prompt. @defaultValue 5 */
  readonly topN?: number
  /** Budget of the retrieved text; chunks beyond it are left out by rank, but the best one stays. @defaultValue 8000 */
  readonly contextTokens?: number
  /** Passed to the retriever as it is. */
  readonly filter?: unknown
  /** `degrade` answers without sources, with a warning. @defaultValue `fail` */
  readonly onRetrievalError?: 'fail' | 'degrade'
  /**
   * When the retriever finds nothing: `refuse` says so without asking the model (in Chinese to a Chinese question,
   * else in English), `answer` asks it all the same, and a function gives the sentence to refuse with.
   * @defaultValue `refuse`
   */
  readonly onNoEvidence?: OnNoEvidence
  /** Makes the prompt. @defaultValue {@link buildPrompt} */
  readonly prompt?: PromptBuilder
  /** @defaultValue the model's own */
  readonly temperature?: number
  /** @defaultValue the model's own */
  readonly maxOutputTokens?: number
}

/** A run that an engine answers by itself. */
export interface EngineChatOptions extends CommonChatOptions {
  readonly engine: Engine
  readonly retriever?: never
  readonly model?: never
}

/** What `streamChat` takes. */
export type StreamChatOptions = RetrieveAndAnswerOptions | EngineChatOptions

/** Both kinds of options at once: how they look before they are checked. */
type UncheckedOptions = CommonChatOptions &
  Partial<Omit<RetrieveAndAnswerOptions, keyof CommonChatOptions | 'engine'>> & { readonly engine?: Engine }

/** Where the answer comes from. */
export type AnswerSource =
  | { readonly kind: 'engine'; readonly engine: Engine }
  | { readonly kind: 'model'; readonly retriever: Retriever; readonly model: ChatModel }

/** Options with every default applied: the only place where defaults live. */
export type ResolvedChatOptions = ReturnType<typeof resolveStreamChatOptions>

/**
 * Checks the options and applies the defaults, once; the caller's object is not touched.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 */
export function resolveStreamChatOptions(options: StreamChatOptions) {
  expectObject('options', options)
  return {
    question: cleanQuestion(options.question, expectCount('maxQuestionChars', options.maxQuestionChars, 32_768)),
    answerSource: resolveAnswerSource(options),
    ...resolveIdentity(options),
    ...resolveRetrieval(options),
    ...resolveGeneration(options),
    ...resolveLimits(options),
    ...resolveHooks(options),
  }
}

function resolveAnswerSource(options: UncheckedOptions): AnswerSource {
  const { engine, retriever, model } = options
  if (engine) {
    if (retriever ?? model) {
      throw invalidInput('engine', 'Cannot use engine together with retriever or model: an engine answers by itself')
    }
    expectFunction('engine.answer', engine.answer)
    return { kind: 'engine', engine }
  }
  if (!retriever) throw missing('retriever')
  if (!model) throw missing('model')
  expectFunction('retriever.retrieve', retriever.retrieve)
  expectFunction('model.stream', model.stream)
  return { kind: 'model', retriever, model }
}

function missing(field: string): TypeError {
  return invalidInput(field, `Cannot answer without a ${field}: give a retriever and a model, or an engine`)
}

function resolveIdentity(options: UncheckedOptions) {
  return {
    runId: expectId('runId', options.runId) ?? crypto.randomUUID(),
    threadId: expectId('threadId', options.threadId),
    scope: expectId('scope', options.scope),
    signal: resolveSignal(options.signal),
    clock: resolveClock(options.clock ?? systemClock),
  }
}

function resolveSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal !== undefined) expectFunction('signal.addEventListener', signal?.addEventListener)
  return signal
}

function resolveClock(clock: Clock): Clock {
  for (const method of ['now', 'setTimeout', 'clearTimeout'] as const) expectFunction(`clock.${method}`, clock[method])
  return clock
}

function resolveRetrieval(options: UncheckedOptions) {
  return {
    topK: expectCount('topK', options.topK, 8),
    topN: expectCount('topN', options.topN, 5),
    contextTokens: expectCount('contextTokens', options.contextTokens, 8_000),
    filter: options.filter,
    onRetrievalError: expectOneOf('onRetrievalError', options.onRetrievalError ?? 'fail', ['fail', 'degrade'] as const),
    onNoEvidence: resolveOnNoEvidence(options.onNoEvidence ?? 'refuse'),
    sourceMetadata: expectList('sourceMetadata', options.sourceMetadata ?? []),
    sourceUrlSchemes: expectList('sourceUrlSchemes', options.sourceUrlSchemes ?? ['http:', 'https:']),
  }
}

function resolveOnNoEvidence(value: OnNoEvidence): OnNoEvidence {
  return typeof value === 'function' ? value : expectOneOf('onNoEvidence', value, ['refuse', 'answer'] as const)
}

function resolveGeneration(options: UncheckedOptions) {
  const { temperature, maxOutputTokens } = options
  if (temperature !== undefined && !Number.isFinite(temperature)) {
    throw invalidInput('temperature', `Cannot use temperature ${temperature}: it must be a finite number`, RangeError)
  }
  return {
    prompt: expectFunction('prompt', options.prompt ?? buildPrompt),
    countTokens: expectFunction('countTokens', options.countTokens ?? estimateTokens),
    request: {
      ...(temperature !== undefined && { temperature }),
      ...(maxOutputTokens !== undefined && { maxOutputTokens: expectCount('maxOutputTokens', maxOutputTokens, 0) }),
    },
  }
}

function resolveLimits(options: UncheckedOptions) {
  return {
    firstTokenMs: expectDuration('firstTokenMs', options.firstTokenMs, 30_000),
    idleMs: expectDuration('idleMs', options.idleMs, 20_000),
    runMs: expectDuration('runMs', options.runMs, 300_000),
    retrieveMs: expectDuration('retrieveMs', options.retrieveMs, 15_000),
    maxAnswerChars: expectCount('maxAnswerChars', options.maxAnswerChars, 262_144),
    retries: expectCount('retries', options.retries, 2, { from: 0 }),
  }
}

function resolveHooks({ onEvent, onError, onFinish }: UncheckedOptions): ChatHooks {
  return {
    ...(onEvent !== undefined && { onEvent: expectFunction('onEvent', onEvent) }),
    ...(onError !== undefined && { onError: expectFunction('onError', onError) }),
    ...(onFinish !== undefined && { onFinish: expectFunction('onFinish', onFinish) }),
  }
}
