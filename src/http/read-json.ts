import { createByteReader, type ByteReader } from '../encoders/read-bytes.ts'
import type { Call } from './call.ts'
import { HttpError } from './http-error.ts'

/**
 * Reads a JSON body, and no more of it than is allowed; or takes the one that the framework has parsed already.
 *
 * @throws HttpError 413, 415 or 400
 */
export async function readJson({ request, context, options: { maxBodyBytes } }: Call): Promise<unknown> {
  // Also what keeps a page of another origin from asking in a user's name: without a preflight it cannot send this type.
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/iu.test(request.headers.get('content-type') ?? '')) {
    throw new HttpError(415, 'body', 'Cannot read the body: send it as content-type application/json')
  }
  if (context.body !== undefined) return context.body
  if (request.bodyUsed) throw new Error('Cannot read the body: it was read already, and is not in the context')
  if (Number(request.headers.get('content-length')) > maxBodyBytes) throw tooLarge(maxBodyBytes)
  const text = request.body ? await readText(createByteReader(request.body), maxBodyBytes) : ''
  return decoded(() => JSON.parse(text))
}

async function readText(reader: ByteReader, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let bytes = 0
  let text = ''
  for (;;) {
    const { done, value } = await readOn(reader)
    if (done || !value) return text + decoded(() => decoder.decode())
    bytes += value.byteLength
    if (bytes > maxBytes) {
      // A client may go on sending for as long as it likes.
      reader.cancel()
      throw tooLarge(maxBytes)
    }
    text += decoded(() => decoder.decode(value, { stream: true }))
  }
}

async function readOn(reader: ByteReader): ReturnType<ByteReader['read']> {
  try {
    return await reader.read()
  } catch {
    throw new HttpError(400, 'body', 'Cannot read the body: it broke off')
  }
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
