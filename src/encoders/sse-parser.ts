import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { ChatError } from '../core/vocabulary/chat-error.ts'

/** One event as it arrived. */
export type SseMessage = EventSourceMessage

/** Largest event that is read unless told otherwise: 1 MiB. */
export const DEFAULT_MAX_EVENT_BYTES: number = 2 ** 20

/** Options of {@link createSseParser}. */
export interface SseParserOptions {
  /** Most characters of one event. */
  readonly maxEventBytes: number
  /**
   * Makes an event of a line whose field the format does not know, such as `error: …`; `undefined` ignores the line.
   * @defaultValue such lines are ignored, as the format asks for
   */
  readonly readOtherLine?: (line: string) => SseMessage | undefined
}

/** Makes events of text, wherever it was cut. */
export interface SseTextParser {
  feed(text: string): void
  /** Completes an event that the end of the stream cut off, for servers that forget the last empty line. */
  complete(): void
  /** The events that have become whole since the last call. */
  take(): readonly SseMessage[]
  /** Why nothing more can be read: an event beyond the limit. What came before it is taken first. */
  readonly failure: ChatError | undefined
}

/** Makes events of bytes, wherever they were cut. */
export interface SseParser extends Omit<SseTextParser, 'feed'> {
  feed(bytes: Uint8Array): void
}

const NONE: readonly SseMessage[] = []

/** Starts the parsing of one stream whose events have at most `maxEventBytes` characters: more is never held. */
export function createSseParser(options: SseParserOptions): SseParser {
  // The parser removes the one byte order mark that a stream may begin with.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const parser = createSseTextParser(options)
  return {
    feed: (bytes) => parser.feed(decoder.decode(bytes, { stream: true })),
    complete() {
      parser.feed(decoder.decode())
      parser.complete()
    },
    take: parser.take,
    get failure() {
      return parser.failure
    },
  }
}

/** The same for text that has been decoded. */
export function createSseTextParser({ maxEventBytes, readOtherLine }: SseParserOptions): SseTextParser {
  let messages: SseMessage[] | undefined
  let failure: ChatError | undefined

  function add(message: SseMessage): void {
    if (message.data.length > maxEventBytes) failure ??= tooLarge(maxEventBytes)
    if (failure) return
    // Most reads bring one: a list that begins empty would make room for many.
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
    get failure() {
      return failure
    },
  }
}

/** Holds back the beginning of a line that the parser would drop because it begins with no known field. */
function createLineHolder() {
  let held = ''
  // True if the parser has the beginning of the line that goes on now.
  let inLine = false

  return {
    heldChars: () => held.length,
    hold(text: string): string {
      // Most reads end with a line, and nothing of them is looked at.
      if (held === '' && text.charCodeAt(text.length - 1) === LINE_FEED) {
        inLine = false
        return text
      }
      const end = endOfLines(text)
      if (end === 0 && inLine) return text
      // Only lengthened while the line goes on: looking at it each time would be quadratic.
      if (end === 0 && held !== '') {
        held += text
        return ''
      }
      const rest = text.slice(end)
      inLine = rest !== '' && (DATA.startsWith(rest.slice(0, DATA.length)) || rest.startsWith(':'))
      const taken = held
      held = inLine ? '' : rest
      // As it came, where nothing is held: a text that is put together costs the parser a copy.
      const ready = held === '' ? text : text.slice(0, end)
      return taken === '' ? ready : taken + ready
    },
  }
}

/** Where the last line of a text begins that has not ended yet. */
function endOfLines(text: string): number {
  const end = text.lastIndexOf('\n') + 1
  // Behind the last line feed, because few servers end a line with a carriage return alone.
  return end + text.slice(end).lastIndexOf('\r') + 1
}

const DATA = 'data:'
const LINE_FEED = 10

function tooLarge(maxEventBytes: number): ChatError {
  const message = `An event is larger than ${maxEventBytes} characters (maxEventBytes)`
  return new ChatError(message, { code: 'upstream-bad-response' })
}
