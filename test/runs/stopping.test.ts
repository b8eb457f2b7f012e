import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChatError, streamChat, type ChatEvent } from '../../src/index.ts'
import type { StopOutcome } from '../../src/runs/run-store.ts'
import { createGate, scriptedChatModel } from '../../src/testing.ts'
import { chatOptions, FINISH, readAll } from '../core/ask.ts'
import { openProcesses, tail } from './registries.ts'

describe('a stop', () => {
  it('F53: is idempotent, from one tab or two, here and elsewhere', async () => {
    const { clock, open, expectClean } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    const { run, started } = await here.begin()
    const { events, ended } = tail(started.read())
    run.say('half')
    await nextTurn()
    expect(await Promise.all([elsewhere.stop(), elsewhere.stop()])).toEqual(['stopping', 'stopping'])
    await ended
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'abort', answer: 'half' })
    expect(await Promise.all([here.stop(), elsewhere.stop()])).toEqual(['already-ended', 'already-ended'])
    await clock.advance(0)
    expectClean()
  })

  it('F42: reaches a run of another process at once when it is told', async () => {
    const { open } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    const { run } = await here.begin()
    expect(await elsewhere.stop()).toBe('stopping')
    expect(run.ended).toBe(true)
  })

  it('F42: reaches a run of another process with its next write when the notification is lost', async () => {
    const { clock, open } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    here.store.loseNotifications()
    const { run } = await here.begin()
    await clock.advance(250)
    expect(await elsewhere.stop()).toBe('stopping')
    await clock.advance(1_999)
    expect(run.ended).toBe(false)
    await clock.advance(1)
    expect(run.ended).toBe(true)
  })

  it('is not heard from news of events', async () => {
    const { clock, open } = openProcesses()
    const { begin } = open()
    const { run } = await begin()
    run.say('a')
    await clock.advance(5_000)
    expect(run.ended).toBe(false)
  })

  it('F42: is not promised when the store that would carry it is down', async () => {
    const { open } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    const { run } = await here.begin()
    elsewhere.store.stage('requestStop', 'fails')
    await expect(elsewhere.stop()).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(run.ended).toBe(false)
    here.store.stageAll('fails')
    expect(await here.stop()).toBe('stopping')
  })

  it('F52: that comes before its run ends it at once, unpaid', async () => {
    const { clock, open, expectClean } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    expect(await elsewhere.stop()).toBe('unknown')
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

  it('F52: that comes while the run begins is heard with its first write', async () => {
    const { clock, open } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    const gate = createGate()
    // The store has begun the run, and its answer is still on its way.
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
    expect([await elsewhere.stop(), await here.stop()]).toEqual(['stopping', 'stopping'])
    gate.open()
    run.begin()
    await outcome
    await clock.advance(250)
    expect(run.ended).toBe(true)
  })

  it('of a run that nobody knows is unknown, also to another scope', async () => {
    const { open } = openProcesses()
    const { begin, stop } = open()
    const { run } = await begin()
    expect([await stop({ scope: 'eve' }), await stop({ runId: 'r2' })]).toEqual(['unknown', 'unknown'])
    expect(run.ended).toBe(false)
  })
})

describe('a stop that races with the end', () => {
  const anyStop = fc.record({
    /** Microtasks to wait for, before: about as many as a run takes. */
    after: fc.nat(80),
    elsewhere: fc.boolean(),
  })
  const anyRace = fc.record({
    stops: fc.array(anyStop, { maxLength: 3 }),
    deltas: fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 }),
    fails: fc.boolean(),
  })

  it('F51: leaves exactly one terminal event, and an honest answer, in 1,000 interleavings', async () => {
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
        const outcomes: { readonly outcome: StopOutcome; readonly hadEnded: boolean }[] = []
        const seen: ChatEvent[][] = [[], []]
        const isOver = () => seen[0]?.some(({ type }) => type === 'done' || type === 'error') ?? false
        const stopping = stops.map(async ({ after, elsewhere: isElsewhere }) => {
          for (let tasks = 0; tasks < after; tasks += 1) await Promise.resolve()
          const hadEnded = isOver()
          const outcome = await (isElsewhere ? elsewhere : here).stop()
          outcomes.push({ outcome, hadEnded })
        })
        const started = await starting
        if (started.outcome !== 'started') return expect.fail(started.outcome)
        const reading = [started.read(), started.read()].map(async (reader, index) => {
          for await (const event of reader) seen[index]?.push(event)
        })
        await Promise.all([...stopping, ...reading])
        await clock.advance(0)

        const [first = [], second] = seen
        expect(first).toEqual(second)
        expect(first.filter(({ type }) => type === 'done' || type === 'error')).toEqual([first.at(-1)])
        expect(first.map(({ seq }) => seq)).toEqual(first.map((_, index) => index))
        const last = first.at(-1)
        const finishReason = last?.type === 'done' ? last.finishReason : last?.type
        finishReasons.add(String(finishReason))
        // Whoever saw the end before it asked is told so, and an abort needs somebody who was told that it is on its way.
        for (const { outcome, hadEnded } of outcomes) if (hadEnded) expect(outcome).toBe('already-ended')
        const promised = outcomes.some(({ outcome }) => outcome !== 'already-ended')
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
