import { createSseTextParser, type SseMessage } from '../../../encoders/sse-parser.ts'
import { createUtf8Decoder, type Utf8Decoder } from '../../../encoders/utf8-decoder.ts'
import { START_OF_BODY } from '../../upstream/openai-error.ts'
import type { AnswerMessage } from './answer-message.ts'
import { createJsonParser } from './json-parser.ts'
import { NO_MESSAGES, type MessageDecoder, type MessageParser } from './message-decoder.ts'

/** A decoder with its state. Its functions are shared, because every open stream has a decoder. */
interface OpenDecoder extends MessageDecoder<Uint8Array> {
  readonly maxEventBytes: number
  readonly decoder: Utf8Decoder
  kind: 'events' | 'json' | 'page' | undefined
  /** The parser of this kind, if it has one. */
  parser: MessageParser | undefined
  /** Kept until the first event, which shows the format of the body. */
  startText: string | undefined
}

/**
 * Creates the decoder of a body. Its content and not its content type decides the format: an event stream, one JSON object,
 * lines of JSON, or an HTML page.
 */
export function createBodyDecoder(maxEventBytes: number): MessageDecoder<Uint8Array> {
  const decoder: OpenDecoder = {
    maxEventBytes,
    decoder: createUtf8Decoder(),
    kind: undefined,
    parser: undefined,
    startText: '',
    feed,
    complete,
    take,
    failure,
    start,
    isPage,
  }
  return decoder
}

function feed(this: OpenDecoder, bytes: Uint8Array): void {
  feedText(this, this.decoder.decode(bytes))
}

function complete(this: OpenDecoder): void {
  feedText(this, this.decoder.end())
  this.parser?.complete()
}

function feedText(body: OpenDecoder, decoded: string): void {
  const text = body.kind ? decoded : decoded.replace(BYTE_ORDER_MARK, '')
  if (body.startText !== undefined && body.startText.length < START_OF_BODY) {
    body.startText = (body.startText + text).slice(0, START_OF_BODY)
  }
  if (!body.kind) {
    body.kind = kindOf(text)
    body.parser = parserOf(body)
  }
  body.parser?.feed(text)
}

const BYTE_ORDER_MARK = /^\uFEFF/u

function parserOf({ kind, maxEventBytes }: OpenDecoder): MessageParser | undefined {
  if (kind === 'events') return createSseTextParser({ maxEventBytes, readOtherLine })
  return kind === 'json' ? createJsonParser(maxEventBytes) : undefined
}

function take(this: OpenDecoder): readonly AnswerMessage[] {
  const messages = this.parser?.take() ?? NO_MESSAGES
  if (this.kind === 'events' && messages.length > 0) this.startText = undefined
  return messages
}

function failure(this: OpenDecoder): ReturnType<MessageParser['failure']> {
  return this.parser?.failure()
}

function start(this: OpenDecoder): string | undefined {
  const { startText, kind } = this
  const isOther = startText !== undefined && (kind !== 'events' || OTHER_LINE.test(startText))
  return isOther ? startText || undefined : undefined
}

function isPage(this: OpenDecoder): boolean {
  return this.kind === 'page'
}

// A line that no event stream has. It distinguishes an event stream without events, which was cut, from other bodies.
const OTHER_LINE = /^(?!data|event|id|retry|:|\s)./mu

/** Returns the kind of a body by its first characters; `undefined` while they are blank. */
function kindOf(text: string): 'events' | 'json' | 'page' | undefined {
  const [first] = text.trimStart()
  if (first === undefined) return undefined
  if (first === '<') return 'page'
  return first === '{' || first === '[' ? 'json' : 'events'
}

/** Converts a line to a message: servers report errors in an event stream as an `error` field or a line of JSON. */
function readOtherLine(line: string): SseMessage | undefined {
  if (/^\s*[{[]/u.test(line)) return { id: undefined, event: undefined, data: line }
  const [, value] = /^\s*(?:error|exception|failure)\s*:(.*)$/iu.exec(line) ?? []
  return value === undefined ? undefined : { id: undefined, event: 'error', data: value.trim() }
}
