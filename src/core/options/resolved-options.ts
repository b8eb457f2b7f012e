import type { Clock } from '../async/clock.ts'
import type { GreetingTable } from '../text/greeting-table.ts'
import type { ChatModel, ChatModelRequest } from '../vocabulary/chat-model.ts'
import type { CitationCheck } from '../vocabulary/citation-check.ts'
import type { Condenser } from '../vocabulary/condenser.ts'
import type { Engine } from '../vocabulary/engine.ts'
import type { HistoryStore } from '../vocabulary/history-store.ts'
import type { PromptBuilder } from '../vocabulary/prompt.ts'
import type { Reranker } from '../vocabulary/reranker.ts'
import type { Retriever } from '../vocabulary/retriever.ts'
import type { ChatHooks } from './chat-options.ts'
import type { MarkerMode, OnNoEvidence, RetrievalErrorMode } from './option-choices.ts'

/** The checked options of a chat with all defaults, grouped by the part of a turn that uses them. */
export interface ResolvedChatOptions {
  /** The engine or the model that writes the answers. */
  readonly answerSource: AnswerSource
  /** Options of the history. */
  readonly history: ResolvedHistoryOptions
  /** Options of the sources. */
  readonly sources: ResolvedSourceOptions
  /** Options of the answer. */
  readonly answer: ResolvedAnswerOptions
  /** Observers of every run. */
  readonly hooks: ChatHooks
  /** Called if the reader leaves before the end, with a promise that settles when the turn is saved. */
  readonly waitUntil: ((saving: Promise<unknown>) => void) | undefined
  /** Time for a whole run, in milliseconds. */
  readonly runMs: number
  /** Maximum length of a question, in UTF-16 code units. */
  readonly maxQuestionChars: number
  /** Counts tokens for budgets and estimates. */
  readonly countTokens: (text: string) => number
  /** Gives the time. */
  readonly clock: Clock
}

/** The writer of the answers: an engine that does everything by itself, or a model that gets the retrieved chunks. */
export type AnswerSource = { readonly kind: 'engine'; readonly engine: Engine } | ModelAnswerSource

/** A model, with the options of its stages. */
export interface ModelAnswerSource {
  /** The kind of the source. */
  readonly kind: 'model'
  /** Writes the answer. */
  readonly model: ChatModel
  /** Options for the query of a follow-up. */
  readonly condensing: ResolvedCondensingOptions
  /** Replies to messages without a question; absent if these are treated like questions. */
  readonly greetings: GreetingTable | undefined
  /** Finds the chunks. */
  readonly retrieval: ResolvedRetrievalOptions
  /** Makes the messages. */
  readonly prompt: PromptBuilder
  /** Settings that are passed to the model as they are. */
  readonly settings: Pick<ChatModelRequest, 'temperature' | 'maxOutputTokens'>
  /** Further attempts before the first token. */
  readonly retries: number
}

/** Options of the part that loads the history. */
export interface ResolvedHistoryOptions {
  /** Absent if the chat has no history. */
  readonly store: HistoryStore | undefined
  /** Time for each call to the store, in milliseconds. */
  readonly storeMs: number
  /** Token budget of the earlier turns. */
  readonly historyTokens: number
  /** Counts the tokens of a text. */
  readonly countTokens: (text: string) => number
}

/** Options of the part that makes the query. */
export interface ResolvedCondensingOptions {
  /** Absent if the question itself is the query. */
  readonly condenser: Condenser | undefined
  /** Time for the condenser, in milliseconds. */
  readonly condenseMs: number
}

/** Options of the part that finds the evidence. */
export interface ResolvedRetrievalOptions {
  /** Finds the chunks. */
  readonly retriever: Retriever
  /** Reorders the chunks; absent if they keep their order. */
  readonly reranker: Reranker | undefined
  /** Number of chunks to request from the retriever. */
  readonly topK: number
  /** Maximum number of chunks used for the prompt. */
  readonly topN: number
  /** The score that the best chunk must reach. */
  readonly minScore: number | undefined
  /** Policy if the retriever or the reranker fails. */
  readonly onRetrievalError: RetrievalErrorMode
  /** Policy if not enough is found. */
  readonly onNoEvidence: OnNoEvidence
  /** Time for the retriever, and again for the reranker, in milliseconds. */
  readonly retrieveMs: number
}

/** Options of the part that emits the sources. */
export interface ResolvedSourceOptions {
  /** Sizes of the pieces of a long chunk. */
  readonly citationChunk: ResolvedCitationChunkOptions
  /** Token budget of the retrieved text. */
  readonly contextTokens: number
  /** Metadata keys that may reach the reader. */
  readonly sourceMetadata: readonly string[]
  /** Allowed schemes of a URL. */
  readonly sourceUrlSchemes: readonly string[]
  /** Counts the tokens of a text. */
  readonly countTokens: (text: string) => number
}

/** Sizes of the pieces that a long chunk is cut into. */
export interface ResolvedCitationChunkOptions {
  /** Maximum number of tokens of a piece. */
  readonly tokens: number
  /** Maximum number of tokens that a piece repeats from the previous one. */
  readonly overlap: number
}

/** Options of the part that writes the answer. */
export interface ResolvedAnswerOptions {
  /** Keeps the citation markers in the text, or strips them. */
  readonly markers: MarkerMode
  /** Absent if citations are not checked. */
  readonly check: CitationCheck | undefined
  /** Time until the first event of the model, in milliseconds. */
  readonly firstTokenMs: number
  /** Maximum time between two events of the model, in milliseconds. */
  readonly idleMs: number
  /** Maximum length of an answer, in UTF-16 code units. */
  readonly maxAnswerChars: number
}
