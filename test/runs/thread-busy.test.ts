import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ThreadBusyPolicy } from '../../src/runs/run-registry-options.ts'
import { createGate } from '../../src/testing.ts'
import { drivenRun } from '../support/driven-run.ts'
import { openProcesses, tail } from './registries.ts'

const THREAD = { threadId: 't' }

describe('a busy thread', () => {
  it('F50: rejects a run by default, with the id of the active run and without calling the model', async () => {
    const { open } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    const { run, started } = await here.begin({ ...THREAD, runId: 'r1' })
    for (const { start } of [here, elsewhere]) {
      const second = start({ ...THREAD, runId: 'r2' })
      expect(await second.outcome).toEqual({ outcome: 'thread-busy', runId: 'r1' })
      expect(second.run.reads).toBe(0)
    }
    run.finish()
    await started.ended
    await elsewhere.begin({ ...THREAD, runId: 'r2' })
  })

  it('F50: is free for a client that has received the last event', async () => {
    const { open } = openProcesses()
    const { begin } = open()
    const { run, started } = await begin({ ...THREAD, runId: 'r1' })
    const { events, ended } = tail(started.read())
    run.finish()
    await ended
    expect(events.at(-1)?.type).toBe('done')
    await begin({ ...THREAD, runId: 'r2' })
  })

  it('does not block runs in another thread or without a thread', async () => {
    const { open } = openProcesses()
    const { begin, start, store } = open({ onThreadBusy: 'queue', maxRunsPerScope: 9 })
    await begin({ ...THREAD, runId: 'r1' })
    const gate = createGate()
    store.stage('begin', gate)
    for (const ids of [{ threadId: 'u', runId: 'r2' }, { runId: 'r3' }, { runId: 'r4' }]) start(ids)
    await nextTurn()
    expect(gate.waiting).toBe(3)
    gate.open()
  })
})

describe('under queue, a question', () => {
  it('F50: waits for its turn, in the order of arrival', async () => {
    const { clock, open, expectClean } = openProcesses()
    const { start, store } = open({ onThreadBusy: 'queue' })
    // Runs of the same process need no notification.
    store.loseNotifications()
    const begun: string[] = []
    const runIds = ['r1', 'r2', 'r3', 'r4']
    const waiting = runIds.map((runId) => {
      const { run, outcome } = start({ ...THREAD, runId })
      run.begin()
      void outcome.then(({ outcome }) => begun.push(`${runId} ${outcome}`))
      return { run, runId }
    })
    for (const [index, { run }] of waiting.entries()) {
      await clock.advance(0)
      expect(begun).toEqual(runIds.slice(0, index + 1).map((runId) => `${runId} started`))
      run.finish()
      await clock.advance(0)
    }
    expectClean()
  })

  it('F50: waits for a run of another process, with or without a notification', async () => {
    for (const told of [true, false]) {
      const { clock, open, expectClean } = openProcesses()
      const [here, elsewhere] = [open(), open({ onThreadBusy: 'queue' })]
      if (!told) elsewhere.store.loseNotifications()
      const first = await here.begin({ ...THREAD, runId: 'r1' })
      const second = elsewhere.start({ ...THREAD, runId: 'r2' })
      second.run.begin()
      await clock.advance(500)
      expect(second.run.reads).toBe(0)
      first.run.finish()
      await clock.advance(told ? 0 : 1_000)
      expect(await second.outcome).toMatchObject({ outcome: 'started' })
      second.run.finish()
      await clock.advance(0)
      expectClean()
    }
  })

  it('gets the thread of a process that was lost', async () => {
    const { clock, open } = openProcesses()
    const [here, elsewhere] = [open(), open({ onThreadBusy: 'queue' })]
    await here.begin({ ...THREAD, runId: 'r1' })
    here.store.stageAll('fails')
    const second = elsewhere.start({ ...THREAD, runId: 'r2' })
    second.run.begin()
    await clock.advance(11_000)
    expect(await second.outcome).toMatchObject({ outcome: 'started' })
  })

  it('is rejected after queueMs, regardless of its place in the queue', async () => {
    const { clock, open } = openProcesses()
    const { begin, start } = open({ onThreadBusy: 'queue', queueMs: 10_000 })
    await begin({ ...THREAD, runId: 'r1' })
    const second = start({ ...THREAD, runId: 'r2' })
    await clock.advance(4_000)
    const third = start({ ...THREAD, runId: 'r3' })
    const settled: string[] = []
    for (const { outcome } of [second, third]) void outcome.then(({ outcome }) => settled.push(outcome))
    await clock.advance(5_999)
    expect(settled).toEqual([])
    await clock.advance(1)
    expect(settled).toEqual(['thread-busy'])
    await clock.advance(4_000)
    expect(settled).toEqual(['thread-busy', 'thread-busy'])
    expect([second.run.reads, third.run.reads]).toEqual([0, 0])
    expect(await third.outcome).toEqual({ outcome: 'thread-busy', runId: 'r1' })
  })

  it.each(['r2', 'r3'])('gives up its place when its client leaves: %s', async (leaving) => {
    const { clock, open, expectClean } = openProcesses()
    const { begin, start } = open({ onThreadBusy: 'queue' })
    const first = await begin({ ...THREAD, runId: 'r1' })
    const waiting = ['r2', 'r3', 'r4'].map((runId) => ({ runId, ...start({ ...THREAD, runId }) }))
    await clock.advance(0)
    const reason = new Error('left')
    for (const { runId, controller, outcome, run } of waiting) {
      if (runId !== leaving) continue
      controller.abort(reason)
      await expect(outcome).rejects.toBe(reason)
      expect(run.reads).toBe(0)
    }
    first.run.finish()
    for (const { runId, run, outcome } of waiting) {
      if (runId === leaving) continue
      run.begin()
      expect(await outcome).toMatchObject({ outcome: 'started' })
      run.finish()
    }
    await clock.advance(0)
    expectClean()
  })

  it('is rejected when the number of waiting questions has reached maxRunsPerScope', async () => {
    const { open } = openProcesses()
    const { begin, start } = open({ onThreadBusy: 'queue', maxRunsPerScope: 2 })
    await begin({ ...THREAD, runId: 'r1' })
    for (const runId of ['r2', 'r3']) start({ ...THREAD, runId })
    await expect(start({ ...THREAD, runId: 'r4' }).outcome).rejects.toMatchObject({ code: 'too-many-runs' })
    await begin({ ...THREAD, scope: 'bob', runId: 'r4' })
  })

  it('F40: gives up its place when the process shuts down', async () => {
    const { clock, open, expectClean } = openProcesses()
    const { begin, start, runs } = open({ onThreadBusy: 'queue' })
    const { run } = await begin({ ...THREAD, runId: 'r1' })
    const second = start({ ...THREAD, runId: 'r2' })
    await clock.advance(0)
    const drained = runs.drain()
    await expect(second.outcome).rejects.toMatchObject({ code: 'shutting-down' })
    run.finish()
    await drained
    expect(second.run.reads).toBe(0)
    expectClean()
  })
})

