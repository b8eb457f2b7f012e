import { deepEqual, equal } from 'node:assert/strict'
import { eventsOf, refuses, SHORT_LEASE_MS, terminal, type RunStoreCalls, type RunStoreCheck } from './calls.ts'

/** Declares who may write a run, and for how long. */
export function declareLeases(check: RunStoreCheck): void {
  check('takes a run for lost when its lease was not renewed, and keeps what is logged', async (calls) => {
    const { lease, append, begin, read, status, stop } = calls
    await append(await lease({ threadId: 't1', leaseMs: SHORT_LEASE_MS }), eventsOf(0, 2))
    await lost(calls)
    deepEqual(await status(), { state: 'lost', threadId: 't1', lastSeq: 2, stopRequested: false })
    deepEqual(await read(), { state: 'lost', events: eventsOf(0, 2), firstSeq: 0, lastSeq: 2 })
    deepEqual(await begin({ threadId: 't1' }), { outcome: 'exists' })
    equal(await stop(), 'already-ended')
  })

  check('gives the thread of a lost run free, and no longer counts it', async (calls) => {
    const { lease, running, until } = calls
    await lease({ threadId: 't1', leaseMs: SHORT_LEASE_MS })
    await until('The end of the lease', async () => (await running()).length === 0)
    await lease({ threadId: 't1', runId: 'r2', maxActive: 1 })
    deepEqual(await running(), ['r2'])
  })

  check('never gives a lost lease back', async (calls) => {
    const { lease, append, end, read } = calls
    const own = await lease({ leaseMs: SHORT_LEASE_MS })
    await append(own, eventsOf(0, 2))
    await lost(calls)
    const before = await read()
    await refuses(append(own, eventsOf(3, 4)))
    await refuses(append(own, []))
    await refuses(end(own, [terminal(3)]))
    deepEqual(await read(), before)
    equal(before?.state, 'lost')
  })

  check('leaves the thread to the next run when the producer of a lost one comes back', async (calls) => {
    const { begin, lease, append, end, status } = calls
    const old = await lease({ threadId: 't1', leaseMs: SHORT_LEASE_MS })
    await lost(calls)
    const next = await lease({ threadId: 't1', runId: 'r2' })
    await refuses(end(old, [terminal(0)]))
    deepEqual(await begin({ threadId: 't1', runId: 'r3' }), { outcome: 'thread-busy', runId: 'r2' })
    await append(next, eventsOf(0, 1))
    equal((await status({ runId: 'r2' }))?.state, 'running')
  })

  check('keeps a run alive as long as its lease is renewed, by events or by none', async (calls) => {
    const { lease, append, status, until } = calls
    const leaseMs = 2 * SHORT_LEASE_MS
    const [speaking, silent] = [await lease({ runId: 'speaking', leaseMs }), await lease({ runId: 'silent', leaseMs })]
    await lease({ leaseMs: leaseMs + SHORT_LEASE_MS })
    let seq = 0
    await until('The end of a lease that nobody renewed', async () => {
      await append(speaking, eventsOf(seq, seq))
      await append(silent, [])
      seq += 1
      return (await status())?.state === 'lost'
    })
    equal((await status({ runId: 'speaking' }))?.state, 'running')
    equal((await status({ runId: 'silent' }))?.state, 'running')
  })

  check('refuses the lease of another run, another scope, and a run that was forgotten', async (calls) => {
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

function lost({ until, status }: RunStoreCalls): Promise<void> {
  return until('The end of the lease', async () => (await status())?.state === 'lost')
}
