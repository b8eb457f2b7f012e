export { createChatClient } from './client/create-chat-client.ts'
export { createChatStore } from './client/create-chat-store.ts'
export { createThreadList } from './client/create-thread-list.ts'
export { ChatClientError } from './client/client-error.ts'
export { segments } from './client/segments.ts'

export type {
  ChatClientOptions,
  FetchBody,
  FetchFunction,
  FetchRequest,
  FetchResponse,
} from './client/client-options.ts'
export type { ChatFailure, ClientErrorCode } from './client/client-error.ts'
export type { ChatClient, ChatQuestion, ClientRun, ListThreadsOptions, ReadRunOptions } from './client/chat-client.ts'
export type { ChatSnapshot, ChatTurn, ChatTurnStatus, ThreadEntry, ThreadListSnapshot } from './client/chat-snapshot.ts'
export type { ChatStore, Readable, SendOptions, ThreadList } from './client/chat-store.ts'
export type { CitationSegment, CitedSource, Segment, TextSegment } from './client/segments.ts'
export type { ActiveRun } from './core/vocabulary/active-run.ts'
export type { Feedback, Rating } from './core/vocabulary/feedback.ts'
export type { StopOutcome, StopResult } from './core/vocabulary/stop-result.ts'
