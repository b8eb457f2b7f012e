import { ignoreRejection } from '../../core/async/iterators.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { DialectAnswer, DialectCall } from '../dialect-route.ts'
import { toConversation } from './conversation.ts'
import { findThread } from './find-thread.ts'
import { toEnding, toFinishedResponse } from './finished-response.ts'
import { readRun } from './read-run.ts'
import { Refusal } from './refusal.ts'
import { parseRequest, type ResponsesRequest } from './request.ts'
import type { ResolvedResponsesOptions } from './resolve-options.ts'
import { contextOfRun, echoOf } from './response-context.ts'
import { responseEncoding } from './response-encoding.ts'
import { toResponseObject } from './response-object.ts'
import { createRunId } from './run-ids.ts'

/** Answers `POST /v1/responses`. Everything is checked before the run begins. */
export async function createResponse(call: DialectCall, options: ResolvedResponsesOptions): Promise<DialectAnswer> {
  const request = parseRequest(await call.readJson())
  const model = expectModel(request.model, options)
  const { reference, ...asked } = toConversation(request.input)
  const filter = toFilter(request, options)
  const threadId = await findThread(namesOf(request, reference), call.history)
  // A client that repeats a request with the same key gets the answer of the first one.
  const runId = call.request.headers.get('idempotency-key') ?? createRunId()
  const run = await call.ask({
    ...asked,
    runId,
    ...(threadId !== undefined && { threadId }),
    ...(filter !== undefined && { filter }),
  })
  const context = { ...(await contextOfRun(runId, call, options)), ...echoOf(request, options), model }
  if (request.stream) return { events: run.read(), encoding: responseEncoding({ ...context, startingAfter: -1 }) }
  if (request.background) return { body: toResponseObject(run, context, { status: 'in_progress', output: [] }) }
  const { start, end } = await readRun(call, run.read(), { throwsFailure: true })
  return { body: toFinishedResponse(start, toEnding(end), context) }
}

function expectModel(asked: string | null | undefined, { models, defaultModel }: ResolvedResponsesOptions): string {
  const model = asked ?? defaultModel
  if (models === 'any' || models.includes(model)) return model
  const message = `The model ${JSON.stringify(model.slice(0, 64))} is not served here: use ${models.join(' or ')}`
  throw new Refusal(message, { status: 404, code: 'model_not_found', param: 'model' })
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
  throw invalidInput('tools[0].filters', 'Cannot use tools[0].filters: this server takes no filters; leave them out')
}

function namesOf({ previous_response_id, conversation }: ResponsesRequest, reference: string | undefined) {
  return {
    previousResponseId: previous_response_id ?? undefined,
    conversation: typeof conversation === 'string' ? conversation : conversation?.id,
    reference,
  }
}
