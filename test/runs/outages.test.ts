import pg from 'pg'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { isTerminalEvent, type ChatEvent } from '../../src/core/vocabulary/events.ts'
import { createFaultProxy, type FaultProxy } from '../../src/testing.ts'
import { hasPostgres, startPostgres } from '../support/postgres-server.ts'
import { hasRedis, startRedisServer } from '../support/redis-server.ts'
import { startInstance, type Instance } from '../support/start-instance.ts'

const LEASE_MS = 1_000
const POLL_MS = 100

const question = 'How long do cats sleep?'
const says = (text: string) => (event: ChatEvent) => event.type === 'token' && event.delta === text
const idsOf = () => ({ runId: crypto.randomUUID(), threadId: crypto.randomUUID() })

/** A database with the faults that a test causes. */
interface TestDatabase {
  readonly port: number
  url(port: number): string
  /** Loses all of its runs. */
  loseRuns(): Promise<void>
  /** Stops it as a power cut does, and starts it again. */
  restart(): Promise<void>
  close(): Promise<void>
}

async function openRedis(): Promise<TestDatabase> {
  const server = await startRedisServer()
  return {
    port: server.port,
    url: (port) => `redis://127.0.0.1:${port}`,
    async loseRuns() {
      const client = createClient({ url: server.url })
      await client.connect()
      for (const kind of ['run', 'log', 'stop', 'active', 'started', 'threads']) {
        const keys = await client.keys(`ragwire:{ann}:${kind}*`)
        if (keys.length > 0) await client.del(keys)
      }
      await client.close()
    },
    async restart() {
      await server.kill()
      await server.start()
    },
    close: server.close,
  }
}

async function openPostgres(): Promise<TestDatabase> {
  const server = await startPostgres()
  return {
    port: server.port,
    url: (port) => server.url({ port }),
    async loseRuns() {
      const client = new pg.Client({ connectionString: server.url() })
      await client.connect()
      await client.query('truncate ragwire_runs, ragwire_events, ragwire_stops')
      await client.end()
    },
    restart: server.restart,
    close: server.close,
  }
}

const STORES = [
  { store: 'redis', open: openRedis, isHere: hasRedis },
  { store: 'postgres', open: openPostgres, isHere: hasPostgres },
] as const

