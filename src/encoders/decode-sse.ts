import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { DONE } from '../core/async/iterators.ts'
import { ChatError } from '../core/errors.ts'
import { openByteReader, type ByteSource } from './read-bytes.ts'

/** One event as it arrived. */
export type SseMessage = EventSourceMessage

/** How {@link decodeSse} reads. */
export interface DecodeSseOptions {
  /** Most characters of one event; more is refused before they are held. */
  readonly maxEventBytes: number
  /**
   * What to do with an event that the end of the stream cut off: `drop` it, as the standard says, or `complete` it,
   * for servers that forget the last empty line.
   */
  readonly atEnd: 'drop' | 'complete'
}

/** Largest event that is read unless told otherwise: 1 MiB. */
export const DEFAULT_MAX_EVENT_BYTES: number = 2 ** 20

/**
 * Decodes an event stream, wherever its bytes were cut. It yields the events of one read together, because they
 * arrived together: a promise for each would cost more than parsing it. It is written by hand so that `return()` gives
 * the source back at once, even while a read is pending.
 *
 * @throws ChatError `upstream-bad-response` for an event beyond `maxEventBytes`, or what the source throws
 */
export function decodeSse(
  source: ByteSource,
  options: DecodeSseOptions,
): AsyncIterableIterator<readonly SseMessage[], undefined> {
  const decoder = new TextDecoder()
  const reader = openByteReader(source)
  let messages: SseMessage[] = []
  let failure: ChatError | undefined
  let ended = false
  const parser = createParser({
    maxBufferSize: options.maxEventBytes,
    onEvent: (message) => {
      if (message.data.length > options.maxEventBytes) failure ??= tooLarge(options.maxEventBytes)
      if (!failure) messages.push(message)
    },
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') failure ??= tooLarge(options.maxEventBytes)
    },
  })

  async function readBatch(): Promise<IteratorResult<readonly SseMessage[], undefined>> {
    // What arrived before a failure is handed on before it.
    while (messages.length === 0) {
      if (failure) {
        stop()
        throw failure
      }
      if (ended) return DONE
      const { done, value } = await reader.read()
      if (done) finish()
      else parser.feed(decoder.decode(value, { stream: true }))
    }
    return { value: takeMessages(), done: false }
  }

  function finish(): void {
    ended = true
    if (options.atEnd === 'complete') parser.feed(`${decoder.decode()}\n\n`)
  }

  function takeMessages(): readonly SseMessage[] {
    const batch = messages
    messages = []
    return batch
  }

  function stop(): void {
    ended = true
    reader.cancel()
  }

  return {
    next: readBatch,
    return() {
      stop()
      return Promise.resolve(DONE)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

function tooLarge(maxEventBytes: number): ChatError {
  const message = `An event is larger than ${maxEventBytes} characters (maxEventBytes)`
  return new ChatError(message, { code: 'upstream-bad-response' })
}
