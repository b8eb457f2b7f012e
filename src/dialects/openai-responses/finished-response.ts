import type { ErrorCode } from '../../core/vocabulary/error-codes.ts'
import type { StartEvent, TerminalEvent } from '../../core/vocabulary/events.ts'
import type { ChatResult, FinishReason } from '../../core/vocabulary/result.ts'
import { toMessage, toSearchCall } from './output-items.ts'
import { toResponseObject, type OutputItem, type ResponseContext, type ResponseObject } from './response-object.ts'

/** The position of each item in the output; absent for an item that is not there. */
export interface OutputOrder {
  /** The search call. */
  readonly search?: number | undefined
  /** The message. */
  readonly message?: number | undefined
}

/** The end of a response, in the terms of the API. */
export interface ResponseEnding {
  /** The result; of a failed run the partial one. */
  readonly result: ChatResult
  /** The status of the response. */
  readonly status: 'completed' | 'incomplete' | 'cancelled' | 'failed'
  /** The status of its message. */
  readonly messageStatus: 'completed' | 'incomplete'
  /** The status of a search that has not ended before. */
  readonly searchStatus: 'completed' | 'incomplete' | 'failed'
  /** The error of a failed run. */
  readonly error?: { readonly code: string; readonly message: string }
  /** The reason why the response is not complete. */
  readonly incompleteReason?: string
}

/** Converts the last event of a run. */
export function toEnding(event: TerminalEvent): ResponseEnding {
  if (event.type === 'error') {
    const error = { code: toErrorCode(event.code), message: event.message }
    return { result: event.partial, status: 'failed', messageStatus: 'incomplete', searchStatus: 'failed', error }
  }
  const incompleteReason = REASONS[event.finishReason]
  if (incompleteReason === undefined) {
    return { result: event, status: 'completed', messageStatus: 'completed', searchStatus: 'completed' }
  }
  const isAborted = event.finishReason === 'abort'
  return {
    result: event,
    status: isAborted ? 'cancelled' : 'incomplete',
    messageStatus: 'incomplete',
    searchStatus: isAborted ? 'incomplete' : 'completed',
    incompleteReason,
  }
}

// With the reason `cancelled`, a client that knows no status `cancelled` does not treat the end as a success.
const REASONS: Readonly<Partial<Record<FinishReason, string>>> = {
  length: 'max_output_tokens',
  'content-filter': 'content_filter',
  abort: 'cancelled',
}

/** Returns the error code of the API, which has a closed list. */
export function toErrorCode(code: ErrorCode): 'rate_limit_exceeded' | 'server_error' {
  return code === 'upstream-rate-limited' || code === 'too-many-runs' ? 'rate_limit_exceeded' : 'server_error'
}

/** Returns the items that a run has when it ends, in their usual order. */
function orderOf(ending: ResponseEnding, { search }: Pick<ResponseContext, 'search'>): OutputOrder {
  const { result } = ending
  const hasSearch = search && (result.query !== undefined || result.sources.length > 0)
  const next = hasSearch ? 1 : 0
  return { ...(hasSearch && { search: 0 }), ...(needsMessage(ending) && { message: next }) }
}

/** True if the output has a message. A complete response has one even without text, because clients wait for it. */
export function needsMessage({ status, result }: Pick<ResponseEnding, 'status' | 'result'>): boolean {
  return status === 'completed' || status === 'incomplete' || result.answer !== '' || result.citations.length > 0
}

/** Creates the response object of a run that has ended. */
export function toFinishedResponse(
  start: StartEvent,
  ending: ResponseEnding,
  context: ResponseContext & { readonly order?: OutputOrder },
): ResponseObject {
  const { result, status, error, incompleteReason } = ending
  return toResponseObject(start, context, {
    status,
    output: toOutput(start.runId, ending, context),
    ...(error && { error }),
    ...(incompleteReason !== undefined && { incompleteReason }),
    usage: result.usage,
    total: result.timings.total,
  })
}

function toOutput(
  runId: string,
  ending: ResponseEnding,
  { order, ...context }: ResponseContext & { readonly order?: OutputOrder },
): readonly OutputItem[] {
  const { result, messageStatus, searchStatus } = ending
  const { query, sources } = result
  const { search, message } = order ?? orderOf(ending, context)
  // A search that found something has not failed.
  const status = sources.length > 0 ? 'completed' : searchStatus
  const call = toSearchCall({ runId, query: query?.query, sources }, status, context)
  const text = toMessage(runId, result, { status: messageStatus, search: context.search })
  const items = [...(search === undefined ? [] : [call]), ...(message === undefined ? [] : [text])]
  return search !== undefined && message !== undefined && message < search ? items.toReversed() : items
}
