import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { faults, step, type FaultBehaviour } from '../../../src/testing.ts'
import { deltasOf, doneOf, errorOf } from '../../core/ask.ts'
import { chatApi, MODELS } from './apis.ts'
import { openRun as openRunOver, type OpenRunOptions, WITHOUT_SOURCES } from './open-run.ts'

type Create = (body: { readonly stream: true }, options: object) => unknown

/** A client whose methods are replaced by a wrapper of them. */
function wrapping(change: (create: Create) => Create): NonNullable<OpenRunOptions['wrap']> {
  return ({ chat, responses, ...client }) => ({
    ...client,
    chat: {
      completions: { create: change((body, options) => chat.completions.create(body as never, options as never)) },
    },
    responses: { create: change((body, options) => responses.create(body as never, options as never)) },
  })
}

/** The promise of the client without the extra methods of the client. */
async function plain(pending: unknown): Promise<AsyncIterable<unknown>> {
  return (await pending) as AsyncIterable<unknown>
}

async function* passOn(chunks: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  yield* chunks
}

async function readAll(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const _chunk of chunks);
}

function endlessBody(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(1_000))) })
}

// The ways in which tracing packages change it: openinference, langfuse, langsmith, braintrust and Sentry.
const WRAPPERS: readonly (readonly [name: string, wrap: NonNullable<OpenRunOptions['wrap']>])[] = [
  ['a plain promise of the stream', wrapping((create) => (body, options) => plain(create(body, options)))],
  [
    'a plain promise of a generator',
    wrapping((create) => async (body, options) => passOn(await plain(create(body, options)))),
  ],
  [
    'a generator at once',
    wrapping(
      (create) =>
        async function* (body, options) {
          yield* await plain(create(body, options))
        },
    ),
  ],
  [
    'a promise whose asResponse throws',
    wrapping((create) => (body, options) => {
      const refuse = (): never => {
        throw new Error('not here')
      }
      return Object.assign(plain(create(body, options)), { asResponse: refuse })
    }),
  ],
  [
    'a promise behind a proxy without asResponse',
    wrapping((create) => (body, options) => {
      const pending = create(body, options) as object
      return new Proxy(pending, {
        get(target, name) {
          if (name === 'asResponse') return undefined
          const value: unknown = Reflect.get(target, name)
          return typeof value === 'function' ? (value.bind(target) as unknown) : value
        },
      })
    }),
  ],
  [
    'one branch of a stream that is read twice',
    wrapping((create) => async (body, options) => {
      const stream = (await create(body, options)) as { tee(): [AsyncIterable<unknown>, AsyncIterable<unknown>] }
      const [ours, theirs] = stream.tee()
      readAll(theirs).catch(() => {})
      return ours
    }),
  ],
  [
    'a promise of the response',
    wrapping((create) => (body, options) => (create(body, options) as { asResponse(): unknown }).asResponse()),
  ],
  [
    'a response whose body is read already, beside the stream',
    wrapping((create) => (body, options) => {
      const pending = create(body, options) as { asResponse(): Promise<Response> }
      const stream = plain(pending)
      return Object.assign(
        stream.then((chunks) => {
          const iterator = chunks[Symbol.asyncIterator]()
          const first = iterator.next()
          return { [Symbol.asyncIterator]: () => ({ next: async () => first.then(() => iterator.next()) }) }
        }),
        { asResponse: async () => (await stream, { body: { getReader() {}, locked: true } }) },
      )
    }),
  ],
]

