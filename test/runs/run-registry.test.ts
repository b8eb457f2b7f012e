import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createRunRegistry } from '../../src/runs/run-registry.ts'
import type { StartRunOutcome } from '../../src/runs/start-run.ts'
import type { RunRegistryOptions } from '../../src/runs/run-registry-options.ts'
import { createGate } from '../../src/testing.ts'
import { drivenRun, type DrivenRun } from '../support/driven-run.ts'
import { errorOf, readAll, typesOf } from '../core/ask.ts'
import { openProcesses } from './registries.ts'
import { memoryRunStore } from '../../src/runs/memory/memory-run-store.ts'
import type { RunStore } from '../../src/runs/run-store.ts'

const SCOPE_LIMIT = { maxRunsPerScope: 1_000 }

function attached(outcomes: readonly StartRunOutcome[]): readonly unknown[] {
  return outcomes.map((outcome) => (outcome.outcome === 'started' ? outcome.attached : outcome.outcome))
}

describe('createRunRegistry', () => {
  it.each([
    { maxRuns: 0 },
    { maxRunsPerScope: 1.5 },
    { leaseMs: -1 },
    { onDisconnect: 'never' },
    { onDisconnect: { continueForMs: 0 } },
    { onThreadBusy: 'wait' },
    { store: {} },
    { onError: 'log' },
  ])('rejects an invalid option: %j', (options) => {
    const open = () => createRunRegistry(options as unknown as RunRegistryOptions)
    expect(open).toThrow(expect.objectContaining({ code: 'invalid-input', field: expect.any(String) }))
  })

  it('keeps runs in this process when no store is given', async () => {
    const runs = createRunRegistry()
    const { signal } = new AbortController()
    const run = drivenRun()
    const outcome = runs.start({ scope: 'ann', runId: 'r1', open: run.open }, { signal })
    run.begin()
    const started = await outcome
    run.finish()
    if (started.outcome !== 'started') return expect.fail(started.outcome)
    expect(typesOf(await readAll(started.read()))).toEqual(['start', 'status', 'done'])
    const found = await runs.read({ scope: 'ann', runId: 'r1' }, { afterSeq: 0, signal })
    if (found.outcome !== 'reading') return expect.fail(found.outcome)
    expect(typesOf(await readAll(found.reader))).toEqual(['status', 'done'])
  })
})

