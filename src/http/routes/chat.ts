import { askToReturn } from '../../core/async/iterators.ts'
import { linkSignal } from '../../core/async/link-signal.ts'
import { collectChat } from '../../core/collect-chat.ts'
import { ChatError, isChatError, toChatError } from '../../core/vocabulary/chat-error.ts'
import type { ChatEvent } from '../../core/vocabulary/events.ts'
import { isInvalidInput } from '../../core/vocabulary/invalid-input.ts'
import { callHook } from '../../core/observe/hooks.ts'
import { checkChatRequest } from '../../dialects/chat-request.ts'
import type { Dialect } from '../../dialects/dialect.ts'
import { idsOf, type RunIds } from '../../dialects/native-json.ts'
import type { StartedRun, StartRun, StartRunOutcome } from '../../runs/start-run.ts'
import { scopeOf, type Call } from '../call.ts'
import type { ChatAnswer } from '../chat-answer.ts'
import { errorAnswer, HttpError, STATUS_OF } from '../http-error.ts'
import { findKeptRun } from './kept-run.ts'
import { negotiate } from '../negotiate.ts'
import { readJson } from '../read-json.ts'
import { json, whole } from '../respond.ts'

/** `POST /chat`: a turn, as a stream or as one JSON object. */
export async function postChat(call: Call): Promise<ChatAnswer> {
  return ask(negotiate(call.request.headers.get('accept'), call.options.dialects.offered), call)
}

/** Makes the route of a dialect with a path: a turn, in this dialect. */
export function dialectRoute(dialect: Dialect): (call: Call) => Promise<ChatAnswer> {
  return (call) => ask(dialect, call)
}

async function ask(dialect: Dialect, call: Call): Promise<ChatAnswer> {
  const { started } = await startRun(call, dialect)
  if (started.outcome === 'thread-busy') return threadBusy(started.runId)
  const reader = started.read()
  return dialect.holdsStatus ? answerInOne(reader, dialect, call) : streamRun(reader, dialect, call)
}

/** `POST /runs`: a turn that is read elsewhere. */
export async function postRun(call: Call): Promise<ChatAnswer> {
  const { started, ids } = await startRun(call)
  if (started.outcome === 'thread-busy') return threadBusy(started.runId)
  // Relative to `/runs`, so that it holds wherever the handler is mounted.
  const location = `runs/${encodeURIComponent(ids.runId)}/events`
  return json(ids, { status: 202, headers: { location } })
}

/** Streams the events of a reader of a run. When the client leaves, the reader leaves the run. */
export function streamRun(reader: AsyncIterable<ChatEvent>, dialect: Dialect, { signal, options }: Call): ChatAnswer {
  const headers = new Headers({ ...dialect.headers })
  const body = { events: reader, dialect, options: { ...options.sink, signal } }
  return { type: 'stream', status: 200, headers, body }
}

interface Started {
  readonly ids: RunIds & { readonly runId: string }
  readonly started: Exclude<StartRunOutcome, StartedRun> | ReadableRun
}

interface ReadableRun extends Pick<StartedRun, 'outcome' | 'ended'> {
  read(): AsyncIterable<ChatEvent>
}

/** Starts a run, or reads one that is kept. It comes before the status, so that each failure has its own. */
async function startRun(call: Call, dialect?: Dialect): Promise<Started> {
  const { context, options } = call
  const { history, chat } = options
  const asked = checkChatRequest(await readChatRequest(call, dialect), options.requestSchema)
  const scope = await scopeOf(call)
  // A thread that the client does not name is called like its first run, so that a request that is sent twice names the
  // same one twice.
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

/** Reads the body, and makes a native one of the body of a dialect. */
async function readChatRequest(call: Call, dialect: Dialect | undefined): Promise<unknown> {
  const body = await readJson(call)
  if (!dialect?.request) return body
  try {
    return dialect.request.toChatRequest(body)
  } catch (thrown) {
    throw isInvalidInput(thrown) ? new HttpError(400, thrown.field, thrown.message) : thrown
  }
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

function threadBusy(runId: string): ChatAnswer {
  return errorAnswer(new ChatError('The thread has a run that is going on', { code: 'thread-busy' }), { runId })
}

/** Answers when the run has ended, so that a failed run has a status. When the client leaves, the run is left, too. */
async function answerInOne(
  reader: AsyncIterable<ChatEvent>,
  dialect: Dialect,
  { signal, options }: Call,
): Promise<ChatAnswer> {
  const iterator = reader[Symbol.asyncIterator]()
  const unlink = linkSignal(signal, () => askToReturn(iterator))
  const encode = dialect.open({})
  let ids: RunIds = {}
  let text = ''
  const note = (event: ChatEvent): void => {
    if (event.type === 'start') ids = idsOf(event)
    try {
      text += encode(event)
    } catch (thrown) {
      const error = toChatError(thrown)
      callHook(options.onError, error)
      askToReturn(iterator)
      throw error
    }
  }
  try {
    await collectChat(noting(note, iterator))
    return whole(text, { headers: dialect.headers })
  } catch (thrown) {
    signal.throwIfAborted()
    // The run has already reported its failure.
    return errorAnswer(thrown, ids)
  } finally {
    unlink()
  }
}

/** Returns the same events, and calls `note` with each of them as it passes. */
function noting(note: (event: ChatEvent) => void, iterator: AsyncIterator<ChatEvent>): AsyncIterable<ChatEvent> {
  return {
    [Symbol.asyncIterator]: () => ({
      ...iterator,
      async next() {
        const result = await iterator.next()
        if (!result.done) note(result.value)
        return result
      },
    }),
  }
}
