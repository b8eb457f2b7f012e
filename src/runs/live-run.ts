import { askToReturn } from '../core/async/iterators.ts'
import { pull } from '../core/async/pull.ts'
import { ChatError } from '../core/vocabulary/chat-error.ts'
import { errorOfStream } from '../core/vocabulary/chat-stream.ts'
import { isTerminalEvent, type ChatEvent, type ErrorEvent, type TerminalEvent } from '../core/vocabulary/events.ts'
import { callHook } from '../core/observe/call-hook.ts'
import type { FinishReason } from '../core/vocabulary/result.ts'
import { createRunningResult, RESULT_UP_TO } from '../core/vocabulary/running-result.ts'
import { packedBytes, type Hold } from './buffer-meter.ts'
import type { EventList } from './packed-events.ts'
import { createRunLog, createRunReader, type RunReader } from './run-log.ts'
import type { RunKey } from './run-store.ts'
import type { StopOutcome } from '../core/vocabulary/stop-result.ts'
import type { RunWriter } from './run-writer.ts'

/** A run that this process produces. */
export interface LiveRun extends RunKey {
  /**
   * Resolves once the run has emitted more than `start`, or with the error that it failed with before that. A run that
   * failed so early is deleted from the store.
   */
  readonly admitted: Promise<ChatError | undefined>
  /** Resolves after the last event, when the store has saved it or `storeMs` has passed. */
  readonly ended: Promise<void>
  /** Resolves with the finish reason as soon as the run has one. */
  readonly finished: Promise<FinishReason>
  /** Returns the number of readers. */
  readers(): number
  /**
   * Returns a reader of everything after `afterSeq`. It counts as a reader at once. `onClose` is called when it leaves or
   * has read the last event.
   */
  read(afterSeq: number, onClose?: () => void): RunReader
  /** Stops the run. With a {@link ChatError} as the reason, the run fails with that error. */
  stop(reason?: ChatError): StopOutcome
}

/** The parts of a live run. */
export interface LiveRunOptions extends RunKey {
  /** The events, numbered from 0. Nothing has read them yet. */
  readonly stream: AsyncIterable<ChatEvent>
  /** Aborts the stream. */
  readonly controller: AbortController
  /** Creates the writer of the run; it reads added events from `events`. */
  readonly createWriter: (events: EventList, stop: LiveRun['stop']) => RunWriter
  /** Counts the bytes of the run, until it has ended and has no readers. */
  readonly hold: Hold
  /** Called when the last reader leaves before the end. */
  readonly onUnread: () => void
  /**
   * Called when the run has ended, before its last event is delivered. `settled` resolves when the store has saved the
   * end or the writer has given up; it is absent for a deleted run.
   */
  readonly onEnd: (settled?: Promise<void>) => void
  /** Called if the stream throws. */
  readonly onError: ((error: ChatError) => void) | undefined
}

/**
 * Starts a run that does not depend on its readers. Its events are collected in memory, bounded by the limits of the
 * turn, and each reader reads them at its own pace. Events are delivered at once. Only the last one waits until it is
 * saved, so that the thread is free when a client gets it.
 */
export function startLiveRun(options: LiveRunOptions): LiveRun {
  const { scope, runId, stream, controller, hold, onUnread, onEnd, onError } = options
  const log = createRunLog()
  const writer = options.createWriter(log.events, stop)
  const admission = Promise.withResolvers<ChatError | undefined>()
  const finished = Promise.withResolvers<FinishReason>()
  let readers = 0
  let admitted = false
  let over = false
  let settled = false
  let broken: ChatError | undefined

  function stop(reason?: ChatError): StopOutcome {
    if (over) return 'already-ended'
    controller.abort(reason)
    return 'stopping'
  }

  /** Reads the stream into the log; resolves with the last event. */
  async function pump(): Promise<TerminalEvent> {
    const iterator = stream[Symbol.asyncIterator]()
    try {
      return await new Promise((resolve, reject) => readInto(iterator, resolve, reject))
    } finally {
      askToReturn(iterator)
    }
  }

  // Without `await` for each event, so that a token passes from the model to its readers in one call.
  function readInto(
    iterator: AsyncIterator<ChatEvent, undefined>,
    onLast: (last: TerminalEvent) => void,
    onFailure: (reason: unknown) => void,
  ): void {
    const reader = { onResult, onFailure }
    function onResult({ done, value: event }: IteratorResult<ChatEvent, undefined>): void {
      try {
        if (done) throw new Error('The stream ended without a terminal event')
        expectNext(event, log.events.length)
        if (isTerminalEvent(event)) return onLast(event)
        add(event)
        pull(iterator, reader)
      } catch (thrown) {
        onFailure(thrown)
      }
    }
    pull(iterator, reader)
  }

  function add(event: ChatEvent): void {
    log.add(event)
    hold.add(packedBytes(event))
    writer.notify()
    // `start` is emitted before any work is done.
    if (!admitted && event.type !== 'start') admit()
  }

  function admit(): void {
    admitted = true
    admission.resolve(undefined)
  }

  // A stream should never throw. If it does, the readers still get a terminal event.
  function endWithFailure(cause: unknown): ErrorEvent {
    const running = createRunningResult()
    for (const event of log.events.slice(0, log.events.length)) running.add(event)
    const last = running.failure('internal')
    const error = new ChatError('The stream of the run threw an error, or ended without a terminal event', {
      code: 'internal',
      cause,
    })
    broken = error
    callHook(onError, error)
    return last
  }

  async function finish(last: TerminalEvent): Promise<void> {
    over = true
    finished.resolve(last.type === 'done' ? last.finishReason : 'error')
    const rejected = !admitted && last.type === 'error'
    // A run that has done no work is deleted, so that a retry with the same id starts again.
    await (rejected ? writer.discard() : writer.end(last))
    onEnd(rejected ? undefined : writer.settled())
    admission.resolve(rejected ? (broken ?? errorOfStream(stream) ?? toChatError(last)) : undefined)
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
    ended: pump().catch(endWithFailure).then(finish),
    finished: finished.promise,
    readers: () => readers,
    read(afterSeq, onClose = () => {}) {
      readers += 1
      const leaveOnce = (): void => {
        leave()
        onClose()
      }
      const reader = createRunReader(log.follow(afterSeq + 1, leaveOnce), writer.acknowledged)
      return Object.assign(reader, { [RESULT_UP_TO]: log.resultUpTo })
    },
    stop,
  }
}

// A store keeps no other event, so that the run would have no end there.
function expectNext({ seq, type }: ChatEvent, expected: number): void {
  if (seq === expected) return
  throw new Error(`The stream gave the event ${type} with seq ${seq}, and its next event has seq ${expected}`)
}

function toChatError(event: ErrorEvent): ChatError {
  return new ChatError(event.message, event)
}
