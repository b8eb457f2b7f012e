import type { ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import { nativeJson } from '../dialects/native-json.ts'
import { discardAnswer, type ChatAnswer, type EventStream } from '../http/chat-answer.ts'
import type { NodeServerResponse } from './ask-over-node.ts'
import { isClosed, onceClosed } from './disconnect-signal.ts'
import { breakResponse } from './node-writer.ts'
import { writeEvents } from './send-to-node.ts'

/** Writes an answer to a response. Headers that are already set on the response are kept. */
export async function sendAnswer(answer: ChatAnswer, response: NodeServerResponse): Promise<void> {
  // The application may have answered meanwhile, for example at its time limit.
  if (isClosed(response) || response.headersSent) return discardAnswer(answer)
  const { status, headers } = headOf(answer)
  response.statusCode = status
  for (const [name, value] of headers) {
    if (name === 'set-cookie') response.appendHeader(name, value)
    else if (!response.hasHeader(name)) response.setHeader(name, value)
  }
  if (answer.type === 'stream') await sendEvents(answer.body, response)
  else if (response.req.method === 'HEAD') {
    await discardAnswer(answer)
    response.end()
  } else if (answer.type === 'whole') response.end(Buffer.from(answer.body))
  else if (isWhole(answer.response)) response.end(Buffer.from(await answer.response.arrayBuffer()))
  else await sendBody(answer.response.body, response)
}

/** Returns status and headers of an answer. */
export function headOf(answer: ChatAnswer): { readonly status: number; readonly headers: Headers } {
  return answer.type === 'response' ? answer.response : answer
}

/** True if a response has no body or a JSON body: it is read whole, so that its length can be sent. */
export function isWhole({ body, headers }: Response): boolean {
  // Not `application/json-seq`, which is a stream.
  const [mediaType = ''] = (headers.get('content-type') ?? '').split(';')
  return body === null || mediaType.trim().toLowerCase() === nativeJson.mediaType
}

/** Writes events with the status that the response has. */
export async function sendEvents(
  { events, dialect, options }: EventStream,
  response: NodeServerResponse,
): Promise<void> {
  await writeEvents(events, response, { ...options, dialect, status: response.statusCode })
}

/** Writes the body of a `Response` of the application. */
export async function sendBody(body: Response['body'], response: NodeServerResponse): Promise<void> {
  if (response.req.method === 'HEAD') {
    await body?.cancel()
    response.end()
    return
  }
  try {
    // Nothing is read ahead, so that back-pressure reaches the body. Node and the web have two types for the same
    // stream.
    const source = Readable.fromWeb(body as NodeReadableStream, { highWaterMark: 0 })
    await pipeline(source, 'stream' in response ? toWritable(response) : flushed(response))
  } catch {
    // The client has left, or the body failed. A broken connection shows that to the client.
    breakResponse(response)
  }
}

// Otherwise the headers are sent only with the first piece of the body.
function flushed(response: ServerResponse): ServerResponse {
  response.flushHeaders()
  return response
}

// The buffer of HTTP/2 holds more than a slow client reads in `stallMs`, so each piece waits until it was sent.
function toWritable(response: Http2ServerResponse): Writable {
  const writable = new Writable({
    highWaterMark: 1,
    write: (piece, _encoding, done) => void response.write(piece, done),
    final: (done) => void response.end(() => done()),
  })
  onceClosed(response, () => writable.destroy())
  return writable
}
