import type { Clock } from '../async/clock.ts'
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

/** Options of a chat, checked and with every default, in groups by the part of a turn that uses them. */
export interface ResolvedChatOptions {
  /** Writes the answers. */
  readonly answerSource: AnswerSource
  /** Keeps the conversations. */
  readonly history: ResolvedHistoryOptions
  /** Makes sources of chunks. */
  readonly sources: ResolvedSourceOptions
  /** Reads and cites the answer. */
  readonly answer: ResolvedAnswerOptions
  /** Observers of every run. */
  readonly hooks: ChatHooks
  /** Called with the promise of the saving that goes on after the reader has left. */
  readonly waitUntil: ((saving: Promise<unknown>) => void) | undefined
  /** Time for a whole run, in milliseconds. */
  readonly runMs: number
  /** Longest question, in UTF-16 code units. */
  readonly maxQuestionChars: number
  /** Counts tokens for budgets and estimates. */
  readonly countTokens: (text: string) => number
  /** Gives the time. */
  readonly clock: Clock
}

/** Writes the answers: an engine that does everything itself, or a model that is asked with the retrieved chunks. */
export type AnswerSource = { readonly kind: 'engine'; readonly engine: Engine } | ModelAnswerSource

/** A model, and how it is asked. */
export interface ModelAnswerSource {
  /** The kind of the source. */
  readonly kind: 'model'
  /** Writes the answer. */
  readonly model: ChatModel
  /** Makes the query of a follow-up. */
  readonly condensing: ResolvedCondensingOptions
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
  /** Absent where the chat keeps no conversations. */
  readonly store: HistoryStore | undefined
  /** Time for each call to the store, in milliseconds. */
  readonly storeMs: number
  /** Budget of the earlier turns. */
  readonly historyTokens: number
  /** Counts the tokens of a text. */
  readonly countTokens: (text: string) => number
}

/** Options of the part that makes the query. */
export interface ResolvedCondensingOptions {
  /** Absent where the question is searched for as it is. */
  readonly condenser: Condenser | undefined
  /** Time for the condenser, in milliseconds. */
  readonly condenseMs: number
}

/** Options of the part that finds the evidence. */
export interface ResolvedRetrievalOptions {
  /** Finds the chunks. */
  readonly retriever: Retriever
  /** Orders the chunks anew; absent where their order stays. */
  readonly reranker: Reranker | undefined
  /** Number of chunks asked of the retriever. */
  readonly topK: number
  /** Number of chunks kept for the prompt. */
  readonly topN: number
  /** The score that the best chunk must reach. */
  readonly minScore: number | undefined
  /** Decides when the retriever or the reranker fails. */
  readonly onRetrievalError: RetrievalErrorMode
  /** Decides when not enough is found. */
  readonly onNoEvidence: OnNoEvidence
  /** Time for the retriever, and again for the reranker, in milliseconds. */
  readonly retrieveMs: number
}

/** Options of the part that emits the sources. */
export interface ResolvedSourceOptions {
  /** Sizes of the pieces of a long chunk. */
  readonly citationChunk: ResolvedCitationChunkOptions
  /** Budget of the retrieved text. */
  readonly contextTokens: number
  /** Metadata keys that may reach the reader. */
  readonly sourceMetadata: readonly string[]
  /** Schemes that a URL may have. */
  readonly sourceUrlSchemes: readonly string[]
  /** Counts the tokens of a text. */
  readonly countTokens: (text: string) => number
}

/** Sizes of the pieces that a long chunk is cut into. */
export interface ResolvedCitationChunkOptions {
  /** Most tokens of a piece. */
  readonly tokens: number
  /** Most tokens that a piece repeats of the one before. */
  readonly overlap: number
}

/** Options of the part that writes the answer. */
export interface ResolvedAnswerOptions {
  /** Keeps the citation markers in the text, or strips them. */
  readonly markers: MarkerMode
  /** Absent where citations are not checked. */
  readonly check: CitationCheck | undefined
  /** Time until the model first does something, in milliseconds. */
  readonly firstTokenMs: number
  /** Time between two signs of life of the model, in milliseconds. */
  readonly idleMs: number
  /** Longest answer, in UTF-16 code units. */
  readonly maxAnswerChars: number
}
