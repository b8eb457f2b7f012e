import { describe, expect, it } from 'vitest'
import { memoryRunStore, type MemoryRunStoreOptions } from '../../../src/runs/memory/memory-run-store.ts'
import type { RunLease, RunStore } from '../../../src/runs/run-store.ts'
import { manualClock, runStoreContract } from '../../../src/testing.ts'
import { done, START, token } from '../../support/chat-events.ts'

runStoreContract({
  describe,
  it,
  name: 'memoryRunStore',
  create: () => openStore(),
  createSmall: () => openStore({ maxEvents: 100, retainMs: 100 }),
})

const { signal } = new AbortController()
const LAST = done('', { seq: 0 })

function openStore(options: MemoryRunStoreOptions = {}) {
  const clock = manualClock()
  return { store: memoryRunStore({ clock, ...options }), advance: clock.advance }
}

async function begin(store: RunStore, runId: string): Promise<RunLease> {
  const begun = await store.begin({ scope: 'ann', runId, leaseMs: 1_000, maxActive: 10_000 }, { signal })
  if (begun.outcome !== 'begun') throw new TypeError(`The run did not begin: ${begun.outcome}`)
  return begun.lease
}

async function stateOf(store: RunStore, runId: string, scope = 'ann'): Promise<string | undefined> {
  return (await store.status({ scope, runId }, { signal }))?.state
}

