import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { DrivenRun } from '../support/driven-run.ts'
import { openProcesses, tail } from './registries.ts'

/** The ways in which a run ends or its reader leaves. */
const ENDINGS: readonly ((run: DrivenRun, stop: () => Promise<unknown>, leave: () => unknown) => unknown)[] = [
  (run) => run.finish(),
  (run) => run.fail('upstream-stalled'),
  (run) => run.breakOff(new Error('broken')),
  (_run, stop) => stop(),
  (_run, _stop, leave) => leave(),
]

describe('a registry', () => {
  it('F30: retains nothing after 1,000 runs that were read here and in another process', async () => {
    const { clock, open, expectClean } = openProcesses()
    const processes = [open({ onThreadBusy: 'queue' }), open({ onThreadBusy: 'queue' })]
    for (let count = 0; count < 1_000; count += 1) {
      const [here, elsewhere] = count % 2 === 0 ? processes : processes.toReversed()
      const runId = `r${count}`
      if (!here || !elsewhere) continue
      const { run, started } = await here.begin({ runId, threadId: 't' })
      const found = await elsewhere.read({ runId })
      const readers = [tail(started.read()), ...(found.outcome === 'reading' ? [tail(found.reader)] : [])]
      const leave = () => {
        for (const reader of readers) void reader.leave()
      }
      await ENDINGS[count % ENDINGS.length]?.(run, () => elsewhere.stop({ runId }), leave)
      await nextTurn()
      if (!run.ended) await clock.advance(3_000)
      await started.ended
      await clock.advance(0)
    }
    expectClean()
  })

  it('releases runs that have ended', async () => {
    const { clock, open, shared } = openProcesses()
    const { begin } = open()
    const { signal } = new AbortController()
    const answer = new WeakRef(await readOne(begin))
    await shared.delete({ scope: 'ann', runId: 'r1' }, { signal })
    await clock.advance(0)
    globalThis.gc?.()
    expect(answer.deref()).toBeUndefined()
  })
})

/** Reads a run to its end, and returns a weak reference to its last event. */
async function readOne(begin: ReturnType<ReturnType<typeof openProcesses>['open']>['begin']): Promise<object> {
  const { run, started } = await begin()
  const { events, ended } = tail(started.read())
  run.finish()
  await ended
  return events.at(-1) ?? expect.fail('It said nothing')
}
