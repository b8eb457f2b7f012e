import pg from 'pg'
import postgres from 'postgres'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HistoryStore } from '../../../src/index.ts'
import { migratePostgres, postgresHistoryStore, postgresRunStore, type PostgresClient } from '../../../src/postgres.ts'
import type { RunLease, RunStore } from '../../../src/runs/run-store.ts'
import { createFaultProxy, type FaultProxy } from '../../../src/testing.ts'
import { done, resultOf, START } from '../../support/chat-events.ts'
import { hasPostgres, type PostgresServer } from '../../support/postgres-server.ts'
import { openPool, useServer } from './databases.ts'

const { signal } = new AbortController()
const CATS = { scope: 'ann', threadId: 'cats' }
const SECRET = 'hunter2'

/** A client of a server that may be down or behind a proxy. */
interface Client {
  readonly client: PostgresClient
  close(): Promise<void>
}

const DRIVERS: readonly { readonly name: string; readonly connect: (url: string) => Client }[] = [
  {
    name: 'pg',
    connect(url) {
      const client = openPool(url, { max: 1 })
      return { client, close: () => client.end() }
    },
  },
  {
    name: 'postgres_js',
    connect(url) {
      const client = postgres(url, { max: 1, backoff: false, onnotice: () => {} })
      return { client, close: () => client.end({ timeout: 0 }) }
    },
  },
]

describe.skipIf(!hasPostgres)('a server that fails', () => {
  const server = useServer()
  describe.each(DRIVERS)('over $name', ({ name, connect }) => {
    declareFaults(server, { database: name, connect })
  })

  it('begins no run when the isolation level does not allow counting the active ones', async () => {
    const client = new pg.Client({ connectionString: server().url() })
    await client.connect()
    await client.query(`set default_transaction_isolation = 'repeatable read'`)
    await migratePostgres(client)
    await expect(beginRun(postgresRunStore({ client }), 'r1')).rejects.toThrow('read committed')
    await client.end()
  })
})

interface Driver {
  readonly database: string
  readonly connect: (url: string) => Client
}