describe('memoryRunStore', () => {
  it('treats a run as lost when its lease has expired, and not a millisecond earlier', async () => {
    const { store, advance } = openStore()
    const lease = await begin(store, 'r1')
    await advance(999)
    await store.append(lease, [], { signal })
    await advance(999)
    expect(await stateOf(store, 'r1')).toBe('running')
    await advance(1)
    expect(await stateOf(store, 'r1')).toBe('lost')
  })

  it('keeps a run for five minutes after its end or the end of its lease', async () => {
    const { store, advance } = openStore()
    await begin(store, 'lost')
    await advance(1_000)
    await store.end(await begin(store, 'ended'), [LAST], { signal })
    await advance(299_999)
    expect([await stateOf(store, 'lost'), await stateOf(store, 'ended')]).toEqual(['lost', 'ended'])
    await advance(1)
    expect([await stateOf(store, 'lost'), await stateOf(store, 'ended')]).toEqual([undefined, undefined])
  })

  it('F52: keeps a stop request for a run that does not exist yet for a minute', async () => {
    const { store, advance } = openStore()
    for (const runId of ['r1', 'r2']) await store.requestStop({ scope: 'ann', runId }, { signal })
    await advance(59_999)
    const early = await begin(store, 'r1')
    await advance(1)
    const late = await begin(store, 'r2')
    expect(await store.append(early, [], { signal })).toEqual({ stopRequested: true })
    expect(await store.append(late, [], { signal })).toEqual({ stopRequested: false })
  })

  it('restarts that minute at each further stop request', async () => {
    const { store, advance } = openStore()
    for (const runId of ['r1', 'r2']) await store.requestStop({ scope: 'ann', runId }, { signal })
    await advance(30_000)
    await store.requestStop({ scope: 'ann', runId: 'r1' }, { signal })
    await advance(30_000)
    const [once, again] = [await begin(store, 'r2'), await begin(store, 'r1')]
    expect(await store.append(again, [], { signal })).toEqual({ stopRequested: true })
    expect(await store.append(once, [], { signal })).toEqual({ stopRequested: false })
  })

  it('keeps stop requests for at most 10,000 runs that do not exist', async () => {
    const { store } = openStore()
    for (let run = 0; run <= 10_000; run += 1) await store.requestStop({ scope: 'ann', runId: `r${run}` }, { signal })
    const [first, second] = [await begin(store, 'r0'), await begin(store, 'r1')]
    expect(await store.append(first, [], { signal })).toEqual({ stopRequested: false })
    expect(await store.append(second, [], { signal })).toEqual({ stopRequested: true })
  })

  it('evicts the least recently used run when too many have ended', async () => {
    const { store } = openStore({ maxRuns: 2 })
    await begin(store, 'going on')
    for (const runId of ['r1', 'r2']) await store.end(await begin(store, runId), [LAST], { signal })
    await store.read({ scope: 'ann', runId: 'r1' }, { afterSeq: -1, limit: 1, signal })
    await store.end(await begin(store, 'r3'), [LAST], { signal })
    const states = ['going on', 'r1', 'r2', 'r3'].map((runId) => stateOf(store, runId))
    expect(await Promise.all(states)).toEqual(['running', 'ended', undefined, 'ended'])
  })

  it('C9: keeps the runs of one tenant while other tenants fill their own shares', async () => {
    const { store } = openStore()
    const ann = await begin(store, 'going on')
    await store.end(await begin(store, 'answered'), [LAST], { signal })
    for (const scope of ['bob', 'eve', 'joe', 'kim', 'lee', 'max']) {
      for (let run = 0; run < 1_100; run += 1) {
        const begun = await store.begin({ scope, runId: `r${run}`, leaseMs: 1_000, maxActive: 4 }, { signal })
        if (begun.outcome !== 'begun') expect.fail(begun.outcome)
        else await store.end(begun.lease, [LAST], { signal })
      }
      const kept = await Promise.all(Array.from({ length: 1_100 }, (_, run) => stateOf(store, `r${run}`, scope)))
      const { length } = kept.filter((state) => state === 'ended')
      expect(length).toBeLessThanOrEqual(200)
      expect(length).toBeGreaterThan(150)
    }
    expect([await stateOf(store, 'going on'), await stateOf(store, 'answered')]).toEqual(['running', 'ended'])
    await store.end(ann, [LAST], { signal })
  })

  it('releases runs that are never requested again', async () => {
    const { store, advance } = openStore({ retainMs: 1_000 })
    const events = await logAndForget(store)
    await advance(2_000)
    await begin(store, 'another')
    // One turn of the event loop, because a reference created in this turn stays alive to its end.
    await advance(0)
    globalThis.gc?.()
    expect(events.map((event) => event.deref())).toEqual([undefined, undefined])
  })

  it('stores the event objects themselves, with the data attached to them in this process', async () => {
    const { store } = openStore()
    await store.append(await begin(store, 'r1'), [START], { signal })
    const page = await store.read({ scope: 'ann', runId: 'r1' }, { afterSeq: -1, limit: 1, signal })
    expect(page?.events[0]).toBe(START)
  })

  it('notifies watchers after a change is made, even if one of them throws', async () => {
    const { store } = openStore()
    const run = { scope: 'ann', runId: 'r1' }
    const heard: unknown[] = []
    store.watch(run, () => {
      throw new Error('a watcher that fails')
    })
    store.watch(run, (change) => void stateOf(store, 'r1').then((state) => heard.push([change, state])))
    store.watch({ ...run, scope: 'bob' }, (change) => heard.push(change))
    const lease = await begin(store, 'r1')
    await store.append(lease, [], { signal })
    await store.append(lease, [START], { signal })
    await store.requestStop(run, { signal })
    await store.end(lease, [done('', { seq: 1 })], { signal })
    await store.requestStop(run, { signal })
    expect(heard).toEqual([
      ['events', 'running'],
      ['stop', 'running'],
      ['events', 'ended'],
    ])
  })

  it('notifies a watcher once per change even if it watches again in its callback', async () => {
    const { store } = openStore()
    const run = { scope: 'ann', runId: 'r1' }
    let heard = 0
    const watch = (): void => {
      const unwatch = store.watch(run, () => {
        heard += 1
        unwatch()
        if (heard < 10) watch()
      })
    }
    watch()
    store.watch(run, () => {})
    await begin(store, 'r1')
    await store.requestStop(run, { signal })
    await store.requestStop(run, { signal })
    expect(heard).toBe(2)
  })

  it.each([{ retainMs: 0 }, { maxEvents: 0 }, { maxRuns: 1.5 }])('rejects an invalid limit: %j', (options) => {
    expect(() => memoryRunStore(options)).toThrow(RangeError)
  })
})

/** Logs a run that ends and one that is lost; returns weak references to their events. */
async function logAndForget(store: RunStore): Promise<readonly WeakRef<object>[]> {
  const events = [done('', { seq: 0 }), token('x', { seq: 0, at: 0 })] as const
  await store.end(await begin(store, 'ended'), [events[0]], { signal })
  await store.append(await begin(store, 'lost'), [events[1]], { signal })
  return events.map((event) => new WeakRef(event))
}
