import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { ChatError, type ChatEvent } from '../../src/index.ts'
import { createRunWriter } from '../../src/runs/run-writer.ts'
import { createGate, manualClock } from '../../src/testing.ts'
import { resultOf, token } from '../support/chat-events.ts'
import { stagedRunStore } from '../support/staged-run-store.ts'

const RUN = { scope: 'ann', runId: 'r1' }
const { signal } = new AbortController()

interface WriterTest {
  readonly leaseMs?: number
  readonly flushMs?: number
  readonly storeMs?: number
  readonly threadId?: string
}

/** A writer of a run that has begun; the test adds its events. */
async function openWriter({ leaseMs = 10_000, flushMs = 250, storeMs = 5_000, ...thread }: WriterTest = {}) {
  const clock = manualClock()
  const store = stagedRunStore({ clock })
  const begun = await store.begin({ ...RUN, ...thread, leaseMs, maxActive: 4 }, { signal })
  if (begun.outcome !== 'begun') throw new TypeError(begun.outcome)
  const events: ChatEvent[] = []
  const errors: string[] = []
  let stops = 0
  let losses = 0
  const writer = createRunWriter({
    store,
    lease: begun.lease,
    ...thread,
    events,
    flushMs,
    storeMs,
    clock,
    onStopRequested: () => (stops += 1),
    onLost: () => (losses += 1),
    onError: ({ code }) => errors.push(code),
  })

  function add(count = 1): void {
    for (let added = 0; added < count; added += 1) {
      events.push(token('x', { seq: events.length, at: 0 }))
      writer.notify()
    }
  }

  const last = () => ({ type: 'done', seq: events.length, ...resultOf('') }) as const
  const logged = async () => (await store.status(RUN, { signal }))?.lastSeq
  return { clock, store, writer, events, errors, add, last, logged, stops: () => stops, losses: () => losses }
}

