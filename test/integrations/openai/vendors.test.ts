import { AzureOpenAI } from 'openai'
import { describe, expect, it } from 'vitest'
import { openaiChatModel, type OpenAIChatClient } from '../../../src/openai.ts'
import { createFaultServer, faults, step, type FaultBehaviour } from '../../../src/testing.ts'
import { ask, doneOf, warningsOf } from '../../core/ask.ts'
import { CLIENTS } from './clients.ts'
import { expectedOf, readAll } from './read-all.ts'
import type { Refusal, Replay, Vendor } from './vendors/vendor.ts'
import { vendors } from './vendors/vendors.ts'

const REPLAYS = vendors.flatMap((vendor) =>
  Object.entries(vendor.replays).map(([name, replay]) => ({ title: `${vendor.name}: ${name}`, vendor, replay })),
)

describe.each(CLIENTS)('openaiChatModel over %s', (client, createClient) => {
  const modelAt = (baseURL: string, { model }: Vendor, extraBody: Vendor['extraBody'] = {}) =>
    openaiChatModel({ client: createClient({ baseURL }), model, extraBody })

  // The whole response, cut in two, byte by byte, and in pieces that split names and line ends.
  it.each(REPLAYS)('reads the response of $title in the same way for every cut', async ({ vendor, replay }) => {
    await using server = await createFaultServer()
    const cuts = [Infinity, [Math.floor(replay.wire.length / 2), Infinity], 1, [7, 2, 31]]
    for (const pieceBytes of cuts) {
      server.use(faults.framed(play(replay), { pieceBytes }))
      const result = await readAll(modelAt(server.baseURL, vendor))
      expect(result, `cut into ${String(pieceBytes)}`).toMatchObject(expectedOf(replay, client))
    }
  })

  const settings = {
    'nothing set': {},
    'a temperature and a limit': { temperature: 0, maxOutputTokens: 500 },
  }

  it.each(
    vendors.flatMap((vendor) => Object.entries(settings).map(([title, options]) => ({ vendor, title, options }))),
  )('A7: answers and condenses with $vendor.name and $title', async ({ vendor, title, options }) => {
    const served = serve(vendor)
    await using server = await createFaultServer({ behaviour: served.behaviour })
    const model = modelAt(server.baseURL, vendor)
    const first = await ask({ model, ...options })
    const history = [
      { role: 'user', content: 'How long do cats sleep?' },
      { role: 'assistant', content: 'They sleep 16 hours [1].' },
    ] as const
    const followUp = await ask({ model, history, question: 'And the others?', ...options })
    for (const events of [first, followUp]) {
      expect(doneOf(events)).toMatchObject({ finishReason: 'stop', answer: 'They sleep 16 hours [1].' })
      expect(warningsOf(events)).toEqual([])
    }
    expect(doneOf(followUp).query).toMatchObject({ condensed: true, query: 'How long do dogs sleep?' })

    // The rejection is remembered: the next question needs one request.
    const refused = served.refused()
    if (title === 'nothing set') expect(refused).toBe(vendor.rules && 'stream-options' in vendor.rules ? 1 : 0)
    await ask({ model, history, question: 'Why?', ...options })
    expect(served.refused()).toBe(refused)
  })

  it.each(vendors)('A7: needs one request for $name with the extraBody of the guide', async (vendor) => {
    const served = serve(vendor)
    await using server = await createFaultServer({ behaviour: served.behaviour })
    await ask({ model: modelAt(server.baseURL, vendor, vendor.extraBody) })
    expect(served.refused()).toBe(0)
    expect(server.hits).toHaveLength(1)
    expect(server.hits[0]?.body).toMatchObject(JSON.parse(JSON.stringify(vendor.extraBody ?? {})) as object)
  })

  it('A2: reads an error inside an array, also in a stream', async () => {
    const wire = 'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [{"error":{"code":429,"message":"slow"}}]\n\n'
    await using server = await createFaultServer({ behaviour: step.raw(wire) })
    const events = await ask({ model: openaiChatModel({ client: createClient(server), model: 'any' }) })
    expect(events.at(-1)).toMatchObject({ code: 'upstream-rate-limited', partial: { answer: 'Hi' } })
  })

  it('A13: sends one system message to llama.cpp, although the history has others', async () => {
    const vendor = vendors.find(({ name }) => name === 'llama.cpp') ?? expect.fail('There is no llama.cpp')
    await using server = await createFaultServer({ behaviour: serve(vendor).behaviour })
    const history = [
      { role: 'system', content: 'Answer like a vet.' },
      { role: 'user', content: 'How long do cats sleep?' },
      { role: 'assistant', content: 'They sleep 16 hours [1].' },
    ] as const
    const events = await ask({ model: modelAt(server.baseURL, vendor), history, question: 'And the others?' })
    expect(doneOf(events)).toMatchObject({ finishReason: 'stop' })
    expect(warningsOf(events)).toEqual([])
  })
})

