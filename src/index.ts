export { streamChat } from './core/stream-chat.ts'
export { collectChat } from './core/collect-chat.ts'
export { EMPTY_RESULT, reduceEvent } from './core/result.ts'
export { createResultFold } from './core/result-fold.ts'
export { isTerminalEvent, PROTOCOL_VERSION } from './core/events.ts'
export { ChatError, ERROR_CODES, isChatError, publicMessage, toChatError } from './core/errors.ts'
export { ANSWER_RULES, buildPrompt, WITHOUT_SOURCES } from './core/prompt/build-prompt.ts'
export { buildCondensePrompt, modelCondenser } from './core/history/model-condenser.ts'
export { memoryHistoryStore } from './core/history/memory-history-store.ts'
export { createCitationCheck } from './core/citation/citation-check.ts'
export { traceHooks } from './core/trace-hooks.ts'
export { estimateTokens } from './core/usage.ts'
export { systemClock } from './core/clock.ts'

export type {
  ChatEvent,
  CitationEvent,
  DoneEvent,
  ErrorEvent,
  Phase,
  Query,
  QueryEvent,
  SourceEvent,
  StartEvent,
  StatusEvent,
  SupportEvent,
  TerminalEvent,
  TokenEvent,
  Warning,
  WarningCode,
  WarningEvent,
} from './core/events.ts'
export type { ResultFold } from './core/result-fold.ts'
export type {
  ChatResult,
  FinishReason,
  FinishTurnOutcome,
  PartialChatResult,
  ResultError,
  Timings,
} from './core/result.ts'
export type { CheckedCitation, Citation, CitationSupport, ClaimRange, Support } from './core/citations.ts'
export type { PartialLocation, Source, SourceLocation } from './core/sources.ts'
export type { TokenUsage, Usage } from './core/usage.ts'
export type { ChatErrorOptions, ErrorCode, InvalidInputError } from './core/errors.ts'
export type {
  ChatHooks,
  ChatLimits,
  CitationChunkOptions,
  CommonChatOptions,
  EngineChatOptions,
  RetrieveAndAnswerOptions,
  StreamChatOptions,
} from './core/options.ts'
export type { Clock } from './core/clock.ts'
export type { DiagnosticsMessages } from './core/diagnostics.ts'
export type {
  ChatModel,
  ChatModelEvent,
  ChatModelRequest,
  Message,
  ModelFinishReason,
} from './core/generation/chat-model.ts'
export type { Engine, EngineEvent, EngineSource, EngineTurn } from './core/generation/engine.ts'
export type { Chunk, Embedder, RetrievedChunk, RetrieveOptions, Retriever } from './core/retrieval/retriever.ts'
export type { OnNoEvidence } from './core/retrieval/evidence-gate.ts'
export type { StageReport } from './core/hooks.ts'
export type { CitationCheck, CitationCheckInput } from './core/citation/citation-check.ts'
export type { MarkerMode } from './core/citation/answer-writer.ts'
export type { CondenseCall, CondensedQuestion, Condenser } from './core/history/condenser.ts'
export type { HistoryTurn } from './core/history/conversation.ts'
export type { TextRange } from './core/markers/find-markers.ts'
export type {
  FinishedTurn,
  HistoryStore,
  NewTurn,
  StoreCallOptions,
  StoredTurn,
  ThreadKey,
  ThreadPage,
  ThreadSummary,
  TurnKey,
} from './core/history/history-store.ts'
export type { MemoryHistoryStoreOptions } from './core/history/memory-history-store.ts'
export type {
  CondensePromptBuilder,
  CondensePromptInput,
  ModelCondenserOptions,
} from './core/history/model-condenser.ts'
export type { RerankOptions, Reranker } from './core/retrieval/reranker.ts'
export type { PromptBuilder, PromptInput, PromptParts } from './core/prompt/build-prompt.ts'