describe('createRunWriter', () => {
  it('writes the events of one flushMs together, and the next ones only after another flushMs', async () => {
    const { clock, store, writer, add } = await openWriter()
    add(2)
    await clock.advance(249)
    expect(store.writes('append')).toEqual([])
    add()
    await clock.advance(1)
    expect(store.writes('append')).toEqual([[0, 1, 2]])
    expect(writer.acknowledged()).toBe(2)
    add()
    await clock.advance(249)
    expect(writer.acknowledged()).toBe(2)
    await clock.advance(1)
    expect(store.writes('append')).toEqual([[0, 1, 2], [3]])
  })

  it('F33: writes every flushMs while tokens arrive continuously', async () => {
    const { clock, writer, add } = await openWriter()
    for (let ms = 0; ms < 1_000; ms += 10) {
      add()
      await clock.advance(10)
    }
    expect(writer.acknowledged()).toBeGreaterThanOrEqual(74)
  })

  it('has at most one pending write, and acknowledges only events that the store has confirmed', async () => {
    const { clock, store, writer, add } = await openWriter()
    const gate = createGate()
    store.stage('append', gate)
    add()
    await clock.advance(250)
    add(2)
    await clock.advance(4_000)
    expect([store.writes('append'), writer.acknowledged()]).toEqual([[[0]], -1])
    gate.open()
    await nextTurn()
    expect(writer.acknowledged()).toBe(0)
    await clock.advance(250)
    expect([store.writes('append'), writer.acknowledged()]).toEqual([[[0], [1, 2]], 2])
  })

  it('writes events that arrive during a renewal after it', async () => {
    const { clock, store, add } = await openWriter()
    const gate = createGate()
    store.stage('append', gate)
    await clock.advance(2_000)
    add()
    await clock.advance(1_000)
    expect(store.writes('append')).toEqual([[]])
    gate.open()
    await clock.advance(250)
    expect(store.writes('append')).toEqual([[], [0]])
  })

  it('renews the lease of a silent run five times per lease period, until the run ends', async () => {
    const { clock, store } = await openWriter({ leaseMs: 1_000 })
    await clock.advance(10_000)
    expect(store.writes('append')).toEqual(Array.from({ length: 50 }, () => []))
    expect(await store.status(RUN, { signal })).toMatchObject({ state: 'running' })
  })

  it('keeps the lease alive even if flushMs is longer', async () => {
    const { clock, store, add } = await openWriter({ leaseMs: 1_000, flushMs: 60_000 })
    for (let seconds = 0; seconds < 5; seconds += 1) {
      add()
      await clock.advance(1_000)
    }
    expect(await store.status(RUN, { signal })).toMatchObject({ state: 'running', lastSeq: 4 })
  })

  it('never renews a lease without an end', async () => {
    const { clock, store } = await openWriter({ leaseMs: Infinity })
    await clock.advance(1e9)
    expect([store.writes('append'), clock.pending]).toEqual([[], 0])
  })

  it('F34: retries a store that fails, and reports the error once for each outage', async () => {
    const { clock, store, writer, errors, add } = await openWriter()
    store.stage('append', 'fails')
    add(2)
    await clock.advance(1_000)
    expect(store.writes('append')).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
      [0, 1],
    ])
    expect(errors).toEqual(['store-unavailable'])
    store.stage('append', 'works')
    add()
    await clock.advance(250)
    expect(writer.acknowledged()).toBe(2)
    store.stage('append', 'fails')
    add()
    await clock.advance(1_000)
    expect(errors).toEqual(['store-unavailable', 'store-unavailable'])
  })

  it('F33: gives up a call after storeMs, and handles a reply that arrives after that of the next call', async () => {
    const { clock, store, writer, errors, add, last, logged } = await openWriter()
    const gate = createGate()
    store.stage('append', gate)
    add()
    await clock.advance(250)
    add(2)
    await clock.advance(5_000)
    expect(errors).toEqual(['store-unavailable'])
    store.stage('append', 'works')
    await clock.advance(250)
    expect(writer.acknowledged()).toBe(2)
    gate.open()
    await nextTurn()
    expect(writer.acknowledged()).toBe(2)
    add()
    await writer.end(last())
    expect([store.writes('end'), await logged()]).toEqual([[[3, 4]], 4])
  })

  it('C5: takes its lease back with its next write after an outage longer than the lease', async () => {
    const { clock, store, writer, errors, add, last, logged, losses } = await openWriter({ leaseMs: 2_000 })
    add()
    await clock.advance(250)
    store.stageAll('fails')
    add(3)
    await clock.advance(12_000)
    store.stageAll('works')
    expect(await store.status(RUN, { signal })).toMatchObject({ state: 'lost', lastSeq: 0 })
    await clock.advance(250)
    expect(await store.status(RUN, { signal })).toMatchObject({ state: 'running', lastSeq: 3 })
    add()
    await writer.end(last())
    expect([await logged(), writer.acknowledged(), losses(), errors]).toEqual([5, 5, 0, ['store-unavailable']])
  })

  it('C5: stops writing for good when another run holds the thread, and reports that', async () => {
    const { clock, store, writer, errors, add, last, losses } = await openWriter({ leaseMs: 2_000, threadId: 't' })
    add()
    await clock.advance(250)
    store.stageAll('fails')
    await clock.advance(2_000)
    store.stageAll('works')
    await store.begin({ ...RUN, runId: 'r2', threadId: 't', leaseMs: 60_000, maxActive: 4 }, { signal })
    await clock.advance(250)
    expect([errors, losses()]).toEqual([['store-unavailable', 'store-conflict'], 1])
    const { length } = store.calls
    add()
    await clock.advance(60_000)
    await writer.end(last())
    await writer.discard()
    expect([store.calls.length, writer.acknowledged(), clock.pending]).toEqual([length, 0, 0])
  })

  it('C6: registers a run again that the store has lost, with its thread and all of its events', async () => {
    const { clock, store, writer, errors, add, losses } = await openWriter({ threadId: 't' })
    add(1_200)
    await clock.advance(1_000)
    expect(writer.acknowledged()).toBe(1_199)
    await store.delete(RUN, { signal })
    await clock.advance(2_000)
    const page = await store.read(RUN, { afterSeq: -1, limit: 5_000, signal })
    expect([page?.state, page?.firstSeq, page?.events.length]).toEqual(['running', 0, 1_200])
    const other = { ...RUN, runId: 'r2', threadId: 't', leaseMs: 60_000, maxActive: 4 }
    expect(await store.begin(other, { signal })).toEqual({ outcome: 'thread-busy', runId: 'r1' })
    expect(await store.begin({ ...other, runId: 'r1' }, { signal })).toEqual({ outcome: 'exists' })
    expect([writer.acknowledged(), losses(), errors]).toEqual([1_199, 0, []])
  })

  it.each([
    { taker: 'the thread', runId: 'r2', threadId: 't' },
    { taker: 'the id', runId: 'r1', threadId: 'other' },
  ])('C6: gives up when a run took $taker while the store had lost the own run', async ({ runId, threadId }) => {
    const { clock, store, add, losses } = await openWriter({ threadId: 't' })
    add(3)
    await clock.advance(250)
    await store.delete(RUN, { signal })
    await store.begin({ ...RUN, runId, threadId, leaseMs: 60_000, maxActive: 4 }, { signal })
    add()
    await clock.advance(2_000)
    expect([losses(), clock.pending]).toEqual([1, 0])
  })

  it('C6: learns of a stop that was requested while the store had lost the run', async () => {
    const { clock, store, stops } = await openWriter()
    await store.delete(RUN, { signal })
    expect(await store.requestStop(RUN, { signal })).toBe('unknown')
    await clock.advance(2_000)
    expect(stops()).toBe(1)
  })

  it('C6: registers a run once even if the reply was lost', async () => {
    const { clock, store, writer, add, losses } = await openWriter({ threadId: 't' })
    add(3)
    await clock.advance(250)
    await store.delete(RUN, { signal })
    const { begin } = store
    let lost = 0
    Object.assign(store, {
      begin: async (...call: Parameters<typeof begin>) => {
        const outcome = await begin(...call)
        lost += 1
        if (lost === 1) throw new Error('read ECONNRESET')
        return outcome
      },
    })
    add()
    await clock.advance(1_000)
    expect([losses(), writer.acknowledged(), (await store.status(RUN, { signal }))?.lastSeq]).toEqual([0, 3, 3])
  })

  it('C6: writes events again that a store lost by restoring older data', async () => {
    const { clock, store, writer, add, losses } = await openWriter()
    add(5)
    await clock.advance(250)
    const { append, status } = store
    // Like a restart from a snapshot.
    let lastSeq = 1
    Object.assign(store, {
      status: async (...call: Parameters<typeof status>) => ({ ...(await status(...call)), lastSeq }),
      async append(...[lease, events, options]: Parameters<typeof append>) {
        const [first] = events
        if (first && first.seq > lastSeq + 1) throw new ChatError('gap', { code: 'store-conflict' })
        lastSeq = events.at(-1)?.seq ?? lastSeq
        return append(lease, events, options)
      },
    })
    add()
    await clock.advance(250)
    expect([lastSeq, writer.acknowledged(), losses()]).toEqual([5, 5, 0])
  })

  it('ends a run with all remaining events, and writes nothing afterwards', async () => {
    const { clock, store, writer, add, last, logged } = await openWriter()
    add(1_200)
    await writer.end(last())
    expect(store.writes('append').map(({ length }) => length)).toEqual([500, 500])
    expect(store.writes('end').map(({ length }) => length)).toEqual([201])
    expect([await logged(), writer.acknowledged(), clock.pending]).toEqual([1_200, 1_200, 0])
    await writer.end(last())
    writer.notify()
    await clock.advance(60_000)
    expect(store.writes('end')).toHaveLength(1)
  })

  it('writes the end after the pending write', async () => {
    const { clock, store, writer, add, last } = await openWriter()
    const gate = createGate()
    store.stage('append', gate)
    add()
    await clock.advance(250)
    add()
    const ended = writer.end(last())
    await nextTurn()
    expect(store.writes('end')).toEqual([])
    gate.open()
    await ended
    expect(store.writes('end')).toEqual([[1, 2]])
  })

  it('retries the write of the end, and gives up after storeMs', async () => {
    const { clock, store, writer, errors, last } = await openWriter()
    store.stage('end', 'fails')
    let ended = false
    void writer.end(last()).then(() => (ended = true))
    await clock.advance(4_999)
    expect([ended, store.writes('end').length]).toEqual([false, 20])
    await clock.advance(1)
    expect([ended, errors]).toEqual([true, ['store-unavailable']])
    await clock.advance(60_000)
    expect([errors, clock.pending]).toEqual([['store-unavailable'], 0])
  })

  it('C5: writes the end of a run that ended during an outage when the store recovers within a minute', async () => {
    const { clock, store, writer, add, last, logged } = await openWriter({ leaseMs: 2_000 })
    add(2)
    await clock.advance(250)
    store.stageAll('hangs')
    add()
    const end = last()
    let ended = false
    void writer.end(end).then(() => (ended = true))
    await clock.advance(5_000)
    expect(ended).toBe(true)
    await clock.advance(20_000)
    store.stageAll('works')
    await clock.advance(6_000)
    await writer.settled()
    expect([await logged(), writer.acknowledged(), clock.pending]).toEqual([3, 3, 0])
    expect(await store.status(RUN, { signal })).toMatchObject({ state: 'ended' })
  })

  it('saves the end when the store recovers in time', async () => {
    const { clock, store, writer, errors, last, logged } = await openWriter()
    store.stage('end', 'fails')
    const ended = writer.end(last())
    await clock.advance(1_000)
    store.stage('end', 'works')
    await clock.advance(250)
    await ended
    expect([await logged(), errors, writer.acknowledged()]).toEqual([0, [], 0])
  })

  it.each(['append', 'end'] as const)('gives up the write of the end after storeMs when %s hangs', async (name) => {
    const { clock, store, writer, errors, add, last } = await openWriter()
    store.stage(name, 'hangs')
    add()
    await clock.advance(250)
    let ended = false
    void writer.end(last()).then(() => (ended = true))
    await clock.advance(5_000)
    expect([ended, errors]).toEqual([true, ['store-unavailable']])
    await clock.advance(70_000)
    expect([errors, clock.pending]).toEqual([['store-unavailable'], 0])
  })

  it('C6: registers a run again that the store has lost, in order to end it', async () => {
    const { clock, store, writer, errors, add, last } = await openWriter()
    add(1_200)
    await store.delete(RUN, { signal })
    await writer.end(last())
    const page = await store.read(RUN, { afterSeq: -1, limit: 5_000, signal })
    expect([page?.state, page?.events.length, errors, clock.pending]).toEqual(['ended', 1_201, [], 0])
  })

  it('does not retry the end of a run whose place another run has taken', async () => {
    const { clock, store, writer, errors, last } = await openWriter({ threadId: 't' })
    await store.delete(RUN, { signal })
    await store.begin({ ...RUN, runId: 'r2', threadId: 't', leaseMs: 60_000, maxActive: 4 }, { signal })
    await writer.end(last())
    expect([store.writes('end').length, errors, clock.pending]).toEqual([1, ['store-conflict'], 0])
  })

  it('F42: learns of a stop from any reply of the store', async () => {
    const { clock, store, stops } = await openWriter()
    await store.requestStop(RUN, { signal })
    await clock.advance(2_000)
    expect(stops()).toBe(1)
  })

  it('deletes a run from the store after the pending write', async () => {
    const { clock, store, writer, add, logged } = await openWriter()
    const gate = createGate()
    store.stage('append', gate)
    add()
    await clock.advance(250)
    const discarded = writer.discard()
    await nextTurn()
    gate.open()
    await discarded
    expect([await logged(), clock.pending]).toEqual([undefined, 0])
  })

  it('gives up the deletion of a run when the store fails', async () => {
    const { clock, store, writer, errors } = await openWriter()
    store.stage('delete', 'hangs')
    const discarded = writer.discard()
    await clock.advance(5_000)
    await discarded
    expect([errors, clock.pending]).toEqual([['store-unavailable'], 0])
  })
})
