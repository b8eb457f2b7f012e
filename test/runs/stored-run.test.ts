import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import type { ChatEvent } from '../../src/index.ts'
import { memoryRunStore } from '../../src/runs/memory/memory-run-store.ts'
import { findStoredRun, readStoredRun } from '../../src/runs/stored-run.ts'
import { manualClock } from '../../src/testing.ts'
import { answerOf, done, START, token } from '../support/chat-events.ts'
import { stagedRunStore } from '../support/staged-run-store.ts'
import { errorOf, readAll } from '../core/ask.ts'

const RUN = { scope: 'ann', runId: 'r1' }
const { signal } = new AbortController()

/** A run that another process logs, and the reader of it in this process. */
async function openLog({ maxEvents = 20_000, retainMs = 300_000 } = {}) {
  const clock = manualClock()
  const shared = memoryRunStore({ clock, maxEvents, retainMs })
  const store = stagedRunStore({ clock, store: shared })
  const begun = await shared.begin({ ...RUN, leaseMs: 10_000, maxActive: 4 }, { signal })
  if (begun.outcome !== 'begun') throw new TypeError(begun.outcome)
  const { lease } = begun
  const errors: string[] = []
  const options = {
    store,
    pollMs: 1_000,
    storeMs: 5_000,
    patienceMs: 20_000,
    clock,
    onError: ({ code }: { code: string }) => errors.push(code),
  }
  let seq = 0
  let at = 0

  async function log(...deltas: readonly string[]): Promise<void> {
    const events = deltas.map((delta) => {
      at += delta.length
      return seq === 0 ? { ...START, seq: seq++ } : token(delta, { seq: seq++, at: at - delta.length })
    })
    await shared.append(lease, events, { signal })
  }

  const end = () => shared.end(lease, [done('', { seq: seq++ })], { signal })
  const open = (afterSeq = -1) => findStoredRun(RUN, afterSeq, { ...options, signal })

  /** Reads in the background. */
  function tail(afterSeq = -1) {
    const reader = readStoredRun(RUN, afterSeq, options)
    const iterator = reader[Symbol.asyncIterator]()
    const events: ChatEvent[] = []
    let over = false
    void (async () => {
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) events.push(next.value)
      over = true
    })()
    const seqs = () => events.map(({ seq }) => seq)
    return { events, seqs, over: () => over, acknowledged: reader.acknowledged, leave: () => iterator.return?.() }
  }

  return { clock, shared, store, lease, log, end, open, tail, errors }
}

describe('findStoredRun', () => {
  it('reports the state of the run, and reads one event for that', async () => {
    const { shared, store, log, end, open } = await openLog()
    const read = vi.spyOn(store, 'read')
    await log('', 'a', 'b')
    expect(await open()).toBe('readable')
    expect(await open(2)).toBe('readable')
    await end()
    expect(await open(2)).toBe('readable')
    expect([await open(3), await open(800)]).toEqual(['finished', 'finished'])
    await shared.delete(RUN, { signal })
    expect(await open()).toBe('unknown')
    expect(read.mock.calls.map(([, { limit }]) => limit)).toEqual([1, 1, 1, 1, 1, 1])
  })

  it('reports that a run has expired when events after the position are gone', async () => {
    const { log, open } = await openLog({ maxEvents: 3 })
    await log('', 'a', 'b', 'c', 'd')
    expect([await open(-1), await open(0)]).toEqual(['expired', 'expired'])
    expect(await open(1)).toBe('readable')
  })

  it('F32: rejects within storeMs when the store is down or slow, and at once when the reader has left', async () => {
    const { clock, store, open } = await openLog()
    store.stage('read', 'fails')
    await expect(open()).rejects.toMatchObject({ code: 'store-unavailable' })
    store.stage('read', 'hangs')
    const failure = expect(open()).rejects.toMatchObject({ code: 'store-unavailable' })
    await clock.advance(5_000)
    await failure
    expect(clock.pending).toBe(0)
  })
})

