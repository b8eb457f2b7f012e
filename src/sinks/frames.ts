import { createDeadline, type Deadline } from '../core/async/deadline.ts'
import { askToReturn, DONE } from '../core/async/iterators.ts'
import { nextOfPull, PULL, toPullIterator, type PullIterator, type PullReader } from '../core/async/pull.ts'
import type { Clock } from '../core/async/clock.ts'
import { cutText } from '../core/text/cut-text.ts'
import { ChatError, toChatError } from '../core/vocabulary/chat-error.ts'
import { isTerminalEvent, type ChatEvent, type ErrorEvent, type TerminalEvent } from '../core/vocabulary/events.ts'
import { callHook } from '../core/observe/call-hook.ts'
import { createRunningResult, type RunningResult } from '../core/vocabulary/running-result.ts'
import { expectStream } from '../core/options/validate.ts'
import type { Acknowledged, DialectEncoder, Encoding } from '../dialects/encoding.ts'
import { openEncoder } from '../dialects/open-encoder.ts'

/** Options of {@link frames}. */
export interface FramesOptions {
  /** Silence after which a keep-alive is sent, in milliseconds; `Infinity` for none. */
  readonly keepAliveMs: number
  /** Measures `keepAliveMs`. */
  readonly clock: Clock
  /** Maximum length of a text, in UTF-16 code units: a longer frame is sent in parts. @defaultValue `Infinity` */
  readonly maxChars?: number
  /** Called if the source throws, has an event that cannot be encoded, or ends without a terminal event. */
  readonly onError?: (error: ChatError) => void
}

/** Events of a run that a store may have. */
export interface KeptEvents extends AsyncIterable<ChatEvent> {
  /** Returns the position after which a reader may resume; absent for a run that is not stored. */
  readonly acknowledged?: Acknowledged
}

/** Frames, which can be read in two ways. */
export type Frames = AsyncIterableIterator<string, undefined> & PullIterator<string>

/**
 * Encodes events, frame by frame, as they are pulled. A keep-alive is only sent to a reader that waits. The frames end
 * with one terminal event: a source that throws, or ends without one, becomes `internal`. If the dialect cannot
 * represent that event, the pull rejects.
 *
 * It is not a generator, because `return()` must reach the source at once, even while a `next()` of the source is
 * pending.
 *
 * @throws TypeError at once when the stream has a reader already
 */
export function frames(events: KeptEvents, dialect: Encoding, options: FramesOptions): Frames {
  expectStream('events', events)
  const stream: OpenFrames = {
    iterator: toPullIterator(events[Symbol.asyncIterator]()),
    dialect,
    encode: openEncoder(dialect, { acknowledged: events.acknowledged }),
    running: createRunningResult(events),
    keepAlive: createDeadline(() => sendKeepAlive(stream), options.clock),
    keepAliveMs: options.keepAliveMs,
    maxChars: options.maxChars ?? Infinity,
    onError: options.onError,
    rest: dialect.opening,
    reading: false,
    ended: false,
    waiting: undefined,
    held: undefined,
    onResult: takeEvent,
    onFailure: failReading,
    next: nextOfPull,
    [PULL]: pullFrame,
    return: leave,
    [Symbol.asyncIterator]: self,
  }
  return stream
}

/**
 * Frames with their state, which are also the reader of the events. The functions are shared: each open stream has frames, and
 * closures of each take more memory.
 */
interface OpenFrames extends Frames, PullReader<ChatEvent> {
  readonly iterator: PullIterator<ChatEvent>
  readonly dialect: Encoding
  readonly encode: DialectEncoder
  readonly running: RunningResult
  readonly keepAlive: Deadline
  readonly keepAliveMs: number
  readonly maxChars: number
  readonly onError: FramesOptions['onError'] | undefined
  /** The rest of a frame that is sent in parts; at first the opening of the stream. */
  rest: string
  reading: boolean
  ended: boolean
  /** The reader that waits for a frame. */
  waiting: PullReader<string> | undefined
  /** The outcome that arrived while no reader waited, because a keep-alive had answered the pull. */
  held: Outcome | undefined
}

type Outcome = IteratorResult<string, undefined> | ChatError

