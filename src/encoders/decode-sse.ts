import { DONE } from '../core/async/iterators.ts'
import { openByteReader, type ByteSource } from './read-bytes.ts'
import { createSseParser, type SseMessage } from './sse-parser.ts'

/** How {@link decodeSse} reads. */
export interface DecodeSseOptions {
  /** Most characters of one event; more is refused before they are held. */
  readonly maxEventBytes: number
}

/**
 * Decodes an event stream. It yields the events of one read together, because they arrived together. An event that the
 * end of the stream cut off is dropped, as the standard says. It is written by hand so that `return()` gives the source
 * back at once, even while a read is pending.
 *
 * @throws ChatError `upstream-bad-response` for an event beyond `maxEventBytes`, or what the source throws
 */
export function decodeSse(
  source: ByteSource,
  options: DecodeSseOptions,
): AsyncIterableIterator<readonly SseMessage[], undefined> {
  const reader = openByteReader(source)
  const parser = createSseParser(options)
  let ended = false

  async function next(): Promise<IteratorResult<readonly SseMessage[], undefined>> {
    while (!ended) {
      if (parser.failure) {
        stop()
        throw parser.failure
      }
      const { done, value } = await reader.read()
      if (done) ended = true
      else if (value) parser.feed(value)
      const messages = parser.take()
      if (messages.length > 0) return { value: messages, done: false }
    }
    return DONE
  }

  function stop(): void {
    ended = true
    reader.cancel()
  }

  return {
    next,
    return() {
      stop()
      return Promise.resolve(DONE)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
