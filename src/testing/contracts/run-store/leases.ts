import { deepEqual, equal, notEqual } from 'node:assert/strict'
import type { BeginRunOutcome } from '../../../runs/run-store.ts'
import { eventsOf, refuses, SHORT_LEASE_MS, terminal, type RunStoreCalls, type RunStoreCheck } from './calls.ts'

/** Declares checks of leases. */
export function declareLeases(check: RunStoreCheck): void {
  declareLosing(check)
  declareTakingBack(check)
  declareFencing(check)
}

function declareLosing(check: RunStoreCheck): void {
  check('treats a run as lost when its lease was not renewed, and keeps its logged events', async (calls) => {
    const { lease, append, begin, read, status, stop } = calls
    await append(await lease({ threadId: 't1', leaseMs: SHORT_LEASE_MS }), eventsOf(0, 2))
    await lost(calls)
    deepEqual(await status(), { state: 'lost', threadId: 't1', lastSeq: 2, stopRequested: false })
    deepEqual(await read(), { state: 'lost', events: eventsOf(0, 2), firstSeq: 0, lastSeq: 2 })
    deepEqual(await begin({ threadId: 't1' }), { outcome: 'exists' })
    equal(await stop(), 'already-ended')
  })

  check('releases the thread of a lost run, and no longer counts it', async (calls) => {
    const { lease, running, until } = calls
    await lease({ threadId: 't1', leaseMs: SHORT_LEASE_MS })
    await until('The end of the lease', async () => (await running()).length === 0)
    await lease({ threadId: 't1', runId: 'r2', maxActive: 1 })
    deepEqual(await running(), ['r2'])
  })

  check('keeps a run alive while its lease is renewed, with events or without', async (calls) => {
    const { lease, append, status, until } = calls
    const leaseMs = 2 * SHORT_LEASE_MS
    const [speaking, silent] = [await lease({ runId: 'speaking', leaseMs }), await lease({ runId: 'silent', leaseMs })]
    await lease({ leaseMs: leaseMs + SHORT_LEASE_MS })
    let seq = 0
    await until('The expiry of a lease that was not renewed', async () => {
      // Checked before each write, because a write restores a lost run.
      for (const runId of ['speaking', 'silent']) equal((await status({ runId }))?.state, 'running')
      await append(speaking, eventsOf(seq, seq))
      await append(silent, [])
      seq += 1
      return (await status())?.state === 'lost'
    })
  })

  check('rejects the lease of another run, of another scope, and of a deleted run', async (calls) => {
    const { lease, append, end, read, remove } = calls
    const old = await lease()
    const other = await lease({ runId: 'r2' })
    await refuses(append({ ...old, token: other.token, runId: 'r3' }, eventsOf(0, 1)))
    await refuses(append({ ...old, scope: 'bob' }, eventsOf(0, 1)))
    await refuses(append({ ...old, token: `${old.token}x` }, eventsOf(0, 1)))
    await remove()
    await refuses(append(old, eventsOf(0, 1)))
    await refuses(end(old, [terminal(0)]))
    const next = await lease()
    await refuses(append(old, eventsOf(0, 1)))
    await refuses(end(old, [terminal(0)]))
    await append(next, eventsOf(0, 3))
    await end(next, [terminal(4)])
    await refuses(end(old, [terminal(0)]))
    deepEqual((await read())?.lastSeq, 4)
  })
}