function declareFaults(server: () => PostgresServer, { database, connect }: Driver): void {
  let proxy: FaultProxy
  beforeAll(async () => {
    await server().createDatabase(database)
    const { client, close } = connect(server().url({ database }))
    await migratePostgres(client)
    await close()
  })
  beforeEach(async () => {
    proxy = await createFaultProxy({ upstreamPort: server().port })
    return () => proxy.close()
  })

  /** Runs a test with stores behind the proxy. */
  async function withStores(test: (stores: { history: HistoryStore; runs: RunStore }) => Promise<void>) {
    const { client, close } = connect(server().url({ database, port: proxy.port }).replace('@', `:${SECRET}@`))
    try {
      await test({ history: postgresHistoryStore({ client }), runs: postgresRunStore({ client }) })
    } finally {
      // A silent connection would prevent the client from closing.
      proxy.reset()
      await close()
    }
  }

  /** Makes a call whose statement is executed, and whose reply is cut off. */
  async function loseReply(call: () => Promise<unknown>): Promise<void> {
    const holder = new pg.Client({ connectionString: server().url({ database }) })
    await holder.connect()
    // Counts rows, not tables: some drivers have a statement parsed first, which has a reply of its own.
    await holder.query('begin; select from ragwire_threads for update; select from ragwire_runs for update')
    const failure = failureOf(call())
    await vi.waitFor(async () => {
      expect((await holder.query('select from pg_locks where not granted')).rowCount).toBe(1)
    }, 5_000)
    proxy.cutAfter(0)
    await holder.query('commit')
    await failure
    proxy.cutAfter(Infinity)
    await holder.end()
  }

  it('F32: reports at once that a server is down, without its address', async () => {
    await server().kill()
    await withStores(async ({ history, runs }) => {
      const { signal } = limit(5_000)
      const failures = [
        await failureOf(begin(history, 'f32', signal)),
        await failureOf(runs.begin({ ...CATS, runId: 'f32', leaseMs: 1_000, maxActive: 1 }, { signal })),
      ]
      expect(signal.aborted).toBe(false)
      for (const failure of failures) expect(String(failure)).not.toContain(SECRET)
    })
    await server().restart()
    await withStores(async ({ history }) => begin(history, 'f32', signal))
  })

  it('F33: waits for a slow server no longer than the signal allows', async () => {
    await withStores(async ({ history, runs }) => {
      await begin(history, 'f33', signal)
      proxy.blackhole()
      const controller = new AbortController()
      const calls = [
        history.load(CATS, { limit: 5, signal: controller.signal }),
        runs.status({ scope: 'ann', runId: 'f33' }, { signal: controller.signal }),
      ]
      const reason = new Error('the time is up')
      controller.abort(reason)
      for (const call of calls) await expect(call).rejects.toBe(reason)
      proxy.restore()
      expect(await history.load(CATS, { limit: 50, signal })).toContainEqual(expect.objectContaining({ runId: 'f33' }))
    })
  })

  it('F34: accepts the same commit again when the server has recovered', async () => {
    await withStores(async ({ history, runs }) => {
      await begin(history, 'f34', signal)
      const lease = await beginRun(runs, 'f34')
      await runs.append(lease, [START], { signal })
      await server().kill()
      await failureOf(finish(history, 'f34'))
      await failureOf(runs.end(lease, [done('x', { seq: 1 })], limit(5_000)))
      await server().restart()
      await persist(() => finish(history, 'f34'))
      await persist(() => runs.end(lease, [done('x', { seq: 1 })], { signal }))
      await expectFinished({ history, runs }, 'f34')
    })
  })

  it('F35: accepts a commit again whose reply was lost, and changes nothing', async () => {
    await withStores(async ({ history, runs }) => {
      await begin(history, 'f35', signal)
      const lease = await beginRun(runs, 'f35')
      await runs.append(lease, [START], { signal })
      await loseReply(() => finish(history, 'f35'))
      await persist(() => runs.append(lease, [], { signal }))
      await loseReply(() => runs.end(lease, [done('x', { seq: 1 })], limit(5_000)))
      await persist(() => finish(history, 'f35', 'second'))
      await persist(() => runs.end(lease, [done('x', { seq: 1 })], { signal }))
      await expectFinished({ history, runs }, 'f35')
    })
  })

  it('F39: gives every call its own reply after other calls on its connection were aborted', async () => {
    await withStores(async ({ history }) => {
      for (const scope of ['bob', 'eve']) await begin(history, `of ${scope}`, signal, scope)
      proxy.delay(20)
      for (let round = 0; round < 5; round += 1) {
        const controller = new AbortController()
        const aborted = history.load({ ...CATS, scope: 'bob' }, { limit: 5, signal: controller.signal })
        const own = history.load({ ...CATS, scope: 'eve' }, { limit: 5, signal })
        controller.abort(new Error('bob has left'))
        await expect(aborted).rejects.toThrow('bob has left')
        expect((await own).map(({ runId }) => runId)).toEqual(['of eve'])
      }
      proxy.delay(0)
      expect(proxy.connections).toBe(1)
    })
  })
}

async function begin(store: HistoryStore, runId: string, signal: AbortSignal, scope = 'ann'): Promise<void> {
  await store.beginTurn({ ...CATS, scope, runId, messageId: runId, question: runId }, { signal })
}

function finish(store: HistoryStore, runId: string, answer = 'first'): Promise<unknown> {
  return store.finishTurn({ ...CATS, runId, result: resultOf(answer) }, limit(5_000))
}

async function beginRun(store: RunStore, runId: string): Promise<RunLease> {
  const begun = await store.begin({ scope: 'ann', runId, leaseMs: 60_000, maxActive: 10 }, { signal })
  if (begun.outcome !== 'begun') throw new Error(begun.outcome)
  return begun.lease
}

async function expectFinished({ history, runs }: { history: HistoryStore; runs: RunStore }, runId: string) {
  const turns = await history.load(CATS, { limit: 50, signal })
  const own = turns.filter((turn) => turn.runId === runId)
  expect(own).toMatchObject([{ result: { answer: 'first' } }])
  const page = await runs.read({ scope: 'ann', runId }, { afterSeq: -1, limit: 10, signal })
  expect(page).toEqual({ state: 'ended', events: [START, done('x', { seq: 1 })], firstSeq: 0, lastSeq: 1 })
}

function limit(ms: number): { readonly signal: AbortSignal } {
  return { signal: AbortSignal.timeout(ms) }
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => expect.fail('the call did not fail'),
    (thrown: unknown) => thrown,
  )
}

/** Repeats a call, because a broken connection may only be detected now. */
async function persist(call: () => Promise<unknown>): Promise<void> {
  for (let left = 20; ; left -= 1) {
    try {
      await call()
      return
    } catch (thrown) {
      if (left === 0) throw thrown
    }
  }
}
