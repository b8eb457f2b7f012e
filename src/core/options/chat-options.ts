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
import type { StageReport } from '../vocabulary/stage-report.ts'
import type { MarkerMode, OnNoEvidence, RetrievalErrorMode } from './option-choices.ts'

/** Observers of a run. One that throws or rejects cannot break the stream. */
export interface ChatHooks {
  /** Called with each event, as the reader takes it. */
  readonly onEvent?: ((event: ChatEvent) => void) | undefined
  /** Called with each failure and its cause, which no event carries. Also for failures that the run survives. */
  readonly onError?: ((error: ChatError) => void) | undefined
  /** Called with the result at every ending: also after an abort, an error, or when the reader left. */
  readonly onFinish?: ((result: ChatResult) => void) | undefined
  /** Called with the outcome of a stage that no event carries, such as the chunks with their scores and the prompt. */
  readonly onStage?: ((report: StageReport) => void) | undefined
}

/** Options of a chat that hold for all its turns, with a retriever or with an engine. */
export interface SharedChatOptions extends ChatLimits, ChatHooks {
  /** Keeps the conversations. @defaultValue none: every question stands alone */
  readonly history?: HistoryStore | undefined
  /** Budget of the earlier turns; the latest that fit are used. @defaultValue 2000 */
  readonly historyTokens?: number | undefined
  /** Called with the promise of the saving that goes on after the reader has left. */
  readonly waitUntil?: ((saving: Promise<unknown>) => void) | undefined
  /**
   * Chunks, and sources of an engine, that are longer are cut into pieces, each with a number of its own; `tokens:
   * Infinity` keeps them whole.
   * @defaultValue `{ tokens: 512, overlap: 20 }`
   */
  readonly citationChunk?: CitationChunkOptions | undefined
  /** `keep` leaves the markers of citations in the answer, `strip` takes them out. @defaultValue `keep` */
  readonly markers?: MarkerMode | undefined
  /** Checks each citation against its source; `false` for none. @defaultValue the built-in check */
  readonly check?: CitationCheck | false | undefined
  /**
   * Metadata keys of chunks that may reach the reader. A source carries at most 16,384 characters of it as JSON, nested
   * at most 64 levels deep: keys that do not fit are left out.
   * @defaultValue none
   */
  readonly sourceMetadata?: readonly string[] | undefined
  /** Schemes that a source's URL may have; another one is dropped with a warning. @defaultValue `['http:', 'https:']` */
  readonly sourceUrlSchemes?: readonly string[] | undefined
  /**
   * Counts tokens for budgets, and for usage where the model gives none. It must return a finite number from 0.
   * @defaultValue {@link estimateTokens}
   */
  readonly countTokens?: ((text: string) => number) | undefined
  /** Gives the time. @defaultValue the machine's clock */
  readonly clock?: Clock | undefined
}

/** Sizes of the pieces that a long chunk is cut into; each piece is cited on its own. */
export interface CitationChunkOptions {
  /** Most tokens of a piece. @defaultValue 512 */
  readonly tokens?: number | undefined
  /** Most tokens that a piece repeats of the one before. @defaultValue 20 */
  readonly overlap?: number | undefined
}

/** Options of how a chat retrieves, prompts and asks its model. */
export interface RetrievalChatOptions {
  /** Finds the chunks that an answer is built on. */
  readonly retriever: Retriever
  /** Writes the answers. */
  readonly model: ChatModel
  /** Absent: an engine answers by itself. */
  readonly engine?: undefined
  /** Number of chunks asked of the retriever. @defaultValue 8 */
  readonly topK?: number | undefined
  /** Number of chunks kept for the prompt. @defaultValue 5 */
  readonly topN?: number | undefined
  /** Budget of the retrieved text; pieces beyond it are left out by rank, but the best one stays. @defaultValue 8000 */
  readonly contextTokens?: number | undefined
  /** Orders the chunks anew. @defaultValue none: the order of the retriever */
  readonly reranker?: Reranker | undefined
  /**
   * Makes a stand-alone question from a follow-up; `false` searches for the question as it is.
   * @defaultValue {@link modelCondenser} with the model of the chat
   */
  readonly condenser?: Condenser | false | undefined
  /** The best score has to reach it, or nothing counts as found. @defaultValue the retriever's own, if it declares one */
  readonly minScore?: number | undefined
  /** `degrade` answers without sources, with a warning. @defaultValue `fail` */
  readonly onRetrievalError?: RetrievalErrorMode | undefined
  /**
   * Decides when the retriever finds nothing, or nothing that reaches `minScore`: `refuse` ends without asking the
   * model (in Chinese to a Chinese question, else in English), `answer` asks it all the same, and a function gives the
   * sentence to refuse with.
   * @defaultValue `refuse`
   */
  readonly onNoEvidence?: OnNoEvidence | undefined
  /** Makes the prompt, or replaces parts of the built-in one. @defaultValue {@link buildPrompt} */
  readonly prompt?: PromptBuilder | PromptParts | undefined
  /** Temperature of the answer. @defaultValue the model's own */
  readonly temperature?: number | undefined
  /** Most tokens of the answer. @defaultValue the model's own */
  readonly maxOutputTokens?: number | undefined
}

/** Options of a chat that an engine answers by itself. */
export interface EngineOptions {
  /** Retrieves and answers. */
  readonly engine: Engine
  /** Absent: the engine retrieves. */
  readonly retriever?: undefined
  /** Absent: the engine asks its own model. */
  readonly model?: undefined
}

/** Options of `createChat`: those that are the same for every request. */
export type ChatOptions = SharedChatOptions & (RetrievalChatOptions | EngineOptions)
