import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createGate } from '../../src/testing.ts'
import { errorOf } from '../core/ask.ts'
import { openProcesses, tail } from './registries.ts'

/** Records when a promise has settled. */
function watch(promise: Promise<unknown>) {
  const watched = { over: false }
  void promise.then(() => (watched.over = true))
  return watched
}

describe('a drain', () => {
  it('F40: accepts no more runs, waits for the active ones, and resolves when they are saved', async () => {
    const { open, expectClean } = openProcesses()
    const { runs, begin, start, store } = open({ maxRuns: 1 })
    const { run, started } = await begin()
    const gate = createGate()
    store.stage('end', gate)
    const drained = watch(runs.drain())
    await expect(start({ runId: 'r2' }).outcome).rejects.toMatchObject({ code: 'shutting-down', retryable: true })
    expect(await start().outcome).toMatchObject({ outcome: 'started', attached: true })
    run.finish()
    await gate.reached()
    await nextTurn()
    expect(drained.over).toBe(false)
    gate.open()
    await started.ended
    await nextTurn()
    expect(drained.over).toBe(true)
    expectClean()
  })

  it('F40: ends the remaining runs as shutting-down after the time limit, and saves that', async () => {
    const { clock, open, expectClean } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    const { run, started } = await here.begin()
    const { events, ended } = tail(started.read())
    run.say('half')
    const gate = createGate()
    here.store.stage('end', gate)
    const drained = watch(here.runs.drain({ drainMs: 10_000 }))
    await clock.advance(9_999)
    expect([run.ended, drained.over]).toEqual([false, false])
    await clock.advance(1)
    await gate.reached()
    await nextTurn()
    expect([run.ended, drained.over]).toEqual([true, false])
    gate.open()
    await ended
    expect(errorOf(events)).toMatchObject({ code: 'shutting-down', retryable: true, partial: { answer: 'half' } })
    await nextTurn()
    expect(drained.over).toBe(true)
    const found = await elsewhere.read()
    if (found.outcome !== 'reading') return expect.fail(found.outcome)
    const replayed = tail(found.reader)
    await replayed.ended
    expect(replayed.events).toEqual(events)
    expectClean()
  })

  it('resolves at once when no run is active, and may be called again', async () => {
    const { open, expectClean } = openProcesses()
    const { runs } = open()
    await runs.drain()
    await runs.drain()
    expectClean()
  })

  it('waits for a run that is being started, and lets it complete', async () => {
    const { clock, open, expectClean } = openProcesses()
    const { runs, start, store } = open()
    const gate = createGate()
    store.stage('begin', gate)
    const { run, outcome } = start()
    await gate.reached()
    const drained = watch(runs.drain())
    await nextTurn()
    expect(drained.over).toBe(false)
    gate.open()
    run.begin()
    await outcome
    expect([run.ended, drained.over]).toEqual([false, false])
    run.finish()
    await clock.advance(0)
    expect(drained.over).toBe(true)
    expectClean()
  })

  it('rejects a run whose start completes after the time limit, and deletes it', async () => {
    const { clock, open, shared, expectClean } = openProcesses()
    const { runs, start, store } = open({ storeMs: 60_000 })
    const gate = createGate()
    store.stage('begin', gate)
    const { outcome } = start()
    await gate.reached()
    const drained = runs.drain({ drainMs: 1_000 })
    await clock.advance(1_000)
    gate.open()
    await expect(outcome).rejects.toMatchObject({ code: 'shutting-down' })
    await drained
    const { signal } = new AbortController()
    expect(await shared.status({ scope: 'ann', runId: 'r1' }, { signal })).toBeUndefined()
    expectClean()
  })

  it('resolves even if the store is down', async () => {
    const { clock, open, expectClean } = openProcesses()
    const { runs, begin, store } = open()
    await begin()
    store.stageAll('hangs')
    const drained = watch(runs.drain({ drainMs: 1_000 }))
    await clock.advance(1_000)
    await clock.advance(5_000)
    expect(drained.over).toBe(true)
    // The end is written in the background.
    await clock.advance(70_000)
    expectClean()
  })

  it('C5: waits within its time limit for the end of a run that is written in the background', async () => {
    const { clock, open, expectClean, shared } = openProcesses()
    const { runs, begin, store, errors } = open()
    const { run } = await begin()
    store.stageAll('fails')
    run.finish()
    await clock.advance(6_000)
    const drained = watch(runs.drain({ drainMs: 25_000 }))
    await clock.advance(6_000)
    expect(drained.over).toBe(false)
    store.stageAll('works')
    await clock.advance(250)
    expect([drained.over, errors]).toEqual([true, ['store-unavailable']])
    const { signal } = new AbortController()
    expect(await shared.status({ scope: 'ann', runId: 'r1' }, { signal })).toMatchObject({ state: 'ended' })
    expectClean()
  })

  it('still allows reading, stopping and listing', async () => {
    const { open } = openProcesses()
    const { runs, begin, read, stop } = open()
    await begin()
    const drained = runs.drain()
    const { signal } = new AbortController()
    expect((await read()).outcome).toBe('reading')
    expect(await runs.list('ann', { signal })).toHaveLength(1)
    expect(await stop()).toEqual({ outcome: 'stopping', finishReason: 'abort' })
    await drained
  })

  it('rejects an invalid drainMs, and then still accepts runs', async () => {
    const { open } = openProcesses()
    const { runs, begin } = open()
    await expect(runs.drain({ drainMs: 0 })).rejects.toThrow(RangeError)
    await begin()
  })
})
