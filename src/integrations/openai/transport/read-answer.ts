import { DONE } from '../../../core/async/iterators.ts'
import { PULL, toNext, type PullIterator, type PullReader } from '../../../core/async/pull.ts'
import { ChatError, isChatError } from '../../../core/vocabulary/chat-error.ts'
import { isInvalidInput } from '../../../core/vocabulary/invalid-input.ts'
import type { ChatModelEvent } from '../../../core/vocabulary/chat-model.ts'
import { createAnswerSource, type AnswerSourceOptions, type OpenAnswer, type Piece } from './answer-source.ts'
import type { AnswerMessage } from './answer-message.ts'
import type { AnswerReader } from './answer-reader.ts'
import { fromChunksError } from '../../upstream/openai-error.ts'

/** The options of {@link readAnswer}. */
export interface ReadAnswerOptions extends AnswerSourceOptions {
  /** Converts the messages of this answer. */
  readonly reader: AnswerReader
}

type Result = IteratorResult<ChatModelEvent, undefined>

const NONE: readonly AnswerMessage[] = []

/** Reads one answer. It is a hand-written iterator that can be pulled, because it runs for each token. */
export function readAnswer(
  open: OpenAnswer,
  options: ReadAnswerOptions,
): AsyncIterableIterator<ChatModelEvent, undefined> & PullIterator<ChatModelEvent> {
  const { reader } = options
  const source = createAnswerSource(open, options)
  let messages: readonly AnswerMessage[] = NONE
  let position = 0
  let ending: readonly ChatModelEvent[] = []
  let ended = false
  let arrived = false
  // The pending read.
  let waiting: PullReader<ChatModelEvent> | undefined
  const pieces: PullReader<unknown> = {
    onResult: (piece) => settle(readPiece, piece),
    onFailure: (thrown) => settle(onBroken, thrown),
  }

  function pull(next: PullReader<ChatModelEvent>): void {
    waiting = next
    settle(readReady)
  }

  /** Answers the pending read with the outcome of `read`; if it has none, the read goes on. */
  function settle<Args extends unknown[]>(read: (...args: Args) => Result | undefined, ...args: Args): void {
    let result
    try {
      result = read(...args)
    } catch (thrown) {
      return waiting?.onFailure(thrown)
    }
    if (result) waiting?.onResult(result)
  }

  /** Returns the next event if it has arrived; if not, reads the next piece. */
  function readReady(): Result | undefined {
    const ready = ended ? takeEnding() : takeEvent()
    if (!ready) source.pull(pieces)
    return ready
  }

  /** Returns the next event of a piece; if it has none, reads the next piece. */
  function readPiece(piece: Piece): Result | undefined {
    if (ended) return DONE
    arrived = true
    messages = source.accept(piece)
    position = 0
    if (source.isPage()) {
      if (piece.done) return atEnd()
      void source.readStart().then(() => settle(atEnd))
      return undefined
    }
    const ready = takeEvent()
    if (ready) return ready
    if (piece.done || source.failure()) return atEnd()
    source.pull(pieces)
    return undefined
  }

  /** Returns the next event of the messages that have arrived. */
  function takeEvent(): Result | undefined {
    for (let message = messages[position]; message && !reader.isOver; message = messages[position]) {
      position += 1
      if (isSentinel(message.data)) {
        if (message.data.trim() !== '') return finish()
        continue
      }
      const event = readMessage(message)
      if (event) return { value: event, done: false }
    }
    messages = NONE
    return reader.isOver ? finish() : undefined
  }

  function readMessage(message: AnswerMessage): ChatModelEvent | undefined {
    try {
      return reader.read(message)
    } catch (thrown) {
      throw fail(isOtherBody() ? ofBody(thrown, source.start()) : thrown)
    }
  }

  function atEnd(): Result {
    if (ended) return DONE
    const failure = source.failure()
    if (failure) throw fail(ofBody(failure, source.start()))
    if (reader.finished) return finish()
    throw fail(isOtherBody() ? notAnAnswer() : cut())
  }

  function onBroken(thrown: unknown): Result {
    if (ended) return DONE
    if (isInvalidInput(thrown)) throw fail(thrown)
    const error = source.isParsed() ? fromChunksError(thrown, { arrived }) : thrown
    const isBreak = !isChatError(error) || error.code === 'upstream-disconnected'
    if (isBreak) {
      // After a finish reason the answer is complete, even if the connection breaks.
      if (reader.finished) return finish()
      throw fail(new ChatError('The connection to the model broke', { code: 'upstream-disconnected', cause: thrown }))
    }
    throw fail(error)
  }

  function isOtherBody(): boolean {
    return !reader.spoken && source.start() !== undefined
  }

  function cut(): ChatError {
    return new ChatError('The stream of the model ended before its answer was complete', {
      code: 'upstream-incomplete',
    })
  }

  function notAnAnswer(): ChatError {
    const message = `The model answered with ${source.isPage() ? 'an HTML page' : 'a body'} that is not an answer: check the baseURL of the client`
    return new ChatError(message, { code: 'upstream-bad-response', cause: source.start() })
  }

  function finish(): Result {
    if (!reader.finished && isOtherBody()) throw fail(notAnAnswer())
    if (!reader.finished && !reader.trustsEndMarker) throw fail(cut())
    ended = true
    source.release()
    ending = reader.finish()
    return takeEnding() ?? DONE
  }

  function takeEnding(): Result {
    const [event, ...rest] = ending
    ending = rest
    return event ? { value: event, done: false } : DONE
  }

  // A consumer does not call `return()` after an error.
  function fail(thrown: unknown): unknown {
    stop()
    return thrown
  }

  function stop(): void {
    ended = true
    ending = []
    source.cancel()
  }

  return {
    next: toNext(pull),
    [PULL]: pull,
    return() {
      if (!ended) stop()
      ending = []
      return Promise.resolve(DONE)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** Returns true if the data of an event is not a chunk: blanks, sent as keep-alives, or the end marker. */
function isSentinel(data: unknown): data is string {
  // A cheap test of the first character, because this runs for each token.
  return typeof data === 'string' && data.charCodeAt(0) !== OPENING_BRACE && SENTINEL.test(data)
}

const OPENING_BRACE = 123
const SENTINEL = /^\s*(?:["'<]?\[?done\]?["'>]?\.?)?\s*$/iu

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
