import type { ChatModel, ChatModelRequest, Message } from '../vocabulary/chat-model.ts'
import type { CitationCheck } from '../vocabulary/citation-check.ts'
import type { Condenser } from '../vocabulary/condenser.ts'
import type { Engine } from '../vocabulary/engine.ts'
import type { HistoryStore } from '../vocabulary/history-store.ts'
import { invalidInput } from '../vocabulary/invalid-input.ts'
import type { PromptBuilder, PromptInput, PromptParts } from '../vocabulary/prompt.ts'
import type { Retriever } from '../vocabulary/retriever.ts'
import type { RetrievalChatOptions, SharedChatOptions } from './chat-options.ts'
import { NO_EVIDENCE_MODES, RETRIEVAL_ERROR_MODES, type OnNoEvidence } from './option-choices.ts'
import { expectNestedOptions, IGNORED_BY_ENGINES } from './option-names.ts'
import type { AnswerSource, ResolvedRetrievalOptions } from './resolved-options.ts'
import { countOption, durationOption } from './options-with-defaults.ts'
import { resolveGreetings } from './resolve-greetings.ts'
import {
  expectFinite,
  expectMessages,
  expectMethods,
  expectOneOf,
  expectOptionalFunction,
  expectString,
} from './validate.ts'

/** The unchecked options of a chat, with a model or with an engine. */
export type UncheckedChatOptions = Omit<SharedChatOptions, 'history'> &
  Partial<Omit<RetrievalChatOptions, 'engine' | 'retriever' | 'model'>> & {
    /** A list of messages is an option of a turn and is ignored here. */
    readonly history?: HistoryStore | readonly Message[] | undefined
    readonly engine?: Engine | undefined
    readonly retriever?: Retriever | undefined
    readonly model?: ChatModel | undefined
  }

/** The default stages of a chat. They are passed in, because this folder does not import the stages. */
export interface BuiltInStages {
  /** Makes the condenser that asks a model. */
  modelCondenser(options: { readonly model: ChatModel }): Condenser
  /** Makes the citation check. */
  createCitationCheck(): CitationCheck
  /** Makes the prompt, with the given parts replaced. */
  buildPrompt(input: PromptInput, parts: PromptParts): readonly Message[]
}

/**
 * Resolves the model or engine that writes the answers, and the options of its stages.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 */
export function resolveAnswerSource(options: UncheckedChatOptions, stages: BuiltInStages): AnswerSource {
  const { engine, retriever, model } = options
  // These are checked for an engine, too, although it does not use them.
  const condenseMs = durationOption('condenseMs', options.condenseMs, 10_000)
  const retrieveMs = durationOption('retrieveMs', options.retrieveMs, 15_000)
  const retries = countOption('retries', options.retries, { defaultValue: 2, from: 0 })
  if (engine !== undefined) return { kind: 'engine', engine: expectEngine(engine, options) }
  if (retriever === undefined || retriever === null) throw missing('retriever')
  if (model === undefined || model === null) throw missing('model')
  expectMethods('retriever', retriever, 'a retriever, which has a function retrieve()', ['retrieve'])
  expectMethods('model', model, 'a chat model such as openaiChatModel({ client, model })', ['stream'])
  return {
    kind: 'model',
    model,
    condensing: { condenser: resolveCondenser(options.condenser, () => stages.modelCondenser({ model })), condenseMs },
    greetings: resolveGreetings(options.greetings),
    retrieval: { ...resolveRetrieval(options, retriever), retrieveMs },
    prompt: resolvePrompt(options.prompt, stages),
    settings: resolveSettings(options),
    retries,
  }
}

/** Checks an engine, and rejects options that it would ignore. */
function expectEngine(engine: Engine, options: UncheckedChatOptions): Engine {
  const ignored = IGNORED_BY_ENGINES.find((name) => Reflect.get(options, name) !== undefined)
  if (ignored !== undefined) throw ignoredByEngine(ignored)
  if (options.retriever ?? options.model) {
    throw invalidInput('engine', 'Cannot use engine together with retriever or model: an engine answers by itself')
  }
  return expectMethods('engine', engine, 'an engine, which has a function answer()', ['answer'])
}

/** Makes the error of an option that an engine would ignore. */
export function ignoredByEngine(field: string): TypeError {
  return invalidInput(
    field,
    `Cannot use ${field} together with engine: an engine retrieves and asks its model by itself`,
  )
}

function missing(field: string): TypeError {
  return invalidInput(field, `Cannot answer without a ${field}: give a retriever and a model, or an engine`)
}

function resolveCondenser(condenser: Condenser | false | undefined, builtIn: () => Condenser): Condenser | undefined {
  if (condenser === false) return undefined
  if (condenser === undefined) return builtIn()
  return expectMethods('condenser', condenser, 'a condenser such as localCondenser(), or false', ['condense'])
}

function resolveRetrieval(
  options: UncheckedChatOptions,
  retriever: Retriever,
): Omit<ResolvedRetrievalOptions, 'retrieveMs'> {
  const { reranker } = options
  if (reranker !== undefined) {
    expectMethods('reranker', reranker, 'a reranker, which has a function rerank()', ['rerank'])
  }
  return {
    retriever,
    reranker,
    minScore: expectFinite('minScore', options.minScore ?? retriever.minScore),
    topK: countOption('topK', options.topK, options.reranker === undefined ? 8 : 50),
    topN: countOption('topN', options.topN, 5),
    onRetrievalError: expectOneOf('onRetrievalError', options.onRetrievalError ?? 'fail', RETRIEVAL_ERROR_MODES),
    onNoEvidence: resolveOnNoEvidence(options.onNoEvidence ?? 'refuse'),
  }
}

function resolveOnNoEvidence(value: OnNoEvidence): OnNoEvidence {
  return typeof value === 'function' ? value : expectOneOf('onNoEvidence', value, NO_EVIDENCE_MODES)
}

function resolvePrompt(prompt: PromptBuilder | PromptParts = {}, stages: BuiltInStages): PromptBuilder {
  if (typeof prompt === 'function') return (input) => expectMessages('prompt', prompt(input))
  expectNestedOptions('prompt', prompt)
  expectString('prompt.rules', prompt.rules)
  expectString('prompt.withoutSources', prompt.withoutSources)
  expectOptionalFunction('prompt.formatSource', prompt.formatSource)
  return (input) => stages.buildPrompt(input, prompt)
}

function resolveSettings(options: UncheckedChatOptions): Pick<ChatModelRequest, 'temperature' | 'maxOutputTokens'> {
  const { maxOutputTokens } = options
  const temperature = expectFinite('temperature', options.temperature)
  return {
    ...(temperature !== undefined && { temperature }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens: countOption('maxOutputTokens', maxOutputTokens, 0) }),
  }
}
