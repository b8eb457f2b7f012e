import { describe, expect, it } from 'vitest'
import type { ChatModelEvent, ChatModelRequest } from '../../../src/index.ts'
import { openaiChatModel } from '../../../src/openai.ts'
import { createFaultServer, faults, step, type FaultBehaviour } from '../../../src/testing.ts'
import { ask, doneOf, warningsOf } from '../../core/ask.ts'
import { CLIENTS } from './clients.ts'
import type { Refusal, Replay, Vendor } from './vendors/vendor.ts'
import { vendors } from './vendors/vendors.ts'

const REQUEST: ChatModelRequest = {
  messages: [{ role: 'user', content: 'How long do they sleep?' }],
  purpose: 'answer',
  question: 'How long do they sleep?',
  sources: [],
}

const REPLAYS = vendors.flatMap((vendor) =>
  Object.entries(vendor.replays).map(([name, replay]) => ({ title: `${vendor.name}: ${name}`, vendor, replay })),
)

describe.each(CLIENTS)('openaiChatModel over %s', (_client, createClient) => {
  const modelAt = (baseURL: string, { model }: Vendor, extraBody: Vendor['extraBody'] = {}) =>
    openaiChatModel({ client: createClient({ baseURL }), model, extraBody })

  // Whole, in two, byte by byte, and in pieces that fall in the middle of names and line ends.
  it.each(REPLAYS)('reads the response of $title alike at every cut', async ({ vendor, replay }) => {
    await using server = await createFaultServer()
    const cuts = [Infinity, [Math.floor(replay.wire.length / 2), Infinity], 1, [7, 2, 31]]
    for (const pieceBytes of cuts) {
      server.use(faults.framed(play(replay), { pieceBytes }))
      const result = await readAll(modelAt(server.baseURL, vendor))
      expect(result, `cut into ${String(pieceBytes)}`).toMatchObject(expectedOf(replay))
    }
  })

  const settings = {
    'nothing set': {},
    'a temperature and a limit': { temperature: 0, maxOutputTokens: 500 },
  }

  it.each(
    vendors.flatMap((vendor) => Object.entries(settings).map(([title, options]) => ({ vendor, title, options }))),
  )('A7: answers and condenses over $vendor.name with $title', async ({ vendor, options }) => {
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
    expect(doneOf(followUp).query).toMatchObject({ condensed: true })

    // What was refused is remembered: the next question is answered by the first request.
    const refused = served.refused()
    await ask({ model, history, question: 'Why?', ...options })
    expect(served.refused()).toBe(refused)
  })

  it('A7: asks Mistral once with the extraBody of the guide', async () => {
    const [mistral] = vendors.filter(({ name }) => name === 'Mistral')
    if (!mistral) return expect.fail('There is no Mistral among the vendors')
    const served = serve(mistral)
    await using server = await createFaultServer({ behaviour: served.behaviour })
    await ask({ model: modelAt(server.baseURL, mistral, mistral.extraBody) })
    expect(served.refused()).toBe(0)
    expect(server.hits).toHaveLength(1)
  })
})

describe('the rules of the vendors', () => {
  const rules = vendors.flatMap((vendor) =>
    Object.entries(vendor.rules ?? {}).map(([name, rule]) => ({ title: `${vendor.name}: ${name}`, rule })),
  )

  it.each(rules)('$title refuses its example and nothing plain', ({ rule }) => {
    expect(rule.refuse(rule.example)?.status).toBeOneOf([400, 422])
    expect(rule.refuse({ model: 'any', messages: [{ role: 'system', content: 'Be brief.' }], stream: true })).toBe(
      undefined,
    )
  })
})

/** Sends a response exactly as it is. */
function play({ status = 200, contentType = 'text/event-stream', wire }: Replay): FaultBehaviour {
  return faults.sequence(step.head(status, { 'content-type': contentType }), step.raw(wire))
}

/** A server that refuses what the vendor refuses, and else gives its good answer. */
function serve(vendor: Vendor) {
  let refused = 0
  const behaviour: FaultBehaviour = (exchange) => {
    const refusal = refusalOf(vendor, exchange.hit.body)
    if (!refusal) return play(vendor.replays.answer)(exchange)
    refused += 1
    return faults.status(refusal.status, { body: refusal.body })(exchange)
  }
  return { behaviour, refused: () => refused }
}

function refusalOf({ rules = {} }: Vendor, body: unknown): Refusal | undefined {
  for (const rule of Object.values(rules)) {
    const refusal = rule.refuse({ ...(body as object) })
    if (refusal) return refusal
  }
  return undefined
}

/** What came of a response: its text, its end and its signs of life, or the error. */
async function readAll(model: ReturnType<typeof openaiChatModel>) {
  const events: ChatModelEvent[] = []
  try {
    for await (const event of model.stream(REQUEST, { signal: new AbortController().signal })) events.push(event)
  } catch (thrown) {
    const { code, cause } = thrown as { readonly code: unknown; readonly cause: unknown }
    return { code, cause: describeCause(cause) }
  }
  const finish = events.at(-1)
  return {
    text: events.map((event) => (event.type === 'text' ? event.delta : '')).join(''),
    finish,
    thinks: events.some(({ type }) => type === 'reasoning'),
  }
}

function expectedOf({ expected }: Replay) {
  if ('code' in expected) {
    return { code: expected.code, ...(expected.cause && { cause: expect.stringContaining(expected.cause) }) }
  }
  const { text, finishReason, usage, thinks = false } = expected
  const [inputTokens, outputTokens, totalTokens] = usage ?? []
  return {
    text,
    thinks,
    finish: { type: 'finish', finishReason, ...(usage && { usage: { inputTokens, outputTokens, totalTokens } }) },
  }
}

// An error of the client has its words in a message, and an object of the server in its fields.
function describeCause(cause: unknown): string {
  return `${cause instanceof Error ? cause.message : ''} ${JSON.stringify(cause)}`
}
