import { createParser, type EventSourceMessage, type EventSourceParser } from 'eventsource-parser'
import { ChatError } from '../core/vocabulary/chat-error.ts'
import { createUtf8Decoder } from './utf8-decoder.ts'

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
  readonly readOtherLine?: ((line: string) => SseMessage | undefined) | undefined
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
  const decoder = createUtf8Decoder()
  const parser = createSseTextParser(options)
  return {
    feed: (bytes) => parser.feed(decoder.decode(bytes)),
    complete() {
      parser.feed(decoder.end())
      parser.complete()
    },
    take: () => parser.take(),
    failure: () => parser.failure(),
  }
}

/** A parser with its state. Its functions are shared, because every open stream has a parser. */
interface OpenParser extends SseTextParser, SseParserOptions {
  messages: SseMessage[] | undefined
  error: ChatError | undefined
  /** Parses the texts that are not only plain events; made by the first of them. */
  lines: EventSourceParser | undefined
  /** The position in the stream: at its start, at the end of an event, or elsewhere. */
  at: 'start' | 'boundary' | 'event'
  /** The beginning of a line with an unknown field, because `lines` would drop it before the line is complete. */
  held: string
  /** True if `lines` has received the beginning of the current line. */
  inLine: boolean
}

/** Creates the same parser for decoded text. */
export function createSseTextParser({ maxEventBytes, readOtherLine }: SseParserOptions): SseTextParser {
  const parser: OpenParser = {
    maxEventBytes,
    readOtherLine,
    messages: undefined,
    error: undefined,
    lines: undefined,
    at: 'start',
    held: '',
    inLine: false,
    feed,
    complete,
    take,
    failure,
  }
  return parser
}

function feed(this: OpenParser, text: string): void {
  if (this.error) return
  const start = this.at === 'event' ? 0 : takePlainEvents(this, text)
  if (start < text.length) parseLines(this, text.slice(start))
}

function complete(this: OpenParser): void {
  if (this.at === 'event') this.feed('\n\n')
}

function take(this: OpenParser): readonly SseMessage[] {
  const taken = this.messages ?? NONE
  this.messages = undefined
  return taken
}

function failure(this: OpenParser): ChatError | undefined {
  return this.error
}

function add(parser: OpenParser, message: SseMessage): void {
  if (message.data.length > parser.maxEventBytes) parser.error ??= tooLarge(parser.maxEventBytes)
  if (parser.error) return
  // Most reads complete one event: an empty array that grows would allocate space for many.
  if (parser.messages) parser.messages.push(message)
  else parser.messages = [message]
}

/**
 * Takes the events at the start of a text that are one line of data, with or without a name, as nearly all events of a model
 * are; returns where the rest begins. Such a stream needs no parser of lines, which has 1 KiB.
 */
function takePlainEvents(parser: OpenParser, text: string): number {
  // A carriage return may end a line, too.
  if (text.includes('\r')) return 0
  let start = 0
  for (;;) {
    const isNamed = text.startsWith(EVENT, start)
    const line = isNamed ? text.indexOf('\n', start) + 1 : start
    if ((isNamed && line === 0) || !text.startsWith(DATA, line)) return start
    const end = text.indexOf('\n', line)
    if (end === -1 || text.charCodeAt(end + 1) !== LINE_FEED) return start
    const event = isNamed ? valueIn(text, start + EVENT.length, line - 1) || undefined : undefined
    add(parser, { id: undefined, event, data: valueIn(text, line + DATA.length, end) })
    parser.at = 'boundary'
    start = end + 2
  }
}

/** Returns the value of a field; one space before it is not part of it. */
function valueIn(text: string, start: number, end: number): string {
  return text.slice(text.charCodeAt(start) === SPACE ? start + 1 : start, end)
}

function parseLines(parser: OpenParser, text: string): void {
  parser.lines ??= createLineParser(parser)
  parser.lines.feed(parser.readOtherLine ? holdOtherLine(parser, text) : text)
  if (parser.held.length > parser.maxEventBytes) parser.error ??= tooLarge(parser.maxEventBytes)
  parser.at = text.endsWith('\n\n') ? 'boundary' : 'event'
}

function createLineParser(parser: OpenParser): EventSourceParser {
  const lines = createParser({
    maxBufferSize: parser.maxEventBytes,
    onEvent: (message) => add(parser, message),
    onError: ({ type, line }) => {
      if (type === 'max-buffer-size-exceeded') parser.error ??= tooLarge(parser.maxEventBytes)
      const message = type === 'unknown-field' && line !== undefined && parser.readOtherLine?.(line)
      if (message) add(parser, message)
    },
  })
  // The empty line has no meaning, but after it a byte order mark is not taken for that of the start.
  if (parser.at !== 'start') lines.feed('\n')
  return lines
}

/** Holds back the beginning of a line with an unknown field; returns the text for the parser of lines. */
function holdOtherLine(parser: OpenParser, text: string): string {
  // Fast path: most reads end at the end of a line.
  if (parser.held === '' && text.charCodeAt(text.length - 1) === LINE_FEED) {
    parser.inLine = false
    return text
  }
  const end = endOfLines(text)
  if (end === 0 && parser.inLine) return text
  // The line continues. It is only appended to: scanning it again each time would be quadratic.
  if (end === 0 && parser.held !== '') {
    parser.held += text
    return ''
  }
  const rest = text.slice(end)
  const taken = parser.held
  parser.inLine = rest !== '' && (DATA.startsWith(rest.slice(0, DATA.length)) || rest.startsWith(':'))
  parser.held = parser.inLine ? '' : rest
  // The text is passed on unchanged if nothing is held: a concatenated string costs the parser a copy.
  const ready = parser.held === '' ? text : text.slice(0, end)
  return taken === '' ? ready : taken + ready
}

/** Returns the position at which the last, unfinished line of a text begins. */
function endOfLines(text: string): number {
  const end = text.lastIndexOf('\n') + 1
  // Searched only after the last line feed, because few servers end a line with a lone carriage return.
  return end + text.slice(end).lastIndexOf('\r') + 1
}

const DATA = 'data:'
const EVENT = 'event:'
const LINE_FEED = 10
const SPACE = 32

function tooLarge(maxEventBytes: number): ChatError {
  const message = `An event is larger than ${maxEventBytes} characters (maxEventBytes)`
  return new ChatError(message, { code: 'upstream-bad-response' })
}
