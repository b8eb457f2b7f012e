import type { Clock } from '../async/clock.ts'
import type { ChatModel, ChatModelRequest, Message } from '../vocabulary/chat-model.ts'
import type { CitationCheck } from '../vocabulary/citation-check.ts'
import type { Condenser } from '../vocabulary/condenser.ts'
import type { Engine } from '../vocabulary/engine.ts'
import type { HistoryStore, NewTurn } from '../vocabulary/history-store.ts'
import type { PromptBuilder } from '../vocabulary/prompt.ts'
import type { Reranker } from '../vocabulary/reranker.ts'
import type { Retriever } from '../vocabulary/retriever.ts'
import type { ChatHooks } from './chat-options.ts'
import type { MarkerMode, OnNoEvidence, RetrievalErrorMode } from './option-choices.ts'

/** Options of a chat, checked and with every default, in groups by the part of a turn that uses them. */
export interface ResolvedChatOptions {
  /** Writes the answers. */
  readonly answerSource: AnswerSource
  /** Where conversations are kept. */
  readonly history: ResolvedHistoryOptions
  /** How chunks become sources. */
  readonly sources: ResolvedSourceOptions
  /** How the answer is read and cited. */
  readonly answer: ResolvedAnswerOptions
  /** Observers of every run. */
  readonly hooks: ChatHooks
  /** Called with what is still saved after the reader has left. */
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

/** Writes the answers: an engine that does everything itself, or a model that is asked with what was retrieved. */
export type AnswerSource = { readonly kind: 'engine'; readonly engine: Engine } | ModelAnswerSource

/** A model, and how it is asked. */
export interface ModelAnswerSource {
  readonly kind: 'model'
  readonly model: ChatModel
  readonly condensing: ResolvedCondensingOptions
  readonly retrieval: ResolvedRetrievalOptions
  readonly prompt: PromptBuilder
  /** Settings that are passed to the model as they are. */
  readonly settings: Pick<ChatModelRequest, 'temperature' | 'maxOutputTokens'>
  /** Further attempts before the first token. */
  readonly retries: number
}

/** Where conversations are kept, and how much of one is used. */
export interface ResolvedHistoryOptions {
  /** Absent where the chat keeps no conversations. */
  readonly store: HistoryStore | undefined
  /** Time for each call to the store, in milliseconds. */
  readonly storeMs: number
  /** Budget of the earlier turns. */
  readonly historyTokens: number
  readonly countTokens: (text: string) => number
}

/** How a stand-alone question is made. */
export interface ResolvedCondensingOptions {
  /** Absent where the question is searched for as it is. */
  readonly condenser: Condenser | undefined
  /** Time for the condenser, in milliseconds. */
  readonly condenseMs: number
}

/** How chunks are found, and when they are enough. */
export interface ResolvedRetrievalOptions {
  readonly retriever: Retriever
  readonly reranker: Reranker | undefined
  /** Number of chunks asked of the retriever. */
  readonly topK: number
  /** Number of chunks kept for the prompt. */
  readonly topN: number
  /** The score that the best chunk must reach. */
  readonly minScore: number | undefined
  readonly onRetrievalError: RetrievalErrorMode
  readonly onNoEvidence: OnNoEvidence
  /** Time for the retriever, and again for the reranker, in milliseconds. */
  readonly retrieveMs: number
}

/** How chunks become the sources that the reader is shown. */
export interface ResolvedSourceOptions {
  readonly citationChunk: ResolvedCitationChunkOptions
  /** Budget of the retrieved text. */
  readonly contextTokens: number
  /** Metadata keys that may reach the reader. */
  readonly sourceMetadata: readonly string[]
  /** Schemes that a URL may have. */
  readonly sourceUrlSchemes: readonly string[]
  readonly countTokens: (text: string) => number
}

/** Sizes of the pieces that a long chunk is cut into. */
export interface ResolvedCitationChunkOptions {
  /** Most tokens of a piece. */
  readonly tokens: number
  /** Most tokens that a piece repeats of the one before. */
  readonly overlap: number
}

/** How the answer is read and cited. */
export interface ResolvedAnswerOptions {
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

/** Options of one turn, checked and with every default. */
export interface ResolvedTurnOptions {
  readonly question: string
  readonly runId: string
  readonly messageId: string
  readonly threadId: string | undefined
  readonly scope: string | undefined
  readonly filter: unknown
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined
  /** What was said before, as far as the options say it. */
  readonly history: TurnHistory
  /** Called with what is still saved after the reader has left. */
  readonly waitUntil: ((saving: Promise<unknown>) => void) | undefined
  /** Called with each failure of the run, beside the hook of the chat. */
  readonly onError: ChatHooks['onError']
}

/** Where the earlier turns of a conversation are: nowhere, in a list of messages, or in the store that keeps this one. */
export type TurnHistory =
  | { readonly kind: 'none' }
  | { readonly kind: 'messages'; readonly messages: readonly Message[] }
  | { readonly kind: 'store'; readonly store: HistoryStore; readonly turn: NewTurn }
