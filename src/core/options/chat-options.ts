import type { ChatLimits } from './chat-limits.ts'
import type { Clock } from '../async/clock.ts'
import type { ChatError } from '../vocabulary/chat-error.ts'
import type { ChatModel } from '../vocabulary/chat-model.ts'
import type { CitationCheck } from '../vocabulary/citation-check.ts'
import type { Condenser } from '../vocabulary/condenser.ts'
import type { Engine } from '../vocabulary/engine.ts'
import type { ChatEvent } from '../vocabulary/events.ts'
import type { HistoryStore } from '../vocabulary/history-store.ts'
import type { PromptBuilder, PromptParts } from '../vocabulary/prompt.ts'
import type { Reranker } from '../vocabulary/reranker.ts'
import type { ChatResult } from '../vocabulary/result.ts'
import type { Retriever } from '../vocabulary/retriever.ts'
import type { GreetingTable } from '../text/greeting-table.ts'
import type { StageReport } from '../vocabulary/stage-report.ts'
import type { MarkerMode, OnNoEvidence, RetrievalErrorMode } from './option-choices.ts'

/** Observers of a run. An observer that throws or rejects does not affect the stream. */
export interface ChatHooks {
  /** Called with each event, as the reader takes it. */
  readonly onEvent?: ((event: ChatEvent) => void) | undefined
  /** Called with each failure, also with those that the run survives. No event has their cause. */
  readonly onError?: ((error: ChatError) => void) | undefined
  /** Called with the result when the run ends: also after an abort or an error, and when the reader has left. */
  readonly onFinish?: ((result: ChatResult) => void) | undefined
  /** Called with the outcome of each stage, such as the chunks with their scores or the prompt. No event has these. */
  readonly onStage?: ((report: StageReport) => void) | undefined
}

/** Options for all turns of a chat, with a retriever or with an engine. */
export interface SharedChatOptions extends ChatLimits, ChatHooks {
  /** Stores the conversations. @defaultValue none: the chat has no history */
  readonly history?: HistoryStore | undefined
  /** Token budget of the earlier turns; the latest that fit are used. @defaultValue 2000 */
  readonly historyTokens?: number | undefined
  /** Called if the reader leaves before the end, with a promise that settles when the turn is saved. */
  readonly waitUntil?: ((saving: Promise<unknown>) => void) | undefined
  /**
   * Cuts longer chunks, and longer sources of an engine, into pieces with separate numbers. `tokens: Infinity` keeps
   * them whole.
   * @defaultValue `{ tokens: 512, overlap: 20 }`
   */
  readonly citationChunk?: CitationChunkOptions | undefined
  /** `keep` leaves the citation markers in the answer, `strip` removes them, and blanks and brackets around them. @defaultValue `keep` */
  readonly markers?: MarkerMode | undefined
  /** Checks each citation against its source; `false` for none. @defaultValue the built-in check */
  readonly check?: CitationCheck | false | undefined
  /**
   * Metadata keys of chunks that may reach the reader. A source has at most 16,384 characters of it as JSON, nested at
   * most 64 levels deep. Keys that do not fit are left out.
   * @defaultValue none
   */
  readonly sourceMetadata?: readonly string[] | undefined
  /**
   * Allowed schemes of a source's URL. A URL with another scheme is left out with a warning.
   * @defaultValue `['http:', 'https:']`
   */
  readonly sourceUrlSchemes?: readonly string[] | undefined
  /**
   * Counts tokens for budgets, and for usage if the model reports none. It must return a finite number of at least 0.
   * @defaultValue {@link estimateTokens}
   */
  readonly countTokens?: ((text: string) => number) | undefined
  /** Gives the time. @defaultValue the machine's clock */
  readonly clock?: Clock | undefined
}

/** Sizes of the pieces that a long chunk is cut into; each piece is cited on its own. */
export interface CitationChunkOptions {
  /** Maximum number of tokens of a piece. @defaultValue 512 */
  readonly tokens?: number | undefined
  /**
   * Maximum number of tokens that a piece repeats from the previous one.
   * @defaultValue 20, or `tokens - 1` if that is smaller
   */
  readonly overlap?: number | undefined
}

/** Options of a chat that retrieves chunks and asks a model. */
export interface RetrievalChatOptions {
  /** Finds the chunks for an answer. */
  readonly retriever: Retriever
  /** Writes the answers. */
  readonly model: ChatModel
  /** Must be absent: a chat has either a retriever and a model, or an engine. */
  readonly engine?: undefined
  /** Number of chunks to request from the retriever. @defaultValue 8; with a `reranker`, which chooses among them, 50 */
  readonly topK?: number | undefined
  /** Maximum number of chunks used for the prompt. @defaultValue 5 */
  readonly topN?: number | undefined
  /**
   * Token budget of the retrieved text. The pieces with the lowest rank are left out first; the best one always stays.
   * @defaultValue 8000
   */
  readonly contextTokens?: number | undefined
  /** Reorders the chunks. @defaultValue none: the order of the retriever */
  readonly reranker?: Reranker | undefined
  /**
   * Makes a stand-alone question from a follow-up; `false` uses the question itself as the query.
   * @defaultValue {@link modelCondenser} with the model of the chat
   */
  readonly condenser?: Condenser | false | undefined
  /**
   * Minimum of the best score; below it, the run has no evidence.
   * @defaultValue the `minScore` of the retriever, if it has one
   */
  readonly minScore?: number | undefined
  /**
   * `degrade` continues with a warning: without chunks if the retriever fails, in its order if the reranker fails.
   * @defaultValue `fail`
   */
  readonly onRetrievalError?: RetrievalErrorMode | undefined
  /**
   * Policy if the retriever finds nothing, or nothing that reaches `minScore`. `refuse` ends without asking the model,
   * with a sentence in the language of the question, or in English if that is not known. `answer` asks the model
   * anyway. A function returns the sentence of the refusal.
   * @defaultValue `refuse`
   */
  readonly onNoEvidence?: OnNoEvidence | undefined
  /**
   * Replies to messages that only greet, thank, say goodbye or agree, such as "hi", "ok, thanks" or "谢谢". They are not
   * searched for, and no model is asked. The given phrases are added to the built-in ones, and a given reply replaces the
   * built-in one. `false` treats these messages like questions.
   * @defaultValue phrases and replies in 14 languages
   */
  readonly greetings?: GreetingTable | false | undefined
  /** Makes the prompt, or replaces parts of the built-in one. @defaultValue {@link buildPrompt} */
  readonly prompt?: PromptBuilder | PromptParts | undefined
  /** Temperature of the answer. @defaultValue the default of the model */
  readonly temperature?: number | undefined
  /** Maximum number of tokens of the answer. @defaultValue the default of the model */
  readonly maxOutputTokens?: number | undefined
}

/** Options of a chat that an engine answers by itself. */
export interface EngineOptions {
  /** Retrieves and answers. */
  readonly engine: Engine
  /** Must be absent: the engine retrieves by itself. */
  readonly retriever?: undefined
  /** Must be absent: the engine uses its own model. */
  readonly model?: undefined
}

/** Options of `createChat`, which are the same for every request. */
export type ChatOptions = SharedChatOptions & (RetrievalChatOptions | EngineOptions)
