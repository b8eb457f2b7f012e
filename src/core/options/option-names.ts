import { type OptionNames, expectOptions } from './expect-options.ts'
import type { PromptParts } from '../vocabulary/prompt.ts'
import { invalidInput } from '../vocabulary/invalid-input.ts'
import type {
  CitationChunkOptions,
  CommonChatOptions,
  EngineChatOptions,
  RetrieveAndAnswerOptions,
  StreamChatOptions,
} from './chat-options.ts'

type RetrievalOptions = Omit<RetrieveAndAnswerOptions, keyof CommonChatOptions | keyof EngineChatOptions>

// What an engine does by itself.
const RETRIEVAL: OptionNames<RetrievalOptions> = {
  topK: true,
  topN: true,
  contextTokens: true,
  reranker: true,
  condenser: true,
  minScore: true,
  filter: true,
  onRetrievalError: true,
  onNoEvidence: true,
  prompt: true,
  temperature: true,
  maxOutputTokens: true,
}

/** The options of `streamChat`. */
export const CHAT_OPTIONS: OptionNames<StreamChatOptions> = {
  question: true,
  retriever: true,
  model: true,
  engine: true,
  scope: true,
  threadId: true,
  history: true,
  historyTokens: true,
  replaces: true,
  waitUntil: true,
  citationChunk: true,
  markers: true,
  check: true,
  runId: true,
  signal: true,
  sourceMetadata: true,
  sourceUrlSchemes: true,
  countTokens: true,
  clock: true,
  ...RETRIEVAL,
  firstTokenMs: true,
  idleMs: true,
  runMs: true,
  retrieveMs: true,
  condenseMs: true,
  storeMs: true,
  maxQuestionChars: true,
  maxAnswerChars: true,
  retries: true,
  onEvent: true,
  onError: true,
  onFinish: true,
  onStage: true,
}

/** The names of the parts. */
export const PROMPT_PARTS: OptionNames<PromptParts> = { rules: true, withoutSources: true, formatSource: true }

const CITATION_CHUNK: OptionNames<CitationChunkOptions> = { tokens: true, overlap: true }
const NESTED = { citationChunk: CITATION_CHUNK, prompt: PROMPT_PARTS } as const

/** Checks the names of the options of `streamChat`. */
export function expectChatOptions(options: StreamChatOptions): void {
  expectOptions(options, CHAT_OPTIONS, { of: 'streamChat' })
  expectNoRetrieval(options)
}

/** Refuses the options that a run with an engine would ignore. */
function expectNoRetrieval(options: object): void {
  if (!('engine' in options) || options.engine === undefined) return
  const ignored = Object.keys(RETRIEVAL).find((name) => Reflect.get(options, name) !== undefined)
  if (ignored === undefined) return
  throw invalidInput(
    ignored,
    `Cannot use ${ignored} together with engine: an engine retrieves and asks its model by itself`,
  )
}

/** Checks the names of options within an option of `streamChat`. */
export function expectNestedOptions(within: keyof typeof NESTED, options: unknown): void {
  expectOptions(options, NESTED[within], { of: 'streamChat', within })
}
