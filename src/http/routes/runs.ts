import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { RunKey } from '../../runs/run-store.ts'
import type { Dialect } from '../../dialects/dialect.ts'
import { streamRun } from './chat.ts'
import { idOf, scopeOf, type Call } from '../call.ts'
import type { ChatAnswer } from '../chat-answer.ts'
import { errorAnswer, HttpError } from '../http-error.ts'
import { findKeptRun } from './kept-run.ts'
import { negotiate } from '../negotiate.ts'
import { empty, json } from '../respond.ts'

/** `GET /runs`: lists the active runs of the scope. */
export async function getRuns(call: Call): Promise<ChatAnswer> {
  const scope = await scopeOf(call)
  return json({ runs: await call.options.runs.list(scope, { signal: call.signal }) })
}

/** `GET /runs/{runId}/events`: streams the events after the cursor. It never starts a run. */
export async function getRunEvents(call: Call): Promise<ChatAnswer> {
  const offered = call.options.dialects.offered.filter(({ holdsStatus }) => !holdsStatus)
  const dialect = negotiate(call.request.headers.get('accept'), offered)
  const afterSeq = cursorOf(call)
  const run = await runOf(call)
  const found = await call.options.runs.read(run, { afterSeq, signal: call.signal })
  switch (found.outcome) {
    case 'reading':
      return streamRun(found.reader, dialect, call)
    // Makes an `EventSource` stop reconnecting.
    case 'finished':
      return empty(204)
    // Both get the same answer, so that a client cannot detect a run of another scope.
    case 'unknown':
    case 'expired':
      return readKept(run, { afterSeq, dialect, call })
    default:
      return found satisfies never
  }
}

interface ReadKept {
  readonly afterSeq: number
  readonly dialect: Dialect
  readonly call: Call
}

// Only from the start, because the history does not store the positions of events.
async function readKept(run: RunKey, { afterSeq, dialect, call }: ReadKept): Promise<ChatAnswer> {
  const kept = afterSeq < 0 ? await findKeptRun(run, call) : undefined
  if (kept) return streamRun(kept.read(), dialect, call)
  return errorAnswer(new ChatError('No events are stored after this position', { code: 'run-expired' }))
}

/** `POST /runs/{runId}/stop`: asks a run to stop, and answers with the outcome. */
export async function postStop(call: Call): Promise<ChatAnswer> {
  const run = await runOf(call)
  const result = await call.options.runs.stop(run, { signal: call.signal })
  return json({ runId: run.runId, ...result })
}

async function runOf(call: Call): Promise<RunKey> {
  const runId = idOf('runId', call.id)
  return { scope: await scopeOf(call), runId }
}

/** `seq` of the last event that the client has; -1 for none. An `EventSource` that reconnects sends it as a header. */
function cursorOf({ request, url }: Call): number {
  const cursor = request.headers.get('last-event-id') || url.searchParams.get('after') || '-1'
  if (/^(?:-1|\d{1,15})$/u.test(cursor)) return Number(cursor)
  throw new HttpError(
    400,
    'after',
    `Cannot resume after ${JSON.stringify(cursor.slice(0, 64))}: send the seq of the last event, or -1`,
  )
}
