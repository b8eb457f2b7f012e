import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChatError } from '../../../src/index.ts'
import { describeError } from '../../../src/core/observe/log-error.ts'
import { redact } from '../../../src/core/observe/redact.ts'
import { cpuMs } from '../../support/cpu-ms.ts'

const SECRET = 'Zq8vLw2nTx5Yb7Kd'

describe('redact', () => {
  it.each([
    [`Incorrect API key provided: sk-proj-${SECRET}`, 'Incorrect API key provided: ***'],
    [
      `Incorrect API key provided: ${SECRET}. See https://a.example/keys`,
      'Incorrect API key provided: *** See https://a.example/keys',
    ],
    [`sk-${SECRET.slice(0, 4)}********${SECRET.slice(4, 8)} is wrong`, 'sk-*** is wrong'],
    [`Authorization: Bearer ${SECRET}`, 'Authorization: ***'],
    [`{"authorization":"Bearer ${SECRET}"}`, '{"authorization":"***"}'],
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
    [`Authorization: Token ${SECRET}`, 'Authorization: ***'],
    [`authorization: Digest username=a, response=${SECRET}\nhost: b`, 'authorization: ***\nhost: b'],
    [`{"headers":{"Authorization":["Bearer","${SECRET}"]}}`, '{"headers":{"Authorization":["***","***"]}}'],
    [`cookie: a=1; session=${SECRET}`, 'cookie: ***'],
    [`['x-api-key', '${SECRET}']`, `['x-api-key', '***']`],
    [`{ 'x-api-key' => '${SECRET}' }`, `{ 'x-api-key' => '***' }`],
    [String.raw`body {\"api_key\":\"${SECRET}\"}`, String.raw`body {\"api_key\":\"***\"}`],
    [`https://a.example/v1?key=${SECRET}&alt=sse`, 'https://a.example/v1?key=***&alt=sse'],
    [`https://a.example/v1?sv=1&sig=${SECRET}`, 'https://a.example/v1?sv=1&sig=***'],
    [`Ocp-Apim-Subscription-Key: ${SECRET}`, 'Ocp-Apim-Subscription-Key: ***'],
    [`AccountKey=${SECRET}==;Suffix=a`, 'AccountKey=***;Suffix=a'],
    [`OPENAI_KEY=${SECRET}`, 'OPENAI_KEY=***'],
    [`password='two ${SECRET} words'`, `password='***'`],
    [`"password":"a\\"${SECRET}"`, '"password":"***"'],
    [`"password":"${SECRET} which was cut`, '"password":"***"'],
    [`credentials: { user: 'a', pass: '${SECRET}' }`, `credentials: { *** 'a', pass: '***' }`],
    [`https://${SECRET}@a.example/x`, 'https://***@a.example/x'],
    [`app:${SECRET}@db.example:5432`, '***@db.example:5432'],
    [`The API key "${SECRET}" is not valid`, 'The API key "***" is not valid'],
    [`token ${SECRET} has expired`, 'token *** has expired'],
    [`run --api-key ${SECRET}`, 'run --api-key ***'],
    [`sk_live_${SECRET}`, 'sk_live_***'],
    [`-----BEGIN PRIVATE KEY-----\nMII${SECRET}+/${SECRET}\n-----END PRIVATE KEY-----`, '***'],
  ])('D1: removes the secret from %j', (text, redacted) => {
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
    'duplicate key value violates unique constraint "ragwire_runs_pkey"',
    'password authentication failed for user "app"',
    'This model has a limit of 8192 tokens, and your messages have 9000 tokens',
    'WRONGPASS invalid username-password pair or user is disabled',
  ])('D1: leaves %j as it is', (text) => {
    expect(redact(text)).toBe(text)
  })
})

it.each(['://:', '://a:', 'api key ', 'password="', '-----BEGIN PRIVATE KEY ', 'a:', 'token a:', 'bearer '])(
  'D1: takes linear time for a text of many %j',
  async (piece) => {
    const { length } = redact(piece.repeat(20))
    expect(length).toBeGreaterThan(0)
    // A pattern with ambiguous matches takes seconds for this text.
    expect(await cpuMs(() => redact(piece.repeat(4_000 / piece.length)))).toBeLessThan(500)
  },
)

describe('describeError', () => {
  it('D1: gives the code, the message, the causes with their codes, and the run, on one line', () => {
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

  it('D1: handles causes that are circular, throw, or are not errors', () => {
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

  it.each([
    ['a function', () => SECRET, 'a function'],
    ['a symbol of two lines', Symbol('a\nb'), 'Symbol(a b)'],
    [
      'several errors',
      new AggregateError([new Error('a'), new Error('b')], 'all'),
      'AggregateError: all; caused by Error: a; caused by Error: b',
    ],
    ['an object with a cause', { message: 'm', cause: new Error('a') }, 'an object: m; caused by Error: a'],
    [
      'an error whose cause throws',
      Object.defineProperty(new Error('a'), 'cause', {
        get() {
          throw new Error('no')
        },
      }),
      'Error: a',
    ],
    ['a revoked proxy', revoked(), 'an object: no message'],
  ])('D1: prints one line for %s as a cause', (_kind, cause, printed) => {
    const line = describeError(new ChatError('m', { code: 'internal', cause }))
    expect(line).toBe(`ragwire: internal: m; caused by ${printed}`)
  })

  it('D1: is one line of bounded length without a secret, for any upstream error', () => {
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

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
