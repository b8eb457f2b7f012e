import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { openaiChatModel } from '../../src/openai.ts'
import {
  createFaultProxy,
  createFaultServer,
  createGate,
  faults,
  manualClock,
  scriptedChatModel,
  type FaultBehaviour,
} from '../../src/testing.ts'
import { eventually } from '../support/eventually.ts'
import { standsStill } from '../testing/stands-still.ts'
import { ask } from '../sinks/support/clients.ts'
import { createRuns } from '../sinks/support/runs.ts'
import { SERVERS } from '../sinks/support/servers.ts'
import { errorOf, FINISH, open } from './ask.ts'
import { createConversation } from './conversation.ts'

describe('a conversation with a model that', () => {
  /** A run in a conversation, with a model server that behaves as given, and a manual clock. */
  async function openRun(behaviour: FaultBehaviour) {
    const server = await createFaultServer({ behaviour })
    const conversation = createConversation()
    const clock = manualClock()
    const client = new OpenAI({ apiKey: 'key', baseURL: server.baseURL })
    const model = openaiChatModel({ client, model: 'any' })
    return {
      ...open({ ...conversation.options, model, clock }),
      ...conversation,
      clock,
      [Symbol.asyncDispose]: server.close,
    }
  }

  type Run = Awaited<ReturnType<typeof openRun>>

  /** The question is saved once, together with everything that the reader received. */
  async function expectKept({ events, turns, finished }: Run, answer: string) {
    const { partial } = errorOf(events)
    expect(partial).toMatchObject({ finishReason: 'error', answer, saved: true })
    expect(await turns()).toMatchObject([{ question: 'How long do cats sleep?', result: partial }])
    expect(finished).toHaveLength(1)
  }

  it('F2-store: asks for a longer wait than allowed, keeps the question', async () => {
    await using run = await openRun(faults.rateLimited({ retryAfter: 120 }))
    await run.readOn()
    await expectKept(run, '')
  })

  it('F9-store: stalls, keeps the question and the text so far', async () => {
    await using run = await openRun(faults.stall({ deltas: ['They', ' sleep'] }))
    await run.readTo('token')
    await run.readTo('token')
    const over = run.readOn()
    await run.clock.advance(20_000)
    await over
    await expectKept(run, 'They sleep')
  })

  it.each(['reset', 'cut'] as const)('F10-store: breaks the connection by %s, keeps the text so far', async (fault) => {
    const gate = createGate()
    await using run = await openRun(faults[fault]({ deltas: ['They', ' sleep'], gate }))
    await run.readTo('token')
    await run.readTo('token')
    gate.open()
    await run.readOn()
    await expectKept(run, 'They sleep')
  })

  it('F15-store: reports an error in its stream, keeps the text so far', async () => {
    await using run = await openRun(faults.errorInStream({ deltas: ['They', ' sleep'] }))
    await run.readOn()
    await expectKept(run, 'They sleep')
  })

  it('F20-store: answers with an HTML page, keeps the question and no answer', async () => {
    await using run = await openRun(faults.htmlPage())
    await run.readOn()
    await expectKept(run, '')
    expect(JSON.stringify(await run.turns())).not.toContain('<html')
  })
})

const [nodeHttp] = SERVERS

describe.runIf(nodeHttp)('a conversation with a client that', () => {
  /** A server whose runs all belong to one conversation. */
  async function serve(script: Parameters<typeof scriptedChatModel>[0], clock = manualClock()) {
    const conversation = createConversation()
    const model = scriptedChatModel(script)
    const runs = createRuns({ ...conversation.options, model, condenser: false, maxAnswerChars: Infinity })
    if (!nodeHttp) return expect.fail('There is no server')
    const server = await nodeHttp.start({ answer: runs.answer, sink: { clock } })
    return {
      ...conversation,
      kind: nodeHttp,
      server,
      clock,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  }

  it.each(['end', 'destroy'] as const)(
    'F25-store: leaves at any byte (%s), keeps one turn per run, as aborted',
    async (leave) => {
      await using at = await serve(function* () {
        for (;;) yield* ['word ', { gate: new Promise((resolve) => setImmediate(resolve)) }]
      })
      const places = Array.from({ length: 10 }, (_, index) => 1 + 150 * index)
      await Promise.all(
        places.map(async (bytes) => {
          using client = await ask(at.kind, at.server)
          await client.waitFor((text) => text.length >= bytes)
          client[leave]()
        }),
      )
      await eventually(() => expect(at.finished).toHaveLength(places.length))
      const turns = await at.turns()
      expect(turns).toHaveLength(places.length)
      expect(new Set(turns.map(({ result }) => result?.finishReason))).toEqual(new Set(['abort']))
      expect(turns.every(({ result }) => /^(?:word )*$/.test(result?.answer ?? '-'))).toBe(true)
    },
  )

  it('F28-store: vanishes without closing, keeps a short answer complete', async () => {
    const gate = createGate()
    await using at = await serve(['Hello', { gate }, ' world', FINISH])
    await using proxy = await createFaultProxy({ upstreamPort: at.server.port })
    using client = await ask(at.kind, proxy)
    await client.waitFor('"delta":"Hello"')
    proxy.blackhole()
    gate.open()
    await eventually(() => expect(at.finished).toHaveLength(1))
    expect(await at.turns()).toMatchObject([{ result: { finishReason: 'stop', answer: 'Hello world', saved: true } }])
  })

  it('F28-store: vanishes without closing, keeps the part of a long answer that was sent', async () => {
    let said = 0
    await using at = await serve(function* () {
      for (;;) {
        said += 1
        yield 'x'.repeat(1_000)
      }
    })
    await using proxy = await createFaultProxy({ upstreamPort: at.server.port })
    using client = await ask(at.kind, proxy)
    await client.waitFor('event: token')
    proxy.blackhole()
    await standsStill(() => said)
    expect(at.finished).toEqual([])
    await at.clock.advance(30_000)
    await eventually(() => expect(at.finished).toMatchObject([{ finishReason: 'abort' }]))
    expect(await at.turns()).toMatchObject([
      { result: { finishReason: 'abort', answer: expect.stringMatching(/^x+$/) } },
    ])
  })
})
