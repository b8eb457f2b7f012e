export { createChatHandler } from './http/create-chat-handler.ts'
export { createRunRegistry } from './runs/run-registry.ts'
export { memoryRunStore } from './runs/memory/memory-run-store.ts'
export { parseChatRequest } from './dialects/chat-request.ts'
export { invalidInput } from './core/vocabulary/invalid-input.ts'
export { nativeJson } from './dialects/native-json.ts'
export { nativeNdjson } from './dialects/native-ndjson.ts'
export { nativeSse } from './dialects/native-sse.ts'
export { nativeText } from './dialects/native-text.ts'

export type { ChatHandlerContext } from './http/call.ts'
export type {
  ChatAnswer,
  EventStream,
  ResponseAnswer,
  StreamAnswer,
  StreamOptions,
  WholeAnswer,
} from './http/chat-answer.ts'
export type { AnsweringChatHandler, ChatHandler } from './http/create-chat-handler.ts'
export type {
  AnsweringOptions,
  ChatHandlerOptions,
  ChatOption,
  HandlerOptions,
  RequestOption,
} from './http/handler-options.ts'
export type { FeedbackNote } from './http/feedback-note.ts'
export type { ErrorBody } from './http/http-error.ts'
export type { BadRequestBody, BadRequestError, RequestIssue } from './dialects/bad-request.ts'
export type { ChatRequest, ParseChatRequestOptions } from './dialects/chat-request.ts'
export type { StandardIssue, StandardResult, StandardSchema } from './dialects/standard-schema.ts'
export type { Dialect, DialectRequest } from './dialects/dialect.ts'
export type { Acknowledged, DialectEncoder, DialectStream, Encoding } from './dialects/encoding.ts'
export type {
  DialectAnswer,
  DialectCall,
  DialectFailure,
  DialectHistory,
  DialectQuestion,
  DialectReply,
  DialectRoute,
  DialectRun,
  DialectStreamReply,
  OpenedRun,
} from './dialects/dialect-route.ts'
export type { SinkOptions } from './sinks/sink-options.ts'
export type { SinkFormat } from './sinks/resolve-format.ts'
export type { MemoryRunStoreOptions } from './runs/memory/memory-run-store.ts'
export type { RunReader } from './runs/run-log.ts'
export type { DrainOptions, RunRegistry, WaitOptions } from './runs/run-registry.ts'
export type { StartedRun, StartRun, StartRunOutcome } from './runs/start-run.ts'
export type { DisconnectPolicy, RunRegistryOptions, ThreadBusyPolicy } from './runs/run-registry-options.ts'
export type { ActiveRun } from './core/vocabulary/active-run.ts'
export type {
  AppendOutcome,
  BeginRunOutcome,
  NewRun,
  RunChange,
  RunKey,
  RunLease,
  RunPage,
  RunState,
  RunStatus,
  RunStore,
} from './runs/run-store.ts'
export type { StopOutcome } from './core/vocabulary/stop-result.ts'
export type { Feedback, Rating } from './core/vocabulary/feedback.ts'
export type { StopResult } from './core/vocabulary/stop-result.ts'
export type { StoredRunOutcome } from './runs/stored-run.ts'