describe('starting a run', () => {
  it('lists a run while it is active, only in its own scope', async () => {
    const { open, expectClean } = openProcesses()
    const { runs, begin } = open()
    const { signal } = new AbortController()
    const { run, started } = await begin({ threadId: 't' })
    expect(await runs.list('ann', { signal })).toMatchObject([{ runId: 'r1', threadId: 't' }])
    expect(await runs.list('bob', { signal })).toEqual([])
    run.finish()
    await started.ended
    expect(await runs.list('ann', { signal })).toEqual([])
    expectClean()
  })

  it('F31: attaches to an existing run, and calls the model once', async () => {
    const { open } = openProcesses()
    const { begin, start } = open()
    const { run, started } = await begin()
    const again = start()
    expect(await again.outcome).toMatchObject({ outcome: 'started', attached: true })
    expect([run.reads > 0, again.run.opened]).toEqual([true, 0])
    run.finish()
    await started.ended
    const late = start()
    const outcome = await late.outcome
    if (outcome.outcome !== 'started') return expect.fail(outcome.outcome)
    expect([outcome.attached, late.run.reads]).toEqual([true, 0])
    for (let reads = 0; reads < 2; reads += 1) {
      expect(typesOf(await readAll(outcome.read()))).toEqual(['start', 'status', 'done'])
    }
  })

  it('F30: attaches 200 simultaneous requests to one run on two servers, and calls the model once', async () => {
    const { clock, open, expectClean } = openProcesses()
    const processes = [open(), open()]
    const starts = Array.from({ length: 200 }, (_, index) => processes[index % 2]?.start())
    for (const start of starts) start?.run.begin()
    const outcomes = await Promise.all(starts.flatMap((start) => (start ? [start.outcome] : [])))
    expect(attached(outcomes).filter((attached) => attached === false)).toHaveLength(1)
    const paid = starts.flatMap((start) => (start && start.run.reads > 0 ? [start.run] : []))
    expect(paid).toHaveLength(1)
    const reading = outcomes.map((outcome) =>
      outcome.outcome === 'started' ? readAll(outcome.read()) : expect.fail(outcome.outcome),
    )
    paid[0]?.say('cats')
    await clock.advance(500)
    paid[0]?.finish()
    for (const events of await Promise.all(reading)) {
      expect(typesOf(events)).toEqual(['start', 'status', 'token', 'done'])
    }
    expectClean()
  })

  it('attaches to a run of another process, and receives its end', async () => {
    const { clock, open } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    await here.begin()
    await clock.advance(250)
    here.store.stageAll('fails')
    const again = elsewhere.start()
    const outcome = await again.outcome
    if (outcome.outcome !== 'started') return expect.fail(outcome.outcome)
    const reading = readAll(outcome.read())
    await clock.advance(11_000)
    expect(errorOf(await reading).code).toBe('producer-lost')
  })

  it('separates the same ids of different scopes', async () => {
    const { open } = openProcesses()
    const { begin, stop, read } = open()
    const ann = await begin({ scope: 'ann', threadId: 't' })
    const bob = await begin({ scope: 'bob', threadId: 't' })
    expect(await stop({ scope: 'bob' })).toMatchObject({ outcome: 'stopping' })
    await bob.started.ended
    expect([ann.run.ended, bob.run.ended]).toEqual([false, true])
    expect(await read({ scope: 'eve' })).toEqual({ outcome: 'unknown' })
  })

  it('F32: fails within storeMs when the store is down or slow, and calls no model', async () => {
    const { clock, open, expectClean } = openProcesses()
    const { store, start } = open()
    store.stage('begin', 'fails')
    const refused = start()
    await expect(refused.outcome).rejects.toMatchObject({ code: 'store-unavailable' })
    store.stage('begin', 'hangs')
    const slow = start()
    await clock.advance(5_000)
    await expect(slow.outcome).rejects.toMatchObject({ code: 'store-unavailable' })
    expect([refused.run.reads, slow.run.reads]).toEqual([0, 0])
    expectClean()
  })

  it('C5: begins a run once when the store saved it but its reply was lost', async () => {
    const { clock } = openProcesses()
    const shared = memoryRunStore({ clock })
    let begun = 0
    const store: RunStore = {
      ...shared,
      async begin(run, options) {
        begun += 1
        const outcome = await shared.begin(run, options)
        if (begun === 1) throw new Error('read ECONNRESET')
        return outcome
      },
    }
    const runs = createRunRegistry({ store, clock, onError: false })
    const { signal } = new AbortController()
    const run = drivenRun()
    const starting = runs.start({ scope: 'ann', runId: 'r1', threadId: 't', open: run.open }, { signal })
    run.begin()
    const started = await starting
    expect(started).toMatchObject({ outcome: 'started', attached: false })
    expect(begun).toBe(2)
    run.finish()
    if (started.outcome === 'started') await started.ended
    expect(await runs.list('ann', { signal })).toEqual([])
  })

  it('rejects an invalid run before any call', async () => {
    const { open } = openProcesses()
    const { store, runs } = open()
    const { signal } = new AbortController()
    const refuse = (): never => {
      throw new TypeError('Cannot answer an empty question')
    }
    await expect(runs.start({ scope: 'ann', runId: 'r1', open: refuse }, { signal })).rejects.toThrow(TypeError)
    expect(store.calls).toEqual([])
  })

  it('begins nothing for a client that has already left', async () => {
    const { open, expectClean } = openProcesses()
    const { store, runs } = open()
    const run = drivenRun()
    const reason = new Error('left')
    const start = runs.start({ scope: 'ann', runId: 'r1', open: run.open }, { signal: AbortSignal.abort(reason) })
    await expect(start).rejects.toBe(reason)
    expect([store.calls, run.reads]).toEqual([[], 0])
    expectClean()
  })

  it('throws the error of a run that failed before its first work, and allows its id to be used again', async () => {
    const { open, shared, expectClean } = openProcesses()
    const { start } = open()
    const { signal } = new AbortController()
    const first = start({ threadId: 't' })
    const second = start({ threadId: 't' })
    await nextTurn()
    first.run.fail('store-unavailable')
    for (const { outcome } of [first, second]) {
      await expect(outcome).rejects.toMatchObject({ code: 'store-unavailable' })
    }
    expect(await shared.status({ scope: 'ann', runId: 'r1' }, { signal })).toBeUndefined()
    expectClean()
    const third = start({ threadId: 't' })
    third.run.begin()
    expect(await third.outcome).toMatchObject({ attached: false })
  })

  it('resolves when the run has begun its work, and not earlier', async () => {
    const { open } = openProcesses()
    const { start } = open()
    const { run, outcome } = start()
    let started = false
    void outcome.then(() => (started = true))
    await nextTurn()
    expect(started).toBe(false)
    run.begin()
    await outcome
    expect(started).toBe(true)
  })

  it('reports a stream that throws', async () => {
    const { open } = openProcesses()
    const { begin, errors } = open()
    const { run, started } = await begin()
    run.breakOff(new Error('broken'))
    await started.ended
    expect(errors).toEqual(['internal'])
  })
})

