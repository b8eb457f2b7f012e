import { describe, expect, it } from 'vitest'
import { ChatError } from '../../../src/index.ts'
import { fromOpenAIError, fromStreamError } from '../../../src/integrations/upstream/openai-error.ts'

describe('fromOpenAIError', () => {
  it.each([
    [400, 'upstream-rejected', false],
    [401, 'upstream-auth', false],
    [403, 'upstream-auth', false],
    [404, 'upstream-rejected', false],
    [408, 'upstream-unavailable', true],
    [409, 'upstream-unavailable', true],
    [413, 'upstream-rejected', false],
    [422, 'upstream-rejected', false],
    [429, 'upstream-rate-limited', true],
    [500, 'upstream-unavailable', true],
    [529, 'upstream-unavailable', true],
  ])('maps status %i to %s', (status, code, retryable) => {
    const thrown = Object.assign(new Error(`${status} sk-canary-0000`), { status })
    const error = fromOpenAIError(thrown)
    expect(error).toMatchObject({ code, retryable, cause: thrown, retryAfterMs: undefined })
    expect(error.message).not.toContain('canary')
  })

  it.each([new Error('Connection error.'), 'text', undefined, null, { status: 'down' }])(
    'maps %s, which has no status, to an unreachable server',
    (thrown) => {
      expect(fromOpenAIError(thrown)).toMatchObject({ code: 'upstream-unavailable', retryable: true, cause: thrown })
    },
  )

  it('returns a ChatError unchanged', () => {
    const error = new ChatError('ours', { code: 'upstream-bad-response' })
    expect(fromOpenAIError(error)).toBe(error)
  })

  it.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after-ms': '70', 'retry-after': '2' }, 70],
    [{ 'retry-after-ms': 'soon', 'retry-after': '2' }, 2000],
    [{ 'retry-after': '-5' }, 0],
    [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '1e999' }, undefined],
    [{}, undefined],
  ])('reads from the headers %j a delay of %j ms', (headers, retryAfterMs) => {
    const thrown = { status: 429, headers: new Headers(headers) }
    expect(fromOpenAIError(thrown).retryAfterMs).toBe(retryAfterMs)
  })

  it.each([{}, { get: 'text' }, null, 'text'])('ignores headers of the type %j', (headers) => {
    expect(fromOpenAIError({ status: 429, headers }).retryAfterMs).toBeUndefined()
  })
})

describe('fromStreamError', () => {
  it.each([
    [{ code: 429 }, 'upstream-rate-limited'],
    [{ code: '401' }, 'upstream-auth'],
    [{ status: 503 }, 'upstream-unavailable'],
    [{ code: 'rate_limit_exceeded' }, 'upstream-rate-limited'],
    [{ type: 'insufficient_quota' }, 'upstream-rate-limited'],
    [{ code: 'invalid_api_key' }, 'upstream-auth'],
    [{ type: 'permission_error' }, 'upstream-auth'],
    [{ type: 'invalid_request_error' }, 'upstream-rejected'],
    [{ code: 'context_length_exceeded' }, 'upstream-rejected'],
    [{ type: 'server_error', code: null }, 'upstream-unavailable'],
    [{}, 'upstream-unavailable'],
    ['out of memory', 'upstream-unavailable'],
    [undefined, 'upstream-unavailable'],
  ])('maps %j to %s', (reported, code) => {
    expect(fromStreamError(reported)).toMatchObject({ code, cause: reported })
  })
})
