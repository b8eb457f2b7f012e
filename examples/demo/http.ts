import type { IncomingMessage, ServerResponse } from 'node:http'
import type { InvalidInputError } from 'ragwire'

const MAX_BODY_BYTES = 1024 * 1024

/** A request that is refused: what the client reads, and with which status. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

/**
 * Reads the JSON body of a request.
 *
 * @throws HttpError 413 for a body over 1 MiB, 400 for one that is no JSON
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = []
  let bytes = 0
  // A body that is too large is read to its end, but not kept: a client hears no answer while it is still sending.
  for await (const piece of request) {
    bytes += piece.length
    if (bytes <= MAX_BODY_BYTES) pieces.push(piece)
  }
  if (bytes > MAX_BODY_BYTES)
    throw new HttpError(413, `The body has ${bytes} bytes: at most ${MAX_BODY_BYTES} are taken`)
  try {
    return JSON.parse(Buffer.concat(pieces).toString())
  } catch {
    throw new HttpError(400, 'The body is no JSON: send an object such as {"question":"…"}')
  }
}

/** Answers a request that failed before its stream began. What is not meant for the client stays here. */
export function sendError(response: ServerResponse, thrown: unknown): void {
  // The client has left, so there is nobody to answer.
  if (response.destroyed) return
  if (thrown instanceof HttpError) return sendJson(response, thrown.status, { message: thrown.message }, thrown.headers)
  if (isInvalidInput(thrown)) {
    const { code, field, message } = thrown
    return sendJson(response, 400, { code, field, message })
  }
  console.error(thrown)
  sendJson(response, 500, { message: 'Something went wrong on the server' })
}

function isInvalidInput(thrown: unknown): thrown is InvalidInputError {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'invalid-input'
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: object, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(`${JSON.stringify(body)}\n`)
}
