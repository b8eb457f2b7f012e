import type { RunIds } from '../../dialects/native-json.ts'
import type { StartRunOutcome, StartedRun, StartRun } from '../../runs/start-run.ts'
import type { Message } from '../../core/vocabulary/chat-model.ts'
import type { ChatEvent } from '../../core/vocabulary/events.ts'
import { type Call, scopeOf } from '../call.ts'
import { checkChatRequest } from '../../dialects/chat-request.ts'
import { ChatError, isChatError } from '../../core/vocabulary/chat-error.ts'
import { STATUS_OF } from '../http-error.ts'
import { callHook } from '../../core/observe/call-hook.ts'
import { findKeptRun } from './kept-run.ts'

/** A started run, with its ids. */
export interface Started {
  /** The ids that the client gets. */
  readonly ids: RunIds & { readonly runId: string }
  /** The run. */
  readonly started: ReadableRun
}

/** A run that can be read: one that has started, or a finished one from the history. */
export interface ReadableRun extends Pick<StartedRun, 'outcome' | 'ended'> {
  /** Returns a reader of all events. */
  read(): AsyncIterable<ChatEvent>
}

/**
 * Starts a run, or opens a finished one from the history. It runs before the status is sent, so that each failure has a
 * fitting status. `body` is the body of a chat request, before any check. `messages` are the earlier messages of the
 * client, which only a chat without a history uses.
 *
 * @throws ChatError `thread-busy` with the `runId` of the active run of the thread, and any other failure of the start
 */
export async function startRun(call: Call, body: unknown, messages: readonly Message[] = []): Promise<Started> {
  // The functions below do not use `call`: with it, the request would stay in memory as long as the run.
  const { context, signal: clientSignal, options } = call
  const { history, chat } = options
  const asked = checkChatRequest(body, options.requestSchema)
  const earlier = !history && messages.length > 0 && { history: messages }
  const scope = await scopeOf(call)
  // A thread without a name gets the id of its first run, so that a repeated request means the same thread.
  const { runId = crypto.randomUUID(), threadId = history && runId } = asked
  const ids = { runId, ...(threadId !== undefined && { threadId }) }
  const onError = options.onError && ((error: ChatError): void => options.onError?.(error, runId))
  const open = (signal: AbortSignal): AsyncIterable<ChatEvent> =>
    chat.stream({ ...asked, ...ids, ...earlier, scope, onError, signal })
  const started = await startOrReadKept({ scope, ...ids, open }, call).catch((thrown: unknown) => {
    // Reported here, where the run is known.
    const isOurs = isChatError(thrown) && STATUS_OF[thrown.code] >= 500
    if (onError && isOurs && !clientSignal.aborted) callHook(onError, thrown)
    throw thrown
  })
  if (started.outcome === 'thread-busy') {
    const { runId } = started
    throw Object.assign(new ChatError('The thread has an active run', { code: 'thread-busy' }), { runId })
  }
  callHook(context.waitUntil, started.ended)
  return { ids, started }
}

async function startOrReadKept(run: StartRun, call: Call): Promise<StartRunOutcome | ReadableRun> {
  try {
    return await call.options.runs.start(run, call)
  } catch (thrown) {
    if (!isChatError(thrown) || thrown.code !== 'run-expired') throw thrown
    const kept = await findKeptRun(run, call)
    if (!kept || kept.hasFailed) throw thrown
    return { outcome: 'started', read: kept.read, ended: Promise.resolve() }
  }
}
