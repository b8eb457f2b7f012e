export { streamChat } from './core/stream-chat.ts'
export { createChat } from './core/create-chat.ts'
export { collectChat } from './core/collect-chat.ts'
export { EMPTY_RESULT, reduceEvent } from './core/vocabulary/reduce-event.ts'
export { createResultFold } from './core/vocabulary/result-fold.ts'
export { isTerminalEvent, PROTOCOL_VERSION } from './core/vocabulary/events.ts'
export { ChatError, isChatError, toChatError } from './core/vocabulary/chat-error.ts'
export { ERROR_CODES, publicMessage } from './core/vocabulary/error-codes.ts'
export { ANSWER_RULES, buildPrompt, WITHOUT_SOURCES } from './core/prompt/build-prompt.ts'
export { buildCondensePrompt } from './core/history/build-condense-prompt.ts'
export { modelCondenser } from './core/history/model-condenser.ts'
export { memoryHistoryStore } from './core/history/memory-history-store.ts'
export { takesPlace } from './core/vocabulary/stored-turn.ts'
export { expectStorable } from './core/options/expect-storable.ts'
export { createCitationCheck } from './core/citation/create-citation-check.ts'
export { modelCitationCheck } from './core/citation/model-citation-check.ts'
export { buildCheckPrompt } from './core/citation/build-check-prompt.ts'
export { traceHooks } from './core/observe/trace-hooks.ts'
export { foldText } from './core/text/fold-text.ts'
export { estimateTokens } from './core/text/estimate-tokens.ts'
export { systemClock } from './core/async/clock.ts'

export type {
  ChatEvent,
  CitationEvent,
  DoneEvent,
  ErrorEvent,
  QueryEvent,
  SourceEvent,
  StartEvent,
  StatusEvent,
  SupportEvent,
  TerminalEvent,
  TokenEvent,
  WarningEvent,
} from './core/vocabulary/events.ts'
export type { Phase } from './core/vocabulary/phases.ts'
export type { Query } from './core/vocabulary/result.ts'
export type { Warning, WarningCode } from './core/vocabulary/warnings.ts'
export type { ResultFold } from './core/vocabulary/result-fold.ts'
export type { ChatResult, FinishReason, ResultError, Timings } from './core/vocabulary/result.ts'
export type { FinishTurnOutcome } from './core/vocabulary/history-store.ts'
export type { PartialChatResult } from './core/vocabulary/reduce-event.ts'
export type { CheckedCitation, Citation, CitationSupport, ClaimRange, Support } from './core/vocabulary/citations.ts'
export type { PartialLocation, Source, SourceLocation } from './core/vocabulary/sources.ts'
export type { TokenUsage, Usage } from './core/vocabulary/usage.ts'
export type { ChatErrorOptions } from './core/vocabulary/chat-error.ts'
export type { ErrorCode } from './core/vocabulary/error-codes.ts'
export type { InvalidInputError } from './core/vocabulary/invalid-input.ts'
export type { Chat } from './core/create-chat.ts'
export type { ChatStream } from './core/vocabulary/chat-stream.ts'
export type {
  ChatHooks,
  ChatOptions,
  CitationChunkOptions,
  EngineOptions,
  RetrievalChatOptions,
  SharedChatOptions,
} from './core/options/chat-options.ts'
export type { ChatLimits } from './core/options/chat-limits.ts'
export type { TurnOptions } from './core/options/turn-options.ts'
export type {
  CommonChatOptions,
  EngineChatOptions,
  RetrieveAndAnswerOptions,
  StreamChatOptions,
} from './core/options/stream-chat-options.ts'
export type { Greeting, GreetingKind, GreetingTable } from './core/text/greeting-table.ts'
export type { MarkerMode, OnNoEvidence, RetrievalErrorMode } from './core/options/option-choices.ts'
export type { Clock } from './core/async/clock.ts'
export type { DiagnosticsMessages } from './core/observe/diagnostics.ts'
export type {
  ChatModel,
  ChatModelEvent,
  ChatModelRequest,
  Message,
  ModelFinishReason,
} from './core/vocabulary/chat-model.ts'
export type { Engine, EngineEvent, EngineSource, EngineTurn } from './core/vocabulary/engine.ts'
export type {
  Chunk,
  Embedder,
  EmbedOptions,
  RetrievedChunk,
  RetrieveOptions,
  Retriever,
} from './core/vocabulary/retriever.ts'
export type { StageReport } from './core/vocabulary/stage-report.ts'
export type { CitationCheck, CitationCheckInput } from './core/vocabulary/citation-check.ts'
export type { CondenseCall, CondensedQuestion, Condenser } from './core/vocabulary/condenser.ts'
export type { HistoryTurn } from './core/vocabulary/history-turn.ts'
export type { TextRange } from './core/vocabulary/text-range.ts'
export type {
  FinishedTurn,
  HistoryStore,
  ListThreadsOptions,
  NewTurn,
  SetFeedbackOutcome,
  StoreCallOptions,
  ThreadKey,
  ThreadPage,
  ThreadSummary,
  TurnKey,
} from './core/vocabulary/history-store.ts'
export type { Feedback, Rating } from './core/vocabulary/feedback.ts'
export type { CheckSources, SourceState } from './core/vocabulary/source-state.ts'
export type { LoadedTurn, StoredTurn } from './core/vocabulary/stored-turn.ts'
export type { MemoryHistoryStoreOptions } from './core/history/memory-history-store.ts'
export type { CondensePromptBuilder, CondensePromptInput } from './core/history/build-condense-prompt.ts'
export type { ModelCondenserOptions } from './core/history/model-condenser.ts'
export type { ModelCitationCheckOptions } from './core/citation/model-citation-check.ts'
export type { CheckPromptBuilder } from './core/citation/build-check-prompt.ts'
export type { RerankOptions, Reranker } from './core/vocabulary/reranker.ts'
export type { PromptBuilder, PromptInput, PromptParts, Surroundings } from './core/vocabulary/prompt.ts'
