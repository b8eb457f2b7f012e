import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { AzureOpenAI } from 'openai'
import { describe, expect, it } from 'vitest'
import type { ChatModel, ChatModelEvent } from '../../../../src/index.ts'
import { openaiResponsesModel, type OpenAIResponsesClient } from '../../../../src/openai.ts'
import { createFaultServer, faults, step, type FaultBehaviour } from '../../../../src/testing.ts'
import { CLIENTS } from '../clients.ts'
import { expectedOf, readAll } from '../read-all.ts'
import type { Replay } from '../vendors/vendor.ts'
import { responsesVendors } from './vendors.ts'

const REPLAYS = responsesVendors.flatMap(({ name, replays }) =>
  Object.entries(replays).map(([title, replay]) => ({ title: `${name}: ${title}`, replay })),
)

function play({ wire }: Replay): FaultBehaviour {
  return faults.sequence(step.head(200, { 'content-type': 'text/event-stream' }), step.raw(wire))
}

describe.each(CLIENTS)('openaiResponsesModel over %s', (client, createClient) => {
  it.each(REPLAYS)('reads the response of $title in the same way for every cut', async ({ replay }) => {
    await using server = await createFaultServer()
    for (const pieceBytes of [Infinity, [Math.floor(replay.wire.length / 2), Infinity], 1, [7, 2, 31]]) {
      server.use(faults.framed(play(replay), { pieceBytes }))
      const result = await readAll(openaiResponsesModel({ client: createClient(server), model: 'any' }))
      expect(result, `cut into ${String(pieceBytes)}`).toMatchObject(expectedOf(replay, client))
    }
  })

  it.each(REPLAYS)(
    'reads the events of $title that the client has parsed in the same way, or fails',
    async ({ replay }) => {
      await using server = await createFaultServer({ behaviour: play(replay) })
      const { responses } = createClient(server)
      const wrapped: OpenAIResponsesClient = {
        responses: { create: async (body, options) => responses.create(body, options) },
      }
      const result = await readAll(openaiResponsesModel({ client: wrapped, model: 'any' }))
      const failed = 'code' in replay.expected
      expect(result).toMatchObject(failed ? { code: expect.stringContaining('upstream-') } : expectedOf(replay, client))
    },
  )

  it('gives the same events for any cuts of the bytes', async () => {
    const whole = new Map<string, readonly ChatModelEvent[]>()
    for (const { title, replay } of READABLE) whole.set(title, await eventsOf(replay.wire, [], createClient))
    const cuts = fc.array(fc.nat({ max: 4_000 }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...READABLE), cuts, async ({ title, replay }, positions) => {
        expect(await eventsOf(replay.wire, positions, createClient)).toEqual(whole.get(title))
      }),
      { numRuns: 60 },
    )
  })
})

const READABLE = REPLAYS.filter(({ replay }) => !('code' in replay.expected))

/** Reads a wire whose UTF-8 bytes are cut at these positions. */
async function eventsOf(wire: string, positions: readonly number[], createClient: (typeof CLIENTS)[number][1]) {
  const bytes = new TextEncoder().encode(wire.replace('They sleep', 'Grüße 😀 They sleep'))
  const edges = [0, ...positions.map((position) => position % bytes.length).toSorted((a, b) => a - b), bytes.length]
  const pieces = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge))
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece)
      controller.close()
    },
  })
  const fetch = async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  const client = createClient({ baseURL: 'http://127.0.0.1/v1', fetch })
  return collect(openaiResponsesModel({ client, model: 'any' }))
}

async function collect(model: ChatModel): Promise<readonly ChatModelEvent[]> {
  const request = { messages: [], purpose: 'answer', question: 'Why?', sources: [] } as const
  const events: ChatModelEvent[] = []
  for await (const event of model.stream(request, { signal: new AbortController().signal })) events.push(event)
  return events
}

describe('openaiResponsesModel over AzureOpenAI', () => {
  it('uses the path of the API without the deployment, and sends its name as the model', async () => {
    await using server = await createFaultServer()
    server.use(faults.answer('They sleep 16 hours [1].'), { path: '/openai/responses' })
    const endpoint = server.baseURL.replace(/\/v1$/u, '')
    const client = new AzureOpenAI({ endpoint, apiKey: 'key', apiVersion: '2025-04-01-preview' })
    expect(await readAll(openaiResponsesModel({ client, model: 'my-deployment' }))).toMatchObject({
      text: 'They sleep 16 hours [1].',
    })
    expect(server.hits.map(({ path }) => path)).toEqual(['/openai/responses?api-version=2025-04-01-preview'])
    expect(server.hits[0]?.body).toMatchObject({ model: 'my-deployment' })
  })
})

describe('the guide of models on the Responses API', () => {
  const guide = readFileSync('docs/guides/models.md', 'utf8').replaceAll(/\s+/gu, ' ')

  it.each(responsesVendors)('has a row for $name and names the sources of its replays', ({ name, replays }) => {
    expect(guide).toContain(`| ${name} | `)
    for (const source of Object.values(replays).flatMap((replay) => replay.source.split('; '))) {
      expect(guide).toContain(source)
    }
  })
})
