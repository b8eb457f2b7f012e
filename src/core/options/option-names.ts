import type { PromptParts } from '../vocabulary/prompt.ts'
import type {
  ChatOptions,
  CitationChunkOptions,
  EngineOptions,
  RetrievalChatOptions,
  SharedChatOptions,
} from './chat-options.ts'
import { expectOptions, type OptionNames, type OptionsOwner } from './expect-options.ts'
import type { StreamChatOptions } from './stream-chat-options.ts'
import type { TurnOptions } from './turn-options.ts'

// Options for steps that an engine does by itself.
const RETRIEVAL_OPTIONS: OptionNames<Omit<RetrievalChatOptions, keyof EngineOptions>> = {
  topK: true,
  topN: true,
  contextTokens: true,
  reranker: true,
  condenser: true,
  minScore: true,
  onRetrievalError: true,
  onNoEvidence: true,
  greetings: true,
  prompt: true,
  temperature: true,
  maxOutputTokens: true,
}

const SHARED_OPTIONS: OptionNames<SharedChatOptions> = {
  history: true,
  historyTokens: true,
  waitUntil: true,
  citationChunk: true,
  markers: true,
  check: true,
  sourceMetadata: true,
  sourceUrlSchemes: true,
  countTokens: true,
  clock: true,
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

/** The options of `createChat`. */
export const CHAT_OPTIONS: OptionNames<ChatOptions> = {
  retriever: true,
  model: true,
  engine: true,
  ...RETRIEVAL_OPTIONS,
  ...SHARED_OPTIONS,
}

/** The options of `chat.stream`. */
const TURN_OPTIONS: OptionNames<TurnOptions> = {
  question: true,
  scope: true,
  threadId: true,
  runId: true,
  replaces: true,
  filter: true,
  history: true,
  signal: true,
  waitUntil: true,
  onError: true,
}

// Comes first, because the error message for a value that is not an object lists the first options.
const QUESTION = { question: true } as const
const STREAM_CHAT_OPTIONS: OptionNames<StreamChatOptions> = { ...QUESTION, ...CHAT_OPTIONS, ...TURN_OPTIONS }

/** The options that only `createChat` takes, without those that `chat.stream` takes, too. */
const ONLY_OF_CHAT: readonly string[] = without(CHAT_OPTIONS, TURN_OPTIONS)

/** The options that only `chat.stream` takes. */
const ONLY_OF_TURN: readonly string[] = without(TURN_OPTIONS, CHAT_OPTIONS)

/** The options that a chat with an engine would ignore. */
export const IGNORED_BY_ENGINES: readonly string[] = Object.keys(RETRIEVAL_OPTIONS)

/** The parts of the built-in prompt. */
export const PROMPT_PARTS: OptionNames<PromptParts> = { rules: true, withoutSources: true, formatSource: true }

const CITATION_CHUNK: OptionNames<CitationChunkOptions> = { tokens: true, overlap: true }
const NESTED = { citationChunk: CITATION_CHUNK, prompt: PROMPT_PARTS } as const

const OF_CHAT: OptionsOwner = {
  of: 'createChat',
  elsewhere: sentences(ONLY_OF_TURN, (name) => `it belongs to one request, as in chat.stream({ ${name} })`),
}
const OF_TURN: OptionsOwner = {
  of: 'chat.stream',
  elsewhere: sentences(ONLY_OF_CHAT, (name) => `it belongs to the application, as in createChat({ ${name} })`),
}
const OF_STREAM_CHAT: OptionsOwner = { of: 'streamChat' }

/** Checks the names of the options of `createChat`. */
export function expectChatOptions(options: ChatOptions): void {
  expectOptions(options, CHAT_OPTIONS, OF_CHAT)
}

/** Checks the names of the options of `chat.stream`. */
export function expectTurnOptions(options: TurnOptions): void {
  expectOptions(options, TURN_OPTIONS, OF_TURN)
}

/** Checks the names of the options of `streamChat`. */
export function expectStreamChatOptions(options: StreamChatOptions): void {
  expectOptions(options, STREAM_CHAT_OPTIONS, OF_STREAM_CHAT)
}

/** Checks the names of options within an option of a chat. */
export function expectNestedOptions(within: keyof typeof NESTED, options: unknown): void {
  expectOptions(options, NESTED[within], { of: within, within })
}

function without(names: object, others: object): readonly string[] {
  return Object.keys(names).filter((name) => !Object.hasOwn(others, name))
}

function sentences(names: readonly string[], sentence: (name: string) => string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, sentence(name)]))
}
