import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChatError, streamChat, type ChatEvent } from '../../src/index.ts'
import type { StopResult } from '../../src/core/vocabulary/stop-result.ts'
import { createGate, scriptedChatModel } from '../../src/testing.ts'
import { chatOptions, FINISH, readAll } from '../core/ask.ts'
import { drivenRun } from '../support/driven-run.ts'
import { openProcesses, tail } from './registries.ts'

describe('a stop', () => {
  it('F53: is idempotent, from one tab or two, in the same process and in another one', async () => {
    const { clock, open, expectClean } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    const { run, started } = await here.begin()
    const { events, ended } = tail(started.read())
    run.say('half')
    await nextTurn()
    expect(await Promise.all([elsewhere.stopOutcome(), elsewhere.stopOutcome()])).toEqual(['stopping', 'stopping'])
    await ended
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'abort', answer: 'half' })
    expect(await Promise.all([here.stopOutcome(), elsewhere.stopOutcome()])).toEqual(['already-ended', 'already-ended'])
    await clock.advance(0)
    expectClean()
  })

  it('F42: reaches a run of another process at once by a notification', async () => {
    const { open } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    const { run } = await here.begin()
    expect(await elsewhere.stopOutcome()).toBe('stopping')
    expect(run.ended).toBe(true)
  })

  it('F42: reaches a run of another process with its next write when the notification is lost', async () => {
    const { clock, open } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    here.store.loseNotifications()
    const { run } = await here.begin()
    await clock.advance(250)
    const stopped = elsewhere.stop()
    await clock.advance(1_999)
    expect(run.ended).toBe(false)
    await clock.advance(100)
    expect(run.ended).toBe(true)
    expect(await stopped).toEqual({ outcome: 'stopping', finishReason: 'abort' })
  })

  it('is not triggered by a notification of events', async () => {
    const { clock, open } = openProcesses()
    const { begin } = open()
    const { run } = await begin()
    run.say('a')
    await clock.advance(5_000)
    expect(run.ended).toBe(false)
  })

  it('F42: fails when the store that would transmit it is down', async () => {
    const { open } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    const { run } = await here.begin()
    elsewhere.store.stage('requestStop', 'fails')
    await expect(elsewhere.stopOutcome()).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(run.ended).toBe(false)
    here.store.stageAll('fails')
    expect(await here.stopOutcome()).toBe('stopping')
  })

  it('F52: that comes before its run ends the run at once, before any call of the model', async () => {
    const { clock, open, expectClean } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    expect(await elsewhere.stopOutcome()).toBe('unknown')
    const { outcome } = here.start()
    const started = await outcome
    if (started.outcome !== 'started') return expect.fail(started.outcome)
    expect(await readAll(started.read())).toMatchObject([
      { type: 'start' },
      { type: 'done', finishReason: 'abort', answer: '' },
    ])
    await clock.advance(0)
    expectClean()
  })

  it('F52: that comes while the run is starting takes effect with its first write', async () => {
    const { clock, open } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    const gate = createGate()
    // The store has begun the run, but its reply is still pending.
    const begin = here.store.begin
    Object.assign(here.store, {
      begin: async (...call: Parameters<typeof begin>) => {
        const outcome = await begin(...call)
        await gate.pass()
        return outcome
      },
    })
    const { run, outcome } = here.start()
    await gate.reached()
    const stops = [elsewhere.stop(), here.stop()]
    await clock.advance(0)
    gate.open()
    run.begin()
    await outcome
    await clock.advance(250)
    expect(run.ended).toBe(true)
    await clock.advance(100)
    const stopped = { outcome: 'stopping', finishReason: 'abort' }
    expect(await Promise.all(stops)).toEqual([stopped, stopped])
  })

  it('of an unknown run, or of a run of another scope, has the outcome unknown', async () => {
    const { open } = openProcesses()
    const { begin, stopOutcome } = open()
    const { run } = await begin()
    expect([await stopOutcome({ scope: 'eve' }), await stopOutcome({ runId: 'r2' })]).toEqual(['unknown', 'unknown'])
    expect(run.ended).toBe(false)
  })
})

