import { deepEqual, equal, notEqual, ok } from 'node:assert/strict'
import { eventsOf, terminal, type RunStoreCheck } from './calls.ts'

/** Declares checks of reading. */
export function declareReading(check: RunStoreCheck): void {
  check('reads strictly after a position, page by page', async ({ lease, end, read }) => {
    await end(await lease(), [...eventsOf(0, 9), terminal(10)])
    const rest = { state: 'ended', firstSeq: 0, lastSeq: 10 }
    deepEqual(await read({}, { limit: 4 }), { ...rest, events: eventsOf(0, 3) })
    deepEqual(await read({}, { afterSeq: 3, limit: 4 }), { ...rest, events: eventsOf(4, 7) })
    deepEqual(await read({}, { afterSeq: 7, limit: 4 }), { ...rest, events: [...eventsOf(8, 9), terminal(10)] })
    deepEqual(await read({}, { afterSeq: 8, limit: 1 }), { ...rest, events: eventsOf(9, 9) })
  })

  check('returns no events after the last one', async ({ lease, append, read }) => {
    await append(await lease(), eventsOf(0, 2))
    const rest = { state: 'running', events: [], firstSeq: 0, lastSeq: 2 }
    deepEqual(await read({}, { afterSeq: 2 }), rest)
    deepEqual(await read({}, { afterSeq: 99 }), rest)
    deepEqual(await read({}, { afterSeq: Number.MAX_SAFE_INTEGER }), rest)
  })

  check('returns a new page to every reader, which does not change later', async ({ lease, append, read }) => {
    const own = await lease()
    await append(own, eventsOf(0, 1))
    const [one, other] = [await read(), await read()]
    notEqual(one?.events, other?.events)
    await append(own, eventsOf(2, 3))
    deepEqual(one?.events, eventsOf(0, 1))
    equal(one.lastSeq, 1)
  })

  check('knows when a run was last read, and ignores other calls for that', async (calls) => {
    const { lease, append, read, status, running, until } = calls
    await append(await lease(), eventsOf(0, 1))
    await status()
    await running()
    equal('readMsAgo' in ((await status()) ?? {}), false, 'readMsAgo is set although the run was not read')
    await read()
    const first = (await status())?.readMsAgo ?? -1
    ok(first >= 0 && first < 10_000, `the run was read ${first} ms ago`)
    await until('A later time', async () => ((await status())?.readMsAgo ?? -1) >= 100)
    const start = performance.now()
    await read({}, { afterSeq: 1 })
    const second = (await status())?.readMsAgo ?? Infinity
    ok(second < performance.now() - start + 50, `the run was read again, and ${second} ms ago`)
  })
}
