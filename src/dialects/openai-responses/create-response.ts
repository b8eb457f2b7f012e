import { ignoreRejection } from '../../core/async/iterators.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { DialectAnswer, DialectCall } from '../dialect-route.ts'
import { deriveRunId } from '../derive-run-id.ts'
import { servesModel, unknownModel } from '../openai-models.ts'
import { toConversation } from './conversation.ts'
import { findThread } from './find-thread.ts'
import { toEnding, toFinishedResponse } from './finished-response.ts'
import { readRun } from './read-run.ts'
import { parseRequest, type ResponsesRequest } from './request.ts'
import type { ResolvedResponsesOptions } from './options.ts'
import { contextOfRun, echoOf } from './response-context.ts'
import { responseEncoding } from './response-encoding.ts'
import { readState } from './retrieve-response.ts'
import { createRunId } from './run-ids.ts'

/** Answers `POST /v1/responses`. Everything is checked before the run begins. */
export async function createResponse(call: DialectCall, options: ResolvedResponsesOptions): Promise<DialectAnswer> {
  const request = parseRequest(await call.readJson())
  const model = request.model ?? options.defaultModel
  if (!servesModel(options.models, model)) return unknownModel(model)
  const { reference, ...asked } = toConversation(request.input)
  const filter = toFilter(request, options)
  const threadId = await findThread(namesOf(request, reference), call.history)
  const runId = await runIdOfRequest(call.request)
  const run = await call.ask({
    ...asked,
    runId,
    ...(threadId !== undefined && { threadId }),
    ...(filter !== undefined && { filter }),
  })
  // Opened before the look-up of the context: a run that never had a reader is not stopped if the look-up fails.
  const events = request.background && !request.stream ? undefined : run.read()
  const context = { ...(await contextOfRun(runId, call, options)), ...echoOf(request, options), model }
  if (!events) return { body: await readState(runId, call, context) }
  if (request.stream) return { events, encoding: responseEncoding({ ...context, startingAfter: -1 }) }
  const { start, end } = await readRun(call, events, { throwsFailure: true })
  return { body: toFinishedResponse(start, toEnding(end), context) }
}

// A client that repeats a request with the same key gets the answer of the first one.
async function runIdOfRequest({ headers }: Request): Promise<string> {
  const key = headers.get('idempotency-key')
  return key === null || key === '' ? createRunId() : deriveRunId('openai-responses', key)
}

function toFilter({ tools }: ResponsesRequest, options: ResolvedResponsesOptions): unknown {
  const [tool] = tools ?? []
  if (!tool) return undefined
  if (options.toFilter) {
    const filter = options.toFilter(tool)
    if (!(filter instanceof Promise)) return filter
    ignoreRejection(filter)
    throw new TypeError('toFilter of openaiResponses must return the filter at once, and it returned a promise')
  }
  if (tool.filters === undefined || tool.filters === null) return undefined
  // Without the filter, the answer would use documents that the client has excluded.
  throw invalidInput('tools.0.filters', 'Cannot use tools.0.filters: this server takes no filters; leave them out')
}

function namesOf({ previous_response_id, conversation }: ResponsesRequest, reference: string | undefined) {
  return {
    previousResponseId: previous_response_id ?? undefined,
    conversation: typeof conversation === 'string' ? conversation : conversation?.id,
    reference,
  }
}
