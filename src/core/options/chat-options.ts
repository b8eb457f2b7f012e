import type { CitationCheck } from '../vocabulary/citation-check.ts'

import type { Clock } from '../async/clock.ts'
import type { ChatError } from '../vocabulary/chat-error.ts'
import type { ChatEvent } from '../vocabulary/events.ts'
import type { ChatModel, Message } from '../vocabulary/chat-model.ts'
import type { Engine } from '../vocabulary/engine.ts'
import type { Condenser } from '../vocabulary/condenser.ts'
import type { HistoryStore } from '../vocabulary/history-store.ts'
import type { StageReport } from '../vocabulary/stage-report.ts'
import type { PromptBuilder, PromptParts } from '../vocabulary/prompt.ts'
import type { ChatResult } from '../vocabulary/result.ts'

import type { Reranker } from '../vocabulary/reranker.ts'
import type { Retriever } from '../vocabulary/retriever.ts'

/** Limits of a run. Durations are milliseconds, and `Infinity` means no limit. */
export interface ChatLimits {
  /**
   * Until the model first does something, all attempts and waits included. A reasoning delta counts, a
   * keep-alive does not. Some models think for more than a minute and show nothing of it.
   * @defaultValue 120000
   */
  readonly firstTokenMs?: number | undefined
  /**
   * Between two signs of life of the model. It counts only while the model is read: a reader who pauses does not
   * make the model stall.
   * @defaultValue 20000
   */
  readonly idleMs?: number | undefined
  /** @defaultValue 300000 */
  readonly runMs?: number | undefined
  /** For the retriever, and again for the reranker. @defaultValue 15000 */
  readonly retrieveMs?: number | undefined
  /** @defaultValue 10000 */
  readonly condenseMs?: number | undefined
  /** For each call to the history. @defaultValue 5000 */
  readonly storeMs?: number | undefined
  /** In UTF-16 code units. @defaultValue 32768 */
  readonly maxQuestionChars?: number | undefined
  /** In UTF-16 code units; an answer that reaches it ends as `length`. @defaultValue 262144 */
  readonly maxAnswerChars?: number | undefined
  /** Further attempts before the first token; 0 for none. @defaultValue 2 */
  readonly retries?: number | undefined
}

/** Observers of a run. One that throws or rejects cannot break the stream. */
export interface ChatHooks {
  /** Each event, as the reader takes it. */
  readonly onEvent?: ((event: ChatEvent) => void) | undefined
  /** A failure, with its cause: what the wire does not say. Also failures that the run survives. */
  readonly onError?: ((error: ChatError) => void) | undefined
  /** The result, at every ending: also after an abort, an error, or when the reader left. */
  readonly onFinish?: ((result: ChatResult) => void) | undefined
  /** What a stage has come to, such as the chunks with their scores and the prompt: what no event says. */
  readonly onStage?: ((report: StageReport) => void) | undefined
}

/** What every run needs and may have. */
export interface CommonChatOptions extends ChatLimits, ChatHooks {
  /** What the reader asks. Lone surrogates are repaired; an empty question is refused. */
  readonly question: string
  /** The tenant or user: given to the retriever, part of every key of a history, and required with one. */
  readonly scope?: string | undefined
  /** The conversation. @defaultValue `crypto.randomUUID()` where a {@link HistoryStore} is given, else none */
  readonly threadId?: string | undefined
  /** What was said before: a store that is read and written, or a plain list of messages, the oldest first. */
  readonly history?: HistoryStore | readonly Message[] | undefined
  /** Budget of the earlier turns; the latest that fit are used. @defaultValue 2000 */
  readonly historyTokens?: number | undefined
  /**
   * The `runId` of the turn that this one takes the place of, once it has an answer with text that the model ended as
   * `stop`, `length` or `content-filter`. After any other end both are kept, and this one has `replaces` in its record.
   */
  readonly replaces?: string | undefined
  /** Given the promise of what is still saved after the reader has left, such as the `waitUntil` of an edge runtime. */
  readonly waitUntil?: ((saving: Promise<unknown>) => void) | undefined
  /**
   * Chunks, and sources of an engine, that are longer are cut into pieces, each with a number of its own; `tokens:
   * Infinity` keeps them whole.
   * @defaultValue `{ tokens: 512, overlap: 20 }`
   */
  readonly citationChunk?: CitationChunkOptions | undefined
  /** True if the markers of citations stay in the answer. @defaultValue `keep` */
  readonly markers?: MarkerMode | undefined
  /** Checks each citation against its source; `false` for none. @defaultValue the built-in check */
  readonly check?: CitationCheck | false | undefined
  /**
   * A run that has ended in the history is not paid for again: its result is only said once more.
   * @defaultValue `crypto.randomUUID()`
   */
  readonly runId?: string | undefined
  /**
   * Aborting it ends the stream with `done` and `finishReason: 'abort'`, or with an `error` of that code when the reason
   * is a {@link ChatError}; it never throws.
   */
  readonly signal?: AbortSignal | undefined
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
  /** @defaultValue the machine's */
  readonly clock?: Clock | undefined
}

