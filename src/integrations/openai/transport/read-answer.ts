import { DONE } from '../../../core/async/iterators.ts'
import { nextOfPull, PULL, type PullIterator, type PullReader } from '../../../core/async/pull.ts'
import { ChatError, isChatError } from '../../../core/vocabulary/chat-error.ts'
import { isInvalidInput } from '../../../core/vocabulary/invalid-input.ts'
import type { ChatModelEvent } from '../../../core/vocabulary/chat-model.ts'
import {
  createAnswerSource,
  type AnswerSource,
  type AnswerSourceOptions,
  type OpenAnswer,
  type Piece,
} from './answer-source.ts'
import type { AnswerMessage } from './answer-message.ts'
import type { AnswerReader } from './answer-reader.ts'
import { isSentinel } from './is-sentinel.ts'
import { NO_MESSAGES } from './message-decoder.ts'
import { fromChunksError } from '../../upstream/openai-error.ts'

/** The options of {@link readAnswer}. */
export interface ReadAnswerOptions extends AnswerSourceOptions {
  /** Converts the messages of this answer. */
  readonly reader: AnswerReader
}

type Result = IteratorResult<ChatModelEvent, undefined>

/** The iterator of an answer, which can be pulled. */
type AnswerEvents = AsyncIterableIterator<ChatModelEvent, undefined> & PullIterator<ChatModelEvent>

/** An iterator with its state, which reads its source. Its functions are shared, because every open stream has one. */
interface OpenEvents extends AnswerEvents, PullReader<unknown> {
  readonly reader: AnswerReader
  readonly source: AnswerSource
  /** The messages of the last piece, if some of them were not read yet. */
  messages: readonly AnswerMessage[]
  position: number
  ending: readonly ChatModelEvent[]
  ended: boolean
  arrived: boolean
  /** The pending read. */
  waiting: PullReader<ChatModelEvent> | undefined
  /** Further reads, which hardly any reader has. */
  others: PullReader<ChatModelEvent>[] | undefined
}

const NO_EVENTS: readonly ChatModelEvent[] = []

/** Reads one answer. It is a hand-written iterator that can be pulled, because it runs for each token. */
export function readAnswer(open: OpenAnswer, options: ReadAnswerOptions): AnswerEvents {
  const events: OpenEvents = {
    reader: options.reader,
    source: createAnswerSource(open, options),
    messages: NO_MESSAGES,
    position: 0,
    ending: NO_EVENTS,
    ended: false,
    arrived: false,
    waiting: undefined,
    others: undefined,
    next: nextOfPull,
    [PULL]: pullEvent,
    return: leave,
    [Symbol.asyncIterator]: itself,
    onResult,
    onFailure,
  }
  return events
}

function pullEvent(this: OpenEvents, next: PullReader<ChatModelEvent>): void {
  if (this.waiting) return void (this.others ??= []).push(next)
  this.waiting = next
  settle(this, readReady, undefined)
}

function leave(this: OpenEvents): Promise<Result> {
  if (!this.ended) stop(this)
  this.ending = NO_EVENTS
  return Promise.resolve(DONE)
}

function itself(this: OpenEvents): OpenEvents {
  return this
}

function onResult(this: OpenEvents, piece: Piece): void {
  settle(this, readPiece, piece)
}

function onFailure(this: OpenEvents, thrown: unknown): void {
  settle(this, afterBreak, thrown)
}

/** Answers the pending read with the outcome of `read`; if it has none, the read goes on. */
function settle<Input>(
  events: OpenEvents,
  read: (events: OpenEvents, input: Input) => Result | undefined,
  input: Input,
): void {
  let result
  try {
    result = read(events, input)
  } catch (thrown) {
    takeReader(events)?.onFailure(thrown)
    return goOn(events)
  }
  if (!result) return
  takeReader(events)?.onResult(result)
  goOn(events)
}

function takeReader(events: OpenEvents): PullReader<ChatModelEvent> | undefined {
  const { waiting } = events
  events.waiting = undefined
  return waiting
}

/** Begins the next of several reads, unless one has begun. */
function goOn(events: OpenEvents): void {
  const next = events.waiting ? undefined : events.others?.shift()
  if (next) events[PULL](next)
}

/** Returns the next event if it has arrived; if not, reads the next piece. */
function readReady(events: OpenEvents): Result | undefined {
  const ready = events.ended ? takeEnding(events) : takeEvent(events, events.messages, events.position)
  if (!ready) events.source.pull(events)
  return ready
}

