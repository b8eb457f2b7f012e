import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ChatEvent } from '../../../src/index.ts'
import {
  postgresRunStore,
  type PostgresListen,
  type PostgresRunStore,
  type PostgresRunStoreOptions,
} from '../../../src/postgres.ts'
import type { NewRun, RunChange, RunLease, RunPage, RunStore } from '../../../src/runs/run-store.ts'
import { runStoreContract } from '../../../src/testing/contracts/run-store-contract.ts'
import { done, START, token } from '../../support/chat-events.ts'
import { describeEachDriver, query, type Database } from './databases.ts'

const { signal } = new AbortController()
const RUN = { scope: 'ann', runId: 'r1' }
const ALL = { afterSeq: -1, limit: 1_000, signal }

describeEachDriver((open) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  }, 60_000)
  afterAll(() => database.close())

  /** Several stores on the same tables, as on several servers. */
  async function openStores(...options: readonly Partial<PostgresRunStoreOptions>[]) {
    const tables = await database.createTables()
    const stores = options.map((own) => postgresRunStore({ client: database.client, ...tables, ...own }))
    const rows = (table: string) => query(database.client, `select * from ${tables.schema}."wire_${table}"`)
    const change = (statement: string) => query(database.client, statement.replace('wire_', `${tables.schema}.wire_`))
    const [store = fail(), other = store] = stores
    return { store, other, rows, change }
  }

  runStoreContract({
    describe,
    it,
    name: 'postgresRunStore',
    timeLimitMs: 10_000,
    create: () => openStores({}),
    createSmall: () => openStores({ maxEvents: 100, retainMs: 100 }),
    // Watchers learn of events only while there is a reader; see below.
    tellsWatchers: false,
  })

  describe('watching', () => {
    it('notifies a reader on another server of events and of the end', async () => {
      const { store: producer, other: reader } = await openStores({}, { listen: database.listen })
      const lease = await begin(producer)
      const watch = watching(reader)
      await reader.read(RUN, ALL)
      let seq = -1
      await watch.expectWord('events', () => producer.append(lease, [eventAt((seq += 1))], { signal }))
      await watch.expectWord('events', () => producer.end(lease, [done('x', { seq: seq + 1 })], { signal }))
      watch.unwatch()
      await reader.close()
    })

    it('F42: notifies the producer of a stop that was requested on another server', async () => {
      const { store: producer, other } = await openStores({ listen: database.listen }, {})
      const lease = await begin(producer)
      const watch = watching(producer)
      await watch.expectWord('stop', async () => {
        expect(await other.requestStop(RUN, { signal })).toBe('stopping')
      })
      expect(await producer.append(lease, [], { signal })).toEqual({ stopRequested: true })
      watch.unwatch()
      await producer.close()
    })

    it('has no effect when listening fails, and is tried again', async () => {
      const listen = vi.fn<PostgresListen>(() => Promise.reject(new Error('no right to listen')))
      const { store } = await openStores({ listen })
      store.watch(RUN, () => {})()
      await vi.waitFor(() => expect(listen).toHaveBeenCalledTimes(1))
      await Promise.resolve()
      await vi.waitFor(() => {
        store.watch(RUN, () => {})()
        expect(listen).toHaveBeenCalledTimes(2)
      })
      await store.close()
    })
  })

  describe('simultaneous calls', () => {
    it('F52: lose no stop request during the start of its run', async () => {
      const { store, other } = await openStores({}, {})
      const ids = Array.from({ length: 50 }, (_, index) => `r${index}`)
      const stops = await Promise.all(
        ids.map(async (runId) => {
          const [lease, outcome] = await Promise.all([
            begin(store, { runId }),
            other.requestStop({ ...RUN, runId }, { signal }),
          ])
          const { stopRequested } = await store.append(lease, [], { signal })
          return { outcome, stopRequested }
        }),
      )
      expect(stops.filter(({ stopRequested }) => !stopRequested)).toEqual([])
      expect(stops.filter(({ outcome }) => outcome === 'already-ended')).toEqual([])
    })

    it('read an end only together with the events before it', async () => {
      const { store, other } = await openStores({}, {})
      const lease = await begin(store)
      const pages: (RunPage | undefined)[] = []
      const readers = Array.from({ length: 4 }, async () => {
        for (let page: RunPage | undefined; page?.state !== 'ended';) {
          page = await other.read(RUN, ALL)
          pages.push(page)
        }
      })
      for (let seq = 0; seq < 60; seq += 2) await store.append(lease, [eventAt(seq), eventAt(seq + 1)], { signal })
      await store.end(lease, [done('x', { seq: 60 })], { signal })
      await Promise.all(readers)
      for (const page of pages) {
        const seqs = page?.events.map(({ seq }) => seq) ?? []
        expect(seqs).toEqual(seqs.map((_, index) => index))
        expect(page?.lastSeq).toBe(seqs.length - 1)
        expect(page?.state === 'ended').toBe(page?.events.at(-1)?.type === 'done')
      }
    })
  })

  it('stores NUL and unpaired surrogates of an answer unchanged', async () => {
    const { store } = await openStores({})
    const lease = await begin(store)
    const events = [START, token('\0 \\u0000 \ud83d "\\', { seq: 1, at: 0 }), done('\0\ud800', { seq: 2 })]
    await store.append(lease, events.slice(0, 2), { signal })
    await store.end(lease, events.slice(2), { signal })
    expect((await store.read(RUN, ALL))?.events).toEqual(events)
  })

  it('does not interpret an id as SQL', async () => {
    const { store, rows } = await openStores({})
    for (const id of INJECTIONS) {
      const run = { scope: id, runId: id }
      const lease = await begin(store, { ...run, threadId: id })
      await store.append(lease, [START], { signal })
      expect(await store.status(run, { signal })).toMatchObject({ threadId: id, lastSeq: 0 })
      expect((await store.list(id, { signal })).map(({ runId }) => runId)).toEqual([id])
      expect(await store.requestStop(run, { signal })).toBe('stopping')
      expect(await store.requestStop({ ...run, runId: `${id}x` }, { signal })).toBe('unknown')
    }
    expect(await rows('runs')).toHaveLength(INJECTIONS.length)
    expect(await rows('stops')).toHaveLength(INJECTIONS.length)
    for (const id of INJECTIONS) expect(await store.delete({ scope: id, runId: id }, { signal })).toBe(true)
    expect(await rows('events')).toEqual([])
  })

  it('removes ended runs when others begin, and expired stop requests when others arrive', async () => {
    const { store, rows, change } = await openStores({ retainMs: 1 })
    for (let run = 0; run < 30; run += 1) {
      const lease = await begin(store, { runId: `run ${run}`, leaseMs: 1 })
      await store.append(lease, [START], { signal }).catch(() => undefined)
      await store.requestStop({ scope: 'ann', runId: `other ${run}` }, { signal })
      await change(`update wire_stops set kept_until = clock_timestamp()`)
    }
    for (const table of ['runs', 'events', 'stops']) expect((await rows(table)).length, table).toBeLessThan(10)
  })

  it('F43: rejects a run of a later version', async () => {
    const { store, change } = await openStores({})
    await begin(store)
    await change('update wire_runs set v = 2')
    await expect(store.read(RUN, ALL)).rejects.toMatchObject({ code: 'store-unavailable', retryable: false })
    await expect(store.status(RUN, { signal })).rejects.toMatchObject({ code: 'store-unavailable' })
  })

  it.each([{ retainMs: 0 }, { maxEvents: 0 }, { schema: 'a"b' }, { tablePrefix: 'A' }])('rejects %j', (wrong) => {
    expect(() => postgresRunStore({ client: database.client, ...wrong })).toThrow(
      expect.objectContaining({ code: 'invalid-input', field: Object.keys(wrong)[0] }),
    )
  })
})

