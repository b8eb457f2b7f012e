import type { Call } from '../call.ts'
import type { ChatAnswer } from '../chat-answer.ts'
import type { ChatEvent } from '../../core/vocabulary/events.ts'
import type { Encoding } from '../../dialects/encoding.ts'
import { errorAnswer } from '../http-error.ts'
import { holdAnswer, type HeldForm } from './hold-answer.ts'
import { json } from '../respond.ts'
import { negotiate } from '../negotiate.ts'
import { readJson } from '../read-json.ts'
import { startRun } from './start-run.ts'

/** `POST /chat`: answers a question in the dialect that `Accept` chooses. */
export async function postChat(call: Call): Promise<ChatAnswer> {
  const dialect = negotiate(call.request.headers.get('accept'), call.options.dialects.offered)
  return answerIn({ dialect, answerFailure: errorAnswer }, await readJson(call), call)
}

/** Starts a run for the body of a chat request, and answers in a dialect. */
export async function answerIn(form: HeldForm, body: unknown, call: Call): Promise<ChatAnswer> {
  const { started } = await startRun(call, body)
  const reader = started.read()
  return form.dialect.holdsStatus ? holdAnswer(reader, form, call) : streamRun(reader, form.dialect, call)
}

/** `POST /runs`: starts a run and answers with its ids; another request reads its events. */
export async function postRun(call: Call): Promise<ChatAnswer> {
  const { ids } = await startRun(call, await readJson(call))
  // Relative to `/runs`, so that it is right under any mount path.
  const location = `runs/${encodeURIComponent(ids.runId)}/events`
  return json(ids, { status: 202, headers: { location } })
}

/** Streams the events of a reader of a run. When the client leaves, the reader leaves the run. */
export function streamRun(reader: AsyncIterable<ChatEvent>, dialect: Encoding, { signal, options }: Call): ChatAnswer {
  const headers = new Headers({ ...dialect.headers })
  const body = { events: reader, dialect, options: { ...options.sink, signal } }
  return { type: 'stream', status: 200, headers, body }
}