describe.each(CLIENTS)('openaiChatModel over the chunks that %s has parsed', (name, createClient) => {
  it.each(REPLAYS)('reads the response of $title in the same way, or fails', async ({ vendor, replay }) => {
    await using server = await createFaultServer({ behaviour: play(replay) })
    const { completions } = createClient({ baseURL: server.baseURL }).chat
    const client: OpenAIChatClient = {
      chat: { completions: { create: async (body, options) => completions.create(body, options) } },
    }
    const result = await readAll(openaiChatModel({ client, model: vendor.model }))
    // The client hides some failure messages of servers, but not the failure itself.
    const failed = 'code' in replay.expected
    expect(result).toMatchObject(failed ? { code: expect.stringContaining('upstream-') } : expectedOf(replay, name))
  })
})

describe('openaiChatModel over AzureOpenAI', () => {
  it('A7: uses the deployment and answers', async () => {
    const azure = vendors.find(({ name }) => name === 'Azure OpenAI') ?? expect.fail('There is no Azure')
    await using server = await createFaultServer()
    const path = `/openai/deployments/${azure.model}/chat/completions`
    server.use(serve(azure).behaviour, { path })
    const client = new AzureOpenAI({
      endpoint: server.baseURL.replace(/\/v1$/u, ''),
      apiKey: 'key',
      apiVersion: '2024-10-21',
      deployment: azure.model,
    })
    const events = await ask({ model: openaiChatModel({ client, model: azure.model }) })
    expect(doneOf(events)).toMatchObject({ finishReason: 'stop', answer: 'They sleep 16 hours [1].' })
    expect(server.hits.map((hit) => hit.path)).toEqual([`${path}?api-version=2024-10-21`])
  })
})

describe('the rules of the vendors', () => {
  const rules = vendors.flatMap((vendor) =>
    Object.entries(vendor.rules ?? {}).map(([name, rule]) => ({ title: `${vendor.name}: ${name}`, rule })),
  )

  it.each(rules)('of $title reject the example and no plain request', ({ rule }) => {
    expect(rule.refuse(rule.example)?.status).toBeOneOf([400, 422])
    expect(rule.refuse({ model: 'any', messages: [{ role: 'system', content: 'Be brief.' }], stream: true })).toBe(
      undefined,
    )
  })
})

/** Sends a response byte for byte. */
function play({ status = 200, contentType = 'text/event-stream', wire }: Replay): FaultBehaviour {
  return faults.sequence(step.head(status, { 'content-type': contentType }), step.raw(wire))
}

/**
 * A server that rejects what the vendor rejects; otherwise it sends the vendor's good answer, or a question when
 * condensing.
 */
function serve(vendor: Vendor) {
  let refused = 0
  const behaviour: FaultBehaviour = (exchange) => {
    const refusal = refusalOf(vendor, exchange.hit.body)
    if (!refusal) return play(asksToCondense(exchange.hit.body) ? questionOf(vendor) : vendor.replays.answer)(exchange)
    refused += 1
    return faults.status(refusal.status, { body: refusal.body })(exchange)
  }
  return { behaviour, refused: () => refused }
}

// Only the prompt for an answer contains the sources.
function asksToCondense(body: unknown): boolean {
  return !JSON.stringify(body).includes('Dogs sleep 12 hours')
}

/** The vendor's good answer with a question as its text. */
function questionOf({ replays: { answer } }: Vendor): Replay {
  const wire = answer.wire
    .replace('They sleep', 'How long do dogs')
    .replace(' 16 hours', ' sleep')
    .replace(' [1].', '?')
  return { ...answer, wire }
}

function refusalOf({ rules = {} }: Vendor, body: unknown): Refusal | undefined {
  for (const rule of Object.values(rules)) {
    const refusal = rule.refuse({ ...(body as object) })
    if (refusal) return refusal
  }
  return undefined
}