/** Returns the next event of a piece; if it has none, reads the next piece. */
function readPiece(events: OpenEvents, piece: Piece): Result | undefined {
  const { source } = events
  if (events.ended) return DONE
  events.arrived = true
  const ready = takeEvent(events, source.accept(piece), 0)
  if (ready) return ready
  if (piece.done || source.decoder?.failure()) return atEnd(events)
  if (source.decoder?.isPage()) void source.readStart().then(() => settle(events, atEnd, undefined))
  else source.pull(events)
  return undefined
}

/** Returns the next event of the messages from a position on, and keeps the messages behind it for the next read. */
function takeEvent(events: OpenEvents, messages: readonly AnswerMessage[], from: number): Result | undefined {
  const { reader } = events
  for (let position = from; position < messages.length && !reader.isOver; position++) {
    const message = messages[position]
    if (!message) continue
    if (isSentinel(message.data)) {
      if (message.data.trim() !== '') return finish(events)
      continue
    }
    const event = readMessage(events, message)
    if (event) {
      keepMessages(events, messages, position + 1)
      return { value: event, done: false }
    }
  }
  keepMessages(events, NO_MESSAGES, 0)
  return reader.isOver ? finish(events) : undefined
}

// Nearly every piece of a paced answer has one message, and then nothing is stored: a reference from an old object to a new
// one costs more than the rest of this function.
function keepMessages(events: OpenEvents, messages: readonly AnswerMessage[], from: number): void {
  const kept = from < messages.length ? messages : NO_MESSAGES
  if (events.messages !== kept) events.messages = kept
  events.position = from
}

function readMessage(events: OpenEvents, message: AnswerMessage): ChatModelEvent | undefined {
  try {
    return events.reader.read(message)
  } catch (thrown) {
    throw fail(events, isOtherBody(events) ? ofBody(thrown, startOf(events)) : thrown)
  }
}

function atEnd(events: OpenEvents): Result {
  if (events.ended) return DONE
  const failure = events.source.decoder?.failure()
  if (failure) throw fail(events, ofBody(failure, startOf(events)))
  if (events.reader.finished) return finish(events)
  throw fail(events, isOtherBody(events) ? notAnAnswer(events) : cut())
}

function afterBreak(events: OpenEvents, thrown: unknown): Result {
  if (events.ended) return DONE
  if (isInvalidInput(thrown)) throw fail(events, thrown)
  const error = events.source.isParsed ? fromChunksError(thrown, { arrived: events.arrived }) : thrown
  const isBreak = !isChatError(error) || error.code === 'upstream-disconnected'
  if (!isBreak) throw fail(events, error)
  // After a finish reason the answer is complete, even if the connection breaks.
  if (events.reader.finished) return finish(events)
  const message = 'The connection to the model broke'
  throw fail(events, new ChatError(message, { code: 'upstream-disconnected', cause: thrown }))
}

function finish(events: OpenEvents): Result {
  const { reader } = events
  if (!reader.finished && isOtherBody(events)) throw fail(events, notAnAnswer(events))
  if (!reader.finished && !reader.trustsEndMarker) throw fail(events, cut())
  events.ended = true
  events.source.release()
  events.ending = reader.finish()
  return takeEnding(events)
}

function takeEnding(events: OpenEvents): Result {
  const [event, ...rest] = events.ending
  events.ending = rest
  return event ? { value: event, done: false } : DONE
}

// A consumer does not call `return()` after an error.
function fail(events: OpenEvents, thrown: unknown): unknown {
  stop(events)
  return thrown
}

function stop(events: OpenEvents): void {
  events.ended = true
  events.ending = NO_EVENTS
  events.source.cancel()
}

function startOf({ source }: OpenEvents): string | undefined {
  return source.decoder?.start()
}

function isOtherBody(events: OpenEvents): boolean {
  return !events.reader.spoken && startOf(events) !== undefined
}

function notAnAnswer(events: OpenEvents): ChatError {
  const kind = events.source.decoder?.isPage() ? 'an HTML page' : 'a body'
  const message = `The model answered with ${kind} that is not an answer: check the baseURL of the client`
  return new ChatError(message, { code: 'upstream-bad-response', cause: startOf(events) })
}

function cut(): ChatError {
  return new ChatError('The stream of the model ended before its answer was complete', {
    code: 'upstream-incomplete',
  })
}

/** Converts an error that a whole body reports; the start of the body becomes its cause. */
function ofBody(thrown: unknown, start: string | undefined): unknown {
  if (!isChatError(thrown) || start === undefined) return thrown
  const { message, code, retryable } = thrown
  // The server has answered, so `upstream-unavailable` would be wrong: its answer cannot be read.
  const isVague = code === 'upstream-unavailable'
  return new ChatError(isVague ? 'The model answered with an error instead of a stream' : message, {
    code: isVague ? 'upstream-bad-response' : code,
    cause: start,
    ...(!isVague && { retryable }),
  })
}
