import { deepEqual, equal, ok } from 'node:assert/strict'
import { eventsOf, terminal, type RunStoreCheck } from './calls.ts'

/** Declares checks of stop requests. */
export function declareStopping(check: RunStoreCheck): void {
  check('reports a stop to the producer until the end, even if it was requested several times', async (calls) => {
    const { lease, append, end, stop, status } = calls
    const own = await lease()
    deepEqual(await append(own, eventsOf(0, 0)), { stopRequested: false })
    deepEqual([await stop(), await stop()], ['stopping', 'stopping'])
    deepEqual(await append(own, eventsOf(1, 1)), { stopRequested: true })
    deepEqual(await append(own, []), { stopRequested: true })
    deepEqual(await status(), { state: 'running', lastSeq: 1, stopRequested: true })
    await end(own, [terminal(2)])
    deepEqual([await stop(), await stop()], ['already-ended', 'already-ended'])
    equal((await status())?.state, 'ended')
  })

  check(
    'keeps a stop request for a run that does not exist yet',
    async ({ stop, lease, begin, append, status, running }) => {
      deepEqual([await stop(), await stop()], ['unknown', 'unknown'])
      deepEqual([await status(), await running()], [undefined, []])
      const begun = await begin()
      ok(begun.outcome === 'begun' && begun.stopRequested, 'the run began without the requested stop')
      deepEqual(await append(begun.lease, eventsOf(0, 0)), { stopRequested: true })
      deepEqual(await append(await lease({ runId: 'r2' }), []), { stopRequested: false })
    },
  )

  check('keeps a stop request for a run that could not begin yet', async ({ stop, lease, end, begin }) => {
    const first = await lease({ threadId: 't1' })
    await stop({ runId: 'r2' })
    equal((await begin({ runId: 'r2', threadId: 't1' })).outcome, 'thread-busy')
    await end(first, [terminal(0)])
    const begun = await begin({ runId: 'r2', threadId: 't1' })
    ok(begun.outcome === 'begun' && begun.stopRequested, 'the stop request was lost')
  })

  check('stops the run of one scope and of no other', async ({ stop, lease, append, begin }) => {
    const own = await lease()
    equal(await stop({ scope: 'bob' }), 'unknown')
    equal(await stop({ runId: 'r2' }), 'unknown')
    deepEqual(await append(own, []), { stopRequested: false })
    const foreign = await begin({ scope: 'bob' })
    ok(foreign.outcome === 'begun' && foreign.stopRequested)
    equal(await stop(), 'stopping')
    equal((await begin({ scope: 'eve' })).outcome, 'begun')
  })

  check('gives a stop at the same time as the end one of two outcomes, and the run one end', async (calls) => {
    const { stop, lease, end, status } = calls
    for (let round = 0; round < 10; round += 1) {
      const runId = `r${round}`
      const own = await lease({ runId })
      const ending = () => end(own, [...eventsOf(0, 1), terminal(2)])
      const order = round % 2 === 0 ? [ending, () => stop({ runId })] : [() => stop({ runId }), ending]
      const outcomes = await Promise.all(order.map((call) => call()))
      ok(outcomes.some((outcome) => outcome === 'stopping' || outcome === 'already-ended'))
      const { state, lastSeq } = (await status({ runId })) ?? {}
      deepEqual([state, lastSeq, await stop({ runId })], ['ended', 2, 'already-ended'])
    }
  })
}
