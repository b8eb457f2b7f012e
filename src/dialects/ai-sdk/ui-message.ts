import type { CheckedCitation } from '../../core/vocabulary/citations.ts'
import type { ErrorCode } from '../../core/vocabulary/error-codes.ts'
import type { Feedback } from '../../core/vocabulary/feedback.ts'
import type { Phase } from '../../core/vocabulary/phases.ts'
import type { FinishReason, Query, Timings } from '../../core/vocabulary/result.ts'
import type { SourceState } from '../../core/vocabulary/source-state.ts'
import type { Usage } from '../../core/vocabulary/usage.ts'
import type { Warning } from '../../core/vocabulary/warnings.ts'

// Type aliases, not interfaces: the AI SDK requires types that are assignable to records.

/**
 * The metadata of a message of {@link RagwireUIMessage}. An answer gets its fields while it streams: `runId` at the start,
 * `usage` at the end. A question that was loaded from the history has `runId`, `threadId` and `createdAt`.
 *
 * @experimental May change until version 1.0.
 */
export type RagwireMetadata = {
  /** Id of the run, which is also the id of the answer as a message. */
  readonly runId?: string
  /** Id of the conversation. */
  readonly threadId?: string
  /** The query for the retriever. */
  readonly query?: Query
  /** Problems that the run survived. */
  readonly warnings?: readonly Warning[]
  /** The reason why the run ended. */
  readonly finishReason?: FinishReason
  /** Tokens that were used. */
  readonly usage?: Usage
  /** Times of the stages. */
  readonly timings?: Timings
  /** True if the turn was committed to the history of the server. */
  readonly saved?: boolean
  /** Present if the run was stopped. */
  readonly aborted?: true
  /** The reason why the run failed. */
  readonly error?: RagwireErrorMetadata
  /** Time at which the turn began, in milliseconds since 1970; only of a stored turn. */
  readonly createdAt?: number
  /** The feedback of the reader on the answer; only of a stored turn. */
  readonly feedback?: Feedback
  /** The state of each source compared with the present documents; only of a stored turn that has it. */
  readonly sourceStates?: readonly SourceState[]
}

/**
 * The reason why an answer failed, in {@link RagwireMetadata}.
 *
 * @experimental May change until version 1.0.
 */
export type RagwireErrorMetadata = {
  /** The kind of the failure. */
  readonly code: ErrorCode
  /** The public message of the code. */
  readonly message: string
  /** True if the same question may succeed later; absent for a stored turn. */
  readonly retryable?: boolean
  /** Time to wait before the next attempt, in milliseconds, if the upstream gave one. */
  readonly retryAfterMs?: number
}

/**
 * A source of an answer, with its text, in the form that `@llamaindex/chat-ui` draws.
 *
 * @experimental May change until version 1.0.
 */
export type RagwireSourceNode = {
  /** `sourceId` of the source. */
  readonly id: string
  /** The text, exactly as it was retrieved. */
  readonly text: string
  /** The score of the retriever. */
  readonly score?: number
  /** The address of the document. */
  readonly url?: string
  /** The allowed metadata of the source, with its `number`, `title` and `documentId`. */
  readonly metadata: Readonly<Record<string, unknown>>
}

/**
 * The data parts of an answer: `data-sources`, `data-citation`, and `data-status`, which is transient. Use it as
 * `UIMessage<RagwireMetadata, RagwireDataParts>`.
 *
 * @experimental May change until version 1.0.
 */
export type RagwireDataParts = {
  /** All sources with their texts. */
  readonly sources: { readonly nodes: readonly RagwireSourceNode[] }
  /** One citation; it is replaced when its check has ended. */
  readonly citation: CheckedCitation
  /** The phase that begins. It only reaches `onData`, and no message keeps it. */
  readonly status: { readonly phase: Phase }
}

/** The facts of a source that the AI SDK has no field for, in `providerMetadata.ragwire`. */
export type RagwireSourceMetadata = {
  /** The facts are two levels deep, as the AI SDK requires. */
  readonly ragwire: Record<string, JsonValue>
}

/** A value of JSON. */
export type JsonValue = null | string | number | boolean | { [key: string]: JsonValue } | JsonValue[]

/** A source with an address. */
export type RagwireSourceUrl = {
  /** The type of the part. */
  type: 'source-url'
  /** Unique per numbered piece. */
  sourceId: string
  /** The address of the document. */
  url: string
  /** Title of the document. */
  title: string
  /** Number, document, score and location. */
  providerMetadata: RagwireSourceMetadata
}

/** A source without an address. */
export type RagwireSourceDocument = {
  /** The type of the part. */
  type: 'source-document'
  /** Unique per numbered piece. */
  sourceId: string
  /** The type of the retrieved text. */
  mediaType: 'text/plain'
  /** Title of the document. */
  title: string
  /** Number, document, score and location. */
  providerMetadata: RagwireSourceMetadata
}

/** All sources with their texts, as a part. */
export type RagwireSourcesPart = {
  /** The type of the part. */
  type: 'data-sources'
  /** The same for every stream, so that a later part replaces an earlier one. */
  id: string
  /** The sources. */
  data: RagwireDataParts['sources']
}

/** One citation, as a part. */
export type RagwireCitationPart = {
  /** The type of the part. */
  type: 'data-citation'
  /** Made from the index of the citation. */
  id: string
  /** The citation. */
  data: RagwireDataParts['citation']
}

/** A part of a message of {@link RagwireUIMessage}. */
export type RagwirePart =
  | { type: 'step-start' }
  | { type: 'text'; text: string; state?: 'streaming' | 'done' }
  | RagwireSourceUrl
  | RagwireSourceDocument
  | RagwireSourcesPart
  | RagwireCitationPart

/**
 * A message of this library as the AI SDK has it: assignable to `UIMessage<RagwireMetadata, RagwireDataParts>`.
 *
 * @experimental May change until version 1.0.
 */
export type RagwireUIMessage = {
  /** The id of the run for an answer; the same id with the suffix `-question` for a question. */
  id: string
  /** The speaker. */
  role: 'user' | 'assistant'
  /** The facts of the turn. */
  metadata: RagwireMetadata
  /** The parts, in the order of the stream. */
  parts: RagwirePart[]
}

/**
 * A chunk of the UI message stream: assignable to `UIMessageChunk` of the AI SDK.
 *
 * @experimental May change until version 1.0.
 */
export type RagwireUIMessageChunk =
  | { type: 'start'; messageId: string; messageMetadata: RagwireMetadata }
  | { type: 'start-step' | 'finish-step' | 'abort' }
  | { type: 'message-metadata'; messageMetadata: RagwireMetadata }
  | { type: 'data-status'; data: RagwireDataParts['status']; transient: true }
  | RagwireSourceUrl
  | RagwireSourceDocument
  | RagwireSourcesPart
  | RagwireCitationPart
  | { type: 'text-start' | 'text-end'; id: string }
  | { type: 'text-delta'; id: string; delta: string }
  | { type: 'error'; errorText: string }
  | { type: 'finish'; finishReason: UIFinishReason; messageMetadata: RagwireMetadata }

/** The finish reasons of the AI SDK that a run may have. */
export type UIFinishReason = 'stop' | 'length' | 'content-filter' | 'other'
