import { createCitationCheck } from '../citation/create-citation-check.ts'
import type { CitationCheck } from '../vocabulary/citation-check.ts'
import { systemClock } from '../async/clock.ts'
import { ChatError } from '../vocabulary/chat-error.ts'
import { invalidInput } from '../vocabulary/invalid-input.ts'
import type { ChatModel, Message } from '../vocabulary/chat-model.ts'
import type { Engine } from '../vocabulary/engine.ts'
import type { Condenser } from '../vocabulary/condenser.ts'
import type { HistoryTurn } from '../vocabulary/history-turn.ts'
import { fromMessages, instructionsOf } from '../history/conversation.ts'
import type { HistoryStore, NewTurn } from '../vocabulary/history-store.ts'
import { modelCondenser } from '../history/model-condenser.ts'
import { expectChatOptions, expectNestedOptions } from '../options/option-names.ts'
import type {
  ChatHooks,
  CommonChatOptions,
  RetrieveAndAnswerOptions,
  StreamChatOptions,
  OnNoEvidence,
} from '../options/chat-options.ts'
import { buildPrompt } from '../prompt/build-prompt.ts'
import type { PromptBuilder, PromptParts } from '../vocabulary/prompt.ts'
import type { Retriever } from '../vocabulary/retriever.ts'
import { estimateTokens } from '../text/estimate-tokens.ts'
import {
  cleanQuestion,
  expectClock,
  expectCount,
  expectDuration,
  expectFinite,
  expectFunction,
  expectId,
  expectList,
  expectMessages,
  expectMethods,
  expectOneOf,
  expectOptionalFunction,
  expectSignal,
  expectString,
} from '../options/validate.ts'

/** Both kinds of options at once: how they look before they are checked. */
type UncheckedOptions = CommonChatOptions &
  Partial<Omit<RetrieveAndAnswerOptions, keyof CommonChatOptions | 'engine' | 'retriever' | 'model'>> & {
    readonly engine?: Engine | undefined
    readonly retriever?: Retriever | undefined
    readonly model?: ChatModel | undefined
  }

/** Where the answer comes from. */
export type AnswerSource =
  | { readonly kind: 'engine'; readonly engine: Engine }
  | { readonly kind: 'model'; readonly retriever: Retriever; readonly model: ChatModel }

/** Where the conversation comes from, and whether it is kept. */
export type ResolvedHistory =
  | { readonly kind: 'none' }
  | { readonly kind: 'messages'; readonly turns: readonly HistoryTurn[]; readonly instructions: readonly Message[] }
  | { readonly kind: 'store'; readonly store: HistoryStore; readonly turn: NewTurn }

/** Options with every default applied: the only place where defaults live. */
export type ResolvedChatOptions = ReturnType<typeof resolveStreamChatOptions>

/**
 * Checks the options and applies the defaults, once; the caller's object is not touched.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 */
export function resolveStreamChatOptions(options: StreamChatOptions, newId: () => string = () => crypto.randomUUID()) {
  expectChatOptions(options)
  const question = cleanQuestion(options.question, expectCount('maxQuestionChars', options.maxQuestionChars, 32_768))
  const answerSource = resolveAnswerSource(options)
  const identity = resolveIdentity(options, newId)
  return {
    question,
    answerSource,
    ...identity,
    history: resolveHistory(options, { question, ...identity }),
    ...resolveConversation(options, answerSource),
    ...resolveRetrieval(options, answerSource),
    ...resolveCitations(options),
    ...resolveGeneration(options),
    ...resolveLimits(options),
    ...resolveHooks(options),
  }
}

function resolveAnswerSource(options: UncheckedOptions): AnswerSource {
  const { engine, retriever, model } = options
  if (engine !== undefined) {
    if (retriever ?? model) {
      throw invalidInput('engine', 'Cannot use engine together with retriever or model: an engine answers by itself')
    }
    expectMethods('engine', engine, 'an engine, which has a function answer()', ['answer'])
    return { kind: 'engine', engine }
  }
  if (retriever === undefined || retriever === null) throw missing('retriever')
  if (model === undefined || model === null) throw missing('model')
  expectMethods('retriever', retriever, 'a retriever, which has a function retrieve()', ['retrieve'])
  expectMethods('model', model, 'a chat model such as openaiChatModel({ client, model })', ['stream'])
  return { kind: 'model', retriever, model }
}

function missing(field: string): TypeError {
  return invalidInput(field, `Cannot answer without a ${field}: give a retriever and a model, or an engine`)
}

function resolveIdentity(options: UncheckedOptions, newId: () => string) {
  const threadId = expectId('threadId', options.threadId)
  const keeps = options.history !== undefined && !Array.isArray(options.history)
  return {
    runId: expectId('runId', options.runId) ?? newId(),
    messageId: newId(),
    threadId: threadId ?? (keeps ? newId() : undefined),
    scope: expectId('scope', options.scope),
    signal: expectSignal('signal', options.signal),
    clock: expectClock('clock', options.clock, systemClock),
  }
}

interface TurnIdentity extends ReturnType<typeof resolveIdentity> {
  readonly question: string
}

