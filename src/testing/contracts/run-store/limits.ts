import { deepEqual, equal, ok } from 'node:assert/strict'
import { eventsOf, SHORT_LEASE_MS, terminal, type RunStoreCheck } from './calls.ts'

/** Declares checks of evicted events and runs. */
export function declareLimits(check: RunStoreCheck): void {
  check(
    'evicts the oldest events of a long run, and reports the first that is left',
    async ({ lease, append, end, read }) => {
      const own = await lease()
      for (let seq = 0; seq < 2_000; seq += 100) await append(own, eventsOf(seq, seq + 99))
      const page = await read({}, { limit: 5_000 })
      ok(page && page.firstSeq > 0, 'no event was evicted')
      deepEqual([page.lastSeq, page.events], [1_999, eventsOf(page.firstSeq, 1_999)])
      deepEqual((await read({}, { afterSeq: -1, limit: 3 }))?.events, page.events.slice(0, 3))
      deepEqual((await read({}, { afterSeq: 1_997 }))?.events, eventsOf(1_998, 1_999))
      await append(own, eventsOf(1_990, 2_000))
      await append(own, eventsOf(0, 1))
      await end(own, [terminal(2_001)])
      deepEqual((await read({}, { afterSeq: 1_999 }))?.events, [...eventsOf(2_000, 2_000), terminal(2_001)])
    },
  )

  check('deletes a run some time after its end', async ({ lease, end, begin, read, status, until, remove }) => {
    await end(await lease(), [terminal(0)])
    await until('The end of the retention', async () => (await status()) === undefined)
    deepEqual([await read(), await remove()], [undefined, false])
    equal((await begin()).outcome, 'begun')
  })

  check('deletes a lost run some time after its lease', async ({ lease, append, begin, read, status, until }) => {
    await append(await lease({ threadId: 't1', leaseMs: SHORT_LEASE_MS }), eventsOf(0, 2))
    await until('The end of the retention', async () => (await status()) === undefined)
    equal(await read(), undefined)
    equal((await begin({ threadId: 't1' })).outcome, 'begun')
    deepEqual(await read(), { state: 'running', events: [], firstSeq: 0, lastSeq: -1 })
  })

  check('keeps an active run', async ({ lease, end, append, status, until }) => {
    const own = await lease({ runId: 'r2' })
    await end(await lease(), [terminal(0)])
    await until('The end of the retention', async () => (await status()) === undefined)
    await append(own, eventsOf(0, 0))
    equal((await status({ runId: 'r2' }))?.lastSeq, 0)
  })
}
