import OpenAI from 'openai'
import { describe, expect, it, vi } from 'vitest'
import type { ChatResult } from '../../src/index.ts'
import { nodeFetch } from '../../src/node.ts'
import { openaiChatModel } from '../../src/openai.ts'
import {
  createFaultServer,
  createGate,
  fakeRetriever,
  faults,
  manualClock,
  scriptedChatModel,
} from '../../src/testing.ts'
import { eventually } from '../support/eventually.ts'
import { floodingModel } from '../support/flooding-model.ts'
import { standsStill } from '../testing/stands-still.ts'
import { MOUNTS } from './support/mounts.ts'
import { openApp } from './support/open-app.ts'

const JSON_ANSWER = { accept: 'application/json' }

// The fault of the model, the text that the client waits for before it leaves, and the request.
const MOMENTS = [
  ['silent', undefined, {}],
  ['headers-only', '"phase":"generating"', {}],
  ['stall', '"delta":"Hello"', {}],
  ['talkative', '"seq":9', {}],
  ['silent', undefined, JSON_ANSWER],
  ['stall', undefined, JSON_ANSWER],
  ['talkative', undefined, JSON_ANSWER],
] as const

// What the requests to the model are sent with.
const FETCHES = [
  ['fetch', fetch],
  ['nodeFetch', nodeFetch()],
] as const

describe.each(MOUNTS)('$name', (mount) => {
  it.each(FETCHES)(
    'F25: leaves no model over %s running after 112 clients that left at different times, also for JSON answers',
    async (_name, send) => {
      await using upstream = await createFaultServer({
        models: { talkative: faults.endless({ delta: 'word ', delayMs: 1 }) },
      })
      const client = new OpenAI({ apiKey: 'key', baseURL: upstream.baseURL, fetch: send })
      // The question names the fault, because no option of the handler depends on it.
      const models = new Map(MOMENTS.map(([fault]) => [fault, openaiChatModel({ client, model: fault })]))
      const results: ChatResult[] = []
      await using app = await openApp(mount, {
        handler: {
          model: {
            stream(request, options) {
              const fault = MOMENTS.find(([name]) => name === request.question)?.[0] ?? 'silent'
              const model = models.get(fault)
              if (!model) throw new Error('There is no such fault')
              return model.stream(request, options)
            },
          },
          onFinish: (result) => void results.push(result),
        },
        runs: { maxRunsPerScope: 100 },
      })
      for (let round = 0; round < 16; round += 1) {
        await Promise.all(
          MOMENTS.map(async ([question, wanted, headers]) => {
            const hits = upstream.hits.length
            const client = await app.ask({ body: { question }, headers })
            if (wanted) await client.waitFor(wanted)
            else if (round % 4 > 1) await eventually(() => expect(upstream.hits.length).toBeGreaterThan(hits))
            if (round % 2 === 0) client.end()
            else client.destroy()
          }),
        )
      }
      await eventually(() => expect(app.server.closed).toBe(app.server.opened))
      await eventually(() => expect(app.active).toBe(0))
      await upstream.idle()
      expect(await Promise.all(upstream.hits.map(({ closed }) => closed))).toEqual(upstream.hits.map(() => 'client'))
      expect(results.length).toBeGreaterThanOrEqual(80)
      expect(new Set(results.map(({ finishReason }) => finishReason))).toEqual(new Set(['abort']))
      expect(app.errors).toEqual([])
    },
  )

  it.each([
    ['a stream', {}],
    ['one JSON object', JSON_ANSWER],
  ])('T14: stops a run whose client left before %s began', async (_name, headers) => {
    const gate = createGate()
    const model = scriptedChatModel([{ hang: 'until-abort' }])
    await using app = await openApp(mount, { handler: { model, retriever: fakeRetriever(['It is so.'], { gate }) } })
    using client = await app.ask({ headers })
    await gate.reached()
    client.destroy()
    await eventually(() => expect(app.active).toBe(0))
    expect(model.calls).toEqual([])
  })

  it('continues a run when its readers leave and onDisconnect is "continue", and lets them stop it', async () => {
    const model = scriptedChatModel(['Hello', { hang: 'until-abort' }])
    await using app = await openApp(mount, { handler: { model }, runs: { onDisconnect: 'continue' } })
    const runId = crypto.randomUUID()
    const client = await app.ask({ body: { question: 'Why?', runId } })
    await client.waitFor('"delta":"Hello"')
    client.destroy()
    await eventually(() => expect(app.server.closed).toBe(1))
    expect([app.active, model.calls[0]?.end]).toEqual([1, undefined])
    await app.send({ path: `/runs/${runId}/stop`, body: '{}' })
    await eventually(() => expect(app.active).toBe(0))
  })

  it('F27: stops the run of a client that reads nothing for stallMs', async () => {
    // Hono prints the error that breaks a body.
    using _quiet = vi.spyOn(console, 'error').mockReturnValue()
    const clock = manualClock()
    const model = floodingModel()
    const limits = { maxAnswerChars: Infinity, idleMs: Infinity, runMs: Infinity, keepAliveMs: Infinity }
    await using app = await openApp(mount, { handler: { ...limits, model, clock, stallMs: 30_000 } })
    using client = await app.ask()
    await client.waitFor('event: token')
    client.pause()
    await eventually(() => expect(clock.pending).toBeGreaterThan(0))
    await standsStill(() => client.text.length)
    await clock.advance(30_000)
    expect(await model.calls[0]?.ended).toBe('aborted')
    await eventually(() => expect(app.active).toBe(0))
    client.resume()
    expect(await client.ended()).toMatch(/^(cut|reset)$/)
  })
})
