import { describe, expect, it } from 'vitest'
import { ChatError } from '../../../src/index.ts'
import { handMadeModel, partsModel, readAnswer, text } from './support/hand-made-model.ts'

interface Fields {
  readonly name?: string
  readonly [field: string]: unknown
}

/** Makes an error as the packages of the AI SDK do: its fields are its own. */
function errorOf({ cause, ...fields }: Fields, message = 'It broke'): Error {
  return Object.assign(new Error(message), { ...fields, ...(cause !== undefined && { cause }) })
}

function callError(fields: Fields): Error {
  return errorOf({ name: 'AI_APICallError', url: 'https://example.com', requestBodyValues: {}, ...fields })
}

function failingModel(error: unknown) {
  return handMadeModel(() => Promise.reject(error)).model
}

const BROKEN = Object.assign(new TypeError('terminated'), { cause: new Error('other side closed') })

describe('an error of a provider', () => {
  it.each<[string, unknown, object]>([
    ['a refused key', callError({ statusCode: 401, isRetryable: false }), { code: 'upstream-auth', retryable: false }],
    ['a refused permission', callError({ statusCode: 403 }), { code: 'upstream-auth' }],
    ['an unknown model', callError({ statusCode: 404 }), { code: 'upstream-rejected', retryable: false }],
    [
      'a rate limit with a wait',
      callError({ statusCode: 429, isRetryable: true, responseHeaders: { 'retry-after': '3' } }),
      { code: 'upstream-rate-limited', retryAfterMs: 3_000, retryable: true },
    ],
    [
      'a rate limit with a wait in milliseconds',
      callError({ statusCode: 429, responseHeaders: { 'retry-after-ms': '250' } }),
      { code: 'upstream-rate-limited', retryAfterMs: 250 },
    ],
    [
      'a rate limit with a wait in the body',
      callError({ statusCode: 429, responseBody: '{"error":{"details":[{"retryDelay":"34.5s"}]}}' }),
      { code: 'upstream-rate-limited', retryAfterMs: 34_500 },
    ],
    [
      'a rate limit that the provider calls final',
      callError({ statusCode: 429, isRetryable: false }),
      { retryable: false },
    ],
    [
      'an account without credit',
      callError({
        statusCode: 400,
        isRetryable: false,
        responseBody:
          '{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low"}}',
      }),
      { retryable: false, message: expect.stringContaining('no credit left') },
    ],
    [
      'an exhausted quota',
      callError({
        statusCode: 429,
        isRetryable: true,
        responseBody: '{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}',
      }),
      { code: 'upstream-rate-limited', retryable: false },
    ],
    ['a page with a status', callError({ statusCode: 502, responseBody: '<html>' }), { code: 'upstream-unavailable' }],
    [
      'a rate limit that opens a stream, for which the provider invents a status',
      callError({ statusCode: 500, isRetryable: false, responseBody: '{"type":"rate_limit_error"}' }),
      { code: 'upstream-rate-limited', retryable: true },
    ],
    [
      'a failure that opens a stream, for which the provider invents a status',
      callError({ statusCode: 500, isRetryable: false, responseBody: '{"type":"api_error"}' }),
      { code: 'upstream-unavailable', retryable: true },
    ],
    [
      'a connection that is refused',
      callError({ isRetryable: true }),
      { code: 'upstream-unavailable', retryable: true },
    ],
    ['a body that breaks off', callError({ statusCode: 200, cause: BROKEN }), { code: 'upstream-disconnected' }],
    [
      'a body that is not JSON',
      callError({ statusCode: 200, cause: errorOf({ name: 'AI_JSONParseError' }) }),
      { code: 'upstream-bad-response', retryable: false },
    ],
    ['a missing key', errorOf({ name: 'AI_LoadAPIKeyError' }), { code: 'upstream-auth' }],
    ['a missing setting', errorOf({ name: 'AI_LoadSettingError' }), { code: 'internal' }],
    ['an unknown model of a registry', errorOf({ name: 'AI_NoSuchModelError' }), { code: 'upstream-rejected' }],
    ['a prompt that it cannot convert', errorOf({ name: 'AI_InvalidPromptError' }), { code: 'upstream-rejected' }],
    ['an unknown event', errorOf({ name: 'AI_TypeValidationError' }), { code: 'upstream-bad-response' }],
    ['an empty body', errorOf({ name: 'AI_EmptyResponseBodyError' }), { code: 'upstream-bad-response' }],
    [
      'an end without a finish reason',
      errorOf({ name: 'AI_InvalidResponseDataError' }, 'Response stream ended without a finish reason.'),
      { code: 'upstream-incomplete' },
    ],
    ['an abort of its own', new DOMException('Stopped', 'AbortError'), { code: 'upstream-unavailable' }],
    ['a timeout of its own', new DOMException('Too slow', 'TimeoutError'), { code: 'upstream-unavailable' }],
    ['a socket that cannot be opened', errorOf({ code: 'ECONNREFUSED' }), { code: 'upstream-unavailable' }],
    ['any other error', new Error('A bug'), { code: 'upstream-unavailable', message: 'A bug' }],
    ['something that is not an error', 'broken', { code: 'upstream-unavailable' }],
  ])('is a ChatError with its code and its cause: %s', async (_what, thrown, expected) => {
    const failure = await readAnswer(failingModel(thrown)).catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'ChatError', ...expected })
    expect(failure).toHaveProperty('cause', thrown)
  })

  it('is passed on if it is a ChatError, such as one of a middleware', async () => {
    const error = new ChatError('Not today', { code: 'limit-exceeded' })
    await expect(readAnswer(failingModel(error))).rejects.toBe(error)
  })

  it('is also converted if doStream throws it at once', async () => {
    const { model } = handMadeModel(() => {
      throw errorOf({ name: 'AI_LoadAPIKeyError' })
    })
    await expect(readAnswer(model)).rejects.toMatchObject({ code: 'upstream-auth' })
  })
})