const INJECTIONS = [
  "'; drop table rag_runs; --",
  "' or '1'='1",
  '"; delete from runs; --',
  '$1',
  '$$',
  '$function$',
  '\\',
  "\\'; --",
  '%s',
  ':name',
  '?',
  'null',
]

async function begin(store: RunStore, run: Partial<NewRun> = {}): Promise<RunLease> {
  const begun = await store.begin({ ...RUN, leaseMs: 60_000, maxActive: 1_000, ...run }, { signal })
  return begun.outcome === 'begun' ? begun.lease : fail(begun.outcome)
}

function eventAt(seq: number): ChatEvent {
  return seq === 0 ? START : token('x', { seq, at: seq - 1 })
}

/**
 * Watches the run. `expectWord` makes changes until it gets a notification, because the subscription may take a while.
 */
function watching(store: PostgresRunStore) {
  const heard: RunChange[] = []
  return {
    unwatch: store.watch(RUN, (change) => heard.push(change)),
    async expectWord(change: RunChange, act: () => Promise<unknown>): Promise<void> {
      heard.length = 0
      const told = async (): Promise<void> => {
        await act()
        expect(heard).toContain(change)
      }
      await vi.waitFor(told, { timeout: 5_000, interval: 10 })
    },
  }
}

function fail(message = 'There is none'): never {
  throw new Error(message)
}