describe.each(STORES)('two servers over $store', ({ store, open, isHere }) => {
  let database: TestDatabase
  let proxy: FaultProxy
  /** Connects to the database through the proxy. */
  let a: Instance
  let b: Instance
  /** Connects through the proxy, too. */
  let c: Instance

  beforeAll(async () => {
    if (!isHere) return
    database = await open()
    proxy = await createFaultProxy({ upstreamPort: database.port })
    const options = { store, leaseMs: LEASE_MS, pollMs: POLL_MS }
    const [proxied, direct] = [database.url(proxy.port), database.url(database.port)]
    // Sequentially, because the first one creates the tables.
    b = await startInstance({ ...options, url: direct })
    ;[a, c] = await Promise.all([
      startInstance({ ...options, url: proxied }),
      startInstance({ ...options, url: proxied }),
    ])
  }, 90_000)

  afterAll(async () => {
    await Promise.all([a, b, c].map((instance) => instance?.kill()))
    await proxy?.close()
    await database?.close()
  }, 60_000)

  /** Starts an answer on the first server. */
  async function beginAnswer() {
    const ids = idsOf()
    const asking = a.ask({ question, ...ids })
    a.say('Cats ')
    const answer = await asking
    await answer.until(says('Cats '))
    const elsewhere = await b.read(ids.runId, -1)
    await elsewhere.until(says('Cats '))
    return { ...ids, answer, elsewhere }
  }

  async function activeRuns(): Promise<readonly string[]> {
    const { runs } = (await (await b.get('/runs')).json()) as { runs: { runId: string }[] }
    return runs.map(({ runId }) => runId)
  }

  const eventually = (assertion: () => Promise<void>) => vi.waitFor(assertion, { timeout: 10_000, interval: 20 })

  it.skipIf(!isHere)(
    'C5: continue an answer when its server was cut off from the store for longer than its lease',
    async () => {
      const { runId, threadId, answer, elsewhere } = await beginAnswer()
      proxy.blackhole()
      a.say('sleep ')
      await answer.until(says('sleep '))
      await eventually(async () => expect(await activeRuns()).not.toContain(runId))
      // Readers on other servers get the error that is known there; they may read again.
      expect(await elsewhere.until(isTerminalEvent)).toMatchObject({ type: 'error', code: 'producer-lost' })
      proxy.restore()
      await eventually(async () => expect(await activeRuns()).toContain(runId))
      const busy = await b.post('/chat', { question, threadId })
      expect([busy.status, await busy.json()]).toMatchObject([409, { code: 'thread-busy', runId }])
      const again = await b.read(runId, -1)
      a.say('long.')
      a.finish()
      const done = { type: 'done', finishReason: 'stop', answer: 'Cats sleep long.', saved: true }
      expect(await answer.until(isTerminalEvent)).toMatchObject(done)
      expect(await again.until(isTerminalEvent)).toMatchObject(done)
      expect(again.events).toEqual(answer.events)
      const turns = await (await b.get(`/threads/${threadId}`)).json()
      expect(turns).toMatchObject({ turns: [{ runId, result: { answer: 'Cats sleep long.' } }] })
    },
    60_000,
  )

  it.skipIf(!isHere)(
    'C5: end an answer as lost when another run has started in the thread while its server was cut off',
    async () => {
      const { runId, threadId, answer } = await beginAnswer()
      proxy.blackhole()
      await eventually(async () => expect(await activeRuns()).not.toContain(runId))
      const asking = b.ask({ question, threadId })
      b.say('They do.')
      const next = await asking
      await next.until(says('They do.'))
      proxy.restore()
      expect(await answer.until(isTerminalEvent)).toMatchObject({ type: 'error', code: 'producer-lost' })
      b.finish()
      expect(await next.until(isTerminalEvent)).toMatchObject({ type: 'done', finishReason: 'stop', saved: true })
    },
    60_000,
  )

  it.skipIf(!isHere)(
    'C5: follow an answer from another server during an outage of the store that is longer than the lease',
    async () => {
      const { runId, answer } = await beginAnswer()
      const following = await c.read(runId, -1)
      await following.until(says('Cats '))
      proxy.blackhole()
      a.say('sleep ')
      await answer.until(says('sleep '))
      await eventually(async () => expect(await activeRuns()).not.toContain(runId))
      proxy.restore()
      a.say('long.')
      a.finish()
      const done = { type: 'done', answer: 'Cats sleep long.', saved: true }
      expect(await answer.until(isTerminalEvent)).toMatchObject(done)
      expect(await following.until(isTerminalEvent)).toMatchObject(done)
      expect(following.events).toEqual(answer.events)
    },
    60_000,
  )

  it.skipIf(!isHere)(
    'C5: stop an answer when the stop was requested while its server was cut off',
    async () => {
      const { runId, answer } = await beginAnswer()
      proxy.blackhole()
      await eventually(async () => expect(await activeRuns()).not.toContain(runId))
      expect(await (await b.post(`/runs/${runId}/stop`)).json()).toEqual({ runId, outcome: 'already-ended' })
      proxy.restore()
      expect(await answer.until(isTerminalEvent)).toMatchObject({ type: 'done', finishReason: 'abort' })
    },
    60_000,
  )

  it.skipIf(!isHere)(
    'C5: save the end of an answer that ended while its server was cut off',
    async () => {
      const { runId, answer } = await beginAnswer()
      // The history saves the result first; the pending call is the end in the run store.
      proxy.blackhole()
      await eventually(async () => expect(await activeRuns()).not.toContain(runId))
      a.say('sleep.')
      a.finish()
      await answer.until(says('sleep.'))
      proxy.restore()
      const last = await answer.until(isTerminalEvent)
      const again = await b.read(runId, -1)
      expect(await again.until(isTerminalEvent)).toEqual(last)
      expect(again.events).toEqual(answer.events)
    },
    60_000,
  )

  it.skipIf(!isHere)(
    'C5: deliver the end of a saved answer even if the connection broke before the reply of the store',
    async () => {
      const { threadId, answer } = await beginAnswer()
      proxy.cutAfter(0)
      a.finish()
      await eventually(async () => {
        const { turns } = (await (await b.get(`/threads/${threadId}`)).json()) as { turns: { result?: object }[] }
        expect(turns[0]?.result).toMatchObject({ answer: 'Cats ' })
      })
      proxy.cutAfter(Infinity)
      const done = { type: 'done', finishReason: 'stop', answer: 'Cats ', saved: true }
      expect(await answer.until(isTerminalEvent)).toMatchObject(done)
    },
    60_000,
  )

  it.skipIf(!isHere).each(['loses its runs', 'is restarted'] as const)(
    'C6: keep an answer complete when the store %s: found, busy, attached to and stopped from another server',
    async (how) => {
      const { runId, threadId, answer, elsewhere } = await beginAnswer()
      await (how === 'loses its runs' ? database.loseRuns() : database.restart())
      await eventually(async () => expect(await activeRuns()).toContain(runId))
      const busy = await b.post('/chat', { question, threadId })
      expect([busy.status, await busy.json()]).toMatchObject([409, { code: 'thread-busy', runId }])
      const attached = await b.ask({ question, runId, threadId })
      a.say('sleep ')
      for (const reader of [answer, elsewhere, attached]) await reader.until(says('sleep '))
      const stopped = await b.post(`/runs/${runId}/stop`)
      expect(await stopped.json()).toEqual({ runId, outcome: 'stopping', finishReason: 'abort' })
      for (const reader of [answer, elsewhere, attached]) {
        expect(await reader.until(isTerminalEvent)).toMatchObject({ type: 'done', finishReason: 'abort' })
        expect(reader.events).toEqual(answer.events)
      }
    },
    60_000,
  )

  it.skipIf(!isHere)(
    'C4: continue an answer for a reader on another server when the store takes 80 ms to report that reader',
    async () => {
      const { answer, elsewhere } = await beginAnswer()
      proxy.delay(80)
      await answer.leave()
      a.say('sleep ')
      await elsewhere.until(says('sleep '))
      // Each takes two delays, so together they take longer than the time after which a missing reader counts as gone.
      for (const word of ['deep', ' and', ' very', ' long', '.']) {
        a.say(word)
        await elsewhere.until(says(word))
      }
      a.finish()
      const answered = { finishReason: 'stop', answer: 'Cats sleep deep and very long.' }
      expect(await elsewhere.until(isTerminalEvent)).toMatchObject(answered)
      proxy.delay(0)
    },
    60_000,
  )
})