describe('an error in the stream of a provider', () => {
  it.each<[string, unknown, string]>([
    ['a connection that breaks', BROKEN, 'upstream-disconnected'],
    ['a connection that breaks, wrapped', callError({ statusCode: 200, cause: BROKEN }), 'upstream-disconnected'],
    ['an unknown error', new Error('A bug'), 'upstream-unavailable'],
  ])('has its code after a part of the answer: %s', async (_what, error, code) => {
    await expect(readAnswer(partsModel([text('Hi')], { error }).model)).rejects.toMatchObject({ code, cause: error })
  })

  it('is the status of the server, if the provider sends the request only when its stream is read', async () => {
    const { model } = partsModel([{ type: 'stream-start', warnings: [] }], { error: callError({ statusCode: 401 }) })
    await expect(readAnswer(model)).rejects.toMatchObject({ code: 'upstream-auth' })
    const unreachable = partsModel([{ type: 'stream-start', warnings: [] }], { error: BROKEN }).model
    await expect(readAnswer(unreachable)).rejects.toMatchObject({ code: 'upstream-unavailable' })
  })

  it.each<[string, unknown, string]>([
    ['an error of a type', { type: 'overloaded_error', message: 'Overloaded' }, 'upstream-unavailable'],
    ['a rate limit by its type', { type: 'rate_limit_error', message: 'Slow down' }, 'upstream-rate-limited'],
    ['a status', { message: 'Slow down', statusCode: 429, isRetryable: true }, 'upstream-rate-limited'],
    ['a text', 'Rate limit reached', 'upstream-rate-limited'],
    ['nothing', undefined, 'upstream-unavailable'],
    ['an error of the AI SDK', callError({ statusCode: 403 }), 'upstream-auth'],
    ['an event that it cannot read', errorOf({ name: 'AI_TypeValidationError' }), 'upstream-bad-response'],
  ])('has its code as an error part with %s', async (_what, error, code) => {
    const { model, calls } = partsModel([text('Hi'), { type: 'error', error }, text('more')])
    await expect(readAnswer(model)).rejects.toMatchObject({ name: 'ChatError', code, cause: error })
    expect(calls[0]?.abortSignal?.aborted).toBe(true)
  })
})

describe('a response that is no answer', () => {
  it.each([
    ['text/html; charset=utf-8', 'upstream-bad-response'],
    ['application/json', 'upstream-bad-response'],
    ['text/event-stream', 'upstream-incomplete'],
    [undefined, 'upstream-incomplete'],
  ])('fails by its content type %s', async (contentType, code) => {
    const headers = contentType === undefined ? {} : { 'content-type': contentType }
    const stream = async () => {
      const { stream } = await partsModel([{ type: 'stream-start' }]).model.doStream({ prompt: [] })
      return { stream, response: { headers } }
    }
    await expect(readAnswer(handMadeModel(stream).model)).rejects.toMatchObject({ code })
  })
})
