import type { Usage } from '../../core/vocabulary/usage.ts'
import { toSeconds } from '../to-seconds.ts'
import { timeOfRunId } from './run-ids.ts'

/** The part of a response that its request decides. A response that is only looked up has the defaults. */
export interface ResponseContext {
  /** The name of the model, as the client asked for it. */
  readonly model: string
  /** The response before this one; `null` if the request names none. */
  readonly previousResponseId: string | null
  /** The metadata of the request. */
  readonly metadata: Readonly<Record<string, string>>
  /** The tools of the request. */
  readonly tools: readonly unknown[]
  /** True if the request asked to run in the background. */
  readonly background: boolean
  /** True if the chat has a history. */
  readonly store: boolean
  /** True if the search call is an item of the output. */
  readonly search: boolean
  /** True if the search call has its results. */
  readonly results: boolean
  /** Milliseconds since 1970 at which the run began, if its id does not contain it. */
  readonly createdAt?: number | undefined
}

/** An item of the output of a response. */
export type OutputItem = Readonly<Record<string, unknown>>

/** The members of a response that change while it runs. */
export interface ResponseState {
  /** `response.status`. */
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'cancelled' | 'failed'
  /** The items so far. */
  readonly output: readonly OutputItem[]
  /** The error of a failed response. */
  readonly error?: { readonly code: string; readonly message: string }
  /** The reason why a response is not complete. */
  readonly incompleteReason?: string
  /** The tokens, once the run has ended. */
  readonly usage?: Usage
  /** Milliseconds from the start to the end, once the run has ended. */
  readonly total?: number
}

/** The ids of a response. */
export interface ResponseIds {
  /** The run. */
  readonly runId: string
  /** The conversation; absent without one. */
  readonly threadId?: string | undefined
}

/** A response object of the API. */
export type ResponseObject = Readonly<Record<string, unknown>>

/**
 * Creates a response object with every field that the API and Open Responses require. Settings of the model have the
 * defaults of the API, because the application sets them and does not publish them.
 */
export function toResponseObject(ids: ResponseIds, context: ResponseContext, state: ResponseState): ResponseObject {
  const { runId, threadId } = ids
  const createdAt = timeOfRunId(runId) ?? context.createdAt
  return {
    id: toResponseId(runId),
    object: 'response',
    created_at: toSeconds(createdAt ?? 0),
    completed_at: completedAt(createdAt, state),
    status: state.status,
    background: context.background,
    conversation: threadId === undefined ? null : { id: threadId },
    error: state.error ?? null,
    incomplete_details: state.incompleteReason === undefined ? null : { reason: state.incompleteReason },
    metadata: context.metadata,
    model: context.model,
    output: state.output,
    previous_response_id: context.previousResponseId,
    store: context.store,
    tools: context.tools,
    usage: state.usage ? toUsage(state.usage) : null,
    ...FIXED,
  }
}

/** Returns the id of the response of a run. */
function toResponseId(runId: string): string {
  return `resp_${runId}`
}

const FIXED = {
  access_programs: null,
  frequency_penalty: 0,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  parallel_tool_calls: false,
  presence_penalty: 0,
  prompt_cache_key: null,
  reasoning: null,
  safety_identifier: null,
  service_tier: 'default',
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
} as const

function completedAt(createdAt: number | undefined, { status, total }: ResponseState): number | null {
  const isKnown = status === 'completed' && createdAt !== undefined && total !== undefined
  return isKnown ? toSeconds(createdAt + total) : null
}

function toUsage({ inputTokens, outputTokens, totalTokens }: Usage) {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: totalTokens,
  }
}
