import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { toNodeHandler } from '../../src/node.ts'
import { createRunRegistry, memoryRunStore, type RunRegistryOptions } from '../../src/server.ts'
import { createGate, openRawClient, scriptedChatModel, type RawClient } from '../../src/testing.ts'
import { listenOnLoopback } from '../../src/testing/listen-on-loopback.ts'
import { FINISH, openBench } from './support/bench.ts'

const idOf = (index: number) => `0b9b1f5e-4f0a-4f6e-9c55-2f1de8b6a${String(index).padStart(3, '0')}`

/** A server on real sockets whose answers wait at a gate. */
async function serve(options: RunRegistryOptions, gate = createGate()) {
  const model = scriptedChatModel(['They sleep', { gate }, ' long.', FINISH])
  const bench = openBench({ model, runs: createRunRegistry({ onDisconnect: 'continue', ...options }) })
  const server = createServer(toNodeHandler(bench.handler))
  const port = await listenOnLoopback(server)
  const clients: RawClient[] = []

  async function open(path: string, body?: object) {
    const client = await openRawClient({ port, path, ...(body && { body }) })
    clients.push(client)
    const { status, headers } = await client.head()
    return { status, headers, client }
  }

  return {
    gate,
    ask: (index: number) => open('/chat', { question: 'Why?', runId: idOf(index), threadId: `t${index}` }),
    read: (index: number, after = -1) => open(`/runs/${idOf(index)}/events?after=${after}`),
    async [Symbol.asyncDispose]() {
      gate.open()
      for (const client of clients) client.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type Server = Awaited<ReturnType<typeof serve>>

/** The statuses of requests that are made one after the other. */
async function statusesOf(requests: readonly (() => Promise<{ readonly status: number }>)[]) {
  const statuses: number[] = []
  for (const request of requests) statuses.push((await request()).status)
  return statuses
}

describe('maxReadersPerRun', () => {
  it.each(['live', 'of another server'] as const)(
    'C11: limits all readers of a run that is %s: those that read, resume, and attach',
    async (kind) => {
      const store = memoryRunStore()
      await using here = await serve({ store, maxReadersPerRun: 3, maxRunsPerScope: 10 })
      await using elsewhere = await serve({ store, maxReadersPerRun: 3 })
      const first = await here.ask(1)
      await first.client.waitFor('They sleep')
      const server: Server = kind === 'of another server' ? elsewhere : here
      const others = kind === 'live' ? [] : [() => server.read(1)]
      const taken = [...others, () => server.read(1, 2), () => server.ask(1)]
      expect(await statusesOf(taken)).toEqual(taken.map(() => 200))
      expect(await statusesOf([() => server.read(1), () => server.ask(1)])).toEqual([429, 429])
      const other: Server = kind === 'live' ? elsewhere : here
      expect((await other.read(1)).status).toBe(200)
    },
  )

  it('C11: admits a new reader after another one has left', async () => {
    await using server = await serve({ maxReadersPerRun: 2 })
    const first = await server.ask(1)
    await first.client.waitFor('They sleep')
    const second = await server.read(1)
    expect([second.status, (await server.read(1)).status]).toEqual([200, 429])
    second.client.destroy()
    await expect.poll(async () => (await server.read(1)).status).toBe(200)
  })
})

describe('maxBufferedBytes', () => {
  it('C11: rejects questions and readers while too many bytes are buffered, and lets active runs complete', async () => {
    await using server = await serve({ maxBufferedBytes: 300_000 })
    const first = await server.ask(1)
    await first.client.waitFor('They sleep')
    const readers = [await server.read(1), await server.read(1)]
    expect(readers.map(({ status }) => status)).toEqual([200, 200])
    for (const refused of [await server.ask(2), await server.read(1), await server.ask(1)]) {
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
      expect(await refused.client.waitFor('"code"')).toContain('"code":"too-many-runs"')
    }
    readers[0]?.client.destroy()
    await expect.poll(async () => (await server.read(1)).status).toBe(200)
    server.gate.open()
    expect(await first.client.waitFor('event: done')).toContain('They sleep')
    await first.client.ended()
  })

  it('C11: includes a run until it has ended and is no longer read, and nothing of it afterwards', async () => {
    await using server = await serve({ maxBufferedBytes: 131_073 })
    for (let question = 1; question < 20; question += 1) {
      const asked = await server.ask(question)
      server.gate.open()
      expect(asked.status).toBe(200)
      await asked.client.ended()
    }
  })
})