function resolveHistory({ history, replaces }: UncheckedOptions, identity: TurnIdentity): ResolvedHistory {
  if (replaces !== undefined && (history === undefined || isMessages(history))) {
    throw invalidInput('replaces', 'Cannot replace a turn without a history that keeps it')
  }
  if (history === undefined) return { kind: 'none' }
  if (isMessages(history)) {
    const messages = expectMessages('history', history)
    return { kind: 'messages', turns: fromMessages(messages), instructions: instructionsOf(messages) }
  }
  expectMethods('history', history, 'a history store or a list of messages', ['beginTurn', 'finishTurn', 'load'])
  const { scope, threadId, runId, messageId, question } = identity
  if (scope === undefined || threadId === undefined) {
    throw invalidInput('scope', 'Cannot keep a history without a scope: give the tenant or user that it belongs to')
  }
  const replaced = expectId('replaces', replaces)
  const turn = { scope, threadId, runId, messageId, question, ...(replaced !== undefined && { replaces: replaced }) }
  return { kind: 'store', store: history, turn }
}

function isMessages(history: UncheckedOptions['history']): history is readonly Message[] {
  return Array.isArray(history)
}

function resolveConversation(options: UncheckedOptions, answerSource: AnswerSource) {
  return {
    historyTokens: expectCount('historyTokens', options.historyTokens, 2_000),
    condenser: resolveCondenser(options.condenser, answerSource),
    waitUntil: expectOptionalFunction('waitUntil', options.waitUntil),
  }
}

function resolveCondenser(condenser: Condenser | false | undefined, answerSource: AnswerSource): Condenser | undefined {
  if (condenser === false || answerSource.kind === 'engine') return undefined
  if (condenser === undefined) return modelCondenser({ model: answerSource.model })
  return expectMethods('condenser', condenser, 'a condenser such as localCondenser(), or false', ['condense'])
}

function resolveRetrieval(options: UncheckedOptions, answerSource: AnswerSource) {
  const { reranker } = options
  if (reranker !== undefined) {
    expectMethods('reranker', reranker, 'a reranker, which has a function rerank()', ['rerank'])
  }
  const declared = answerSource.kind === 'model' ? answerSource.retriever.minScore : undefined
  return {
    reranker,
    minScore: expectFinite('minScore', options.minScore ?? declared),
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

function resolveCitations({ citationChunk = {}, markers, check }: UncheckedOptions) {
  expectNestedOptions('citationChunk', citationChunk)
  const tokens = expectCount('citationChunk.tokens', citationChunk.tokens, 512)
  const overlap = expectCount('citationChunk.overlap', citationChunk.overlap, Math.min(20, tokens - 1), { from: 0 })
  if (overlap >= tokens) {
    const message = `Cannot use an overlap of ${overlap} with pieces of ${tokens} tokens: it must be smaller`
    throw invalidInput('citationChunk.overlap', message, RangeError)
  }
  return {
    citationChunk: { tokens, overlap },
    markers: expectOneOf('markers', markers ?? 'keep', ['keep', 'strip'] as const),
    check: resolveCheck(check),
  }
}

function resolveCheck(check: CitationCheck | false | undefined): CitationCheck | undefined {
  if (check === false) return undefined
  return check === undefined ? createCitationCheck() : expectFunction('check', check)
}

function resolveGeneration(options: UncheckedOptions) {
  const { maxOutputTokens } = options
  const temperature = expectFinite('temperature', options.temperature)
  return {
    prompt: resolvePrompt(options.prompt),
    countTokens: resolveCountTokens(options.countTokens),
    request: {
      ...(temperature !== undefined && { temperature }),
      ...(maxOutputTokens !== undefined && { maxOutputTokens: expectCount('maxOutputTokens', maxOutputTokens, 0) }),
    },
  }
}

/** A counter of the caller's own is checked at each call: budgets and usage are made of what it gives. */
function resolveCountTokens(count: ((text: string) => number) | undefined): (text: string) => number {
  if (count === undefined) return estimateTokens
  expectFunction('countTokens', count)
  return (text) => {
    const tokens: unknown = count(text)
    if (typeof tokens === 'number' && Number.isFinite(tokens) && tokens >= 0) return tokens
    const message = `countTokens returned ${String(tokens)}: it must return a finite number from 0`
    throw new ChatError(message, { code: 'internal' })
  }
}

function resolvePrompt(prompt: PromptBuilder | PromptParts = {}): PromptBuilder {
  if (typeof prompt === 'function') return (input) => expectMessages('prompt', prompt(input))
  expectNestedOptions('prompt', prompt)
  expectString('prompt.rules', prompt.rules)
  expectString('prompt.withoutSources', prompt.withoutSources)
  expectOptionalFunction('prompt.formatSource', prompt.formatSource)
  return (input) => buildPrompt(input, prompt)
}

function resolveLimits(options: UncheckedOptions) {
  return {
    firstTokenMs: expectDuration('firstTokenMs', options.firstTokenMs, 120_000),
    idleMs: expectDuration('idleMs', options.idleMs, 20_000),
    runMs: expectDuration('runMs', options.runMs, 300_000),
    retrieveMs: expectDuration('retrieveMs', options.retrieveMs, 15_000),
    condenseMs: expectDuration('condenseMs', options.condenseMs, 10_000),
    storeMs: expectDuration('storeMs', options.storeMs, 5_000),
    maxAnswerChars: expectCount('maxAnswerChars', options.maxAnswerChars, 262_144),
    retries: expectCount('retries', options.retries, 2, { from: 0 }),
  }
}

function resolveHooks({ onEvent, onError, onFinish, onStage }: UncheckedOptions): ChatHooks {
  return {
    ...(onEvent !== undefined && { onEvent: expectFunction('onEvent', onEvent) }),
    ...(onError !== undefined && { onError: expectFunction('onError', onError) }),
    ...(onFinish !== undefined && { onFinish: expectFunction('onFinish', onFinish) }),
    ...(onStage !== undefined && { onStage: expectFunction('onStage', onStage) }),
  }
}
