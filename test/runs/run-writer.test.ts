import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../src/index.ts'
import { createRunWriter } from '../../src/runs/run-writer.ts'
import { createGate, manualClock } from '../../src/testing.ts'
import { resultOf, token } from '../support/chat-events.ts'
import { stagedRunStore } from '../support/staged-run-store.ts'

const RUN = { scope: 'ann', runId: 'r1' }
const { signal } = new AbortController()

/** A writer of a run that has begun, whose events a test adds. */
async function openWriter({ leaseMs = 10_000, flushMs = 250, storeMs = 5_000 } = {}) {
  const clock = manualClock()
  const store = stagedRunStore({ clock })
  const begun = await store.begin({ ...RUN, leaseMs, maxActive: 4 }, { signal })
  if (begun.outcome !== 'begun') throw new TypeError(begun.outcome)
  const events: ChatEvent[] = []
  const errors: string[] = []
  let stops = 0
  let losses = 0
  const writer = createRunWriter({
    store,
    lease: begun.lease,
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
  it('writes what comes within flushMs at once, and the next only after another flushMs', async () => {
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

  it('F33: writes every flushMs while tokens come without a pause', async () => {
    const { clock, writer, add } = await openWriter()
    for (let ms = 0; ms < 1_000; ms += 10) {
      add()
      await clock.advance(10)
    }
    expect(writer.acknowledged()).toBeGreaterThanOrEqual(74)
  })

  it('has one write on its way, and acknowledges only what the store has confirmed', async () => {
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

  it('writes what comes during a renewal after it', async () => {
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

  it('renews a silent lease five times before it runs out, for as long as the run lives', async () => {
    const { clock, store } = await openWriter({ leaseMs: 1_000 })
    await clock.advance(10_000)
    expect(store.writes('append')).toEqual(Array.from({ length: 50 }, () => []))
    expect(await store.status(RUN, { signal })).toMatchObject({ state: 'running' })
  })

  it('keeps the lease alive, however long events may be collected', async () => {
    const { clock, store, add } = await openWriter({ leaseMs: 1_000, flushMs: 60_000 })
    for (let seconds = 0; seconds < 5; seconds += 1) {
      add()
      await clock.advance(1_000)
    }
    expect(await store.status(RUN, { signal })).toMatchObject({ state: 'running', lastSeq: 4 })
  })

  it('renews a lease without an end never', async () => {
    const { clock, store } = await openWriter({ leaseMs: Infinity })
    await clock.advance(1e9)
    expect([store.writes('append'), clock.pending]).toEqual([[], 0])
  })

  it('F34: asks a store that fails again, and tells it once for each outage', async () => {
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

  it('F33: gives a call up after storeMs, and is not confused when its answer comes after that of the next', async () => {
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

  it('stops writing for good once the lease is lost, also when the store was away before, and says so', async () => {
    const { clock, store, writer, errors, add, last } = await openWriter({ leaseMs: 2_000 })
    add()
    await clock.advance(250)
    store.stageAll('fails')
    await clock.advance(2_000)
    store.stageAll('works')
    await clock.advance(250)
    expect(errors).toEqual(['store-unavailable', 'store-conflict'])
    const { length } = store.calls
    add()
    await clock.advance(60_000)
    await writer.end(last())
    await writer.discard()
    expect([store.calls.length, writer.acknowledged(), clock.pending]).toEqual([length, 0, 0])
  })

  it('writes no more when it hears of the loss in a silence', async () => {
    const { clock, store, errors, add } = await openWriter()
    await store.delete(RUN, { signal })
    await clock.advance(2_000)
    expect([errors, clock.pending]).toEqual([['store-conflict'], 0])
    add()
    expect(clock.pending).toBe(0)
  })

  it('ends a run with what is left, however much that is, and writes nothing after it', async () => {
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

  it('writes the end after the write that is on its way', async () => {
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

  it('asks again to keep the end, and gives up after storeMs', async () => {
    const { clock, store, writer, errors, last } = await openWriter()
    store.stage('end', 'fails')
    let ended = false
    void writer.end(last()).then(() => (ended = true))
    await clock.advance(4_999)
    expect([ended, store.writes('end').length]).toEqual([false, 20])
    await clock.advance(1)
    expect([ended, errors, clock.pending]).toEqual([true, ['store-unavailable'], 0])
  })

  it('keeps the end when the store comes back in time', async () => {
    const { clock, store, writer, errors, last, logged } = await openWriter()
    store.stage('end', 'fails')
    const ended = writer.end(last())
    await clock.advance(1_000)
    store.stage('end', 'works')
    await clock.advance(250)
    await ended
    expect([await logged(), errors, writer.acknowledged()]).toEqual([0, [], 0])
  })

  it.each(['append', 'end'] as const)('gives the end up after storeMs when %s hangs', async (name) => {
    const { clock, store, writer, errors, add, last } = await openWriter()
    store.stage(name, 'hangs')
    add()
    await clock.advance(250)
    let ended = false
    void writer.end(last()).then(() => (ended = true))
    await clock.advance(5_000)
    expect([ended, errors, clock.pending]).toEqual([true, ['store-unavailable'], 0])
  })

  it('F50: tells that the lease is lost, because the thread is free then, but not of a run that was only forgotten', async () => {
    const late = await openWriter({ leaseMs: 2_000 })
    late.store.stageAll('fails')
    await late.clock.advance(3_000)
    late.store.stageAll('works')
    await late.clock.advance(250)
    await nextTurn()
    expect(late.losses()).toBe(1)

    const forgotten = await openWriter()
    await forgotten.store.delete(RUN, { signal })
    await forgotten.clock.advance(2_000)
    await nextTurn()
    expect([forgotten.errors, forgotten.losses()]).toEqual([['store-conflict'], 0])
  })

  it('does not ask again to keep the end of a run that it has lost', async () => {
    const { clock, store, writer, errors, last } = await openWriter()
    await store.delete(RUN, { signal })
    await writer.end(last())
    expect([store.writes('end').length, errors, clock.pending]).toEqual([1, ['store-conflict'], 0])
  })

  it('F42: hears of a stop with any answer of the store', async () => {
    const { clock, store, stops } = await openWriter()
    await store.requestStop(RUN, { signal })
    await clock.advance(2_000)
    expect(stops()).toBe(1)
  })

  it('makes the store forget a run, after the write that is on its way', async () => {
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

  it('lets a run go that the store does not forget', async () => {
    const { clock, store, writer, errors } = await openWriter()
    store.stage('delete', 'hangs')
    const discarded = writer.discard()
    await clock.advance(5_000)
    await discarded
    expect([errors, clock.pending]).toEqual([['store-unavailable'], 0])
  })
})
