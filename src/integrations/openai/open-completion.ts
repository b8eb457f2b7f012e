import { ignoreRejection, streamOf } from '../../core/async/iterators.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { createByteReader } from '../../encoders/read-bytes.ts'
import type { OpenAIChatBody, OpenAIChatClient, OpenAIRequestOptions } from './openai-client.ts'
import { START_OF_BODY } from './openai-error.ts'

/** The value that a client returned. */
export type Completion =
  | { readonly type: 'bytes'; readonly body: ReadableStream<Uint8Array> }
  /** Chunks that the client has parsed, as one that is wrapped for tracing gives them. */
  | { readonly type: 'chunks'; readonly chunks: AsyncIterable<unknown>; stop(): void }

/**
 * Makes the request. The raw body is asked for; a client that has none, because it is wrapped, gives the chunks that it
 * has parsed.
 *
 * @throws what the client throws, or a TypeError if it answers with something else
 */
export async function openCompletion(
  client: OpenAIChatClient,
  body: OpenAIChatBody,
  options: OpenAIRequestOptions,
): Promise<Completion> {
  const pending: unknown = client.chat.completions.create(body, options)
  const response = isObject(pending) && 'asResponse' in pending ? await askForResponse(pending) : undefined
  // A wrapper may have begun to read the body itself; then only its chunks are left.
  if (isUnread(response)) return fromResponse(response)
  return fromValue(await pending)
}

async function askForResponse(pending: object): Promise<unknown> {
  // Attached to a plain promise only: asking the client's own for its value would read the body.
  if ('then' in pending && pending.then === Promise.prototype.then) ignoreRejection(pending as Promise<unknown>)
  if (!('asResponse' in pending) || typeof pending.asResponse !== 'function') return undefined
  let response: unknown
  try {
    response = pending.asResponse()
  } catch {
    // A wrapper that has no response of its own. The promise itself is left.
    return undefined
  }
  try {
    return await response
  } catch (thrown) {
    // It fails with the same, and nobody else listens to it.
    if (pending instanceof Promise) ignoreRejection(pending)
    throw thrown
  }
}

async function fromValue(value: unknown): Promise<Completion> {
  if (isUnread(value)) return fromResponse(value)
  if (isByteStream(value)) return { type: 'bytes', body: value }
  if (isAsyncIterable(value)) return { type: 'chunks', chunks: value, stop: () => abortStream(value) }
  // A whole completion, though a stream was asked for, or an error that was parsed.
  if (isObject(value) && ('choices' in value || 'error' in value)) {
    // It is whole, so nothing is missing at its end.
    return { type: 'chunks', chunks: streamOf([value, '[DONE]']), stop: () => {} }
  }
  throw invalidInput(
    METHOD,
    `Cannot read what ${METHOD} answered with: it must be a stream of chunks, a Response or a completion, and it is ${nameOf(value)}`,
  )
}

const METHOD = 'client.chat.completions.create'

async function fromResponse(response: ResponseLike): Promise<Completion> {
  if (response.status !== undefined && response.status >= 400) throw await toStatusError(response)
  return { type: 'bytes', body: response.body }
}

/** The error that the official client throws for such a response; a wrapped client may return the response instead. */
async function toStatusError({ status, headers, body }: ResponseLike): Promise<unknown> {
  const text = await readStart(body)
  try {
    const parsed: unknown = JSON.parse(text)
    return { status, headers, error: isObject(parsed) && 'error' in parsed ? parsed.error : parsed }
  } catch {
    return { status, headers, message: text }
  }
}

async function readStart(body: ReadableStream<Uint8Array>): Promise<string> {
  const reader = createByteReader(body)
  const decoder = new TextDecoder()
  let text = ''
  while (text.length < START_OF_BODY) {
    const { done, value } = await reader.read()
    text += decoder.decode(value, { stream: !done })
    if (done) return text
  }
  reader.cancel()
  return text.slice(0, START_OF_BODY)
}

interface ResponseLike {
  readonly status?: number
  readonly headers?: unknown
  readonly body: ReadableStream<Uint8Array>
}

// By its fields, because a `fetch` that was injected brings a class of its own.
function isUnread(value: unknown): value is ResponseLike {
  return isObject(value) && 'body' in value && isByteStream(value.body) && !value.body.locked
}

function isByteStream(value: unknown): value is ReadableStream<Uint8Array> {
  return isObject(value) && 'getReader' in value && typeof value.getReader === 'function'
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return isObject(value) && Symbol.asyncIterator in value && typeof value[Symbol.asyncIterator] === 'function'
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

// The stream of the client has the controller of its request.
function abortStream(stream: object): void {
  if (!('controller' in stream) || !isObject(stream.controller)) return
  if ('abort' in stream.controller && typeof stream.controller.abort === 'function') stream.controller.abort()
}

function nameOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return value === undefined ? 'undefined' : `a ${typeof value}`
  const keys = Object.keys(value).slice(0, 5)
  return Array.isArray(value) ? 'an array' : `an object with ${keys.length > 0 ? keys.join(', ') : 'no fields'}`
}
