import { describe, expect, it } from 'vitest'
import { createDeadline } from '../../../src/core/async/deadline.ts'
import { manualClock } from '../../../src/testing.ts'

function openDeadline() {
  const clock = manualClock()
  const expired: number[] = []
  const deadline = createDeadline(() => expired.push(clock.now()), clock)
  return { clock, expired, deadline }
}

describe('createDeadline', () => {
  it('expires once, after the given time', async () => {
    const { clock, expired, deadline } = openDeadline()
    deadline.set(100)
    await clock.advance(99)
    expect(expired).toEqual([])
    await clock.advance(1000)
    expect(expired).toEqual([100])
    expect(clock.pending).toBe(0)
  })

  it('does not start before it is set', async () => {
    const { clock, expired, deadline } = openDeadline()
    expect(deadline.remaining()).toBe(Infinity)
    await clock.advance(1000)
    expect(expired).toEqual([])
    expect(clock.pending).toBe(0)
  })

  it('moves back at each set, and needs only one timer for all of them', async () => {
    const { clock, expired, deadline } = openDeadline()
    for (let step = 0; step < 50; step += 1) {
      deadline.set(100)
      expect(clock.pending).toBe(1)
      await clock.advance(10)
    }
    expect(expired).toEqual([])
    await clock.advance(1000)
    expect(expired).toEqual([590])
  })

  it('can be moved to an earlier time', async () => {
    const { clock, expired, deadline } = openDeadline()
    deadline.set(1000)
    deadline.set(10)
    expect(clock.pending).toBe(1)
    await clock.advance(5000)
    expect(expired).toEqual([10])
  })

  it('stops when it is cleared, and starts again when it is set', async () => {
    const { clock, expired, deadline } = openDeadline()
    deadline.set(100)
    await clock.advance(50)
    expect(deadline.remaining()).toBe(50)
    deadline.clear()
    expect(deadline.remaining()).toBe(Infinity)
    await clock.advance(1000)
    expect(expired).toEqual([])
    deadline.set(100)
    await clock.advance(1000)
    expect(expired).toEqual([1150])
  })

  it('still expires when it is cleared and set again before the first time has passed', async () => {
    const { clock, expired, deadline } = openDeadline()
    deadline.set(100)
    deadline.clear()
    deadline.set(300)
    await clock.advance(299)
    expect(expired).toEqual([])
    await clock.advance(1)
    expect(expired).toEqual([300])
  })

  it('sets no timer for an infinite delay', () => {
    const { clock, deadline } = openDeadline()
    deadline.set(Infinity)
    expect(clock.pending).toBe(0)
  })

  it('supports delays longer than a timer allows', async () => {
    const month = 31 * 24 * 60 * 60 * 1000
    const { clock, expired, deadline } = openDeadline()
    deadline.set(month)
    await clock.advance(month - 1)
    expect(expired).toEqual([])
    await clock.advance(1)
    expect(expired).toEqual([month])
  })

  it('clears its timer when it is disposed of, and then never expires', async () => {
    const { clock, expired, deadline } = openDeadline()
    deadline.set(100)
    deadline.dispose()
    deadline.dispose()
    expect(clock.pending).toBe(0)
    await clock.advance(1000)
    expect(expired).toEqual([])
  })

  it('can be set again in its expiry callback', async () => {
    const clock = manualClock()
    const expired: number[] = []
    const deadline = createDeadline(() => {
      expired.push(clock.now())
      if (expired.length < 3) deadline.set(10)
    }, clock)
    deadline.set(10)
    await clock.advance(1000)
    expect(expired).toEqual([10, 20, 30])
  })
})