describe.each(MODELS)('a run over %s', (_name, createClient, api) => {
  const openRun = (behaviour: FaultBehaviour, options?: OpenRunOptions) =>
    openRunOver(createClient, behaviour, { api, ...options })

  describe.each(WRAPPERS)('with a wrapped client that answers with %s', (_name, wrap) => {
    it('A1: streams an answer and reports its usage', async () => {
      await using run = await openRun(faults.answer('Hello big world'), { wrap, ...WITHOUT_SOURCES })
      const events = await run.readOn()
      expect(doneOf(events)).toMatchObject({ finishReason: 'stop', answer: 'Hello big world', warnings: [] })
      expect(deltasOf(events)).toHaveLength(3)
      expect(doneOf(events).usage).not.toHaveProperty('estimated')
      await run.expectReleased()
    })

    it('A1: fails when the server fails', async () => {
      await using refused = await openRun(faults.unauthorized(), { wrap })
      expect(errorOf(await refused.readOn()).code).toBe('upstream-auth')
      await using cut = await openRun(faults.incomplete({ deltas: ['They', ' sleep'] }), { wrap })
      expect(errorOf(await cut.readOn())).toMatchObject({
        code: 'upstream-incomplete',
        partial: { answer: 'They sleep' },
      })
      await using broken = await openRun(faults.errorInStream({ code: 'rate_limit_exceeded' }), { wrap })
      expect(errorOf(await broken.readOn())).toMatchObject({ code: 'upstream-rate-limited' })
      await using half = await openRun(faults.halfJson(), { wrap })
      expect(errorOf(await half.readOn())).toMatchObject({ code: 'upstream-bad-response' })
    })

    it('A1: is called again when it is down', async () => {
      await using run = await openRun(faults.inTurn(faults.unavailable(), faults.answer('Back')), { wrap })
      expect(doneOf(await run.readOn({ waitMs: 2000 })).answer).toBe('Back')
    })

    it('A1: is closed when the run is aborted', async () => {
      await using run = await openRun(faults.stall({ deltas: ['They'] }), { wrap })
      await run.readTo('token')
      run.controller.abort()
      expect(doneOf(await run.readOn())).toMatchObject({ finishReason: 'abort', answer: 'They' })
      expect(await (await run.server.hit(0)).closed).toBe('client')
      await run.expectReleased()
    })
  })

  it('A1: is closed when the run is aborted, even if the wrapper does not pass on the signal', async () => {
    const wrap = wrapping((create) => (body) => plain(create(body, { maxRetries: 0 })))
    await using run = await openRun(faults.stall({ deltas: ['They'] }), { wrap })
    await run.readTo('token')
    run.controller.abort()
    expect(doneOf(await run.readOn())).toMatchObject({ finishReason: 'abort' })
    expect(await (await run.server.hit(0)).closed).toBe('client')
  })

  it('A1: may return a whole completion', async () => {
    const wrap = wrapping((create) => (body, options) => plain(create({ ...body, stream: false } as never, options)))
    await using run = await openRun(faults.answer('Hello world'), { wrap })
    expect(doneOf(await run.readOn())).toMatchObject({ finishReason: 'stop', answer: 'Hello world' })
  })

  it('A1: may return a body whose reader throws instead of rejecting', async () => {
    const read = (): never => {
      throw new Error('broken')
    }
    const body = { getReader: () => ({ read, cancel: async () => {} }) }
    await using run = await openRun(step.end(), { wrap: wrapping(() => async () => body) })
    expect(errorOf(await run.readOn({ waitMs: 20_000 })).code).toBe('upstream-disconnected')
  })

  it('A1: is not read beyond the start of an endless rejection', async () => {
    const endless: Create = async () => new Response(endlessBody(), { status: 400 })
    await using run = await openRun(step.end(), { wrap: wrapping(() => endless) })
    expect(errorOf(await run.readOn()).code).toBe('upstream-rejected')
    expect(run.errors[0]?.cause).toMatchObject({ message: 'x'.repeat(2_048) })
  })

  it.each<[string, Create]>([
    ['undefined', () => undefined],
    ['a promise of undefined', async () => undefined],
    ['a string', async () => 'Hello'],
    ['an array', async () => []],
    ['another object', async () => ({ result: 'Hello' })],
    ['null', async () => null],
  ])(
    'A1: fails with a TypeError that names the method when it returns %s, and is called once',
    async (_shape, answer) => {
      await using run = await openRun(step.end(), { wrap: wrapping(() => answer) })
      expect(errorOf(await run.readOn())).toMatchObject({ code: 'internal', retryable: false })
      expect(run.errors[0]?.cause).toBeInstanceOf(TypeError)
      expect(String(run.errors[0]?.cause)).toContain(
        api === chatApi ? 'client.chat.completions.create' : 'client.responses.create',
      )
    },
  )

  it.each<[string, Create]>([
    [
      'throws at once',
      () => {
        throw Object.assign(new Error('no'), { status: 401 })
      },
    ],
    ['rejects', () => Promise.reject(Object.assign(new Error('no'), { status: 401 }))],
    [
      'rejects both ways',
      () => {
        const failure = Object.assign(new Error('no'), { status: 401 })
        return Object.assign(Promise.reject(failure), { asResponse: () => Promise.reject(failure) })
      },
    ],
    [
      'has an asResponse that throws',
      () => {
        const failure = Object.assign(new Error('no'), { status: 401 })
        return Object.assign(Promise.reject(failure), {
          asResponse() {
            throw failure
          },
        })
      },
    ],
    ['answers with an error status', async () => new Response('{"error":{"message":"no"}}', { status: 401 })],
  ])('A1: fails when it %s, and leaves no unhandled rejection', async (_way, create) => {
    const unhandled: unknown[] = []
    const onUnhandled = (reason: unknown): number => unhandled.push(reason)
    process.on('unhandledRejection', onUnhandled)
    try {
      await using run = await openRun(step.end(), { wrap: wrapping(() => create) })
      expect(errorOf(await run.readOn()).code).toBe('upstream-auth')
      // The process reports unhandled rejections after a turn of its own.
      const { port1, port2 } = new MessageChannel()
      port2.postMessage('a turn')
      await once(port1, 'message')
      port1.close()
    } finally {
      process.off('unhandledRejection', onUnhandled)
    }
    expect(unhandled).toEqual([])
  })
})
