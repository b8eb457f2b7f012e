import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChatError } from '../../src/index.ts'
import { describeError } from '../../src/core/log-error.ts'
import { redact } from '../../src/core/redact.ts'

const SECRET = 'Zq8vLw2nTx5Yb7Kd'

describe('redact', () => {
  it.each([
    [`Incorrect API key provided: sk-proj-${SECRET}`, 'Incorrect API key provided: ***'],
    [
      `Incorrect API key provided: ${SECRET}. See https://a.example/keys`,
      'Incorrect API key provided: *** See https://a.example/keys',
    ],
    [`sk-${SECRET.slice(0, 4)}********${SECRET.slice(4, 8)} is wrong`, 'sk-*** is wrong'],
    [`Authorization: Bearer ${SECRET}`, 'Authorization: *** ***'],
    [`{"authorization":"Bearer ${SECRET}"}`, '{"authorization":"*** ***"}'],
    [`{"apiKey": "${SECRET}", "model": "m"}`, '{"apiKey": "***", "model": "m"}'],
    [`GET /v1?api_key=${SECRET}&model=m failed`, 'GET /v1?api_key=***&model=m failed'],
    [`x-api-key: ${SECRET}`, 'x-api-key: ***'],
    [`postgres://app:${SECRET}@db.example:5432/chat`, 'postgres://***@db.example:5432/chat'],
    [`redis://:p/a?b#${SECRET}@cache.example`, 'redis://***@cache.example'],
    [`password=${SECRET} host=db`, 'password=*** host=db'],
    [`token "${SECRET}${SECRET}"`, 'token "***"'],
    [`AIza${SECRET}${SECRET}`, 'AIza***'],
    [`gsk_${SECRET}`, 'gsk_***'],
    [`hf_${SECRET}`, 'hf_***'],
    [`eyJhbGciOi.${SECRET}.${SECRET}`, 'eyJ***'],
    ['the key is 0123456789abcdef0123456789abcdef', 'the key is ***'],
  ])('D1: takes the secret out of %j', (text, redacted) => {
    expect(redact(text)).toBe(redacted)
    expect(redact(text)).not.toContain(SECRET)
  })

  it.each([
    'The model answered with status 401',
    'connect ECONNREFUSED 127.0.0.1:11434',
    'max_tokens: 256 is too large',
    'Run 3f2504e0-4f89-41d3-9a0c-0305e82c3301 failed',
    'https://api.example/v1/chat/completions answered 404',
    'The task-force skipped task-1',
  ])('D1: leaves %j as it is', (text) => {
    expect(redact(text)).toBe(text)
  })
})

describe('describeError', () => {
  it('D1: says the code, the message, the causes with their codes, and the run, in one line', () => {
    const socket = Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' })
    const cause = Object.assign(new TypeError('fetch\n failed', { cause: socket }), {
      status: 503,
      headers: { a: SECRET },
    })
    const error = new ChatError('Cannot reach the model', { code: 'upstream-unavailable', cause })
    expect(describeError(error, 'run-1')).toBe(
      'ragwire: upstream-unavailable: Cannot reach the model; caused by TypeError: fetch failed, status 503; ' +
        'caused by Error: connect failed, code ECONNREFUSED (run run-1)',
    )
  })

  it('D1: ends with causes that go round in a circle, throw, or are no errors', () => {
    const circle = new ChatError('round', { code: 'internal' })
    Object.assign(circle, { cause: circle })
    const throwing = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no')
        },
      },
    )
    expect(describeError(circle)).toBe('ragwire: internal: round')
    const causes = ['a text', 7, null, Symbol('s'), { message: 'm' }, throwing, new AggregateError([], '')]
    for (const cause of causes) {
      expect(describeError(new ChatError('m', { code: 'internal', cause }))).toMatch(
        /^ragwire: internal: m; caused by /,
      )
    }
  })

  it('D1: is one line of bounded length without a secret, whatever an upstream says', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\r\n', '\u2028', '\u001b[31m', 'x'.repeat(5_000)),
    )
    const texts = fc
      .array(fc.oneof(piece, fc.constant(` Bearer ${SECRET} `)), { maxLength: 8 })
      .map((all) => all.join(''))
    fc.assert(
      fc.property(texts, texts, (message, cause) => {
        const line = describeError(new ChatError(message, { code: 'internal', cause: new Error(cause) }), 'run-1')
        expect(line.length).toBeLessThanOrEqual(1_000)
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
        expect(line).not.toContain(SECRET)
        expect(line.isWellFormed()).toBe(true)
        expect(line).toMatch(/\(run run-1\)$/)
      }),
    )
  })
})
