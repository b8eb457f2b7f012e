import type { IncomingMessage } from 'node:http'
import { offerRawReader, type RawReader } from '../../core/async/raw-body.ts'

/** The parts of a response. */
export interface ResponseParts {
  /** The address that was asked for. */
  readonly url: URL
  /** The headers. */
  readonly headers: Headers
  /** The body; null for none. */
  readonly body: RawReader | null
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

function toStream(reader: RawReader): ReadableStream<Uint8Array> {
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done || !value) controller.close()
        // A plain array: `toString` of a Buffer has another meaning.
        else controller.enqueue(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
      },
      cancel() {
        reader.cancel()
      },
    },
    // Nothing is read before it is asked for; the source has a queue of its own.
    { highWaterMark: 0 },
  )
  offerRawReader(stream, reader)
  return stream
}