/** Sizes of the pieces that a long chunk is cut into; each piece is cited on its own. */
export interface CitationChunkOptions {
  /** Most tokens of a piece. @defaultValue 512 */
  readonly tokens?: number | undefined
  /** Most tokens that a piece repeats of the one before. @defaultValue 20 */
  readonly overlap?: number | undefined
}

/** A run in which this library retrieves and prompts, and the model answers. */
export interface RetrieveAndAnswerOptions extends CommonChatOptions {
  readonly retriever: Retriever
  readonly model: ChatModel
  readonly engine?: undefined
  /** Chunks asked of the retriever. @defaultValue 8 */
  readonly topK?: number | undefined
  /** Chunks kept for the prompt. @defaultValue 5 */
  readonly topN?: number | undefined
  /** Budget of the retrieved text; pieces beyond it are left out by rank, but the best one stays. @defaultValue 8000 */
  readonly contextTokens?: number | undefined
  readonly reranker?: Reranker | undefined
  /**
   * Makes a stand-alone question from a follow-up; `false` searches for the question as it is.
   * @defaultValue {@link modelCondenser} with the run's model
   */
  readonly condenser?: Condenser | false | undefined
  /** The best score has to reach it, or nothing counts as found. @defaultValue the retriever's own, if it declares one */
  readonly minScore?: number | undefined
  /** Passed to the retriever as it is. */
  readonly filter?: unknown
  /** `degrade` answers without sources, with a warning. @defaultValue `fail` */
  readonly onRetrievalError?: 'fail' | 'degrade' | undefined
  /**
   * When the retriever finds nothing, or nothing that reaches `minScore`: `refuse` says so without asking the model (in Chinese to a Chinese question,
   * else in English), `answer` asks it all the same, and a function gives the sentence to refuse with.
   * @defaultValue `refuse`
   */
  readonly onNoEvidence?: OnNoEvidence | undefined
  /** Makes the prompt, or replaces parts of the built-in one. @defaultValue {@link buildPrompt} */
  readonly prompt?: PromptBuilder | PromptParts | undefined
  /** @defaultValue the model's own */
  readonly temperature?: number | undefined
  /** @defaultValue the model's own */
  readonly maxOutputTokens?: number | undefined
}

/** A run that an engine answers by itself. */
export interface EngineChatOptions extends CommonChatOptions {
  readonly engine: Engine
  readonly retriever?: undefined
  readonly model?: undefined
}

/** What `streamChat` takes. */
export type StreamChatOptions = RetrieveAndAnswerOptions | EngineChatOptions

/**
 * What to do when nothing was found: `refuse` with the built-in sentence, `answer` all the same, or a function
 * that gives the sentence to refuse with.
 */
export type OnNoEvidence = 'refuse' | 'answer' | ((question: string) => string | Promise<string>)

/** What becomes of the markers in the answer. */
export type MarkerMode = 'keep' | 'strip'