function pullFrame(this: OpenFrames, taker: PullReader<string>): void {
  if (this.rest !== '') return taker.onResult(takePart(this))
  if (this.held) {
    const outcome = this.held
    this.held = undefined
    return answer(this, taker, outcome)
  }
  if (this.ended) return taker.onResult(DONE)
  this.waiting = taker
  this.keepAlive.set(this.keepAliveMs)
  if (!this.reading) read(this)
}

function read(stream: OpenFrames): void {
  stream.reading = true
  try {
    stream.iterator[PULL](stream)
  } catch (thrown) {
    // A stream may throw when it opens.
    fail(stream, thrown)
  }
}

function takeEvent(this: OpenFrames, { done, value }: IteratorResult<ChatEvent, undefined>): void {
  this.reading = false
  if (this.ended) return
  if (done) return fail(this, new ChatError('The stream ended without a terminal event', { code: 'internal' }))
  const frame = tryToEncode(this, value)
  if (frame === undefined) return
  this.running.add(value)
  if (isTerminalEvent(value)) return end(this, value, frame)
  if (frame === '') return read(this)
  const outcome = { value: frame, done: false } as const
  if (!this.waiting || frame.length > this.maxChars) return settle(this, outcome)
  // The usual case, which runs for each token: the reader waits and takes the whole frame.
  const taker = this.waiting
  this.waiting = undefined
  this.keepAlive.clear()
  taker.onResult(outcome)
}

function failReading(this: OpenFrames, reason: unknown): void {
  fail(this, reason)
}

function tryToEncode(stream: OpenFrames, event: ChatEvent): string | undefined {
  try {
    return stream.encode(event)
  } catch (thrown) {
    fail(stream, thrown)
    return undefined
  }
}

function fail(stream: OpenFrames, thrown: unknown): void {
  if (stream.ended) return
  callHook(stream.onError, toChatError(thrown))
  const last = stream.running.failure('internal')
  end(stream, last, encodeLast(stream, last))
}

// Without this frame the stream would look complete, so the connection must break.
function encodeLast({ encode }: OpenFrames, event: ErrorEvent): string | undefined {
  try {
    return encode(event)
  } catch {
    return undefined
  }
}

function end(stream: OpenFrames, event: TerminalEvent, frame: string | undefined): void {
  stream.ended = true
  stream.keepAlive.dispose()
  askToReturn(stream.iterator)
  const breaks = event.type === 'error' && stream.dialect.breaksOnError
  if (frame === undefined || breaks) settle(stream, unwritable(event))
  else settle(stream, frame === '' ? DONE : { value: frame, done: false })
}

function settle(stream: OpenFrames, outcome: Outcome): void {
  stream.keepAlive.clear()
  const taker = stream.waiting
  stream.waiting = undefined
  if (taker) answer(stream, taker, outcome)
  else stream.held = outcome
}

function answer(stream: OpenFrames, taker: PullReader<string>, outcome: Outcome): void {
  if (outcome instanceof ChatError) taker.onFailure(outcome)
  else if (outcome.done || outcome.value.length <= stream.maxChars) taker.onResult(outcome)
  else {
    stream.rest = outcome.value
    taker.onResult(takePart(stream))
  }
}

function takePart(stream: OpenFrames): IteratorResult<string, undefined> {
  // Cut between characters, because an unpaired surrogate cannot be encoded.
  const value = cutText(stream.rest, stream.maxChars)
  stream.rest = stream.rest.slice(value.length)
  return { value, done: false }
}

function sendKeepAlive(stream: OpenFrames): void {
  const { keepAlive } = stream.dialect
  if (keepAlive !== '') settle(stream, { value: keepAlive, done: false })
}

function leave(this: OpenFrames): Promise<IteratorReturnResult<undefined>> {
  const left = !this.ended
  // Set first, because the source may answer a pending read within this call.
  this.ended = true
  if (left) askToReturn(this.iterator)
  this.rest = ''
  this.keepAlive.dispose()
  // Settles a pending pull, and drops a frame that is not pulled any more.
  settle(this, DONE)
  this.held = undefined
  return Promise.resolve(DONE)
}

function self(this: OpenFrames): Frames {
  return this
}

function unwritable(event: TerminalEvent): ChatError {
  const code = event.type === 'error' ? event.code : 'internal'
  return new ChatError('The dialect cannot represent this end of the stream', { code })
}
