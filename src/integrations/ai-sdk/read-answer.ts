import { abortable } from '../../core/async/abortable.ts'
import { DONE } from '../../core/async/iterators.ts'
import { linkSignal } from '../../core/async/link-signal.ts'
import type { ChatModelEvent } from '../../core/vocabulary/chat-model.ts'
import { isInvalidInput } from '../../core/vocabulary/invalid-input.ts'
import { readRest } from '../upstream/read-rest.ts'
import { cutAnswer, fromAiSdkError, notAnAnswer } from './ai-sdk-error.ts'
import { createPartReader } from './part-reader.ts'
import { createPartSource, type OpenStream } from './part-source.ts'

// No stream of a model has such a content type.
const OTHER_BODY = /^(?:text\/html|application\/json)\b/iu

type Result = IteratorResult<ChatModelEvent, undefined>

/**
 * Reads one answer. The first `next()` calls `open`. An abort and `return()` end the request at once, also during a read
 * and with a provider that ignores its signal.
 */
export function readAnswer(open: OpenStream, signal: AbortSignal): AsyncIterableIterator<ChatModelEvent, undefined> {
  // A signal for this call only: some providers never remove their listeners.
  const controller = new AbortController()
  const source = createPartSource(open, controller.signal)
  const iterator = abortable(source, controller.signal)
  const parts = createPartReader()
  const call = { ended: false, unlink: (): void => {} }
  let started = false

  async function next(): Promise<Result> {
    if (call.ended) return DONE
    if (!started) call.unlink = linkSignal(signal, (reason) => controller.abort(reason))
    started = true
    try {
      return await readEvent()
    } catch (thrown) {
      if (call.ended) return DONE
      throw fail(thrown)
    }
  }

  async function readEvent(): Promise<Result> {
    for (;;) {
      const { done, value } = await iterator.next()
      if (call.ended) return DONE
      if (done) throw cutAnswer()
      const event = parts.read(value)
      if (event?.type === 'finish') finish()
      if (event) return { value: event, done: false }
    }
  }

  /** Ends the call. The connection is reused if the provider ends its stream soon. */
  function finish(): void {
    call.ended = true
    call.unlink()
    void readRest({ read: source.read, cancel: stop }, ({ done }) => !done)
  }

  function fail(thrown: unknown): unknown {
    call.ended = true
    const error = signal.aborted ? signal.reason : toError(thrown)
    stop(error)
    return error
  }

  function toError(thrown: unknown): unknown {
    if (isInvalidInput(thrown)) return thrown
    const error = fromAiSdkError(thrown, { arrived: parts.arrived })
    const isCut = error.code === 'upstream-incomplete' && !parts.arrived
    return isCut && OTHER_BODY.test(source.contentType) ? notAnAnswer(source.contentType) : error
  }

  /** Stops the request, without waiting for the provider. */
  function stop(reason: unknown = new DOMException('The reader of the model has left', 'AbortError')): void {
    call.unlink()
    controller.abort(reason)
  }

  return {
    next,
    return() {
      if (!call.ended) {
        call.ended = true
        stop()
      }
      return Promise.resolve(DONE)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
