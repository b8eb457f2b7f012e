import type { Call } from '../call.ts'
import type { ChatAnswer } from '../chat-answer.ts'
import type { ChatEvent } from '../../core/vocabulary/events.ts'
import type { Dialect } from '../../dialects/dialect.ts'
import type { Encoding } from '../../dialects/encoding.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { errorAnswer } from '../http-error.ts'
import { holdAnswer } from './hold-answer.ts'
import { json } from '../respond.ts'
import { negotiate } from '../negotiate.ts'
import { readJson } from '../read-json.ts'
import { startRun } from './start-run.ts'

/** `POST /chat`: answers a question in the dialect that `Accept` chooses. */
export async function postChat(call: Call): Promise<ChatAnswer> {
  const dialect = negotiate(call.request.headers.get('accept'), call.options.dialects.offered)
  return answerIn(dialect, await readJson(call), call)
}

/** Starts a run for the body of a chat request, and answers in a dialect. */
export async function answerIn(dialect: Dialect, body: unknown, call: Call): Promise<ChatAnswer> {
  const { started } = await startRun(call, body)
  if (started.outcome === 'thread-busy') return threadBusy(started.runId)
  const reader = started.read()
  return dialect.holdsStatus ? holdAnswer(reader, dialect, call) : streamRun(reader, dialect, call)
}

/** `POST /runs`: starts a run and answers with its ids; another request reads its events. */
export async function postRun(call: Call): Promise<ChatAnswer> {
  const { started, ids } = await startRun(call, await readJson(call))
  if (started.outcome === 'thread-busy') return threadBusy(started.runId)
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

function threadBusy(runId: string): ChatAnswer {
  return errorAnswer(new ChatError('The thread has an active run', { code: 'thread-busy' }), { runId })
}
