import type { CitationCheck } from './citation/citation-check.ts'
import type { MarkerMode } from './citation/answer-writer.ts'
import type { Clock } from './clock.ts'
import type { ChatError } from './errors.ts'
import type { ChatEvent } from './events.ts'
import type { ChatModel, Message } from './generation/chat-model.ts'
import type { Engine } from './generation/engine.ts'
import type { Condenser } from './history/condenser.ts'
import type { HistoryStore } from './history/history-store.ts'
import type { StageReport } from './hooks.ts'
import type { PromptBuilder, PromptParts } from './prompt/build-prompt.ts'
import type { ChatResult } from './result.ts'
import type { OnNoEvidence } from './retrieval/evidence-gate.ts'
import type { Reranker } from './retrieval/reranker.ts'
import type { Retriever } from './retrieval/retriever.ts'

/** Limits of a run. Durations are milliseconds, and `Infinity` means no limit. */
export interface ChatLimits {
  /**
   * Until the model first does something, all attempts and waits included. A reasoning delta counts, a
   * keep-alive does not. Some models think for more than a minute and show nothing of it.
   * @defaultValue 120000
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
  /** For the retriever, and again for the reranker. @defaultValue 15000 */
  readonly retrieveMs?: number
  /** @defaultValue 10000 */
  readonly condenseMs?: number
  /** For each call to the history. @defaultValue 5000 */
  readonly storeMs?: number
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
  /** What a stage has come to, such as the chunks with their scores and the prompt: what no event says. */
  readonly onStage?: (report: StageReport) => void
}

/** What every run needs and may have. */
export interface CommonChatOptions extends ChatLimits, ChatHooks {
  /** What the reader asks. Lone surrogates are repaired; an empty question is refused. */
  readonly question: string
  /** The tenant or user: given to the retriever, part of every key of a history, and required with one. */
  readonly scope?: string
  /** The conversation. @defaultValue `crypto.randomUUID()` where a {@link HistoryStore} is given, else none */
  readonly threadId?: string
  /** What was said before: a store that is read and written, or a plain list of messages, the oldest first. */
  readonly history?: HistoryStore | readonly Message[]
  /** Budget of the earlier turns; the latest that fit are used. @defaultValue 2000 */
  readonly historyTokens?: number
  /** The `runId` of the turn that this one takes the place of, once it is answered: not after an error or a stop. */
  readonly replaces?: string
  /** Given the promise of what is still saved after the reader has left, such as the `waitUntil` of an edge runtime. */
  readonly waitUntil?: (saving: Promise<unknown>) => void
  /** Whether the markers of citations stay in the answer. @defaultValue `keep` */
  readonly markers?: MarkerMode
  /** Checks each citation against its source; `false` for none. @defaultValue the built-in check */
  readonly check?: CitationCheck | false
  /**
   * A run that has ended in the history is not paid for again: its result is only said once more.
   * @defaultValue `crypto.randomUUID()`
   */
  readonly runId?: string
  /**
   * Aborting it ends the stream with `done` and `finishReason: 'abort'`, or with an `error` of that code when the reason
   * is a {@link ChatError}; it never throws.
   */
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
  /** Budget of the retrieved text; pieces beyond it are left out by rank, but the best one stays. @defaultValue 8000 */
  readonly contextTokens?: number
  /** Chunks that are longer are cut into pieces, each with a number of its own. @defaultValue `{ tokens: 512, overlap: 20 }` */
  readonly citationChunk?: { readonly tokens?: number; readonly overlap?: number }
  readonly reranker?: Reranker
  /**
   * Makes a stand-alone question from a follow-up; `false` searches for the question as it is.
   * @defaultValue {@link modelCondenser} with the run's model
   */
  readonly condenser?: Condenser | false
  /** The best score has to reach it, or nothing counts as found. @defaultValue the retriever's own, if it declares one */
  readonly minScore?: number
  /** Passed to the retriever as it is. */
  readonly filter?: unknown
  /** `degrade` answers without sources, with a warning. @defaultValue `fail` */
  readonly onRetrievalError?: 'fail' | 'degrade'
  /**
   * When the retriever finds nothing, or nothing that reaches `minScore`: `refuse` says so without asking the model (in Chinese to a Chinese question,
   * else in English), `answer` asks it all the same, and a function gives the sentence to refuse with.
   * @defaultValue `refuse`
   */
  readonly onNoEvidence?: OnNoEvidence
  /** Makes the prompt, or replaces parts of the built-in one. @defaultValue {@link buildPrompt} */
  readonly prompt?: PromptBuilder | PromptParts
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
