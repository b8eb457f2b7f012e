import { abortFirst, type Discard } from './async/abort-first.ts'
import { createDeadline } from './async/deadline.ts'
import { linkSignal } from './async/link-signal.ts'
import { ChatError, isChatError, toChatError } from './vocabulary/chat-error.ts'
import type { ChatEvent } from './vocabulary/events.ts'
import type { StreamChatOptions } from './options/chat-options.ts'
import { resolveStreamChatOptions, type ResolvedChatOptions } from './turn/resolve-options.ts'
import { askEngine, askModel } from './turn/answer.ts'
import { condense } from './turn/condense.ts'
import { createConclusion, type Conclusion } from './turn/conclusion.ts'
import { findEvidence, refuse } from './turn/evidence.ts'
import { recall } from './turn/recall.ts'
import { replay } from './turn/replay.ts'
import { createTurnRecord, type Ending, type TurnOutput } from './turn/record.ts'
import { emitSources } from './turn/sources.ts'
import type { Stream } from './turn/stream.ts'

/**
 * Runs one turn: retrieves, answers from what was found, and yields what happens as typed events: `start`, then
 * `status`, `query`, every `source`, the `token`s with their `citation`s, and exactly one `done` or `error`.
 *
 * Nothing runs before the first event is asked for, and the stream has one reader. When `signal` aborts, the next
 * event is `done` with `finishReason: 'abort'` and the partial answer, whatever the model or the retriever do; a
 * reader who leaves the loop stops the run just so. A turn that fails is an `error` event, never a throw; one that is
 * aborted with a {@link ChatError} as the signal's reason has failed, too.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`, at once, when an option is wrong
 */
export function streamChat(options: StreamChatOptions): AsyncIterable<ChatEvent> {
  const resolved = resolveStreamChatOptions(options)
  return abortFirst<TurnOutput, ChatEvent>(() => {
    const record = createTurnRecord(resolved)
    const conclusion = createConclusion(resolved, record)
    return {
      signal: resolved.signal,
      first: record.start(),
      produce: (emit, signal, discard) => runTurn(resolved, { record, emit, signal, discard }, conclusion),
      onAbort: () => conclusion.reach(endingOfAbort(resolved.signal)),
      onReturn: () => conclusion.reachUnread({ finishReason: 'abort' }),
      deliver: record.deliver,
    }
  })
}

/** One turn, from the question to the answer. */
async function answerTurn(options: ResolvedChatOptions, stream: Stream, conclusion: Conclusion): Promise<Ending> {
  await conclusion.open(stream.signal)
  const conversation = await recall(options, stream)
  if (conversation.kept) return replay(conversation.kept, stream)
  if (options.answerSource.kind === 'engine')
    return askEngine(options.answerSource.engine, conversation, options, stream)

  const search = await condense(conversation, options, stream)
  const evidence = await findEvidence(search, options, stream)
  if (!evidence) return refuse(options, stream)
  const sources = await emitSources(evidence, options, stream)
  return askModel(options.answerSource.model, { conversation, sources }, options, stream)
}

interface OuterStream extends Stream {
  readonly discard: Discard
}

/** Runs the turn under `runMs`, and turns whatever goes wrong into its ending. */
async function runTurn(options: ResolvedChatOptions, outer: OuterStream, conclusion: Conclusion): Promise<TurnOutput> {
  const controller = new AbortController()
  const stop = (reason: unknown): void => {
    controller.abort(reason)
    // The run ends on its own clock, also for a reader who pauses: what waits for it is no part of the result.
    outer.discard(reason)
  }
  const unlink = linkSignal(outer.signal, stop)
  const deadline = createDeadline(() => stop(tookTooLong(options.runMs)), options.clock)
  try {
    deadline.set(options.runMs)
    const ending = await answerTurn(options, { ...outer, signal: controller.signal }, conclusion)
    return await conclusion.reach(ending)
  } catch (thrown) {
    // After an abort nobody listens here any more: the conclusion is reached already, and this is the same one.
    return conclusion.reach({ finishReason: 'error', error: toChatError(thrown) })
  } finally {
    deadline.dispose()
    unlink()
  }
}

// A server that shuts down ends its runs by their signal, and no reader wished for that.
function endingOfAbort(signal: AbortSignal | undefined): Ending {
  const reason: unknown = signal?.reason
  return isChatError(reason) ? { finishReason: 'error', error: reason } : { finishReason: 'abort' }
}

function tookTooLong(runMs: number): ChatError {
  return new ChatError(`The run took longer than ${runMs} ms (runMs)`, { code: 'limit-exceeded' })
}
