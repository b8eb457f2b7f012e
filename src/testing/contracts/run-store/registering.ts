import { deepEqual, equal, ok } from 'node:assert/strict'
import { eventsOf, terminal, type RunStoreCheck } from './calls.ts'

/** Declares checks of a run that the store has lost and its producer registers again. */
export function declareRegistering(check: RunStoreCheck): void {
  check('registers a run again with its old token, and reports it as begun when that is repeated', async (calls) => {
    const { begin, lease, append, end, read, remove } = calls
    const old = await lease({ threadId: 't1' })
    await append(old, eventsOf(0, 2))
    await remove()
    const again = { threadId: 't1', token: old.token, maxActive: Infinity }
    for (let times = 0; times < 2; times += 1) {
      const begun = await begin(again)
      ok(begun.outcome === 'begun' && begun.lease.token === old.token, 'the run was not registered again')
    }
    await append(old, eventsOf(0, 3))
    const repeated = await begin(again)
    equal(repeated.outcome, 'begun')
    deepEqual(await read(), { state: 'running', events: eventsOf(0, 3), firstSeq: 0, lastSeq: 3 })
    deepEqual(await begin({ threadId: 't1', token: `${old.token}x` }), { outcome: 'exists' })
    await end(old, [terminal(4)])
    deepEqual(await begin(again), { outcome: 'exists' })
  })

  check('does not register a run again whose thread or id another run has', async (calls) => {
    const { begin, lease, remove, stop } = calls
    const { token } = await lease({ threadId: 't1' })
    await remove()
    await lease({ threadId: 't1', runId: 'r2' })
    deepEqual(await begin({ threadId: 't1', token }), { outcome: 'thread-busy', runId: 'r2' })
    await remove({ runId: 'r2' })
    await stop()
    const begun = await begin({ threadId: 't1', token })
    ok(begun.outcome === 'begun' && begun.stopRequested, 'the stop request that came meanwhile was lost')
    await remove()
    await lease({ threadId: 't2' })
    deepEqual(await begin({ threadId: 't1', token }), { outcome: 'exists' })
  })
}
