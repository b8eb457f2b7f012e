import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { DisconnectPolicy } from '../../src/runs/run-registry-options.ts'
import { createGate } from '../../src/testing.ts'
import { openProcesses, tail } from './registries.ts'

/** A run with one reader, who has left. */
async function openUnread(onDisconnect?: DisconnectPolicy) {
  const { clock, open, expectClean } = openProcesses()
  const [here, elsewhere] = [open({ ...(onDisconnect && { onDisconnect }) }), open()]
  const { run, started } = await here.begin()
  const reader = tail(started.read())
  await clock.advance(0)
  await reader.leave()
  await nextTurn()
  return { clock, here, elsewhere, run, started, expectClean }
}

/** Reads a run, wherever it is. */
async function attach(process: Awaited<ReturnType<typeof openUnread>>['here']) {
  const found = await process.read()
  if (found.outcome !== 'reading') return expect.fail(found.outcome)
  return tail(found.reader)
}

describe('a run that is left', () => {
  it('F25: stops when its last reader has left, and is kept', async () => {
    const { clock, run, started, elsewhere, expectClean } = await openUnread()
    expect(run.ended).toBe(true)
    await started.ended
    const { events, ended } = await attach(elsewhere)
    await ended
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'abort' })
    await clock.advance(0)
    expectClean()
  })

  it('goes on while somebody else reads it, and stops with the last one', async () => {
    const { open } = openProcesses()
    const { begin } = open()
    const { run, started } = await begin()
    const readers = [tail(started.read()), tail(started.read())]
    await readers[0]?.leave()
    await nextTurn()
    expect(run.ended).toBe(false)
    await readers[1]?.leave()
    await nextTurn()
    expect(run.ended).toBe(true)
  })

  it('goes on when nobody has read it yet', async () => {
    const { clock, open } = openProcesses()
    const { begin } = open()
    const { run } = await begin()
    await clock.advance(60_000)
    expect(run.ended).toBe(false)
  })

  it('F26: stops when it was left by a reader who had not read', async () => {
    const { open } = openProcesses()
    const { begin } = open()
    const { run, started } = await begin()
    await started.read()[Symbol.asyncIterator]().return?.()
    await nextTurn()
    expect(run.ended).toBe(true)
  })

  it('goes on to its end under continue', async () => {
    const { clock, here, run, expectClean } = await openUnread('continue')
    await clock.advance(3_600_000)
    expect(run.ended).toBe(false)
    const { events, ended } = await attach(here)
    run.finish()
    await ended
    expect(events.at(-1)).toMatchObject({ finishReason: 'stop' })
    await clock.advance(0)
    expectClean()
  })

  it('goes on for a while under continueForMs', async () => {
    const { clock, run } = await openUnread({ continueForMs: 60_000 })
    await clock.advance(59_999)
    expect(run.ended).toBe(false)
    await clock.advance(1)
    expect(run.ended).toBe(true)
  })

  it('leaves no timer when it ends before its time is up', async () => {
    const { clock, run, started, expectClean } = await openUnread({ continueForMs: 60_000 })
    run.finish()
    await started.ended
    await clock.advance(0)
    expectClean()
  })

  it('goes on when somebody comes back in time, and counts afresh when they leave', async () => {
    const { clock, here, run } = await openUnread({ continueForMs: 60_000 })
    await clock.advance(50_000)
    const reader = await attach(here)
    await clock.advance(600_000)
    expect(run.ended).toBe(false)
    await reader.leave()
    await clock.advance(59_999)
    expect(run.ended).toBe(false)
    await clock.advance(1)
    expect(run.ended).toBe(true)
  })

  it('goes on while somebody reads it on another server, and as long again after they have left', async () => {
    const { clock, elsewhere, run } = await openUnread({ continueForMs: 10_000 })
    await clock.advance(9_000)
    const reader = await attach(elsewhere)
    await clock.advance(60_000)
    expect(run.ended).toBe(false)
    await reader.leave()
    await clock.advance(9_999)
    expect(run.ended).toBe(false)
    // Missed for three polls, it is gone.
    await clock.advance(3_001)
    expect(run.ended).toBe(true)
  })

  it('is not aborted while somebody reads it on another server, but soon after they have left', async () => {
    const { open, clock, expectClean } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    const { run, started } = await here.begin()
    await clock.advance(250)
    const reader = tail(started.read())
    const other = await attach(elsewhere)
    await reader.leave()
    await clock.advance(60_000)
    expect(run.ended).toBe(false)
    await other.leave()
    await clock.advance(3_000)
    expect(run.ended).toBe(true)
    await clock.advance(0)
    expectClean()
  })

  it('is not aborted when somebody comes back while the store is asked who reads', async () => {
    const { open, expectClean, clock } = openProcesses()
    const { begin, store, runs } = open()
    const { run, started } = await begin()
    const gate = createGate()
    store.stage('status', gate)
    await tail(started.read()).leave()
    await gate.reached()
    const reader = tail(started.read())
    gate.open()
    await nextTurn()
    expect([run.ended, runs.active]).toEqual([false, 1])
    run.finish()
    await reader.ended
    await clock.advance(0)
    expectClean()
  })

  it.each([80, 4_000])('C4: goes on for a reader elsewhere when the store takes %s ms to say so', async (ms) => {
    const { open, clock, expectClean } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    const { run, started } = await here.begin()
    await clock.advance(250)
    const other = await attach(elsewhere)
    await clock.advance(0)
    const gate = createGate()
    here.store.stage('status', gate)
    await tail(started.read()).leave()
    await clock.advance(ms)
    expect(run.ended).toBe(false)
    gate.open()
    await clock.advance(60_000)
    expect(run.ended).toBe(false)
    run.finish()
    await other.ended
    await clock.advance(0)
    expectClean()
  })

  it.each(['hangs', 'fails'] as const)(
    'C4: goes on for a reader elsewhere while the store %s, and when it is back',
    async (how) => {
      const { open, clock } = openProcesses()
      const [here, elsewhere] = [open(), open()]
      const { run, started } = await here.begin()
      await clock.advance(250)
      const other = await attach(elsewhere)
      await clock.advance(0)
      for (const { store } of [here, elsewhere]) store.stageAll(how)
      await tail(started.read()).leave()
      await clock.advance(12_000)
      expect(run.ended).toBe(false)
      for (const { store } of [here, elsewhere]) store.stageAll('works')
      await clock.advance(60_000)
      expect(run.ended).toBe(false)
      run.say('still here')
      run.finish()
      await clock.advance(1_000)
      await other.ended
      expect(other.events.at(-1)).toMatchObject({ type: 'done', answer: 'still here' })
    },
  )

  it.each(['hangs', 'fails'] as const)(
    'C4: stops in the end when nobody knows who reads, because the store %s',
    async (how) => {
      const { open, clock, expectClean } = openProcesses()
      const { begin, store } = open({ storeMs: 1_000, leaseMs: 10_000 })
      const { run, started } = await begin()
      store.stage('status', how)
      await tail(started.read()).leave()
      await clock.advance(11_000)
      expect(run.ended).toBe(false)
      await clock.advance(3_000)
      expect(run.ended).toBe(true)
      expectClean()
    },
  )

  it('C4, C6: goes on for a reader elsewhere when the store has forgotten who reads', async () => {
    const { open, clock, shared } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    const { run, started } = await here.begin()
    run.say('a')
    await clock.advance(250)
    const other = await attach(elsewhere)
    await clock.advance(0)
    const { signal } = new AbortController()
    await shared.delete({ scope: 'ann', runId: 'r1' }, { signal })
    await tail(started.read()).leave()
    await clock.advance(60_000)
    expect(run.ended).toBe(false)
    await other.leave()
    await clock.advance(3_001)
    expect(run.ended).toBe(true)
  })

  it('leaves no timer when it ends while the store is asked who reads', async () => {
    const { open, clock, expectClean } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    const { run, started } = await here.begin()
    await clock.advance(250)
    const other = await attach(elsewhere)
    const gate = createGate()
    here.store.stage('status', gate)
    await tail(started.read()).leave()
    await gate.reached()
    run.finish()
    await other.ended
    gate.open()
    await nextTurn()
    expectClean()
  })

  it('is left by a client who has gone while the run was let in, as soon as somebody reads for them', async () => {
    const { open, expectClean, clock } = openProcesses()
    const { start } = open()
    const { run, outcome, controller } = start()
    await nextTurn()
    controller.abort(new Error('left'))
    run.begin()
    const started = await outcome
    if (started.outcome !== 'started') return expect.fail(started.outcome)
    expect(run.ended).toBe(false)
    await tail(started.read()).leave()
    await clock.advance(0)
    expect(run.ended).toBe(true)
    expectClean()
  })
})