describe('the capacity of a process', () => {
  const endings: readonly (readonly [string, (run: DrivenRun) => void])[] = [
    ['is done', (run) => run.finish()],
    ['fails', (run) => run.fail('upstream-stalled')],
    ['breaks', (run) => run.breakOff(new Error('broken'))],
    ['vanishes', (run) => run.vanish()],
  ]

  it.each(endings)('is released when a run %s', async (_how, end) => {
    const { open, expectClean } = openProcesses()
    const { begin, start } = open({ maxRuns: 1, ...SCOPE_LIMIT })
    const { run, started } = await begin({ runId: 'r1' })
    await expect(start({ runId: 'r2' }).outcome).rejects.toMatchObject({ code: 'too-many-runs' })
    end(run)
    await started.ended
    expectClean()
    await begin({ runId: 'r3' })
  })

  it('is used once by a run that is starting', async () => {
    const { open } = openProcesses()
    const { start } = open({ maxRuns: 2, ...SCOPE_LIMIT })
    const waiting = [start({ runId: 'r1' }), start({ runId: 'r2' })]
    await nextTurn()
    const third = start({ runId: 'r3' })
    await expect(third.outcome).rejects.toMatchObject({ code: 'too-many-runs' })
    expect(third.run.opened).toBe(0)
    for (const { run, outcome } of waiting) {
      run.begin()
      expect(await outcome).toMatchObject({ outcome: 'started' })
    }
  })

  it('is also used by runs that are waiting for the store', async () => {
    const { open } = openProcesses()
    const { start, store } = open({ maxRuns: 1, ...SCOPE_LIMIT })
    const gate = createGate()
    store.stage('begin', gate)
    const first = start({ runId: 'r1' })
    await expect(start({ runId: 'r2' }).outcome).rejects.toMatchObject({ code: 'too-many-runs' })
    gate.open()
    first.run.begin()
    expect(await first.outcome).toMatchObject({ outcome: 'started' })
  })

  it('is released when the store fails to begin a run, or when the run fails at once', async () => {
    const { open, expectClean } = openProcesses()
    const { start, begin, store } = open({ maxRuns: 1, maxRunsPerScope: 1 })
    store.stage('begin', 'fails')
    await expect(start().outcome).rejects.toMatchObject({ code: 'store-unavailable' })
    store.stage('begin', 'works')
    const failing = start()
    await nextTurn()
    failing.run.fail('internal')
    await expect(failing.outcome).rejects.toMatchObject({ code: 'internal' })
    expectClean()
    await begin()
  })

  it('is limited for each scope over all processes, and is released at the end', async () => {
    const { open } = openProcesses()
    const [here, elsewhere] = [open({ maxRunsPerScope: 2 }), open({ maxRunsPerScope: 2 })]
    const { run, started } = await here.begin({ runId: 'r1' })
    await elsewhere.begin({ runId: 'r2' })
    const third = here.start({ runId: 'r3' })
    await expect(third.outcome).rejects.toMatchObject({ code: 'too-many-runs', message: /scope/ })
    expect(third.run.reads).toBe(0)
    await here.begin({ scope: 'bob', runId: 'r3' })
    run.finish()
    await started.ended
    await elsewhere.begin({ runId: 'r3' })
  })

  it('limits the number of readers of a run until they leave', async () => {
    const { open } = openProcesses()
    const { begin, read } = open({ maxReadersPerRun: 2 })
    const { started } = await begin()
    const [first] = [started.read(), started.read()]
    expect(() => started.read()).toThrow(expect.objectContaining({ code: 'too-many-runs' }))
    await expect(read()).rejects.toMatchObject({ code: 'too-many-runs' })
    await first[Symbol.asyncIterator]().return?.()
    expect((await read()).outcome).toBe('reading')
  })
})
