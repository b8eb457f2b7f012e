import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../src/index.ts'
import { createGate } from '../../src/testing.ts'
import { answerOf } from '../support/chat-events.ts'
import { openProcesses, tail } from './registries.ts'

type Process = ReturnType<ReturnType<typeof openProcesses>['open']>

/** A client that resumes from the position it was told, and drops events that it already has. */
function createClient() {
  const events: ChatEvent[] = []
  let connection: ReturnType<typeof tail> | undefined
  let acknowledged = (): number => -1
  let replayed = 0

  function take(): void {
    for (const event of connection?.events.splice(0) ?? []) {
      if (event.seq === events.length) events.push(event)
      else replayed += 1
      if (event.seq > events.length) expect.fail(`a gap before ${event.seq}`)
    }
  }

  return {
    events,
    /** The number of events that were received twice. */
    replayed: () => replayed,
    take,
    /** Resumes after the last received event, or after the last one that the store has confirmed. */
    async connect(process: Process, cursor: 'seen' | 'acknowledged') {
      await connection?.leave()
      take()
      const afterSeq = cursor === 'seen' ? events.length - 1 : Math.min(events.length - 1, acknowledged())
      const found = await process.read({}, afterSeq)
      if (found.outcome !== 'reading') return found.outcome
      acknowledged = found.reader.acknowledged
      connection = tail(found.reader)
      return found.outcome
    },
  }
}

const anyStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('say' as const), times: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 100, 250, 1_000) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('reconnect' as const),
      to: fc.nat(1),
      cursor: fc.constantFrom('seen' as const, 'acknowledged' as const),
    }),
  },
)

describe('a reader who resumes', () => {
  it.each(['told', 'not told'])(
    'F29, F36, R17: receives every event once, in order, for any cut and any server, when it is %s of changes',
    async (how) => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { maxLength: 20, size: 'max' }), async (steps) => {
          const { clock, open, expectClean } = openProcesses()
          const processes = [open({ onDisconnect: 'continue' }), open({ onDisconnect: 'continue' })] as const
          const [here, elsewhere] = processes
          if (how === 'not told') for (const { store } of processes) store.loseNotifications()
          const { run, started } = await here.begin()
          const client = createClient()
          await client.connect(elsewhere, 'seen')
          for (const step of steps) {
            if (step.do === 'say') for (let times = 0; times < step.times; times += 1) run.say('x')
            if (step.do === 'wait') await clock.advance(step.ms)
            if (step.do === 'reconnect') await client.connect(processes[step.to === 0 ? 0 : 1], step.cursor)
          }
          run.finish()
          await started.ended
          await clock.advance(1_000)
          client.take()
          const whole = tail(started.read())
          await whole.ended
          expect(client.events).toEqual(whole.events)
          for (const process of processes) expect(await client.connect(process, 'seen')).toBe('finished')
          expectClean()
        }),
        { numRuns: 200 },
      )
    },
  )

  it('R16: never gets a position as saved before the store has confirmed it', async () => {
    const { clock, open } = openProcesses()
    const { begin, store } = open()
    const { run, started } = await begin()
    const reader = started.read()
    const { events } = tail(reader)
    const gate = createGate()
    store.stage('append', gate)
    run.say('a')
    await clock.advance(300)
    expect([events.length, reader.acknowledged()]).toEqual([3, -1])
    gate.open()
    await nextTurn()
    expect(reader.acknowledged()).toBe(2)
  })

  it('F33, F34: receives every token at once while the store hangs, and the end after storeMs at the latest', async () => {
    for (const manner of ['hangs', 'fails'] as const) {
      const { clock, open, expectClean } = openProcesses()
      const { begin, store, errors } = open({ leaseMs: 60_000 })
      const { run, started } = await begin()
      const reader = started.read()
      const { events } = tail(reader)
      store.stageAll(manner)
      for (let tokens = 1; tokens <= 20; tokens += 1) {
        run.say('x')
        await nextTurn()
        expect(answerOf(events)).toHaveLength(tokens)
        await clock.advance(100)
      }
      run.finish()
      await clock.advance(4_999)
      expect(events.at(-1)?.type).toBe('token')
      await clock.advance(1)
      expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'stop' })
      expect([reader.acknowledged(), errors]).toEqual([-1, ['store-unavailable']])
      await clock.advance(70_000)
      expectClean()
    }
  })

  it('F37, C6: receives the whole answer, and newer positions, when the store loses the run', async () => {
    const { clock, open, shared, expectClean } = openProcesses()
    const { begin, errors } = open()
    const { run, started } = await begin()
    const reader = started.read()
    const { events, ended } = tail(reader)
    await clock.advance(250)
    const { signal } = new AbortController()
    await shared.delete({ scope: 'ann', runId: 'r1' }, { signal })
    run.say('still')
    await clock.advance(60_000)
    run.say(' here')
    run.finish()
    await ended
    expect([answerOf(events), events.at(-1)?.type, reader.acknowledged()]).toEqual(['still here', 'done', 4])
    expect(errors).toEqual([])
    expectClean()
  })

  it('F41: receives producer-lost on another server when the producer falls silent, within its lease and a second', async () => {
    const { clock, open } = openProcesses()
    const [here, elsewhere] = [open(), open()]
    const { run } = await here.begin()
    run.say('half')
    await clock.advance(250)
    // Like a process that was killed: it does nothing more.
    here.store.stageAll('hangs')
    const found = await elsewhere.read({}, 1)
    if (found.outcome !== 'reading') return expect.fail(found.outcome)
    const { events } = tail(found.reader)
    await clock.advance(11_000)
    expect(events).toMatchObject([
      { type: 'token', seq: 2 },
      { type: 'error', seq: 3, code: 'producer-lost', partial: { answer: 'half' } },
    ])
    expect((await elsewhere.start({ runId: 'r1' }).outcome).outcome).toBe('started')
  })
})
