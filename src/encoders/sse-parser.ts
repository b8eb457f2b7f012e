import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { ChatError } from '../core/errors.ts'

/** One event as it arrived. */
export type SseMessage = EventSourceMessage

/** Largest event that is read unless told otherwise: 1 MiB. */
export const DEFAULT_MAX_EVENT_BYTES: number = 2 ** 20

/** Makes events of bytes, wherever they were cut. */
export interface SseParser {
  feed(bytes: Uint8Array): void
  /** Completes an event that the end of the stream cut off, for servers that forget the last empty line. */
  complete(): void
  /** The events that have become whole since the last call. */
  take(): readonly SseMessage[]
  /** Why nothing more can be read: an event beyond the limit. What came before it is taken first. */
  readonly failure: ChatError | undefined
}

const NONE: readonly SseMessage[] = []

/** Starts the parsing of one stream whose events have at most `maxEventBytes` characters: more is never held. */
export function createSseParser({ maxEventBytes }: { readonly maxEventBytes: number }): SseParser {
  // The parser takes the one byte order mark away that a stream may begin with.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let messages: SseMessage[] | undefined
  let failure: ChatError | undefined
  const parser = createParser({
    maxBufferSize: maxEventBytes,
    onEvent: (message) => {
      if (message.data.length > maxEventBytes) failure ??= tooLarge(maxEventBytes)
      if (failure) return
      // Most reads bring one: a list that begins empty would make room for many.
      if (messages) messages.push(message)
      else messages = [message]
    },
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') failure ??= tooLarge(maxEventBytes)
    },
  })
  return {
    feed: (bytes) => parser.feed(decoder.decode(bytes, { stream: true })),
    complete: () => parser.feed(`${decoder.decode()}\n\n`),
    take() {
      const taken = messages ?? NONE
      messages = undefined
      return taken
    },
    get failure() {
      return failure
    },
  }
}

function tooLarge(maxEventBytes: number): ChatError {
  const message = `An event is larger than ${maxEventBytes} characters (maxEventBytes)`
  return new ChatError(message, { code: 'upstream-bad-response' })
}
