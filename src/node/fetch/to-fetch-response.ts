import type { IncomingMessage } from 'node:http'
import { TAKE_READER, type DirectStream } from '../../core/async/byte-reader.ts'
import type { BodySource } from './body-source.ts'

/** The parts of a response. */
export interface ResponseParts {
  /** The address that was asked for. */
  readonly url: URL
  /** The headers. */
  readonly headers: Headers
  /** The body; null for none. */
  readonly body: BodySource | null
}

/**
 * Converts a response of Node to a `Response`.
 *
 * @throws TypeError or RangeError if a `Response` cannot represent it, such as the status 999
 */
export function toFetchResponse(message: IncomingMessage, { url, headers, body }: ResponseParts): Response {
  const { statusCode = 0, statusMessage = '' } = message
  const response = new Response(body && toStream(body), {
    status: statusCode,
    statusText: REASON_PHRASE.test(statusMessage) ? statusMessage : '',
    headers,
  })
  // The constructor has no option for it.
  Object.defineProperty(response, 'url', { value: url.href })
  return response
}

// RFC 9112, section 4.
const REASON_PHRASE = /^[\t -~\u0080-\u00FF]*$/u

/** Converts the headers of a response. @throws TypeError if they are invalid */
export function toWebHeaders(raw: readonly string[]): Headers {
  const headers = new Headers()
  for (let index = 0; index < raw.length; index += 2) headers.append(raw[index] ?? '', raw[index + 1] ?? '')
  return headers
}

/**
 * Makes the body of a response. Its reader can be taken, because the promises of a web stream cost as much as parsing a token.
 */
function toStream(source: BodySource): ReadableStream<Uint8Array> {
  let isRead = false
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        isRead = true
        const { done, value } = await source.read()
        if (done) controller.close()
        // A plain array: `toString` of a Buffer has another meaning.
        else controller.enqueue(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
      },
      cancel: () => source.cancel(),
    },
    // Nothing is read before it is asked for; the source has a queue of its own.
    { highWaterMark: 0 },
  )
  const direct: DirectStream = {
    [TAKE_READER]() {
      if (isRead) return undefined
      // Locks the stream, as its own reader does.
      stream.getReader()
      return source
    },
  }
  return Object.assign(stream, direct)
}
