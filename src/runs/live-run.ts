import { askToReturn } from '../core/async/iterators.ts'
import { ChatError } from '../core/vocabulary/chat-error.ts'
import { errorOfStream } from '../core/vocabulary/chat-stream.ts'
import { isTerminalEvent, type ChatEvent, type ErrorEvent, type TerminalEvent } from '../core/vocabulary/events.ts'
import { callHook } from '../core/observe/hooks.ts'
import type { FinishReason } from '../core/vocabulary/result.ts'
import { createRunningResult } from '../core/vocabulary/running-result.ts'
import { eventBytes, type Hold } from './buffer-meter.ts'
import { createRunLog, createRunReader, type RunReader } from './run-log.ts'
import type { RunKey, StopOutcome } from './run-store.ts'
import type { RunWriter } from './run-writer.ts'

/** A run that this process produces. */
export interface LiveRun extends RunKey {
  /**
   * How the run came past the door: resolves when it has begun its work, or with the error that it failed with before; the
   * store has forgotten it then. What it fails with later is no matter of admission.
   */
  readonly admitted: Promise<ChatError | undefined>
  /** Resolves when the last event was made, and kept as far as that was possible within `storeMs`. */
  readonly ended: Promise<void>
  /** Resolves with the finish reason as soon as the run has one. */
  readonly finished: Promise<FinishReason>
  /** How many read it. */
  readonly readers: number
  /**
   * Opens a reader of everything after `afterSeq`. It counts from now on, and until it is left or through: `onOver` is
   * called then.
   */
  read(afterSeq: number, onOver?: () => void): RunReader
  /** Stops the run. A {@link ChatError} as the reason makes it fail with that. */
  stop(reason?: ChatError): StopOutcome
}

/** What a live run is made of. */
export interface LiveRunOptions extends RunKey {
  /** What is produced, numbered from 0; not read yet. */
  readonly stream: AsyncIterable<ChatEvent>
  /** Ends the stream. */
  readonly controller: AbortController
  /** Opens the writer of the run, which finds in `events` what was added. */
  readonly openWriter: (events: readonly ChatEvent[], stop: LiveRun['stop']) => RunWriter
  /** Counts what the run holds, until it is over and nobody reads it any more. */
  readonly hold: Hold
  /** Called when the last reader has left before the end. */
  readonly onUnread: () => void
  /**
   * Called when the run is over, before its last event is delivered. `settled` resolves when the store has its end, or is
   * given up; it is absent for a run that is forgotten.
   */
  readonly onEnd: (settled?: Promise<void>) => void
  /** Hears of a stream that broke. */
  readonly onError: ((error: ChatError) => void) | undefined
}

/**
 * Starts a run that goes on whoever reads it: it is pumped into memory, bounded by the limits of the run, and every
 * reader takes it from there at a pace of its own. Events are delivered at once; only the last one waits until it is
 * kept, so that whoever has seen it finds the thread free.
 */
export function startLiveRun(options: LiveRunOptions): LiveRun {
  const { scope, runId, stream, controller, hold, onUnread, onEnd, onError } = options
  const log = createRunLog()
  const writer = options.openWriter(log.events, stop)
  const admission = Promise.withResolvers<ChatError | undefined>()
  const finished = Promise.withResolvers<FinishReason>()
  let readers = 0
  let working = false
  let over = false
  let settled = false
  let broken: ChatError | undefined

  function stop(reason?: ChatError): StopOutcome {
    if (over) return 'already-ended'
    controller.abort(reason)
    return 'stopping'
  }

  /** Produces the events, and resolves with the last one. */
  async function pump(): Promise<TerminalEvent> {
    const iterator = stream[Symbol.asyncIterator]()
    for (;;) {
      const { done, value: event } = await iterator.next()
      if (done) throw new Error('The stream ended without a terminal event')
      if (isTerminalEvent(event)) {
        askToReturn(iterator)
        return event
      }
      log.add(event)
      hold.add(eventBytes(event))
      writer.notify()
      // `start` says nothing of the work.
      if (!working && event.type !== 'start') beginWork()
    }
  }

  function beginWork(): void {
    working = true
    admission.resolve(undefined)
  }

  // A stream that throws although it should not: its readers get an end all the same.
  function breakOff(cause: unknown): ErrorEvent {
    const running = createRunningResult()
    for (const event of log.events) running.add(event)
    const last = running.failure('internal')
    const error = new ChatError('The stream of the run broke', { code: 'internal', cause })
    broken = error
    callHook(onError, error)
    return last
  }

  async function finish(last: TerminalEvent): Promise<void> {
    over = true
    finished.resolve(last.type === 'done' ? last.finishReason : 'error')
    const refused = !working && last.type === 'error'
    // Whoever asks again under the id of a run that has done nothing must not find its failure.
    await (refused ? writer.discard() : writer.end(last))
    onEnd(refused ? undefined : writer.settled())
    admission.resolve(refused ? (broken ?? errorOfStream(stream) ?? toChatError(last)) : undefined)
    log.close(last)
    void writer.settled().then(() => {
      settled = true
      releaseUnread()
    })
  }

  function leave(): void {
    readers -= 1
    if (readers === 0 && !over) onUnread()
    releaseUnread()
  }

  function releaseUnread(): void {
    if (settled && readers === 0) hold.release()
  }

  return {
    scope,
    runId,
    admitted: admission.promise,
    ended: pump().catch(breakOff).then(finish),
    finished: finished.promise,
    get readers() {
      return readers
    },
    read(afterSeq, onOver = () => {}) {
      readers += 1
      const leaveOnce = (): void => {
        leave()
        onOver()
      }
      return createRunReader(log.follow(afterSeq + 1, leaveOnce), writer.acknowledged)
    },
    stop,
  }
}

function toChatError(event: ErrorEvent): ChatError {
  return new ChatError(event.message, event)
}
