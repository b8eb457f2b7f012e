import { type FinishUsage, type Generation, type FinishEvent, readReason, readUsage } from './read-finish.ts'
import { untilAborted } from '../async/abortable.ts'
import { createDeadline } from '../async/deadline.ts'
import { askToReturn } from '../async/iterators.ts'
import { linkSignal } from '../async/link-signal.ts'
import type { Clock } from '../async/clock.ts'
import { ChatError } from '../vocabulary/chat-error.ts'
import type { WarningCode } from '../vocabulary/warnings.ts'

import type { EngineEvent, EngineSource } from '../vocabulary/engine.ts'
import { createVisibleText, type VisibleTextOptions } from './visible-text.ts'

/**
 * Limits of an attempt, and where its output goes. A returned promise means that the reader is not ready: it is
 * waited for, and no timer counts meanwhile.
 */
export interface AttemptOptions extends VisibleTextOptions {
  /** Time between two signs of life, in milliseconds. */
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
 * Reads the model once, to its end or to `maxAnswerChars`. The model must show activity within `firstTokenMs` and
 * then at least every `idleMs`. The model is asked to stop however the attempt ends.
 */
export async function readAttempt(
  open: OpenAttempt,
  options: AttemptOptions,
  firstTokenMs: number,
): Promise<Generation> {
  const controller = new AbortController()
  const { signal } = controller
  const unlink = linkSignal(options.signal, (reason) => controller.abort(reason))
  const deadline = createDeadline(() => controller.abort(tooSlow(active)), options.clock)
  let iterator: AsyncIterator<EngineEvent> | undefined
  let finished = false
  let active = false
  let over = false

  async function read(): Promise<Generation> {
    iterator = open(signal)[Symbol.asyncIterator]()
    let patience = firstTokenMs
    const answer = createVisibleText(options)
    for (;;) {
      deadline.set(patience)
      // A model that has ended or thrown need not be asked to stop.
      finished = true
      const { done, value: event } = await iterator.next()
      // A deaf model may go on long after its attempt was given up.
      signal.throwIfAborted()
      if (done) throw new ChatError('The model ended without saying so', { code: 'upstream-incomplete' })
      finished = false
      expectEvent(event)
      active ||= event.type !== 'source'
      // Only the waits for the model count: a reader who pauses is no model that stalls.
      patience = active ? options.idleMs : deadline.remaining()
      deadline.clear()
      over = event.type === 'finish'
      if (event.type === 'finish') return finish(event, answer.visible, options)
      const paused = event.type === 'text' ? answer.write(event.delta) : readOther(event, options)
      if (paused) {
        await paused
        // A deadline that is set after the end of the attempt would never be disposed of.
        signal.throwIfAborted()
      }
      if (answer.full) return capped(answer.visible, options)
    }
  }

  try {
    // The whole loop is waited for and not each read: a promise for every token would cost as much as parsing it.
    return await untilAborted(read(), signal)
  } finally {
    deadline.dispose()
    unlink()
    if (!finished || signal.aborted) askToReturn(iterator)
    // A normal end is no abort.
    if (!over) controller.abort(new DOMException('The attempt was given up', 'AbortError'))
  }
}

function readOther(event: EngineEvent, options: AttemptOptions): Promise<void> | undefined {
  return event.type === 'source' ? options.onSource(event.source) : undefined
}

function tooSlow(active: boolean): ChatError {
  return active
    ? new ChatError('The model fell silent for longer than idleMs', { code: 'upstream-stalled' })
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
  // The next attempt would think as long again, and be paid for.
  if (finishReason === 'length') {
    const message = 'The model used all of its output tokens before the answer began: raise maxOutputTokens'
    return new ChatError(message, { code: 'upstream-incomplete', retryable: false })
  }
  const word = rawFinishReason ?? finishReason
  return new ChatError(`The model ended with ${word} but without any text`, { code: 'upstream-incomplete' })
}

// Asked of the fields that the loop reads anyway, because this stands in the path of every token.
function expectEvent(event: EngineEvent): void {
  if (typeof event !== 'object' || event === null) throw noEvent(event)
  if (event.type === 'text' && typeof event.delta !== 'string') throw noEvent(event)
}

function noEvent(event: unknown): ChatError {
  return new ChatError('The model yielded something that is not an event', {
    code: 'upstream-bad-response',
    cause: event,
  })
}

async function capped(visible: boolean, options: AttemptOptions): Promise<Generation> {
  if (!visible) throw emptyAnswer({ finishReason: 'stop' })
  await options.onWarning('output-capped')
  return { finishReason: 'length' }
}
