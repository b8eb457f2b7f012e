import { getEventListeners } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createThreadQueue } from '../../src/runs/thread-queue.ts'
import { createGate } from '../../src/testing.ts'

describe('createThreadQueue', () => {
  it('F50: admits one at a time, in order, even if earlier ones give up or fail', async () => {
    const anyEntrant = fc.record({ givesUp: fc.boolean(), fails: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(anyEntrant, { maxLength: 8, size: 'max' }), async (entrants) => {
        const queue = createThreadQueue({ maxLength: 8 })
        const log: string[] = []
        const gate = createGate()
        const entries = entrants.map(({ givesUp, fails }, index) => {
          const controller = new AbortController()
          const work = async () => {
            log.push(`in ${index}`)
            await gate.pass()
            log.push(`out ${index}`)
            if (fails) throw new Error('failed')
          }
          const entry = queue.enter('thread', work, { signal: controller.signal })
          return { givesUp: givesUp && index > 0, fails, controller, outcome: Promise.allSettled([entry]) }
        })
        await nextTurn()
        for (const { givesUp, controller } of entries) if (givesUp) controller.abort(new Error('gave up'))
        await nextTurn()
        gate.open()
        const outcomes = (await Promise.all(entries.map(({ outcome }) => outcome))).flat()
        const worked = entries.flatMap(({ givesUp }, index) => (givesUp ? [] : [index]))
        expect(log).toEqual(worked.flatMap((index) => [`in ${index}`, `out ${index}`]))
        const expected = entries.map(({ givesUp, fails }) => (givesUp ? 'gave up' : fails ? 'failed' : undefined))
        expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.message : undefined))).toEqual(
          expected,
        )
        for (const { controller } of entries) expect(getEventListeners(controller.signal, 'abort')).toEqual([])
      }),
    )
  })

  it('does not admit the next one early when those in between have given up', async () => {
    const queue = createThreadQueue({ maxLength: 3 })
    const { signal } = new AbortController()
    const gate = createGate()
    const first = queue.enter('thread', () => gate.pass(), { signal })
    const controller = new AbortController()
    const second = queue.enter('thread', async () => {}, { signal: controller.signal })
    const failure = expect(second).rejects.toThrow('gave up')
    controller.abort(new Error('gave up'))
    await failure
    let entered = false
    const third = queue.enter('thread', async () => void (entered = true), { signal })
    await nextTurn()
    expect(entered).toBe(false)
    gate.open()
    await Promise.all([first, third])
    expect(entered).toBe(true)
  })

  it('admits different threads at the same time', async () => {
    const queue = createThreadQueue({ maxLength: 1 })
    const { signal } = new AbortController()
    const gate = createGate()
    const entries = ['a', 'b'].map((thread) => queue.enter(thread, () => gate.pass(), { signal }))
    await nextTurn()
    expect(gate.waiting).toBe(2)
    gate.open()
    await Promise.all(entries)
  })

  it('rejects more than maxLength entries, and accepts again when one has finished', async () => {
    const queue = createThreadQueue({ maxLength: 2 })
    const { signal } = new AbortController()
    const gate = createGate()
    const enter = () => queue.enter('thread', () => gate.pass(), { signal })
    const entries = [enter(), enter()]
    await expect(enter()).rejects.toMatchObject({ code: 'too-many-runs' })
    gate.release()
    await entries[0]
    const third = enter()
    gate.open()
    await Promise.all([...entries, third])
  })
})
