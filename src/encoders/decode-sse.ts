import { DONE, toIterator } from '../core/async/iterators.ts'
import { createByteReader, type ByteSource } from '../core/async/byte-reader.ts'
import { createSseParser, type SseMessage } from './sse-parser.ts'

/** The options of {@link decodeSse}. */
export interface DecodeSseOptions {
  /** Maximum number of characters of one event; a longer one is rejected before it is buffered. */
  readonly maxEventBytes: number
}

/**
 * Decodes an event stream. It yields the events of one read together. An incomplete last event is dropped, as the
 * standard requires. It is not a generator, so that `return()` releases the source at once, even during a read.
 *
 * @throws ChatError `upstream-bad-response` for an event longer than `maxEventBytes`; also the errors of the source
 */
export function decodeSse(
  source: ByteSource,
  options: DecodeSseOptions,
): AsyncIterableIterator<readonly SseMessage[], undefined> {
  const reader = createByteReader(source)
  const parser = createSseParser(options)
  let ended = false

  async function next(): Promise<IteratorResult<readonly SseMessage[], undefined>> {
    while (!ended) {
      const failure = parser.failure()
      if (failure) {
        stop()
        throw failure
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

  return toIterator(next, stop)
}
