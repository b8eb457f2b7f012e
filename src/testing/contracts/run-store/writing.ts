import { deepEqual, equal } from 'node:assert/strict'
import { FAILED } from '../every-field.ts'
import { EVERY_EVENT } from './every-event.ts'
import { eventsOf, refuses, terminal, type RunStoreCheck } from './calls.ts'

/** Declares checks of logging events. */
export function declareWriting(check: RunStoreCheck): void {
  declareAppending(check)
  declareEnding(check)
}

function declareAppending(check: RunStoreCheck): void {
  check('returns events exactly as they were logged', async ({ lease, append, end, read }) => {
    const own = await lease()
    await append(own, EVERY_EVENT.slice(0, 3))
    await append(own, EVERY_EVENT.slice(3, -1))
    await end(own, EVERY_EVENT.slice(-1))
    deepEqual((await read())?.events, EVERY_EVENT)
  })

  check('stores an error as the last event, and one event of a megabyte', async ({ lease, append, end, read }) => {
    const own = await lease()
    const long = { type: 'token', seq: 0, delta: '长😀x\n'.repeat(200_000), at: 0 } as const
    const code = 'producer-lost'
    const failure = {
      type: 'error',
      seq: 1,
      code,
      message: 'Gone',
      retryable: true,
      phase: 'generating',
      partial: FAILED,
    } as const
    await append(own, [long])
    await end(own, [failure])
    deepEqual((await read())?.events, [long, failure])
  })

  check('skips events that are already logged, all of them or some', async ({ lease, append, read, status }) => {
    const own = await lease()
    await append(own, eventsOf(0, 3))
    await append(own, eventsOf(0, 3))
    await append(own, eventsOf(1, 2))
    equal((await status())?.lastSeq, 3)
    await append(own, eventsOf(2, 6))
    deepEqual((await read())?.events, eventsOf(0, 6))
  })

  check('rejects events when others are missing before them or among them', async ({ lease, append, end, read }) => {
    const own = await lease()
    await refuses(append(own, eventsOf(1, 2)))
    await append(own, eventsOf(0, 3))
    await refuses(append(own, eventsOf(5, 6)))
    await refuses(append(own, [...eventsOf(4, 5), ...eventsOf(7, 8)]))
    await refuses(end(own, [terminal(5)]))
    deepEqual(await read(), { state: 'running', events: eventsOf(0, 3), firstSeq: 0, lastSeq: 3 })
    await append(own, eventsOf(4, 4))
  })

  check('logs the same events once when they are written simultaneously', async ({ lease, append, read }) => {
    const own = await lease()
    await Promise.all(Array.from({ length: 10 }, () => append(own, eventsOf(0, 9))))
    deepEqual((await read())?.events, eventsOf(0, 9))
  })

  check('accepts an empty list of events', async ({ lease, append, read, running }) => {
    const own = await lease()
    deepEqual(await append(own, []), { stopRequested: false })
    deepEqual(await read(), { state: 'running', events: [], firstSeq: 0, lastSeq: -1 })
    deepEqual(await running(), ['r1'])
  })

  check('logs a thousand events at once', async ({ lease, append, read }) => {
    await append(await lease(), eventsOf(0, 999))
    deepEqual((await read())?.events, eventsOf(0, 999))
  })
}

function declareEnding(check: RunStoreCheck): void {
  check('logs the last events and ends the run', async ({ lease, append, end, read, status, running }) => {
    const own = await lease({ threadId: 't1' })
    await append(own, eventsOf(0, 3))
    await end(own, [...eventsOf(2, 5), terminal(6)])
    deepEqual(await status(), { state: 'ended', threadId: 't1', lastSeq: 6, stopRequested: false })
    const events = [...eventsOf(0, 5), terminal(6)]
    deepEqual(await read(), { state: 'ended', events, firstSeq: 0, lastSeq: 6 })
    deepEqual(await running(), [])
  })

  check('ends a run once', async ({ lease, end, read }) => {
    const own = await lease()
    const last = [...eventsOf(0, 2), terminal(3)]
    await Promise.all([end(own, last), end(own, last)])
    await end(own, last)
    deepEqual(await read(), { state: 'ended', events: last, firstSeq: 0, lastSeq: 3 })
  })

  check('logs nothing after the end', async ({ lease, append, end, read }) => {
    const own = await lease()
    await end(own, [...eventsOf(0, 1), terminal(2)])
    await refuses(append(own, eventsOf(3, 4)))
    await refuses(append(own, []))
    deepEqual((await read())?.lastSeq, 2)
  })

  check('ends a run with all of its last events or with none', async ({ begin, lease, append, end, read }) => {
    const own = await lease({ threadId: 't1' })
    await append(own, eventsOf(0, 1))
    await refuses(end(own, [...eventsOf(3, 4), terminal(5)]))
    deepEqual(await read(), { state: 'running', events: eventsOf(0, 1), firstSeq: 0, lastSeq: 1 })
    equal((await begin({ threadId: 't1', runId: 'r2' })).outcome, 'thread-busy')
    await end(own, [...eventsOf(2, 4), terminal(5)])
    deepEqual((await read())?.state, 'ended')
  })
}
