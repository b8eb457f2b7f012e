import type { RunIds } from '../../dialects/native-json.ts'
import type { StartRunOutcome, StartedRun, StartRun } from '../../runs/start-run.ts'
import type { ChatEvent } from '../../core/vocabulary/events.ts'
import { type Call, scopeOf } from '../call.ts'
import type { Dialect } from '../../dialects/dialect.ts'
import { checkChatRequest } from '../../dialects/chat-request.ts'
import { ChatError, isChatError } from '../../core/vocabulary/chat-error.ts'
import { STATUS_OF, HttpError } from '../http-error.ts'
import { callHook } from '../../core/observe/call-hook.ts'
import { readJson } from '../read-json.ts'
import { isInvalidInput } from '../../core/vocabulary/invalid-input.ts'
import { isRecord } from '../../core/options/plain-object.ts'
import { ignoreRejection } from '../../core/async/iterators.ts'
import { findKeptRun } from './kept-run.ts'

/** The outcome of a request for a run, with its ids. */
export interface Started {
  /** The ids that the client gets. */
  readonly ids: RunIds & { readonly runId: string }
  /** The run, or the reason why there is none. */
  readonly started: Exclude<StartRunOutcome, StartedRun> | ReadableRun
}

/** A run that can be read: one that has started, or a finished one from the history. */
export interface ReadableRun extends Pick<StartedRun, 'outcome' | 'ended'> {
  /** Returns a reader of all events. */
  read(): AsyncIterable<ChatEvent>
}

/**
 * Starts a run, or opens a finished one from the history. It runs before the status is sent, so that each failure has a
 * fitting status.
 */
export async function startRun(call: Call, dialect?: Dialect): Promise<Started> {
  const { context, options } = call
  const { history, chat } = options
  const asked = checkChatRequest(await readChatRequest(call, dialect), options.requestSchema)
  const scope = await scopeOf(call)
  // A thread without a name gets the id of its first run, so that a repeated request means the same thread.
  const { runId = crypto.randomUUID(), threadId = history && runId } = asked
  const ids = { runId, ...(threadId !== undefined && { threadId }) }
  const onError = options.onError && ((error: ChatError): void => options.onError?.(error, runId))
  const open = (signal: AbortSignal): AsyncIterable<ChatEvent> =>
    chat.stream({ ...asked, ...ids, scope, onError, signal })
  const started = await startOrReadKept({ scope, ...ids, open }, call).catch((thrown: unknown) => {
    // Reported here, where the run is known.
    const isOurs = isChatError(thrown) && STATUS_OF[thrown.code] >= 500
    if (onError && isOurs && !call.signal.aborted) callHook(onError, thrown)
    throw thrown
  })
  if (started.outcome === 'started') callHook(context.waitUntil, started.ended)
  return { ids, started }
}

/** Reads the body, and converts the body of a dialect to a native one. */
async function readChatRequest(call: Call, dialect: Dialect | undefined): Promise<unknown> {
  const body = await readJson(call)
  if (!dialect?.request) return body
  try {
    return withoutAbsent(dialect.request.toChatRequest(body))
  } catch (thrown) {
    throw isInvalidInput(thrown) ? new HttpError(400, thrown.field, thrown.message) : thrown
  }
}

/**
 * Leaves out the fields that are undefined, as JSON does. Throws for a promise, which would look like a body without a
 * question.
 */
function withoutAbsent(request: unknown): unknown {
  if (!isRecord(request)) return request
  if (request instanceof Promise) {
    ignoreRejection(request)
    throw new TypeError('toChatRequest of a dialect must return the request at once, and it returned a promise')
  }
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined))
}

async function startOrReadKept(run: StartRun, call: Call): Promise<Started['started']> {
  try {
    return await call.options.runs.start(run, call)
  } catch (thrown) {
    if (!isChatError(thrown) || thrown.code !== 'run-expired') throw thrown
    const kept = await findKeptRun(run, call)
    if (!kept || kept.hasFailed) throw thrown
    return { outcome: 'started', read: kept.read, ended: Promise.resolve() }
  }
}