describe('under interrupt, a question', () => {
  it('F50: stops the active run, waits until it is saved, and starts', async () => {
    const { clock, open, expectClean } = openProcesses()
    const [here, elsewhere] = [open({ onThreadBusy: 'interrupt' }), open({ onThreadBusy: 'interrupt' })]
    for (const [first, second] of [
      [here, here],
      [here, elsewhere],
    ] as const) {
      const running = await first.begin({ ...THREAD, runId: 'r1' })
      const { events, ended } = tail(running.started.read())
      const next = second.start({ ...THREAD, runId: 'r2' })
      next.run.begin()
      expect(await next.outcome).toMatchObject({ outcome: 'started', attached: false })
      await ended
      expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'abort' })
      next.run.finish()
      await clock.advance(0)
      const { signal } = new AbortController()
      for (const runId of ['r1', 'r2']) await first.store.delete({ scope: 'ann', runId }, { signal })
    }
    expectClean()
  })

  it('F50: wins over earlier ones when it is the last', async () => {
    const { clock, open } = openProcesses()
    const { start } = open({ onThreadBusy: 'interrupt' })
    const starts = ['r1', 'r2', 'r3'].map((runId) => start({ ...THREAD, runId }))
    for (const { run } of starts) run.begin()
    await clock.advance(0)
    const outcomes = await Promise.all(starts.map(({ outcome }) => outcome))
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['started', 'started', 'started'])
    expect(starts.map(({ run }) => run.ended)).toEqual([true, true, false])
  })

  it('is rejected when the active run does not end after the stop', async () => {
    const { clock, open, expectClean } = openProcesses()
    const { start, stop } = open({ onThreadBusy: 'interrupt', storeMs: 1_000 })
    const deaf = drivenRun()
    const running = start({ ...THREAD, runId: 'r1' }, { ...deaf, open: () => deaf.open(new AbortController().signal) })
    deaf.begin()
    await running.outcome
    const second = start({ ...THREAD, runId: 'r2' })
    await clock.advance(2_000)
    expect(await second.outcome).toEqual({ outcome: 'thread-busy', runId: 'r1' })
    const stopped = stop({ runId: 'r1' })
    await clock.advance(1_000)
    expect(await stopped).toEqual({ outcome: 'stopping' })
    deaf.finish()
    await clock.advance(0)
    expectClean()
  })
})

describe('the turns of a thread', () => {
  const anyQuestion = fc.record({
    process: fc.nat(1),
    waitMs: fc.constantFrom(0, 0, 1, 300, 1_500),
    leaves: fc.boolean(),
  })

  it.each<ThreadBusyPolicy>(['reject', 'queue', 'interrupt'])(
    'F50: never interleave under %s, for any questions to two processes',
    async (onThreadBusy) => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyQuestion, { minLength: 1, maxLength: 6, size: 'max' }), async (questions) => {
          const { clock, open, expectClean } = openProcesses()
          const processes = [open({ onThreadBusy }), open({ onThreadBusy })]
          const turns: string[] = []
          const settled: Promise<unknown>[] = []
          for (const [index, { process, waitMs, leaves }] of questions.entries()) {
            const start = processes[process]?.start({ ...THREAD, runId: `r${index}` })
            if (!start) continue
            const { run, outcome, controller } = start
            run.begin()
            const turn = outcome.then(async (started) => {
              if (started.outcome !== 'started') return
              turns.push(`begin ${index}`)
              // An interrupted run has ended before the next one begins.
              const { ended } = tail(started.read())
              void started.ended.then(() => turns.push(`end ${index}`))
              await nextTurn()
              run.finish()
              await ended
            })
            settled.push(Promise.allSettled([turn]))
            if (leaves) controller.abort(new Error('left'))
            await clock.advance(waitMs)
          }
          for (let seconds = 0; seconds < 20; seconds += 1) await clock.advance(1_000)
          await Promise.all(settled)
          const order = turns.filter((turn) => turn.startsWith('begin')).map((turn) => turn.slice('begin '.length))
          expect(turns).toEqual(order.flatMap((index) => [`begin ${index}`, `end ${index}`]))
          expectClean()
        }),
        { numRuns: 100 },
      )
    },
  )
})
