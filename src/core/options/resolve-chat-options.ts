import { systemClock } from '../async/clock.ts'
import { estimateTokens } from '../text/estimate-tokens.ts'
import { ChatError } from '../vocabulary/chat-error.ts'
import type { CitationCheck } from '../vocabulary/citation-check.ts'
import type { HistoryStore } from '../vocabulary/history-store.ts'
import type { Message } from '../vocabulary/chat-model.ts'
import { invalidInput } from '../vocabulary/invalid-input.ts'
import type { ChatHooks, SharedChatOptions } from './chat-options.ts'
import { MARKER_MODES } from './option-choices.ts'
import { expectNestedOptions } from './option-names.ts'
import { resolveAnswerSource, type BuiltInStages, type UncheckedChatOptions } from './resolve-answer-source.ts'
import type {
  ResolvedAnswerOptions,
  ResolvedChatOptions,
  ResolvedCitationChunkOptions,
  ResolvedSourceOptions,
} from './resolved-options.ts'
import { clockOption, countOption, durationOption } from './options-with-defaults.ts'
import { expectFunction, expectList, expectMethods, expectOneOf, expectOptionalFunction } from './validate.ts'

/**
 * Checks the values of the options of a chat and applies the defaults. The names are checked before.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 */
export function resolveChatOptions(options: UncheckedChatOptions, stages: BuiltInStages): ResolvedChatOptions {
  const countTokens = resolveCountTokens(options.countTokens)
  return {
    answerSource: resolveAnswerSource(options, stages),
    history: {
      store: resolveStore(options.history),
      storeMs: durationOption('storeMs', options.storeMs, 5_000),
      historyTokens: countOption('historyTokens', options.historyTokens, 2_000),
      countTokens,
    },
    sources: resolveSources(options, countTokens),
    answer: resolveAnswer(options, stages),
    hooks: resolveHooks(options),
    waitUntil: expectOptionalFunction('waitUntil', options.waitUntil),
    runMs: durationOption('runMs', options.runMs, 300_000),
    maxQuestionChars: countOption('maxQuestionChars', options.maxQuestionChars, 32_768),
    countTokens,
    clock: clockOption('clock', options.clock, systemClock),
  }
}

function resolveStore(history: UncheckedChatOptions['history']): HistoryStore | undefined {
  if (history === undefined || isMessages(history)) return undefined
  return expectMethods('history', history, 'a history store or a list of messages', STORE_METHODS)
}

const STORE_METHODS = ['beginTurn', 'finishTurn', 'load']

function isMessages(history: UncheckedChatOptions['history']): history is readonly Message[] {
  return Array.isArray(history)
}

/** Wraps the caller's counter so that each returned value is checked, because budgets and usage depend on it. */
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

function resolveSources(
  { citationChunk, contextTokens, sourceMetadata = [], sourceUrlSchemes = ['http:', 'https:'] }: UncheckedChatOptions,
  countTokens: (text: string) => number,
): ResolvedSourceOptions {
  return {
    citationChunk: resolveCitationChunk(citationChunk),
    contextTokens: countOption('contextTokens', contextTokens, 8_000),
    sourceMetadata: expectList('sourceMetadata', sourceMetadata),
    sourceUrlSchemes: expectList('sourceUrlSchemes', sourceUrlSchemes),
    countTokens,
  }
}

function resolveCitationChunk(citationChunk: SharedChatOptions['citationChunk'] = {}): ResolvedCitationChunkOptions {
  expectNestedOptions('citationChunk', citationChunk)
  const tokens = countOption('citationChunk.tokens', citationChunk.tokens, 512)
  const range = { defaultValue: Math.min(20, tokens - 1), from: 0 }
  const overlap = countOption('citationChunk.overlap', citationChunk.overlap, range)
  if (overlap < tokens) return { tokens, overlap }
  const message = `Cannot use citationChunk.overlap ${overlap}: it must be smaller than citationChunk.tokens ${tokens}`
  throw invalidInput('citationChunk.overlap', message, RangeError)
}

function resolveAnswer(options: UncheckedChatOptions, stages: BuiltInStages): ResolvedAnswerOptions {
  return {
    markers: expectOneOf('markers', options.markers ?? 'keep', MARKER_MODES),
    check: resolveCheck(options.check, stages),
    firstTokenMs: durationOption('firstTokenMs', options.firstTokenMs, 120_000),
    idleMs: durationOption('idleMs', options.idleMs, 20_000),
    maxAnswerChars: countOption('maxAnswerChars', options.maxAnswerChars, 262_144),
  }
}

function resolveCheck(check: CitationCheck | false | undefined, stages: BuiltInStages): CitationCheck | undefined {
  if (check === false) return undefined
  return check === undefined ? stages.createCitationCheck() : expectFunction('check', check)
}

function resolveHooks({ onEvent, onError, onFinish, onStage }: UncheckedChatOptions): ChatHooks {
  return {
    onEvent: expectOptionalFunction('onEvent', onEvent),
    onError: expectOptionalFunction('onError', onError),
    onFinish: expectOptionalFunction('onFinish', onFinish),
    onStage: expectOptionalFunction('onStage', onStage),
  }
}