function declareTakingBack(check: RunStoreCheck): void {
  check('restores an expired lease of its holder, with its thread and its place in the list', async (calls) => {
    const { lease, append, end, begin, read, status, running } = calls
    const own = await lease({ threadId: 't1', leaseMs: SHORT_LEASE_MS })
    await append(own, eventsOf(0, 2))
    await lost(calls)
    deepEqual(await append({ ...own, leaseMs: 60_000 }, eventsOf(3, 4)), { stopRequested: false })
    deepEqual(await status(), { state: 'running', threadId: 't1', lastSeq: 4, stopRequested: false })
    deepEqual(await running(), ['r1'])
    deepEqual(await begin({ threadId: 't1', runId: 'r2' }), { outcome: 'thread-busy', runId: 'r1' })
    deepEqual(await begin({ runId: 'r3', maxActive: 1 }), { outcome: 'too-many-runs' })
    await end(own, [...eventsOf(5, 5), terminal(6)])
    deepEqual(await read(), { state: 'ended', events: [...eventsOf(0, 5), terminal(6)], firstSeq: 0, lastSeq: 6 })
    await lease({ threadId: 't1', runId: 'r2' })
  })

  check('restores an expired lease without events, and ends a run whose lease has expired', async (calls) => {
    const { lease, append, end, status, running } = calls
    const own = await lease({ leaseMs: SHORT_LEASE_MS })
    await append(own, eventsOf(0, 2))
    await lost(calls)
    await append({ ...own, leaseMs: SHORT_LEASE_MS }, [])
    deepEqual([(await status())?.state, await running()], ['running', ['r1']])
    await lost(calls)
    await end(own, [terminal(3)])
    deepEqual([(await status())?.state, (await status())?.lastSeq], ['ended', 3])
  })

  check('restores a lease although other threads and runs without a thread have begun since', async (calls) => {
    const { lease, append, status } = calls
    const own = await lease({ threadId: 't1', leaseMs: SHORT_LEASE_MS })
    await lost(calls)
    await lease({ threadId: 't2', runId: 'r2' })
    await lease({ runId: 'r3' })
    await lease({ threadId: 't1', runId: 'r1', scope: 'bob' })
    await append({ ...own, leaseMs: 60_000 }, eventsOf(0, 1))
    equal((await status())?.state, 'running')
  })

  check('reports to a holder that restores its lease a stop that came meanwhile', async (calls) => {
    const { lease, append, stop } = calls
    const own = await lease({ leaseMs: SHORT_LEASE_MS })
    await lost(calls)
    equal(await stop(), 'already-ended')
    deepEqual(await append({ ...own, leaseMs: 60_000 }, eventsOf(0, 1)), { stopRequested: true })
    equal(await stop(), 'stopping')
  })
}

function declareFencing(check: RunStoreCheck): void {
  check(
    'restores no lease once another run has begun in the thread, not even after the end of that run',
    async (calls) => {
      const { begin, lease, append, end, read, status } = calls
      const old = await lease({ threadId: 't1', leaseMs: SHORT_LEASE_MS })
      await append(old, eventsOf(0, 2))
      await lost(calls)
      const next = await lease({ threadId: 't1', runId: 'r2' })
      const before = await read()
      const refusesAll = async (): Promise<void> => {
        await refuses(append(old, eventsOf(3, 4)))
        await refuses(append(old, []))
        await refuses(end(old, [terminal(3)]))
      }
      await refusesAll()
      deepEqual(await begin({ threadId: 't1', runId: 'r3' }), { outcome: 'thread-busy', runId: 'r2' })
      await append(next, eventsOf(0, 1))
      equal((await status({ runId: 'r2' }))?.state, 'running')
      await end(next, [terminal(2)])
      await refusesAll()
      deepEqual(await read(), before)
      equal(before?.state, 'lost')
    },
  )

  check(
    'gives a lease to its holder or the thread to another run, never both, when both are simultaneous',
    async (calls) => {
      const { lease, append, begin, end, running, until, settled } = calls
      for (let round = 0; round < 10; round += 1) {
        const [threadId, runId, other] = [`t${round}`, `old ${round}`, `new ${round}`]
        const own = await lease({ threadId, runId, leaseMs: 1 })
        await until('The end of the lease', async () => !(await running()).includes(runId))
        const taking = async () => void (await append({ ...own, leaseMs: 60_000 }, eventsOf(0, 1)))
        const beginning = () => begin({ threadId, runId: other })
        const order: readonly Promise<BeginRunOutcome | void>[] =
          round % 2 === 0 ? [taking(), beginning()] : [beginning(), taking()]
        const done = (await settled(order)).flatMap((call) => (call.status === 'fulfilled' ? [call.value] : []))
        const begun = done.flatMap((outcome) => (outcome?.outcome === 'begun' ? [outcome.lease] : []))
        notEqual(begun.length > 0, done.includes(undefined), 'both have the thread, or neither has')
        deepEqual(await running(), [begun.length > 0 ? other : runId])
        await end(begun[0] ?? own, [...eventsOf(0, 1), terminal(2)])
      }
    },
  )
}

function lost({ until, status }: RunStoreCalls): Promise<void> {
  return until('The end of the lease', async () => (await status())?.state === 'lost')
}