describe('readStoredRun', () => {
  it('F29: replays strictly after the position, then follows the run, and acknowledges the events it has read', async () => {
    const { log, end, tail, clock } = await openLog()
    await log('', 'a', 'b')
    const { seqs, over, acknowledged } = tail(1)
    await clock.advance(0)
    expect([seqs(), acknowledged()]).toEqual([[2], 2])
    await log('c')
    await nextTurn()
    expect([seqs(), acknowledged()]).toEqual([[2, 3], 3])
    await end()
    await nextTurn()
    expect([seqs(), over(), clock.pending]).toEqual([[2, 3, 4], true, 0])
  })

  it('reads a long log in pages', async () => {
    const { log, end, tail, store } = await openLog()
    await log(...Array.from({ length: 1_200 }, () => 'x'))
    await end()
    const { seqs, over } = tail()
    await expect.poll(over).toBe(true)
    expect(seqs()).toEqual(Array.from({ length: 1_201 }, (_, seq) => seq))
    expect(store.calls.map(({ name }) => name)).toEqual(['read', 'read', 'read'])
  })

  it('reads nothing before its own first read, and no page ahead of its reader', async () => {
    const { store, log, shared, clock } = await openLog()
    await log(...Array.from({ length: 501 }, () => 'x'))
    const iterator = readStoredRun(RUN, -1, {
      store,
      clock,
      pollMs: 1_000,
      storeMs: 5_000,
      patienceMs: 20_000,
      onError: undefined,
    })[Symbol.asyncIterator]()
    await nextTurn()
    expect([store.calls, store.watchers]).toEqual([[], 0])
    for (let events = 0; events < 400; events += 1) await iterator.next()
    await nextTurn()
    expect(store.calls).toHaveLength(1)
    await iterator.return?.()
    expect((await shared.status(RUN, { signal }))?.state).toBe('running')
  })

  it('F36: finds new events by polling, within pollMs, without a notification', async () => {
    const { log, end, tail, store, clock } = await openLog()
    store.loseNotifications()
    await log('', 'a')
    const { seqs, over } = tail()
    await clock.advance(0)
    await log('b')
    await clock.advance(999)
    expect(seqs()).toEqual([0, 1])
    await clock.advance(1)
    expect(seqs()).toEqual([0, 1, 2])
    await end()
    await clock.advance(1_000)
    expect([seqs(), over(), clock.pending, store.watchers]).toEqual([[0, 1, 2, 3], true, 0, 0])
  })

  it('F41, R17: ends with producer-lost and the whole answer when the lease expires', async () => {
    const { log, tail, clock, store } = await openLog()
    await log('', 'cats ', 'sleep')
    const { events, over, acknowledged } = tail(1)
    await clock.advance(9_999)
    expect(over()).toBe(false)
    await clock.advance(1_001)
    expect(answerOf(events)).toBe('sleep')
    expect(errorOf(events)).toMatchObject({
      seq: 3,
      code: 'producer-lost',
      retryable: true,
      partial: { answer: 'cats sleep', finishReason: 'error', saved: false },
    })
    expect([over(), acknowledged(), clock.pending, store.watchers]).toEqual([true, 2, 0, 0])
  })

  it('F41: numbers the end after the last event of its reader, even if that is beyond the log', async () => {
    const { log, tail, clock } = await openLog()
    await log('', 'a')
    await clock.advance(10_000)
    const { events } = tail(5)
    await clock.advance(1_000)
    expect(errorOf(events)).toMatchObject({ seq: 6, code: 'producer-lost' })
  })

  it('delivers the end to a reader whose position is beyond the run', async () => {
    const { log, end, tail, clock } = await openLog()
    await log('', 'a')
    const { seqs, over } = tail(800)
    await clock.advance(0)
    await end()
    await nextTurn()
    expect([seqs(), over()]).toEqual([[2], true])
  })

  it('ends with run-expired when events were evicted before they were read', async () => {
    const { log, tail, clock } = await openLog({ maxEvents: 3 })
    await log('', 'a')
    const early = tail()
    await clock.advance(0)
    const late = tail(2)
    await log('b', 'c', 'd')
    await log('e', 'f')
    await clock.advance(0)
    for (const { events } of [early, late]) expect(errorOf(events)).toMatchObject({ code: 'run-expired' })
    expect([early.seqs(), late.seqs()]).toEqual([[0, 1, 2], [3]])
  })

  it('continues when only events were evicted that it had already read', async () => {
    const { log, tail, clock } = await openLog({ maxEvents: 3 })
    await log('', 'a')
    const early = tail()
    await clock.advance(0)
    await log('b', 'c', 'd')
    const late = tail(3)
    await clock.advance(0)
    expect(early.seqs()).toEqual([0, 1, 2, 3, 4])
    expect(late.events).toMatchObject([{ type: 'token', seq: 4, delta: 'd' }])
  })

  it('C5, R19: waits one second for a producer that was cut off from the store to take its lease back', async () => {
    const { log, end, tail, clock } = await openLog()
    await log('', 'a')
    await clock.advance(12_000)
    const { seqs, over } = tail()
    await clock.advance(600)
    expect([seqs(), over()]).toEqual([[0, 1], false])
    await log('b')
    await clock.advance(5_000)
    await end()
    await clock.advance(0)
    expect([seqs(), over(), clock.pending]).toEqual([[0, 1, 2, 3], true, 0])
  })

  it('R19: continues for a reader that resumes after producer-lost when the producer was only cut off', async () => {
    const { log, end, tail, clock } = await openLog()
    await log('', 'a')
    const { events, over, acknowledged } = tail()
    await clock.advance(12_000)
    expect([errorOf(events).code, over()]).toEqual(['producer-lost', true])
    await log('b')
    await end()
    const again = tail(acknowledged())
    await clock.advance(1_000)
    expect([again.seqs(), again.over()]).toEqual([[2, 3], true])
  })

  it.each(['fails', 'hangs'] as const)('C5: continues after a store that %s for longer than the lease', async (how) => {
    const { log, end, tail, clock, store, errors } = await openLog()
    await log('', 'a')
    const { seqs, over } = tail()
    await clock.advance(0)
    store.stage('read', how)
    await clock.advance(12_000)
    store.stage('read', 'works')
    await log('b')
    await clock.advance(6_000)
    await end()
    await clock.advance(0)
    expect([seqs(), over(), errors]).toEqual([[0, 1, 2, 3], true, []])
  })

  it('C6: follows a run that the store had lost and that was registered again', async () => {
    const { log, tail, clock, shared, lease } = await openLog()
    await log('', 'a', 'b')
    const { events, seqs, over } = tail()
    await clock.advance(0)
    await shared.delete(RUN, { signal })
    await clock.advance(2_000)
    await shared.begin({ ...RUN, leaseMs: 10_000, maxActive: 4, token: lease.token }, { signal })
    await clock.advance(1_000)
    await shared.append(lease, [...events, token('c', { seq: 3, at: 2 }), done('abc', { seq: 4 })], { signal })
    await clock.advance(0)
    expect([seqs(), over(), clock.pending]).toEqual([[0, 1, 2, 3, 4], true, 0])
  })

  it('ends with run-expired when the store loses the run and it is not registered again', async () => {
    const { log, tail, clock, shared } = await openLog()
    await log('', 'a')
    const { events, over } = tail()
    await clock.advance(0)
    await shared.delete(RUN, { signal })
    await clock.advance(19_000)
    expect(over()).toBe(false)
    await clock.advance(2_000)
    expect(errorOf(events)).toMatchObject({ seq: 2, code: 'run-expired', partial: { answer: 'a' } })
  })

  it('ends with run-expired at once when a run without text is deleted, because it was rejected', async () => {
    const { log, tail, clock, shared } = await openLog()
    await log('')
    const { events } = tail()
    await clock.advance(0)
    await shared.delete(RUN, { signal })
    await clock.advance(1_000)
    expect(errorOf(events)).toMatchObject({ seq: 1, code: 'run-expired' })
  })

  it('continues when a failing store recovers within storeMs', async () => {
    const { log, end, tail, clock, store, errors } = await openLog()
    await log('', 'a')
    const { seqs } = tail()
    await clock.advance(0)
    store.stage('read', 'fails')
    await log('b')
    await clock.advance(4_000)
    store.stage('read', 'works')
    await clock.advance(250)
    await end()
    await nextTurn()
    expect([seqs(), errors]).toEqual([[0, 1, 2, 3], []])
  })

  it.each(['fails', 'hangs'] as const)(
    'ends with store-unavailable after patienceMs of a store that %s',
    async (how) => {
      const { log, tail, clock, store, errors } = await openLog()
      await log('', 'a')
      const { events, over } = tail()
      await clock.advance(0)
      store.stage('read', how)
      await log('b')
      await clock.advance(19_000)
      expect(over()).toBe(false)
      await clock.advance(3_000)
      expect(errorOf(events)).toMatchObject({ code: 'store-unavailable', partial: { answer: 'a' } })
      expect([over(), errors, clock.pending, store.watchers]).toEqual([true, ['store-unavailable'], 0, 0])
    },
  )

  it.each(['reads', 'waits', 'waits to ask again'])('can be returned at once while it %s', async (when) => {
    const { log, tail, clock, store } = await openLog()
    await log('', 'a')
    if (when === 'reads') store.stage('read', 'hangs')
    const { over, leave } = tail()
    await clock.advance(0)
    if (when === 'waits to ask again') {
      store.stage('read', 'fails')
      await log('b')
      await nextTurn()
    }
    await leave()
    await nextTurn()
    expect([over(), clock.pending, store.watchers]).toEqual([true, 0, 0])
  })

  it('does not report a store failure when it is returned', async () => {
    const { tail, clock, store, errors } = await openLog()
    store.stage('read', 'hangs')
    const { over, leave } = tail()
    await clock.advance(4_900)
    await leave()
    await nextTurn()
    expect([over(), errors, clock.pending]).toEqual([true, [], 0])
  })

  it('can be returned by a reader that has just received an event', async () => {
    const { log, store, clock } = await openLog()
    await log('', 'a', 'b')
    const options = { store, clock, pollMs: 1_000, storeMs: 5_000, patienceMs: 20_000, onError: undefined }
    const iterator = readStoredRun(RUN, -1, options)[Symbol.asyncIterator]()
    await iterator.next().then(() => iterator.return?.())
    await nextTurn()
    expect([clock.pending, store.watchers]).toEqual([0, 0])
  })

  it('can be returned before it is read, and while it holds an event for its reader', async () => {
    const { log, store, clock } = await openLog()
    await log('', 'a', 'b')
    const options = { store, clock, pollMs: 1_000, storeMs: 5_000, patienceMs: 20_000, onError: undefined }
    const unread = readStoredRun(RUN, -1, options)[Symbol.asyncIterator]()
    await unread.return?.()
    expect(await unread.next()).toMatchObject({ done: true })
    const paused = readStoredRun(RUN, -1, options)[Symbol.asyncIterator]()
    await paused.next()
    await nextTurn()
    await paused.return?.()
    expect(await paused.next()).toMatchObject({ done: true })
    await nextTurn()
    expect([clock.pending, store.watchers]).toEqual([0, 0])
  })

  it('F54: accepts one consumer', async () => {
    const { log, end, store, clock } = await openLog()
    await log('', 'a')
    await end()
    const reader = readStoredRun(RUN, -1, {
      store,
      clock,
      pollMs: 1_000,
      storeMs: 5_000,
      patienceMs: 20_000,
      onError: undefined,
    })
    expect(await readAll(reader)).toHaveLength(3)
    await expect(readAll(reader)).rejects.toThrow(TypeError)
  })
})
