import { createByteReader, type ByteReader } from '../core/async/byte-reader.ts'
import type { Call } from './call.ts'
import { HttpError } from './http-error.ts'

/**
 * Returns the JSON body: the one that the framework has parsed, or one that it reads up to `maxBodyBytes`.
 *
 * @throws HttpError 413, 415 or 400
 */
export async function readJson({ request, context, options: { maxBodyBytes } }: Call): Promise<unknown> {
  // This also blocks cross-site requests: without a preflight, a page of another origin cannot send this type.
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/iu.test(request.headers.get('content-type') ?? '')) {
    throw new HttpError(415, 'body', 'Cannot read the body: send it as content-type application/json')
  }
  if (context.body !== undefined) return context.body
  if (request.bodyUsed) throw new Error('Cannot read the body: it was read already; pass it as body in the context')
  if (Number(request.headers.get('content-length')) > maxBodyBytes) throw tooLarge(maxBodyBytes)
  const text = request.body ? await readText(createByteReader(request.body), maxBodyBytes) : ''
  return decoded(() => JSON.parse(text))
}

async function readText(reader: ByteReader, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let bytes = 0
  let text = ''
  for (;;) {
    const { done, value } = await reader.read().catch(refuseBroken)
    if (done || !value) return text + decoded(() => decoder.decode())
    bytes += value.byteLength
    if (bytes > maxBytes) {
      // Otherwise a client could continue to send without end.
      reader.cancel()
      throw tooLarge(maxBytes)
    }
    text += decoded(() => decoder.decode(value, { stream: true }))
  }
}

function refuseBroken(): never {
  throw new HttpError(400, 'body', 'Cannot read the body: the connection broke')
}

function decoded<T>(decode: () => T): T {
  try {
    return decode()
  } catch {
    throw new HttpError(400, 'body', 'Cannot read the body: it is not valid JSON in UTF-8')
  }
}

function tooLarge(maxBytes: number): HttpError {
  return new HttpError(413, 'body', `Cannot read the body: it is longer than ${maxBytes} bytes`)
}
