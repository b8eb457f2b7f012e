import { askToReturn } from '../../core/async/iterators.ts'
import { linkSignal } from '../../core/async/link-signal.ts'
import { collectChat } from '../../core/collect-chat.ts'
import { ChatError, isChatError, toChatError } from '../../core/vocabulary/chat-error.ts'
import type { ChatEvent } from '../../core/vocabulary/events.ts'
import { callHook } from '../../core/observe/hooks.ts'
import { streamChat } from '../../core/stream-chat.ts'
import { checkChatRequest } from '../../dialects/chat-request.ts'
import type { StartedRun, StartRun, StartRunOutcome } from '../../runs/run-registry.ts'
import type { SinkFormat } from '../../sinks/sink-options.ts'
import { toResponse } from '../../sinks/to-response.ts'
import { scopeOf, type Call } from '../call.ts'
import { failure, STATUS_OF, type RunIds } from '../http-error.ts'
import { findKeptRun } from './kept-run.ts'
import { negotiate } from '../negotiate.ts'
import { readJson } from '../read-json.ts'
import { json } from '../respond.ts'

/** `POST /chat`: a turn, as a stream or as one JSON object. */
export async function postChat(call: Call): Promise<Response> {
  const format = negotiate(call.request.headers.get('accept'), ['sse', 'ndjson', 'json', 'text'])
  const { started } = await startRun(call)
  if (started.outcome === 'thread-busy') return threadBusy(started.runId)
  const reader = started.read()
  return format === 'json' ? answerInOne(reader, call) : streamRun(reader, format, call)
}

/** `POST /runs`: a turn that is read elsewhere. */
export async function postRun(call: Call): Promise<Response> {
  const { started, ids } = await startRun(call)
  if (started.outcome === 'thread-busy') return threadBusy(started.runId)
  // Relative to `/runs`, so that it holds wherever the handler is mounted.
  const location = `runs/${encodeURIComponent(ids.runId)}/events`
  return json(ids, { status: 202, headers: { location } })
}

/** Streams the events of a reader of a run. When the client leaves, the reader leaves the run. */
export function streamRun(reader: AsyncIterable<ChatEvent>, format: SinkFormat, { signal, options }: Call): Response {
  return toResponse(reader, { ...options.sink, format, signal })
}

interface Started {
  readonly ids: RunIds & { readonly runId: string }
  readonly started: Exclude<StartRunOutcome, StartedRun> | ReadableRun
}

interface ReadableRun extends Pick<StartedRun, 'outcome' | 'ended'> {
  read(): AsyncIterable<ChatEvent>
}

/** Everything before the status: whatever fails here is a status of its own. */
async function startRun(call: Call): Promise<Started> {
  const { context, options } = call
  const { history, answering } = options
  const asked = checkChatRequest(await readJson(call), options.requestSchema)
  const scope = await scopeOf(call)
  // A thread that the client does not name is called like its first run, so that a request that is sent twice names the
  // same one twice.
  const { runId = crypto.randomUUID(), threadId = history && runId } = asked
  const ids = { runId, ...(threadId !== undefined && { threadId }) }
  const onError = options.onError && ((error: ChatError): void => options.onError?.(error, runId))
  const open = (signal: AbortSignal): AsyncIterable<ChatEvent> =>
    streamChat({ ...answering, ...asked, ...ids, scope, history, onError, signal })
  const started = await startOrReadKept({ scope, ...ids, open }, call).catch((thrown: unknown) => {
    // Reported here, where the run is known.
    const isOurs = isChatError(thrown) && STATUS_OF[thrown.code] >= 500
    if (onError && isOurs && !call.signal.aborted) callHook(onError, thrown)
    throw thrown
  })
  if (started.outcome === 'started') callHook(context.waitUntil, started.ended)
  return { ids, started }
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

function threadBusy(runId: string): Response {
  return failure(new ChatError('The thread has a run that is going on', { code: 'thread-busy' }), { runId })
}

/** The whole answer as one object. When the client leaves, the run is left, too. */
async function answerInOne(reader: AsyncIterable<ChatEvent>, { signal }: Call): Promise<Response> {
  const iterator = reader[Symbol.asyncIterator]()
  const unlink = linkSignal(signal, () => askToReturn(iterator))
  let ids: RunIds = {}
  try {
    const result = await collectChat(noting((event) => (ids = { ...ids, ...idsOf(event) }), iterator))
    return json({ ...ids, ...result })
  } catch (thrown) {
    signal.throwIfAborted()
    // Whoever made the run fail has told of it.
    return failure(toChatError(thrown), ids)
  } finally {
    unlink()
  }
}

/** The same events, each of which is noted as it passes. */
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

// Those of the request may be others: a run that was there already has its own.
function idsOf(event: ChatEvent): RunIds {
  if (event.type !== 'start') return {}
  const { runId, messageId, threadId } = event
  return { runId, messageId, ...(threadId !== undefined && { threadId }) }
}
