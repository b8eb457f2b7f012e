import { createSseTextParser, type SseMessage } from '../../../encoders/sse-parser.ts'
import { START_OF_BODY } from '../../upstream/openai-error.ts'
import { createJsonParser } from './json-parser.ts'
import type { MessageDecoder } from './message-decoder.ts'

/**
 * Creates the decoder of a body. Its content and not its content type decides the format: an event stream, one JSON object,
 * lines of JSON, or an HTML page.
 */
export function createBodyDecoder(options: { readonly maxEventBytes: number }): MessageDecoder<Uint8Array> {
  const decoder = new TextDecoder()
  let kind: 'events' | 'json' | 'page' | undefined
  let parser: Pick<MessageDecoder<string>, 'feed' | 'complete' | 'take' | 'failure'> = NO_PARSER
  // Kept until the first event, which shows the format of the body.
  let start: string | undefined = ''

  function feed(text: string): void {
    if (start !== undefined && start.length < START_OF_BODY) start = (start + text).slice(0, START_OF_BODY)
    if (!kind) {
      kind = kindOf(text)
      if (kind === 'events') parser = createSseTextParser({ ...options, readOtherLine })
      if (kind === 'json') parser = createJsonParser(options)
    }
    parser.feed(text)
  }

  return {
    feed: (bytes) => feed(decoder.decode(bytes, { stream: true })),
    complete() {
      feed(decoder.decode())
      parser.complete()
    },
    take() {
      const messages = parser.take()
      if (kind === 'events' && messages.length > 0) start = undefined
      return messages
    },
    failure: () => parser.failure(),
    start: () =>
      start !== undefined && (kind !== 'events' || OTHER_LINE.test(start)) ? start || undefined : undefined,
    isPage: () => kind === 'page',
  }
}

const NO_PARSER = { feed: () => {}, complete: () => {}, take: () => [], failure: () => undefined }

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