describe('the finish reason in the outcome of a stop', () => {
  it.each(['here', 'elsewhere'] as const)(
    'C13, R20: is that of a run that was asked %s too late to stop',
    async (where) => {
      const { clock, open, expectClean } = openProcesses()
      const processes = { here: open(), elsewhere: open() }
      const { run, started } = await processes.here.begin()
      // The end is being written to the store.
      const gate = createGate()
      processes.here.store.stage('end', gate)
      run.finish()
      await gate.reached()
      const stopped = processes[where].stop()
      await clock.advance(0)
      gate.open()
      await started.ended
      await clock.advance(100)
      const late = { outcome: 'already-ended', finishReason: 'stop' }
      expect([await stopped, await processes.elsewhere.stop()]).toEqual([late, late])
      expectClean()
    },
  )

  it('C13: is error for a run that failed', async () => {
    const { clock, open } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    const { run, started } = await here.begin()
    run.fail('upstream-stalled')
    await started.ended
    const failed = { outcome: 'already-ended', finishReason: 'error' }
    expect([await here.stop(), await elsewhere.stop()]).toEqual([failed, failed])
    await clock.advance(0)
  })

  it.each(['here', 'elsewhere'] as const)(
    'C13: is missing after storeMs when the run, asked %s, has not ended',
    async (where) => {
      const { clock, open, expectClean } = openProcesses()
      const processes = { here: open(), elsewhere: open() }
      const deaf = drivenRun()
      const { outcome } = processes.here.start({}, { ...deaf, open: () => deaf.open(new AbortController().signal) })
      deaf.begin()
      await outcome
      const stopped = processes[where].stop()
      await clock.advance(5_000)
      expect(await stopped).toEqual({ outcome: 'stopping' })
      deaf.finish()
      await clock.advance(250)
      expectClean()
    },
  )

  it('C13: is missing when the store fails after the stop was requested', async () => {
    const { clock, open } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    await here.begin()
    elsewhere.store.stage('status', 'fails')
    expect(await elsewhere.stop()).toEqual({ outcome: 'stopping' })
    await clock.advance(0)
  })

  it('C5: belongs to a run whose expired lease its producer takes back', async () => {
    const { clock, open, expectClean } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    here.store.loseNotifications()
    const { run } = await here.begin()
    here.store.stageAll('fails')
    await clock.advance(15_000)
    expect(await elsewhere.stop()).toEqual({ outcome: 'already-ended' })
    expect(run.ended).toBe(false)
    here.store.stageAll('works')
    await clock.advance(500)
    expect(run.ended).toBe(true)
    expect(await elsewhere.stop()).toEqual({ outcome: 'already-ended', finishReason: 'abort' })
    expectClean()
  })
})

describe('a stop at the same time as the end of the run', () => {
  const anyStop = fc.record({
    /** The number of microtasks to wait before the stop: about as many as a run takes. */
    after: fc.nat(80),
    elsewhere: fc.boolean(),
  })
  const anyRace = fc.record({
    stops: fc.array(anyStop, { maxLength: 3 }),
    // An empty answer would be retried after a while.
    deltas: fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 3 }),
    fails: fc.boolean(),
  })

  it('F51, C13: leaves exactly one terminal event, and reports what happened to the run, in 1,000 interleavings', async () => {
    const finishReasons = new Set<string>()
    const rejected = new ChatError('The model refused it', { code: 'upstream-rejected' })
    await fc.assert(
      fc.asyncProperty(anyRace, async ({ stops, deltas, fails }) => {
        const { clock, open, expectClean } = openProcesses()
        const [here, elsewhere] = [open(), open()]
        const { signal } = new AbortController()
        const ids = { scope: 'ann', runId: 'r1' }
        const script = [...deltas, fails ? { error: rejected } : FINISH]
        const starting = here.runs.start(
          {
            ...ids,
            open: (signal) =>
              streamChat({ ...chatOptions({ model: scriptedChatModel(script), clock }), ...ids, signal }),
          },
          { signal },
        )
        const results: { readonly result: StopResult; readonly hadEnded: boolean }[] = []
        const seen: ChatEvent[][] = [[], []]
        const isOver = () => seen[0]?.some(({ type }) => type === 'done' || type === 'error') ?? false
        const stopping = stops.map(async ({ after, elsewhere: isElsewhere }) => {
          for (let tasks = 0; tasks < after; tasks += 1) await Promise.resolve()
          const hadEnded = isOver()
          results.push({ result: await (isElsewhere ? elsewhere : here).stop(), hadEnded })
        })
        const started = await starting
        if (started.outcome !== 'started') return expect.fail(started.outcome)
        const reading = [started.read(), started.read()].map(async (reader, index) => {
          for await (const event of reader) seen[index]?.push(event)
        })
        await Promise.all(reading)
        // A stop in another process reads the end from the store.
        await clock.advance(200)
        await Promise.all(stopping)

        const [first = [], second] = seen
        expect(first).toEqual(second)
        expect(first.filter(({ type }) => type === 'done' || type === 'error')).toEqual([first.at(-1)])
        expect(first.map(({ seq }) => seq)).toEqual(first.map((_, index) => index))
        const last = first.at(-1)
        const finishReason = last?.type === 'done' ? last.finishReason : 'error'
        finishReasons.add(finishReason)
        // A caller that saw the end first gets that end, and an abort needs a caller whose stop was accepted.
        for (const { result, hadEnded } of results) {
          if (hadEnded) expect(result.outcome).toBe('already-ended')
          if (result.outcome === 'unknown') expect(finishReason).toBe('abort')
          else expect(result.finishReason).toBe(finishReason)
          if (result.outcome === 'stopping') expect(finishReason).toBe('abort')
        }
        const promised = results.some(({ result }) => result.outcome !== 'already-ended')
        if (finishReason === 'abort') expect(promised).toBe(true)
        expect(await here.store.read(ids, { afterSeq: -1, limit: 500, signal })).toMatchObject({
          state: 'ended',
          events: first,
        })
        expectClean()
      }),
      { numRuns: 1_000 },
    )
    expect([...finishReasons].toSorted()).toEqual(['abort', 'error', 'stop'])
  }, 60_000)
})
