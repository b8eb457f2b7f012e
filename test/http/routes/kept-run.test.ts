import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { memoryHistoryStore, type HistoryStore } from '../../../src/index.ts'
import { toNodeHandler } from '../../../src/node.ts'
import { memoryRunStore } from '../../../src/server.ts'
import { sqliteHistoryStore } from '../../../src/sqlite.ts'
import { readSse } from '../../../src/sse.ts'
import { scriptedChatModel } from '../../../src/testing.ts'
import { listenOnLoopback } from '../../../src/testing/listen-on-loopback.ts'
import { collect } from '../../support/bytes.ts'
import { answerOf } from '../../support/chat-events.ts'
import { FINISH, openBench, type BenchOptions } from '../support/bench.ts'

const RUN_ID = '0b9b1f5e-4f0a-4f6e-9c55-2f1de8b6a001'
const WORDS = Array.from({ length: 20_100 }, (_, index) => (index % 500 === 7 ? 'so. [1] ' : 'x '))

/** A server on a real socket. */
async function serve(options: BenchOptions) {
  const bench = openBench({ model: scriptedChatModel([...WORDS, FINISH]), ...options })
  const server = createServer(toNodeHandler(bench.handler))
  const base = `http://127.0.0.1:${await listenOnLoopback(server)}`
  return {
    bench,
    async read(path: string, as = 'alice') {
      const response = await fetch(base + path, { headers: { 'x-user': as } })
      const text = await response.text()
      const events = () => collect(readSse(new Response(text).body ?? expect.fail('There is no body')))
      return { status: response.status, text, events }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const HISTORIES: readonly (readonly [string, () => HistoryStore])[] = [
  ['memory', () => memoryHistoryStore()],
  ['SQLite', () => sqliteHistoryStore({ database: new DatabaseSync(':memory:') })],
]

describe.each(HISTORIES)(
  'GET /runs/{runId}/events of a run whose first events are gone from the run store, over %s',
  (_name, open) => {
    it('C10, R18: answers a run of more than 20,000 events from the history', async () => {
      await using server = await serve({ history: open() })
      const { bench } = server
      const first = await (await bench.ask({ question: 'Why?', runId: RUN_ID })).events()
      expect(first.length).toBeGreaterThan(20_000)

      const response = await server.read(`/runs/${RUN_ID}/events`)
      expect(response.status).toBe(200)
      expect(response.text).not.toContain('\nid:')
      const again = await response.events()
      expect(again.map(({ seq }) => seq)).toEqual(again.map((_, index) => index))
      expect(again[0]).toEqual(first[0])
      expect(answerOf(again)).toBe(answerOf(first))
      const { seq: _seq, ...done } = first.at(-1) ?? expect.fail('no end')
      expect(again.at(-1)).toMatchObject({ ...done, saved: true })
      const attached = await (await bench.ask({ question: 'Why?', runId: RUN_ID })).events()
      expect(attached).toEqual(again)
      const inOne = await bench.ask({ question: 'Why?', runId: RUN_ID }, { headers: { accept: 'application/json' } })
      expect(inOne.json).toMatchObject({ runId: RUN_ID, answer: answerOf(first) })
      expect(bench.model.calls).toHaveLength(1)

      // Positions refer to the original stream, so they are useless for the replay from the history.
      expect((await server.read(`/runs/${RUN_ID}/events?after=3`)).status).toBe(410)
      expect((await server.read(`/runs/${RUN_ID}/events?after=20000`)).status).toBe(200)
      expect((await server.read(`/runs/${RUN_ID}/events`, 'eve')).status).toBe(410)
    }, 30_000)
  },
)

describe('GET /runs/{runId}/events of a run that is no longer in the run store', () => {
  const model = () => scriptedChatModel(['Because.', FINISH])

  it('C10, R18: answers from the history, or with 410 if there is none or the run has not ended', async () => {
    await using server = await serve({ model: model(), store: { store: memoryRunStore({ retainMs: 1 }) } })
    await server.bench.ask({ question: 'Why?', runId: RUN_ID })
    await expect.poll(async () => (await server.read(`/runs/${RUN_ID}/events?after=0`)).status).toBe(410)
    const response = await server.read(`/runs/${RUN_ID}/events`)
    expect([response.status, answerOf(await response.events())]).toEqual([200, 'Because.'])

    const history = memoryHistoryStore()
    const ids = { scope: 'alice', threadId: 't', runId: RUN_ID, messageId: 'm' }
    const { signal } = new AbortController()
    await history.beginTurn({ ...ids, question: 'Why?' }, { signal })
    await using unanswered = await serve({ model: model(), history })
    expect((await unanswered.read(`/runs/${RUN_ID}/events`)).status).toBe(410)
    await using plain = await serve({ model: model(), answering: { history: undefined } as never })
    expect((await plain.read(`/runs/${RUN_ID}/events`)).status).toBe(410)
  })

  it('C10: replays the error and the partial answer of a failed run', async () => {
    const failing = scriptedChatModel(['Half', { error: new Error('gone') }])
    await using server = await serve({ model: failing, store: { store: memoryRunStore({ retainMs: 1 }) } })
    await server.bench.ask({ question: 'Why?', runId: RUN_ID })
    await expect.poll(async () => (await server.read(`/runs/${RUN_ID}/events?after=0`)).status).toBe(410)
    const response = await server.read(`/runs/${RUN_ID}/events`)
    const events = await response.events()
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'upstream-unavailable', partial: { answer: 'Half' } })
  })
})
