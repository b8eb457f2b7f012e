import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { DisconnectPolicy } from '../../src/runs/run-registry-options.ts'
import { createGate } from '../../src/testing.ts'
import { openProcesses, tail } from './registries.ts'

/** A run whose only reader has left. */
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

/** Reads a run, in any process. */
async function attach(process: Awaited<ReturnType<typeof openUnread>>['here']) {
  const found = await process.read()
  if (found.outcome !== 'reading') return expect.fail(found.outcome)
  return tail(found.reader)
}

describe('a run without readers', () => {
  it('F25: stops when its last reader has left, and is saved', async () => {
    const { clock, run, started, elsewhere, expectClean } = await openUnread()
    expect(run.ended).toBe(true)
    await started.ended
    const { events, ended } = await attach(elsewhere)
    await ended
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'abort' })
    await clock.advance(0)
    expectClean()
  })

  it('continues while another client reads it, and stops when the last one leaves', async () => {
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

  it('continues when it was never read', async () => {
    const { clock, open } = openProcesses()
    const { begin } = open()
    const { run } = await begin()
    await clock.advance(60_000)
    expect(run.ended).toBe(false)
  })

  it('F26: stops when its last reader leaves without having read an event', async () => {
    const { open } = openProcesses()
    const { begin } = open()
    const { run, started } = await begin()
    await started.read()[Symbol.asyncIterator]().return?.()
    await nextTurn()
    expect(run.ended).toBe(true)
  })

  it('continues to its end with onDisconnect "continue"', async () => {
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

  it('continues for a while with continueForMs', async () => {
    const { clock, run } = await openUnread({ continueForMs: 60_000 })
    await clock.advance(59_999)
    expect(run.ended).toBe(false)
    await clock.advance(1)
    expect(run.ended).toBe(true)
  })

  it('leaves no timer when it ends before continueForMs has passed', async () => {
    const { clock, run, started, expectClean } = await openUnread({ continueForMs: 60_000 })
    run.finish()
    await started.ended
    await clock.advance(0)
    expectClean()
  })

  it('continues when a client comes back in time, and restarts the time when that client leaves', async () => {
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

  it('continues while a client reads it on another server, and for the full time after that client has left', async () => {
    const { clock, elsewhere, run } = await openUnread({ continueForMs: 10_000 })
    await clock.advance(9_000)
    const reader = await attach(elsewhere)
    await clock.advance(60_000)
    expect(run.ended).toBe(false)
    await reader.leave()
    await clock.advance(9_999)
    expect(run.ended).toBe(false)
    // The reader counts as gone after three missed polls.
    await clock.advance(3_001)
    expect(run.ended).toBe(true)
  })

  it('is not aborted while a client reads it on another server, but soon after that client has left', async () => {
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

  it('is not aborted when a client comes back while the store is asked for other readers', async () => {
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

  it.each([80, 4_000])(
    'C4: continues for a reader on another server when the store takes %s ms to report that reader',
    async (ms) => {
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
    },
  )

  it.each(['hangs', 'fails'] as const)(
    'C4: continues for a reader on another server while the store %s, and after it has recovered',
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
    'C4: stops eventually when the store %s, so that other readers are unknown',
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

  it('C4, C6: continues for a reader on another server when the store has lost its readers', async () => {
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

  it('leaves no timer when it ends while the store is asked for other readers', async () => {
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

  it('stops when its client left during the start and the reader opened for it is returned', async () => {
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
