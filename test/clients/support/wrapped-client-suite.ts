import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock, type ChatEvent, type ChatModel, type RetrieveAndAnswerOptions } from '../../../src/index.ts'
import {
  openaiChatModel,
  openaiResponsesModel,
  type OpenAIChatClient,
  type OpenAIResponsesClient,
} from '../../../src/openai.ts'
import { createFaultServer, createGate, faults, manualClock, type FaultBehaviour } from '../../../src/testing.ts'
import { doneOf, errorOf, open, warningsOf } from '../../core/ask.ts'
import { startCollector, type Collector } from './collector.ts'
import { watchProcess, type ProcessWatch } from './watch-process.ts'

type Client = OpenAIChatClient & OpenAIResponsesClient

/** A wrapper of the official client, as an application sets it up. */
export interface Wrapper {
  /** Package and version. */
  readonly name: string
  /** Creates the wrapped client for a model at `baseURL`. The wrapper reports to `collectorUrl`. */
  wrap(baseURL: string, collectorUrl: string): Client
  /**
   * Sends the pending reports; absent if it reports through OpenTelemetry, whose exporter belongs to the application.
   */
  flush?(): Promise<unknown>
}

/**
 * Declares the guarantees of `streamChat` with a wrapped client. Each wrapper has its own file, and so its own
 * process.
 */
