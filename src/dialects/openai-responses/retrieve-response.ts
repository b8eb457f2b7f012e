import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { DialectAnswer, DialectCall, OpenedRun } from '../dialect-route.ts'
import { toEnding, toFinishedResponse } from './finished-response.ts'
import { readRun } from './read-run.ts'
import { Refusal } from './refusal.ts'
import { isId } from './request.ts'
import type { ResolvedResponsesOptions } from './options.ts'
import { contextOfRun } from './response-context.ts'
import { responseEncoding } from './response-encoding.ts'
import { toResponseObject, type ResponseContext } from './response-object.ts'
import { runIdOf } from './run-ids.ts'

/**
 * Answers `GET /v1/responses/{responseId}`. The state of an active run is returned without opening a reader, because a run
 * stops when its last reader leaves.
 */
export async function retrieveResponse(call: DialectCall, options: ResolvedResponsesOptions): Promise<DialectAnswer> {
  const runId = expectRunId(call)
  const isStream = readBoolean(call, 'stream')
  const startingAfter = readPosition(call)
  // Before the run is opened: a look-up that fails must not leave a reader behind.
  const context = await contextOfRun(runId, call, options)
  if (!isStream) return { body: await readState(runId, call, context) }
  const { events, rebuilt } = await openRun(runId, call)
  if (rebuilt && startingAfter > 0) throw lostFrames()
  return { events, encoding: responseEncoding({ ...context, startingAfter }) }
}

/** Returns the response of a run: the whole one if it has ended, otherwise its state, without opening a reader. */
export async function readState(runId: string, call: DialectCall, context: ResponseContext): Promise<object> {
  const active = await call.findRun(runId)
  if (!active) return readResponse(runId, call, context)
  return toResponseObject(active, context, { status: 'in_progress', output: [] })
}

/** Answers `POST /v1/responses/{responseId}/cancel`. A response that has ended is returned as it is. */
export async function cancelResponse(call: DialectCall, options: ResolvedResponsesOptions): Promise<DialectAnswer> {
  const runId = expectRunId(call)
  const { outcome } = await call.stop(runId)
  if (outcome === 'unknown') throw notFound()
  return { body: await readResponse(runId, call, await contextOfRun(runId, call, options)) }
}

/** Answers `GET /v1/responses/{responseId}/input_items`. Only the question is stored. */
export async function listInputItems(call: DialectCall): Promise<DialectAnswer> {
  const runId = expectRunId(call)
  const turn = await call.history?.find(runId)
  if (!turn) throw notFound()
  const content = [{ type: 'input_text', text: turn.question }]
  const item = { id: `msg_question_${runId}`, type: 'message', role: 'user', status: 'completed', content }
  return { body: { object: 'list', data: [item], first_id: item.id, last_id: item.id, has_more: false } }
}

async function readResponse(runId: string, call: DialectCall, context: ResponseContext): Promise<object> {
  const { events } = await openRun(runId, call)
  const { start, end } = await readRun(call, events, { throwsFailure: false })
  return toFinishedResponse(start, toEnding(end), context)
}

async function openRun(runId: string, call: DialectCall): Promise<OpenedRun> {
  const opened = await call.open(runId)
  if (!opened) throw notFound()
  return opened
}

function expectRunId({ id }: DialectCall): string {
  const runId = id.startsWith('resp_') && isId(id) ? runIdOf(id) : undefined
  if (runId === undefined) throw notFound()
  return runId
}

function readBoolean({ url }: DialectCall, name: string): boolean {
  const value = url.searchParams.get(name)
  if (value === null || value === 'false') return false
  if (value === 'true') return true
  throw invalidInput(name, `Cannot use ${name}: it must be true or false`)
}

function readPosition({ url }: DialectCall): number {
  const value = url.searchParams.get('starting_after')
  if (value === null) return -1
  const position = Number(value)
  if (/^\d+$/u.test(value) && Number.isSafeInteger(position)) return position
  throw invalidInput('starting_after', 'Cannot use starting_after: it must be a sequence_number, such as 12')
}

function notFound(): ChatError {
  return new ChatError('There is no such response', { code: 'not-found' })
}

function lostFrames(): Refusal {
  const message =
    'Cannot use starting_after: the frames of this response are no longer stored; retrieve it without starting_after'
  return new Refusal(message, { status: 410, code: 'run-expired', param: 'starting_after' })
}
