import { createDeadline } from '../core/async/deadline.ts'
import { askToReturn, DONE } from '../core/async/iterators.ts'
import { pull, PULL, toNext, type PullIterator, type PullReader } from '../core/async/pull.ts'
import type { Clock } from '../core/async/clock.ts'
import { cutText } from '../core/text/cut-text.ts'
import { ChatError, toChatError } from '../core/vocabulary/chat-error.ts'
import { isTerminalEvent, type ChatEvent, type ErrorEvent, type TerminalEvent } from '../core/vocabulary/events.ts'
import { callHook } from '../core/observe/call-hook.ts'
import { createRunningResult } from '../core/vocabulary/running-result.ts'
import { expectStream } from '../core/options/validate.ts'
import type { Acknowledged, Encoding } from '../dialects/encoding.ts'
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
  const iterator = events[Symbol.asyncIterator]()
  const encode = openEncoder(dialect, { acknowledged: events.acknowledged })
  const running = createRunningResult(events)
  const keepAlive = createDeadline(sendKeepAlive, options.clock)
  const reader: PullReader<ChatEvent> = { onResult, onFailure: fail }
  const { maxChars = Infinity } = options
  // The rest of a frame that is sent in parts; at first the opening of the stream.
  let rest = dialect.opening
  let reading = false
  let ended = false
  // The reader that waits for a frame.
  let waiting: PullReader<string> | undefined
  // The outcome that arrived while no reader waited, because a keep-alive had answered the pull.
  let held: IteratorResult<string, undefined> | ChatError | undefined

  function read(): void {
    reading = true
    try {
      pull(iterator, reader)
    } catch (thrown) {
      // An iterator may throw instead of rejecting.
      fail(thrown)
    }
  }

  function onResult({ done, value }: IteratorResult<ChatEvent>): void {
    reading = false
    if (ended) return
    if (done) return fail(new ChatError('The stream ended without a terminal event', { code: 'internal' }))
    const frame = tryToEncode(value)
    if (frame === undefined) return
    running.add(value)
    if (isTerminalEvent(value)) return end(value, frame)
    if (frame === '') return read()
    const outcome = { value: frame, done: false } as const
    if (!waiting || frame.length > maxChars) return settle(outcome)
    // The usual case, which runs for each token: the reader waits and takes the whole frame.
    const taker = waiting
    waiting = undefined
    keepAlive.clear()
    taker.onResult(outcome)
  }

  function tryToEncode(event: ChatEvent): string | undefined {
    try {
      return encode(event)
    } catch (thrown) {
      fail(thrown)
      return undefined
    }
  }

  function fail(thrown: unknown): void {
    if (ended) return
    const error = toChatError(thrown)
    callHook(options.onError, error)
    const last = running.failure('internal')
    end(last, encodeLast(last))
  }

  // Without this frame the stream would look complete, so the connection must break.
  function encodeLast(event: ErrorEvent): string | undefined {
    try {
      return encode(event)
    } catch {
      return undefined
    }
  }

  function end(event: TerminalEvent, frame: string | undefined): void {
    ended = true
    keepAlive.dispose()
    askToReturn(iterator)
    if (frame === undefined || (event.type === 'error' && dialect.breaksOnError)) settle(unwritable(event))
    else settle(frame === '' ? DONE : { value: frame, done: false })
  }

  function settle(outcome: IteratorResult<string, undefined> | ChatError): void {
    keepAlive.clear()
    const taker = waiting
    waiting = undefined
    if (taker) answer(taker, outcome)
    else held = outcome
  }

  function answer(taker: PullReader<string>, outcome: IteratorResult<string, undefined> | ChatError): void {
    if (outcome instanceof ChatError) taker.onFailure(outcome)
    else if (outcome.done || outcome.value.length <= maxChars) taker.onResult(outcome)
    else {
      rest = outcome.value
      taker.onResult(takePart())
    }
  }

  function takePart(): IteratorResult<string, undefined> {
    // Cut between characters, because an unpaired surrogate cannot be encoded.
    const value = cutText(rest, maxChars)
    rest = rest.slice(value.length)
    return { value, done: false }
  }

  function sendKeepAlive(): void {
    if (dialect.keepAlive !== '') settle({ value: dialect.keepAlive, done: false })
  }

  function pullFrame(taker: PullReader<string>): void {
    if (rest !== '') return taker.onResult(takePart())
    if (held) {
      const outcome = held
      held = undefined
      return answer(taker, outcome)
    }
    if (ended) return taker.onResult(DONE)
    waiting = taker
    keepAlive.set(options.keepAliveMs)
    if (!reading) read()
  }

  return {
    next: toNext(pullFrame),
    [PULL]: pullFrame,
    return() {
      const left = !ended
      // Set first, because the source may answer a pending read within this call.
      ended = true
      if (left) askToReturn(iterator)
      rest = ''
      keepAlive.dispose()
      // Settles a pending pull, and drops a frame that is not pulled any more.
      settle(DONE)
      held = undefined
      return Promise.resolve(DONE)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

function unwritable(event: TerminalEvent): ChatError {
  const code = event.type === 'error' ? event.code : 'internal'
  return new ChatError('The dialect cannot represent this end of the stream', { code })
}