describe.each([{ store: 'memory', open: undefined, isHere: true }, ...STORES] as const)(
  'a stop request over HTTP at the same time as the end, on $store',
  ({ store, open, isHere }) => {
    it.skipIf(!isHere)(
      'C13: reports what happened to the run, in 100 races on the same server and on another one',
      async () => {
        await using resources = new AsyncDisposableStack()
        const database = open && resources.adopt(await open(), ({ close }) => close())
        const options = { store, url: database?.url(database.port) ?? '', leaseMs: 10_000, pollMs: POLL_MS }
        const here = resources.adopt(await startInstance(options), ({ kill }) => kill())
        const elsewhere = database ? resources.adopt(await startInstance(options), ({ kill }) => kill()) : here
        const ends = new Set<string>()
        for (let race = 0; race < 100; race += 1) {
          const { runId } = idsOf()
          const asking = here.ask({ question, runId })
          here.say('Cats ')
          const answer = await asking
          await answer.until(says('Cats '))
          // Before the stop, at the same time, or not at all.
          if (race % 3 === 0) here.finish()
          for (let turns = 0; turns < race % 7; turns += 1) await new Promise((resolve) => setImmediate(resolve))
          const stopping = (race % 2 > 0 ? here : elsewhere).post(`/runs/${runId}/stop`)
          if (race % 3 === 0) here.finish()
          const result = (await (await stopping).json()) as { outcome: string; finishReason?: string }
          const end = await answer.until(isTerminalEvent)
          const finishReason = end.type === 'done' ? end.finishReason : 'error'
          expect(result.finishReason).toBe(finishReason)
          if (result.outcome === 'stopping') expect(finishReason).toBe('abort')
          if (finishReason === 'stop') expect(result.outcome).toBe('already-ended')
          ends.add(finishReason)
          // Unread text of an aborted run would otherwise be sent by the next one.
          here.clear()
        }
        expect([...ends].toSorted()).toEqual(['abort', 'stop'])
      },
      90_000,
    )
  },
)
