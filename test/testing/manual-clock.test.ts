import { describe, expect, it } from 'vitest'
import { manualClock } from '../../src/testing.ts'

describe('manualClock', () => {
  it('stands still until it is advanced', async () => {
    const clock = manualClock()
    expect(clock.now()).toBe(0)
    await clock.advance(1_500)
    expect(clock.now()).toBe(1_500)
  })

  it('runs due timers in order of time and then of creation, at their time', async () => {
    const clock = manualClock()
    const ran: string[] = []
    const note = (name: string) => () => void ran.push(`${name} at ${clock.now()}`)
    clock.setTimeout(note('late'), 30)
    clock.setTimeout(note('first'), 10)
    clock.setTimeout(note('second'), 10)
    clock.setTimeout(note('never'), 31)
    await clock.advance(30)
    expect(ran).toEqual(['first at 10', 'second at 10', 'late at 30'])
    expect(clock.pending).toBe(1)
  })

  it('lets code after a timer run before the next timer, and runs timers that it sets', async () => {
    const clock = manualClock()
    const ran: string[] = []
    const wait = (ms: number) => new Promise<void>((resolve) => clock.setTimeout(resolve, ms))
    clock.setTimeout(() => ran.push('timer at 20'), 20)
    const work = (async () => {
      await wait(10)
      await Promise.resolve()
      ran.push(`woken at ${clock.now()}`)
      await wait(5)
      ran.push(`woken at ${clock.now()}`)
    })()
    await clock.advance(20)
    await work
    expect(ran).toEqual(['woken at 10', 'woken at 15', 'timer at 20'])
  })

  it('lets pending code set its timers before it advances', async () => {
    const clock = manualClock()
    let ran = false
    void Promise.resolve().then(() => clock.setTimeout(() => (ran = true), 10))
    await clock.advance(10)
    expect(ran).toBe(true)
  })

  it('runs a negative delay at once, because time never goes back', async () => {
    const clock = manualClock()
    let ranAt: number | undefined
    clock.setTimeout(() => (ranAt = clock.now()), -5)
    await clock.advance(0)
    expect(ranAt).toBe(0)
  })

  it('does not run a cleared timer', async () => {
    const clock = manualClock()
    const timer = clock.setTimeout(() => expect.unreachable(), 10)
    clock.clearTimeout(timer)
    clock.clearTimeout(timer)
    await clock.advance(100)
    expect(clock.pending).toBe(0)
  })

  it.each([Infinity, NaN, 2 ** 31])('rejects a delay of %s, which a real timer does not support', (ms) => {
    expect(() => manualClock().setTimeout(() => {}, ms)).toThrow('a real timer would fire at once')
  })

  it('rejects with the error of a timer', async () => {
    const clock = manualClock()
    clock.setTimeout(() => {
      throw new Error('in a timer')
    }, 1)
    await expect(clock.advance(1)).rejects.toThrow('in a timer')
  })
})
