import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { openaiChatModel } from '../../src/openai.ts'
import {
  createFaultServer,
  createGate,
  fakeRetriever,
  faults,
  scriptedChatModel,
  type FaultServer,
} from '../../src/testing.ts'
import { eventually } from '../support/eventually.ts'
import { standsStill } from '../testing/stands-still.ts'
import { ask } from './support/clients.ts'
import { createRuns, type Runs } from './support/runs.ts'
import { SERVERS, type ChatServer } from './support/servers.ts'

const WAYS_TO_LEAVE = ['end', 'destroy'] as const

describe.each(SERVERS)('$name', (kind) => {
  it.each([
    ['T12', 'GET', 'end'],
    ['T12', 'GET', 'destroy'],
    ['T13', 'POST', 'end'],
    ['T13', 'POST', 'destroy'],
  ] as const)(
    '%s: stops the run when the client of a %s leaves mid-stream (%s), and not before',
    async (_id, method, leave) => {
      const gate = createGate()
      const model = scriptedChatModel(['Hello', { gate }, ' world', { hang: 'until-abort' }])
      const runs = createRuns({ model })
      await using server = await kind.start({ answer: runs.answer })
      using client = await ask(kind, server, { method })
      await client.waitFor('"delta":"Hello"')
      await standsStill(() => runs.results.length)
      gate.open()
      await client.waitFor('"delta":" world"')
      expect(model.calls[0]?.end).toBeUndefined()
      client[leave]()
      expect(await model.calls[0]?.ended).toBe('aborted')
      await eventually(() => expect(runs.results).toMatchObject([{ finishReason: 'abort', answer: 'Hello world' }]))
      if (kind.sendsToNode) await eventually(() => expect(server.outcomes).toEqual(['disconnected']))
    },
  )

  it.each(WAYS_TO_LEAVE)('T14: aborts a request to the model that has no response yet (%s)', async (leave) => {
    await using upstream = await createUpstream()
    const runs = createUpstreamRuns(upstream)
    await using server = await kind.start({ answer: runs.answer })
    using client = await ask(kind, server, { question: 'silent' })
    const hit = await upstream.hit(0)
    client[leave]()
    expect(await hit.closed).toBe('client')
    await expectAborted(runs, server)
  })

  it.each([
    ['model', { model: scriptedChatModel(['Hello', { hang: 'deaf' }], { deaf: true }) }, '"delta":"Hello"'],
    [
      'retriever',
      { model: scriptedChatModel([]), retriever: fakeRetriever([], { hang: 'deaf' }) },
      '"phase":"retrieving"',
    ],
  ])('T15: ends at once even if the %s ignores its signal', async (_name, options, wanted) => {
    const runs = createRuns(options)
    await using server = await kind.start({ answer: runs.answer })
    using client = await ask(kind, server)
    await client.waitFor(wanted)
    client.destroy()
    await expectAborted(runs, server)
  })

  it.each(WAYS_TO_LEAVE)('T16: starts no run for a client that left while the handler was busy (%s)', async (leave) => {
    const gate = createGate()
    const runs = createRuns({ model: scriptedChatModel(['Hello', { type: 'finish' }]) })
    await using server = await kind.start({
      async answer(request) {
        await gate.pass()
        return runs.answer(request)
      },
    })
    using client = await ask(kind, server)
    await gate.reached()
    client[leave]()
    await eventually(() => expect(server.closed).toBe(1))
    gate.open()
    if (kind.sendsToNode) await eventually(() => expect(server.outcomes).toEqual(['disconnected']))
    await standsStill(() => runs.started)
    expect(runs.started).toBe(0)
  })

  it.each(WAYS_TO_LEAVE)(
    'F25: stops the model at whatever byte of the answer the client leaves (%s)',
    async (leave) => {
      await using upstream = await createUpstream()
      const runs = createUpstreamRuns(upstream)
      await using server = await kind.start({ answer: runs.answer })
      const places = Array.from({ length: 14 }, (_, index) => 1 + 150 * index)
      await Promise.all(
        places.map(async (bytes) => {
          const client = await ask(kind, server, { question: 'talkative' })
          await client.waitFor((text) => text.length >= bytes)
          client[leave]()
        }),
      )
      // The test does nothing more to the clients: the server must notice by itself.
      await expectAborted(runs, server)
      expect(runs.results).toHaveLength(places.length)
      await expectClosed(upstream)
    },
  )

  it('F25: leaves no model connection open after 100 clients that left at different times', async () => {
    await using upstream = await createUpstream()
    const runs = createUpstreamRuns(upstream)
    await using server = await kind.start({ answer: runs.answer })
    const leaveAt = async (question: string, wanted: string | undefined, leave: (typeof WAYS_TO_LEAVE)[number]) => {
      const client = await ask(kind, server, { question })
      if (wanted) await client.waitFor(wanted)
      client[leave]()
    }
    for (let round = 0; round < 25; round += 1) {
      const leave = WAYS_TO_LEAVE[round % 2] ?? 'end'
      await Promise.all([
        leaveAt('silent', undefined, leave),
        leaveAt('headers-only', '"phase":"generating"', leave),
        leaveAt('stall', '"delta":"Hello"', leave),
        leaveAt('talkative', '"seq":9', leave),
      ])
    }
    await eventually(() => expect(server.closed).toBe(server.opened))
    await expectAborted(runs, server)
    expect(runs.results.length).toBeGreaterThanOrEqual(75)
    await expectClosed(upstream)
  })
})

function createUpstream(): Promise<FaultServer> {
  return createFaultServer({ models: { talkative: faults.endless({ delta: 'word ', delayMs: 1 }) } })
}

/** Runs on a model that is a server of its own; the question names the fault. */
function createUpstreamRuns({ baseURL }: FaultServer): Runs {
  const client = new OpenAI({ apiKey: 'key', baseURL })
  return createRuns((question) => ({ model: openaiChatModel({ client, model: question }) }))
}

/** Every run that began has ended once, as aborted. */
async function expectAborted(runs: Runs, server: ChatServer): Promise<void> {
  await eventually(() => expect(runs.results).toHaveLength(runs.started))
  expect(new Set(runs.results.map(({ finishReason }) => finishReason))).toEqual(new Set(['abort']))
  expect(server.outcomes).not.toContain('ended')
}

/** Every response of the model was closed by us. */
async function expectClosed(upstream: FaultServer): Promise<void> {
  await upstream.idle()
  expect(await Promise.all(upstream.hits.map(({ closed }) => closed))).toEqual(upstream.hits.map(() => 'client'))
}
