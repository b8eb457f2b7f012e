import { askToReturn } from '../core/async/iterators.ts'
import { PULL, toPullIterator, type PullIterator, type PullReader } from '../core/async/pull.ts'
import { ChatError } from '../core/vocabulary/chat-error.ts'
import { errorOfStream } from '../core/vocabulary/chat-stream.ts'
import { isTerminalEvent, type ChatEvent, type ErrorEvent, type TerminalEvent } from '../core/vocabulary/events.ts'
import { callHook } from '../core/observe/call-hook.ts'
import type { FinishReason } from '../core/vocabulary/result.ts'
import { createRunningResult, RESULT_UP_TO } from '../core/vocabulary/running-result.ts'
import { packedBytes, type Hold } from './buffer-meter.ts'
import type { EventList } from './packed-events.ts'
import { createRunLog, createRunReader, type RunLog, type RunReader } from './run-log.ts'
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
  const { scope, runId, hold } = options
  const log = createRunLog()
  const admission = Promise.withResolvers<ChatError | undefined>()
  const finished = Promise.withResolvers<FinishReason>()
  const ended = Promise.withResolvers<void>()
  const run: OpenRun = {
    scope,
    runId,
    options,
    log,
    hold,
    writer: options.createWriter(log.events, (reason) => run.stop(reason)),
    iterator: undefined,
    admission,
    admitted: admission.promise,
    finish: finished.resolve,
    finished: finished.promise,
    end: ended.resolve,
    ended: ended.promise,
    readerCount: 0,
    isAdmitted: false,
    isOver: false,
    isSettled: false,
    broken: undefined,
    readers,
    read,
    stop,
    onResult: takeResult,
    onFailure: endWithFailure,
  }
  produce(run)
  return run
}

/** A run with its state, and functions that all runs share. It reads its stream itself. */
interface OpenRun extends LiveRun, PullReader<ChatEvent> {
  readonly options: LiveRunOptions
  readonly log: RunLog
  readonly hold: Hold
  readonly writer: RunWriter
  iterator: PullIterator<ChatEvent> | undefined
  readonly admission: PromiseWithResolvers<ChatError | undefined>
  readonly finish: (reason: FinishReason) => void
  readonly end: (ended: Promise<void>) => void
  readerCount: number
  isAdmitted: boolean
  isOver: boolean
  isSettled: boolean
  /** The error of a stream that threw. */
  broken: ChatError | undefined
}

function readers(this: OpenRun): number {
  return this.readerCount
}

function read(this: OpenRun, afterSeq: number, onClose?: () => void): RunReader {
  this.readerCount += 1
  const events = this.log.follow(afterSeq + 1, () => {
    leave(this)
    onClose?.()
  })
  const reader = createRunReader(events, this.writer.acknowledged)
  return Object.assign(reader, {
    [RESULT_UP_TO]: (lastSeq: number) => this.log.resultUpTo(lastSeq),
  })
}

function stop(this: OpenRun, reason?: ChatError): StopOutcome {
  if (this.isOver) return 'already-ended'
  this.options.controller.abort(reason)
  return 'stopping'
}

function produce(run: OpenRun): void {
  try {
    run.iterator = toPullIterator(run.options.stream[Symbol.asyncIterator]())
    run.iterator[PULL](run)
  } catch (thrown) {
    run.onFailure(thrown)
  }
}

// Without `await` for each event, so that a token passes from the model to its readers in one call.
function takeResult(this: OpenRun, { done, value: event }: IteratorResult<ChatEvent, undefined>): void {
  try {
    if (done) throw new Error('The stream ended without a terminal event')
    expectNext(event, this.log.events.length)
    if (isTerminalEvent(event)) return endWith(this, event)
    add(this, event)
    this.iterator?.[PULL](this)
  } catch (thrown) {
    this.onFailure(thrown)
  }
}

function add(run: OpenRun, event: ChatEvent): void {
  run.log.add(event)
  run.hold.add(packedBytes(event))
  run.writer.notify()
  // `start` is emitted before any work is done.
  if (!run.isAdmitted && event.type !== 'start') admit(run)
}

function admit(run: OpenRun): void {
  run.isAdmitted = true
  run.admission.resolve(undefined)
}

// A stream should never throw. If it does, the readers still get a terminal event.
function endWithFailure(this: OpenRun, cause: unknown): void {
  if (this.isOver) return
  const { events } = this.log
  const running = createRunningResult()
  for (const event of events.slice(0, events.length)) running.add(event)
  this.broken = new ChatError('The stream of the run threw an error, or ended without a terminal event', {
    code: 'internal',
    cause,
  })
  callHook(this.options.onError, this.broken)
  endWith(this, running.failure('internal'))
}

function endWith(run: OpenRun, last: TerminalEvent): void {
  run.isOver = true
  askToReturn(run.iterator)
  run.end(save(run, last))
}

/** Saves the end of a run, and then delivers its last event. */
async function save(run: OpenRun, last: TerminalEvent): Promise<void> {
  const { options, writer } = run
  run.finish(last.type === 'done' ? last.finishReason : 'error')
  const isRejected = !run.isAdmitted && last.type === 'error'
  // A run that has done no work is deleted, so that a retry with the same id starts again.
  await (isRejected ? writer.discard() : writer.end(last))
  options.onEnd(isRejected ? undefined : writer.settled())
  run.admission.resolve(isRejected ? (run.broken ?? errorOfStream(options.stream) ?? toChatError(last)) : undefined)
  run.log.close(last)
  void writer.settled().then(() => {
    run.isSettled = true
    releaseUnread(run)
  })
}

function leave(run: OpenRun): void {
  run.readerCount -= 1
  if (run.readerCount === 0 && !run.isOver) run.options.onUnread()
  releaseUnread(run)
}

function releaseUnread(run: OpenRun): void {
  if (run.isSettled && run.readerCount === 0) run.hold.release()
}

// A store keeps no other event, so that the run would have no end there.
function expectNext({ seq, type }: ChatEvent, expected: number): void {
  if (seq === expected) return
  throw new Error(`The stream gave the event ${type} with seq ${seq}, and its next event has seq ${expected}`)
}

function toChatError(event: ErrorEvent): ChatError {
  return new ChatError(event.message, event)
}
