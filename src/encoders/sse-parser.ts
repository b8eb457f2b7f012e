import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { ChatError } from '../core/vocabulary/chat-error.ts'

/** One event, as it arrived. */
export type SseMessage = EventSourceMessage

/** Default maximum size of one event: 1 MiB. */
export const DEFAULT_MAX_EVENT_BYTES: number = 2 ** 20

/** Options of {@link createSseParser}. */
export interface SseParserOptions {
  /** Maximum number of characters of one event. */
  readonly maxEventBytes: number
  /**
   * Converts a line with an unknown field, such as `error: …`, to an event; `undefined` ignores the line.
   * @defaultValue such lines are ignored, as the standard requires
   */
  readonly readOtherLine?: (line: string) => SseMessage | undefined
}

/** Parses events from text that may be cut anywhere. */
export interface SseTextParser {
  /** Parses the next text. */
  feed(text: string): void
  /** Completes the last event, for servers that omit the last empty line. */
  complete(): void
  /** Returns the events that were completed since the last call. */
  take(): readonly SseMessage[]
  /** Returns the error that ended the parsing: an event above the limit. Take the events before it first. */
  failure(): ChatError | undefined
}

/** Parses events from bytes that may be cut anywhere. */
export interface SseParser extends Omit<SseTextParser, 'feed'> {
  /** Parses the next bytes. */
  feed(bytes: Uint8Array): void
}

const NONE: readonly SseMessage[] = []

/** Creates a parser of one stream. It never buffers more than `maxEventBytes` characters of an event. */
export function createSseParser(options: SseParserOptions): SseParser {
  // The parser itself removes a byte order mark at the start of the stream.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const parser = createSseTextParser(options)
  return {
    feed: (bytes) => parser.feed(decoder.decode(bytes, { stream: true })),
    complete() {
      parser.feed(decoder.decode())
      parser.complete()
    },
    take: parser.take,
    failure: parser.failure,
  }
}

/** Creates the same parser for decoded text. */
export function createSseTextParser({ maxEventBytes, readOtherLine }: SseParserOptions): SseTextParser {
  let messages: SseMessage[] | undefined
  let failure: ChatError | undefined

  function add(message: SseMessage): void {
    if (message.data.length > maxEventBytes) failure ??= tooLarge(maxEventBytes)
    if (failure) return
    // Most reads complete one event: an empty array that grows would allocate space for many.
    if (messages) messages.push(message)
    else messages = [message]
  }

  const parser = createParser({
    maxBufferSize: maxEventBytes,
    onEvent: add,
    onError: ({ type, line }) => {
      if (type === 'max-buffer-size-exceeded') failure ??= tooLarge(maxEventBytes)
      const message = type === 'unknown-field' && line !== undefined && readOtherLine?.(line)
      if (message) add(message)
    },
  })
  const lines = readOtherLine && createLineHolder()

  function feed(text: string): void {
    if (failure) return
    parser.feed(lines ? lines.hold(text) : text)
    if (lines && lines.heldChars() > maxEventBytes) failure ??= tooLarge(maxEventBytes)
  }

  return {
    feed,
    complete: () => feed('\n\n'),
    take() {
      const taken = messages ?? NONE
      messages = undefined
      return taken
    },
    failure: () => failure,
  }
}

/** Buffers the beginning of a line with an unknown field, because the parser would drop it before the line is complete. */
function createLineHolder() {
  let held = ''
  // True if the parser has received the beginning of the current line.
  let inLine = false

  return {
    heldChars: () => held.length,
    hold(text: string): string {
      // Fast path: most reads end at the end of a line.
      if (held === '' && text.charCodeAt(text.length - 1) === LINE_FEED) {
        inLine = false
        return text
      }
      const end = endOfLines(text)
      if (end === 0 && inLine) return text
      // The line continues. It is only appended to: scanning it again each time would be quadratic.
      if (end === 0 && held !== '') {
        held += text
        return ''
      }
      const rest = text.slice(end)
      inLine = rest !== '' && (DATA.startsWith(rest.slice(0, DATA.length)) || rest.startsWith(':'))
      const taken = held
      held = inLine ? '' : rest
      // The text is passed on unchanged if nothing is held: a concatenated string costs the parser a copy.
      const ready = held === '' ? text : text.slice(0, end)
      return taken === '' ? ready : taken + ready
    },
  }
}

/** Returns the position at which the last, unfinished line of a text begins. */
function endOfLines(text: string): number {
  const end = text.lastIndexOf('\n') + 1
  // Searched only after the last line feed, because few servers end a line with a lone carriage return.
  return end + text.slice(end).lastIndexOf('\r') + 1
}

const DATA = 'data:'
const LINE_FEED = 10

function tooLarge(maxEventBytes: number): ChatError {
  const message = `An event is larger than ${maxEventBytes} characters (maxEventBytes)`
  return new ChatError(message, { code: 'upstream-bad-response' })
}
