import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aiSdkChatModel } from '../../../src/ai-sdk.ts'
import type { ChatError, ChatEvent, RetrieveAndAnswerOptions } from '../../../src/index.ts'
import {
  chatModelContract,
  createFaultServer,
  createGate,
  faults,
  manualClock,
  step,
  type FaultBehaviour,
} from '../../../src/testing.ts'
import { doneOf, errorOf, open, warningsOf } from '../../core/ask.ts'
import type { Provider } from './provider.ts'

/** Declares the guarantees of `streamChat` with the model of a provider, against a server with the bytes of its vendor. */
export function providerSuite(provider: Provider): void {
  const { raw, silence } = step
  const { sequence } = faults
  const begin = sequence(raw(provider.start), raw(provider.text('They sleep')))
  const answer = (...rest: readonly string[]) => sequence(begin, raw(provider.text(' 16 hours [1].')), ...rest.map(raw))
  const complete = answer(provider.finish())
  const refuse = (status: number, headers: Readonly<Record<string, string>> = {}) =>
    faults.status(status, { body: provider.failure(status, 'sk-canary-0000'), headers })

  async function serve(behaviour: FaultBehaviour) {
    const server = await createFaultServer()
    server.use(behaviour, { path: provider.path })
    return { server, model: aiSdkChatModel({ model: provider.model(server.baseURL) }) }
  }

  /** A run with a model that behaves as given, on a manual clock. */
  async function openRun(behaviour: FaultBehaviour, options: Partial<RetrieveAndAnswerOptions> = {}) {
    const { server, model } = await serve(behaviour)
    const controller = new AbortController()
    const clock = manualClock()
    const errors: ChatError[] = []
    const onError = (error: ChatError) => errors.push(error)
    const run = open({ model, clock, signal: controller.signal, onError, ...options })

    /** Reads to the end. Before a retry, the clock moves on. */
    async function readOn(): Promise<readonly ChatEvent[]> {
      for (let event = await run.read(); event;) {
        const next = run.read()
        if (event.type === 'warning') await clock.advance(10_000)
        event = await next
      }
      return run.events
    }

    /** Expects that the connection to the model is closed, and every timer is cleared. */
    async function expectReleased() {
      await server.idle()
      await nextTurn()
      expect(clock.pending).toBe(0)
    }

    return { ...run, server, clock, controller, errors, readOn, expectReleased, [Symbol.asyncDispose]: server.close }
  }

  const subjectOf = (behaviour: FaultBehaviour) => async () => {
    const { server, model } = await serve(behaviour)
    return { model, started: () => server.hits.length, released: server.idle, close: server.close }
  }

  chatModelContract({
    describe,
    it,
    name: `aiSdkChatModel over ${provider.name}`,
    create: subjectOf(complete),
    createHanging: subjectOf(sequence(begin, silence())),
    createFailing: subjectOf(refuse(503)),
  })

  describe(`aiSdkChatModel over ${provider.name}`, () => {
    it('answers with text, citations, finish reason and usage, in one request that is read to its end', async () => {
      await using run = await openRun(complete)
      const done = doneOf(await run.readOn())
      expect(done).toMatchObject({ answer: 'They sleep 16 hours [1].', finishReason: 'stop', warnings: [] })
      expect(done.citations).toMatchObject([{ number: 1, start: 20, end: 23 }])
      expect(done.usage).toMatchObject({ inputTokens: 25, outputTokens: 15, totalTokens: 40 })
      expect(done.usage).not.toHaveProperty('estimated')
      const hit = await run.server.hit(0)
      expect(JSON.stringify(hit.body)).toContain('Cats sleep 16 hours a day.')
      expect(await hit.closed).toBe('complete')
      await run.expectReleased()
    })

    it('treats thoughts as activity and not as text', async () => {
      await using run = await openRun(
        sequence(raw(provider.start), raw(provider.thought('Hm.')), raw(provider.text('Yes.')), raw(provider.finish())),
      )
      expect(doneOf(await run.readOn())).toMatchObject({ answer: 'Yes.', finishReason: 'stop' })
      await run.expectReleased()
    })

    it.each(provider.reasons)('reads the finish reason %s as %s', async (reason, expected) => {
      await using run = await openRun(answer(provider.finish(reason)))
      expect(doneOf(await run.readOn())).toMatchObject({ answer: 'They sleep 16 hours [1].', finishReason: expected })
      await run.expectReleased()
    })

    it.each<[string, FaultBehaviour, string, number]>([
      ['401', refuse(401), 'upstream-auth', 1],
      ['403', refuse(403), 'upstream-auth', 1],
      ['400', refuse(400), 'upstream-rejected', 1],
      ['500', refuse(500), 'upstream-unavailable', 3],
      ['529', refuse(529), 'upstream-unavailable', 3],
      ['a refused connection', step.reset(), 'upstream-unavailable', 3],
    ])('fails with its code after %s, and retries only what may pass', async (_answer, behaviour, code, times) => {
      await using run = await openRun(behaviour)
      const events = await run.readOn()
      expect(errorOf(events)).toMatchObject({ code, partial: { answer: '' } })
      expect(warningsOf(events)).toHaveLength(times - 1)
      expect(run.server.hits).toHaveLength(times)
      expect(JSON.stringify(events)).not.toContain('canary')
      await run.expectReleased()
    })

    it('waits as long as a 429 asks before the next attempt', async () => {
      await using run = await openRun(faults.inTurn(refuse(429, { 'retry-after': '7' }), complete))
      await run.readTo('warning')
      const next = run.read()
      await run.clock.advance(6_900)
      expect(run.server.hits).toHaveLength(1)
      await run.clock.advance(200)
      expect(await next).toMatchObject({ type: 'token' })
      expect(doneOf(await run.readOn()).finishReason).toBe('stop')
      await run.expectReleased()
    })

    it('fails when the server is overloaded in the middle of the stream, without its text', async () => {
      await using run = await openRun(answer(provider.overloaded))
      const events = await run.readOn()
      expect(errorOf(events)).toMatchObject({
        code: 'upstream-unavailable',
        partial: { answer: 'They sleep 16 hours [1].' },
      })
      expect(JSON.stringify(events)).not.toContain('canary')
      expect(run.server.hits).toHaveLength(1)
      await run.expectReleased()
    })

    it('retries when the stream begins with the error that the server is overloaded', async () => {
      await using run = await openRun(faults.inTurn(raw(provider.overloaded), complete))
      const events = await run.readOn()
      expect(doneOf(events).answer).toBe('They sleep 16 hours [1].')
      expect(warningsOf(events)).toEqual(['retrying'])
      await run.expectReleased()
    })

    it.each(['cut', 'reset'] as const)(
      'fails when the connection is broken by %s in the middle of the stream',
      async (kind) => {
        const gate = createGate()
        await using run = await openRun(sequence(answer(), step.gate(gate), step[kind]()))
        await run.readTo('token')
        await run.readTo('token')
        gate.open()
        const error = errorOf(await run.readOn())
        expect(error).toMatchObject({ code: 'upstream-disconnected', partial: { answer: 'They sleep 16 hours [1].' } })
        expect(run.server.hits).toHaveLength(1)
        await run.expectReleased()
      },
    )

    it('fails when the stream ends without a finish reason', async () => {
      await using run = await openRun(answer())
      const error = errorOf(await run.readOn())
      expect(error).toMatchObject({ code: 'upstream-incomplete', partial: { answer: 'They sleep 16 hours [1].' } })
      await run.expectReleased()
    })

    it.each<[string, FaultBehaviour]>([
      ['a page', faults.htmlPage()],
      ['an error as JSON with status 200', faults.jsonError()],
    ])('fails without a retry when the server answers with %s', async (_answer, behaviour) => {
      await using run = await openRun(behaviour)
      expect(errorOf(await run.readOn())).toMatchObject({ code: 'upstream-bad-response', partial: { answer: '' } })
      expect(run.server.hits).toHaveLength(1)
      expect(run.errors).toMatchObject([{ message: expect.stringContaining('baseURL') }])
      await run.expectReleased()
    })

    it('fails when an event of the stream is not JSON', async () => {
      await using run = await openRun(answer('data: {"half\n\n'))
      expect(errorOf(await run.readOn())).toMatchObject({ code: 'upstream-bad-response' })
      await run.expectReleased()
    })

    it('ends by the timers, and closes the connection, when the server is silent', async () => {
      await using run = await openRun(silence(), { firstTokenMs: 5_000 })
      await run.readTo('source')
      const over = run.readOn()
      const hit = await run.server.hit(0)
      await run.clock.advance(5_000)
      expect(errorOf(await over)).toMatchObject({ code: 'upstream-timeout' })
      expect(await hit.closed).toBe('client')
      await run.expectReleased()
    })

    it('ends by the timers, and closes the connection, when the server stops in the middle', async () => {
      await using run = await openRun(sequence(begin, silence()), { idleMs: 3_000 })
      await run.readTo('token')
      const over = run.readOn()
      await nextTurn()
      await run.clock.advance(3_000)
      expect(errorOf(await over)).toMatchObject({ code: 'upstream-stalled', partial: { answer: 'They sleep' } })
      expect(await (await run.server.hit(0)).closed).toBe('client')
      await run.expectReleased()
    })

    it('closes the connection when the run is aborted while the server is silent', async () => {
      await using run = await openRun(sequence(begin, silence()))
      await run.readTo('token')
      const last = run.read()
      run.controller.abort()
      expect(await last).toMatchObject({ type: 'done', finishReason: 'abort', answer: 'They sleep' })
      expect(await (await run.server.hit(0)).closed).toBe('client')
      await run.expectReleased()
    })

    it('closes the connection when the run is aborted before the first byte', async () => {
      await using run = await openRun(silence())
      await run.readTo('source')
      const over = run.readOn()
      const hit = await run.server.hit(0)
      run.controller.abort()
      expect(doneOf(await over)).toMatchObject({ finishReason: 'abort', answer: '' })
      expect(await hit.closed).toBe('client')
      await run.expectReleased()
    })

    it('gives the same answer however the bytes are cut', async () => {
      const { server, model } = await serve(complete)
      await using _closing = server
      const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 4 })
      await fc.assert(
        fc.asyncProperty(sizes, async (pieceBytes) => {
          server.use(faults.framed(answer(provider.text(' Ünïcödé 🐈.'), provider.finish()), { pieceBytes }), {
            path: provider.path,
          })
          const done = doneOf(await open({ model }).readOn())
          expect(done).toMatchObject({ answer: 'They sleep 16 hours [1]. Ünïcödé 🐈.', finishReason: 'stop' })
        }),
        { numRuns: 15 },
      )
    })
  })
}