export function wrappedClientSuite({ name, wrap, flush }: Wrapper): void {
  let collector: Collector
  let watch: ProcessWatch

  beforeAll(async () => {
    collector = await startCollector()
  })

  afterAll(async () => {
    await collector[Symbol.asyncDispose]()
  })

  beforeEach(() => {
    watch = watchProcess()
  })

  afterEach(() => {
    watch[Symbol.dispose]()
  })

  /** A run with the wrapped client, and a model that behaves as given. */
  async function openRunOf(
    createModel: CreateModel,
    behaviour: FaultBehaviour,
    options: Partial<RetrieveAndAnswerOptions> = {},
    adapt = (client: Client): Client => client,
  ) {
    const server = await createFaultServer({ behaviour })
    const controller = new AbortController()
    const clock = manualClock()
    const causes: unknown[] = []
    const model = createModel({ client: adapt(wrap(server.baseURL, collector.url)), model: 'any' })
    const run = open({
      model,
      clock,
      signal: controller.signal,
      onError: ({ cause }) => causes.push(cause),
      ...options,
    })

    /** Reads to the end. Before a retry of the model, the clock moves on. */
    async function readOn(): Promise<readonly ChatEvent[]> {
      for (let event = await run.read(); event;) {
        const next = run.read()
        if (event.type === 'warning') await clock.advance(2_000)
        event = await next
      }
      return run.events
    }

    /** Expects that the model's connection is closed, no rejection is unhandled, and no other machine was contacted. */
    async function expectHarmless() {
      await server.idle()
      await watch.settle()
      expect(watch.unhandled).toEqual([])
      expect(watch.foreign).toEqual([])
      expect(clock.pending).toBe(0)
    }

    return { ...run, server, controller, causes, readOn, expectHarmless, [Symbol.asyncDispose]: server.close }
  }

  describe.each(MODELS)(`%s over a client that ${name} has wrapped`, (_name, createModel) => {
    const openRun = openRunOf.bind(undefined, createModel)

    it('A1: answers with text, finish reason and usage', async () => {
      const usage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 }
      await using run = await openRun(faults.answer('They sleep 16 hours [1].', { usage }))
      const done = doneOf(await run.readOn())
      expect(done).toMatchObject({ answer: 'They sleep 16 hours [1].', finishReason: 'stop', warnings: [] })
      expect(done.usage).toMatchObject({ inputTokens: 7, outputTokens: 5, totalTokens: 12 })
      expect(done.usage).not.toHaveProperty('estimated')
      expect(done.citations).toHaveLength(1)
      await flush?.()
      await run.expectHarmless()
    })

    const flushes = flush ? [flush] : []
    it.each(flushes)('A1: leaves the answer in the trace when the application awaits the reports', async (send) => {
      await using run = await openRun(faults.answer('Capybaras sleep.'), {}, awaited)
      expect(doneOf(await run.readOn())).toMatchObject({ answer: 'Capybaras sleep.', finishReason: 'stop' })
      await send()
      await expect.poll(() => collector.reports.join('')).toContain('Capybaras')
      await run.expectHarmless()
    })

    it('A1: treats reasoning as a sign of life, not as an answer', async () => {
      await using run = await openRun(faults.answer('Yes.', { reasoning: ['hm', ' hm'] }))
      expect(doneOf(await run.readOn()).answer).toBe('Yes.')
      await run.expectHarmless()
    })

    it.each([
      ['length', 'length'],
      ['content_filter', 'content-filter'],
    ])('A1: passes on the finish reason %s', async (finishReason, expected) => {
      await using run = await openRun(faults.answer('They sleep', { finishReason }))
      expect(doneOf(await run.readOn())).toMatchObject({ answer: 'They sleep', finishReason: expected })
      await run.expectHarmless()
    })

    it.each(['cut', 'reset'] as const)('A1: treats a stream that is broken by %s as an error', async (fault) => {
      const gate = createGate()
      await using run = await openRun(faults[fault]({ deltas: ['They', ' sleep'], gate }))
      await run.readTo('token')
      await run.readTo('token')
      gate.open()
      const error = errorOf(await run.readOn())
      expect(error).toMatchObject({ code: 'upstream-disconnected', partial: { answer: 'They sleep' } })
      expect(run.server.hits).toHaveLength(1)
      await run.expectHarmless()
    })

    it('A1: treats a stream that ends without a finish reason as an error', async () => {
      await using run = await openRun(faults.incomplete({ deltas: ['They', ' sleep'] }))
      const error = errorOf(await run.readOn())
      expect(error).toMatchObject({ code: 'upstream-incomplete', partial: { answer: 'They sleep' } })
      await run.expectHarmless()
    })

    it('A1: treats half a JSON object as an error', async () => {
      await using run = await openRun(faults.halfJson({ deltas: ['They', ' sleep'] }))
      const error = errorOf(await run.readOn())
      expect(error).toMatchObject({ code: 'upstream-bad-response', partial: { answer: 'They sleep' } })
      await run.expectHarmless()
    })

    it.each([
      ['rate_limit_exceeded', 'upstream-rate-limited'],
      ['server_error', 'upstream-unavailable'],
    ])('A1: treats the error %s in the stream as an error, with its cause', async (vendorCode, code) => {
      await using run = await openRun(faults.errorInStream({ message: 'It broke', code: vendorCode }))
      const events = await run.readOn()
      expect(errorOf(events)).toMatchObject({ code, partial: { answer: 'Hello world' } })
      expect(JSON.stringify(events)).not.toContain('It broke')
      expect(run.causes).toMatchObject([expect.objectContaining({ message: 'It broke' })])
      await run.expectHarmless()
    })

    it.each<[string, FaultBehaviour, string, number]>([
      ['401', faults.unauthorized(), 'upstream-auth', 1],
      ['400', faults.rejected(), 'upstream-rejected', 1],
      ['500', faults.unavailable(500), 'upstream-unavailable', 3],
      ['a refused connection', faults.refused(), 'upstream-unavailable', 3],
    ])('A1: treats %s as an error with its code', async (_answer, behaviour, code, times) => {
      await using run = await openRun(behaviour)
      const events = await run.readOn()
      expect(errorOf(events)).toMatchObject({ code, partial: { answer: '' } })
      expect(warningsOf(events)).toHaveLength(times - 1)
      expect(run.server.hits).toHaveLength(times)
      await run.expectHarmless()
    })

    it.each<[string, FaultBehaviour]>([
      ['a page', faults.htmlPage()],
      ['an error as JSON with status 200', faults.jsonError()],
    ])('A1: treats %s as an error', async (_answer, behaviour) => {
      await using run = await openRun(behaviour)
      expect(errorOf(await run.readOn())).toMatchObject({ partial: { answer: '' } })
      await run.expectHarmless()
    })

    it('A1: closes the connection to the model when it is aborted while the model is silent', async () => {
      await using run = await openRun(faults.stall({ deltas: ['They', ' sleep'] }))
      await run.readTo('token')
      await run.readTo('token')
      const last = run.read()
      run.controller.abort()
      expect(await last).toMatchObject({ type: 'done', finishReason: 'abort', answer: 'They sleep' })
      expect(await (await run.server.hit(0)).closed).toBe('client')
      await run.expectHarmless()
    })

    it('A1: closes the connection to the model when it is aborted before the first byte', async () => {
      await using run = await openRun(faults.silent())
      await run.readTo('source')
      const over = run.readOn()
      const hit = await run.server.hit(0)
      run.controller.abort()
      expect(doneOf(await over).finishReason).toBe('abort')
      expect(await hit.closed).toBe('client')
      await run.expectHarmless()
    })

    it('A1: closes the connection to the model when its reader leaves while the model is sending', async () => {
      await using run = await openRun(faults.endless(), { clock: systemClock })
      await run.readTo('token')
      await run.leave()
      expect(await (await run.server.hit(0)).closed).toBe('client')
      await run.server.idle()
      await watch.settle()
      expect(watch.unhandled).toEqual([])
    })
  })
}

/** A client whose calls resolve with an object without a raw body, so that the wrapper sees each chunk. */
function awaited({ chat: { completions }, responses }: Client): Client {
  return {
    chat: { completions: { create: async (body, options) => completions.create(body, options) } },
    responses: { create: async (body, options) => responses.create(body, options) },
  }
}

type CreateModel = (options: { readonly client: Client; readonly model: string }) => ChatModel

const MODELS: readonly (readonly [name: string, createModel: CreateModel])[] = [
  ['openaiChatModel', openaiChatModel],
  ['openaiResponsesModel', openaiResponsesModel],
]
