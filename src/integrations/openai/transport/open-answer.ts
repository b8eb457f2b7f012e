import { ignoreRejection, streamOf } from '../../../core/async/iterators.ts'
import { invalidInput } from '../../../core/vocabulary/invalid-input.ts'
import { createByteReader } from '../../../core/async/byte-reader.ts'
import type { OpenAIRequestOptions } from '../openai-client.ts'
import { START_OF_BODY } from '../../upstream/openai-error.ts'

/** The method of a client that requests an answer. */
export interface AnswerMethod<Body> {
  /** Its name in errors. */
  readonly name: string
  /** Calls it. */
  call(body: Body, options: OpenAIRequestOptions): unknown
  /** Returns true if a value is a whole answer instead of a stream. */
  isWhole(value: object): boolean
}

/** The value that a client returned. */
export type OpenedAnswer =
  | { readonly type: 'bytes'; readonly body: ReadableStream<Uint8Array> }
  /** Chunks that the client has parsed, such as a client that is wrapped for tracing. */
  | { readonly type: 'chunks'; readonly chunks: AsyncIterable<unknown>; stop(): void }

/**
 * Sends the request and resolves with the raw body, or with parsed chunks if a wrapped client has no raw body.
 *
 * @throws the error of the client, or a TypeError if it returns another value
 */
export async function openAnswer<Body>(
  method: AnswerMethod<Body>,
  body: Body,
  options: OpenAIRequestOptions,
): Promise<OpenedAnswer> {
  const pending: unknown = method.call(body, options)
  const response = isObject(pending) && 'asResponse' in pending ? await askForResponse(pending) : undefined
  // A wrapper may have started to read the body; then only its chunks can be used.
  if (isUnread(response)) return fromResponse(response)
  return fromValue(await pending, method)
}

async function askForResponse(pending: object): Promise<unknown> {
  // Only for a plain promise: `then` of the client's own promise would read the body.
  if ('then' in pending && pending.then === Promise.prototype.then) ignoreRejection(pending as Promise<unknown>)
  if (!('asResponse' in pending) || typeof pending.asResponse !== 'function') return undefined
  let response: unknown
  try {
    response = pending.asResponse()
  } catch {
    // The wrapper has no response; its promise is used.
    return undefined
  }
  try {
    return await response
  } catch (thrown) {
    // The promise rejects with the same error, and has no other listener.
    if (pending instanceof Promise) ignoreRejection(pending)
    throw thrown
  }
}

async function fromValue(value: unknown, { name, isWhole }: Omit<AnswerMethod<never>, 'call'>): Promise<OpenedAnswer> {
  if (isUnread(value)) return fromResponse(value)
  if (isByteStream(value)) return { type: 'bytes', body: value }
  if (isAsyncIterable(value)) return { type: 'chunks', chunks: value, stop: () => abortStream(value) }
  // A whole answer instead of a stream, or a parsed error.
  if (isObject(value) && ('error' in value || isWhole(value))) {
    // The answer is whole, so the end marker is added.
    return { type: 'chunks', chunks: streamOf([value, '[DONE]']), stop: () => {} }
  }
  throw invalidInput(
    name,
    `Cannot read the return value of ${name}: it must be a stream, a Response or a whole answer, not ${nameOf(value)}`,
  )
}

async function fromResponse(response: ResponseLike): Promise<OpenedAnswer> {
  if (response.status !== undefined && response.status >= 400) throw await toStatusError(response)
  return { type: 'bytes', body: response.body }
}

/** Returns the error that the official client would throw; a wrapped client may return such a response instead. */
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

// Checked by its fields, because an injected `fetch` may use its own class.
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

// A stream of the client has the controller of its request.
function abortStream(stream: object): void {
  if (!('controller' in stream) || !isObject(stream.controller)) return
  if ('abort' in stream.controller && typeof stream.controller.abort === 'function') stream.controller.abort()
}

function nameOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return value === undefined ? 'undefined' : `a ${typeof value}`
  const keys = Object.keys(value).slice(0, 5)
  return Array.isArray(value) ? 'an array' : `an object with ${keys.length > 0 ? keys.join(', ') : 'no fields'}`
}
