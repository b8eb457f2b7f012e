import { describeValue } from '../../core/options/expect-options.ts'

/** The body of a request: bytes, which can be sent again, or a stream. */
export interface RequestBody {
  /** The whole body. */
  readonly bytes?: Uint8Array
  /** A body that is read while it is sent. */
  readonly stream?: AsyncIterable<Uint8Array>
  /** The content type that belongs to it. */
  readonly contentType?: string
}

/**
 * Reads a body as `fetch` takes it. A form or a `Blob` is read to its end first, so that its length is sent, and it can be
 * sent again; only that needs a promise.
 *
 * @throws TypeError for a value that is no body
 */
export function readRequestBody(body: unknown): RequestBody | Promise<RequestBody> | undefined {
  if (body === null || body === undefined) return undefined
  if (typeof body === 'string') return { bytes: Buffer.from(body), contentType: 'text/plain;charset=UTF-8' }
  if (body instanceof ArrayBuffer || body instanceof SharedArrayBuffer) return { bytes: new Uint8Array(body) }
  if (ArrayBuffer.isView(body)) return { bytes: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) }
  if (body instanceof URLSearchParams || body instanceof Blob || body instanceof FormData) return readWebBody(body)
  if (isByteIterable(body)) return { stream: body }
  throw new TypeError(
    `Cannot send ${describeValue(body)} as a body: it must be a string, bytes, a Blob, URLSearchParams, FormData, or a stream of bytes`,
  )
}

async function readWebBody(body: URLSearchParams | Blob | FormData): Promise<RequestBody> {
  // A Response knows how to write a form, and the content type of each of them.
  const carrier = new Response(body)
  const contentType = carrier.headers.get('content-type')
  return { bytes: new Uint8Array(await carrier.arrayBuffer()), ...(contentType !== null && { contentType }) }
}

function isByteIterable(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}
