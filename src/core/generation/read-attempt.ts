import { type FinishUsage, type Generation, type FinishEvent, readReason, readUsage } from './read-finish.ts'
import { untilAborted } from '../async/abortable.ts'
import { createDeadline, type Deadline } from '../async/deadline.ts'
import { askToReturn } from '../async/iterators.ts'
import { pullEach, type Consumer } from '../async/pull.ts'
import { linkSignal } from '../async/link-signal.ts'
import type { Clock } from '../async/clock.ts'
import { ChatError } from '../vocabulary/chat-error.ts'
import type { WarningCode } from '../vocabulary/warnings.ts'

import type { EngineEvent, EngineSource } from '../vocabulary/engine.ts'
import { createVisibleText, type VisibleText, type VisibleTextOptions } from './visible-text.ts'

/**
 * Limits of an attempt, and the functions that take its output. If one returns a promise, the reader is not ready: the
 * attempt waits for it, and no timer counts during that time.
 */
export interface AttemptOptions extends VisibleTextOptions {
  /** Maximum time between two events, in milliseconds. */
  readonly idleMs: number
  /** Gives the time. */
  readonly clock: Clock
  /** Aborts the call. */
  readonly signal: AbortSignal
  /** Called with each source that an engine reports. */
  onSource(source: EngineSource): Promise<void> | undefined
  /** Called with each warning. */
  onWarning(code: WarningCode): Promise<void> | undefined
  /** Reports the tokens that the model counted for the attempt, also when the attempt fails. */
  onUsage(usage: FinishUsage): void
}

/** Opens the model's stream. */
export type OpenAttempt = (signal: AbortSignal) => AsyncIterable<EngineEvent>

/**
 * Reads the model once, to its end or to `maxAnswerChars`. The model must send an event within `firstTokenMs` and then
 * at least every `idleMs`. However the attempt ends, a model that is still running is asked to stop.
 */
export async function readAttempt(
  open: OpenAttempt,
  options: AttemptOptions,
  firstTokenMs: number,
): Promise<Generation> {
  const controller = new AbortController()
  const { signal } = controller
  const attempt: Attempt = {
    options,
    signal,
    deadline: createDeadline(() => controller.abort(tooSlow(attempt.active, options.idleMs)), options.clock),
    answer: createVisibleText(options),
    patience: firstTokenMs,
    finished: false,
    active: false,
    ended: false,
    onRead,
    take,
  }
  const unlink = linkSignal(options.signal, (reason) => controller.abort(reason))
  let iterator: AsyncIterator<EngineEvent, undefined> | undefined
  try {
    iterator = open(signal)[Symbol.asyncIterator]()
    return await untilAborted(pullEach(iterator, attempt), signal)
  } finally {
    attempt.deadline.dispose()
    unlink()
    if (!attempt.finished || signal.aborted) askToReturn(iterator)
    // After a normal end, the signal must not fire.
    if (!attempt.ended) controller.abort(new DOMException('The attempt has ended', 'AbortError'))
  }
}

/** The state of an attempt. Its functions are shared, because each open answer has one. */
interface Attempt extends Consumer<EngineEvent, Generation> {
  readonly options: AttemptOptions
  /** Fires when the attempt ends early. */
  readonly signal: AbortSignal
  readonly deadline: Deadline
  readonly answer: VisibleText
  /** The time for the next event. Only the time of waiting for the model counts, not the pauses of the reader. */
  patience: number
  /** True if the model does not need to be stopped. */
  finished: boolean
  /** True if the model has sent an event that is not a source. */
  active: boolean
  /** True if the model has sent its `finish` event. */
  ended: boolean
}

function onRead(this: Attempt): void {
  this.deadline.set(this.patience)
  // If the stream ends or throws, the model does not need to be stopped.
  this.finished = true
}

/** Takes an event. Returns a promise of the end, or of the time when the reader is ready for the next event. */
function take(
  this: Attempt,
  { done, value: event }: IteratorResult<EngineEvent, undefined>,
): Promise<Generation | undefined> | undefined {
  const { signal, deadline, answer, options } = this
  // A model that ignores the signal may continue long after the attempt has ended.
  signal.throwIfAborted()
  if (done) throw new ChatError('The model ended without a finish event', { code: 'upstream-incomplete' })
  this.finished = false
  expectEvent(event)
  this.active ||= event.type !== 'source'
  this.patience = this.active ? options.idleMs : deadline.remaining()
  deadline.clear()
  this.ended = event.type === 'finish'
  if (event.type === 'finish') return finish(event, answer.visible, options)
  const paused = event.type === 'text' ? answer.write(event.delta) : readOther(event, options)
  if (paused) return paused.then(() => afterPause(this))
  return answer.full ? capped(answer.visible, options) : undefined
}

function afterPause({ signal, answer, options }: Attempt): Promise<Generation> | undefined {
  // The attempt may have ended, and then a new deadline would never be disposed.
  signal.throwIfAborted()
  return answer.full ? capped(answer.visible, options) : undefined
}

function readOther(event: EngineEvent, options: AttemptOptions): Promise<void> | undefined {
  return event.type === 'source' ? options.onSource(event.source) : undefined
}

function tooSlow(active: boolean, idleMs: number): ChatError {
  return active
    ? new ChatError(`The model sent nothing for ${idleMs} ms (idleMs)`, { code: 'upstream-stalled' })
    : new ChatError('The model did not start within firstTokenMs', { code: 'upstream-timeout' })
}

async function finish(event: FinishEvent, visible: boolean, options: AttemptOptions): Promise<Generation> {
  const usage = readUsage(event.usage)
  if (usage) options.onUsage(usage)
  const generation = readReason(event)
  // A filter may remove the whole answer, and then there is no text.
  if (!visible && generation.finishReason !== 'content-filter') throw emptyAnswer(generation)
  if (event.finishReason === undefined) await options.onWarning('finish-reason-missing')
  if (generation.rawFinishReason !== undefined) await options.onWarning('finish-reason-unknown')
  return generation
}

function emptyAnswer({ finishReason, rawFinishReason }: Generation): ChatError {
  // Another attempt would reason for as long and cost as much.
  if (finishReason === 'length') {
    const message = 'The model used all of its output tokens before the answer began: raise maxOutputTokens'
    return new ChatError(message, { code: 'upstream-incomplete', retryable: false })
  }
  const word = rawFinishReason ?? finishReason
  return new ChatError(`The model ended with ${word} but without any text`, { code: 'upstream-incomplete' })
}

// Checks only the fields that the loop reads anyway, because it runs for every token.
function expectEvent(event: EngineEvent): void {
  if (typeof event !== 'object' || event === null) throw notAnEvent(event)
  if (event.type === 'text' && typeof event.delta !== 'string') throw notAnEvent(event)
}

function notAnEvent(event: unknown): ChatError {
  return new ChatError('The model yielded something that is not an event', {
    code: 'upstream-bad-response',
    cause: event,
  })
}

async function capped(visible: boolean, options: AttemptOptions): Promise<Generation> {
  if (!visible)
    throw new ChatError('The answer reached maxAnswerChars with blanks only', { code: 'upstream-incomplete' })
  await options.onWarning('output-capped')
  return { finishReason: 'length' }
}
