import { getEventListeners } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createChangeSignal } from '../../src/runs/change-signal.ts'
import { manualClock } from '../../src/testing.ts'

function open() {
  const clock = manualClock()
  const controller = new AbortController()
  const { signal } = controller
  const change = createChangeSignal({ pollMs: 1_000, clock })
  let waits = 0
  const wait = async () => {
    await change.wait(signal)
    waits += 1
  }
  return { clock, controller, signal, change, wait, waits: () => waits }
}

describe('createChangeSignal', () => {
  it('ends a wait at a change', async () => {
    const { clock, change, wait, waits, signal } = open()
    void wait()
    await nextTurn()
    expect(waits()).toBe(0)
    change.notify()
    await nextTurn()
    expect([waits(), clock.pending, getEventListeners(signal, 'abort')]).toEqual([1, 0, []])
  })

  it('F36: ends a wait after pollMs without a notification', async () => {
    const { clock, wait, waits } = open()
    void wait()
    await clock.advance(999)
    expect(waits()).toBe(0)
    await clock.advance(1)
    expect([waits(), clock.pending]).toEqual([1, 0])
  })

  it('loses no change between two waits, and merges several changes into one', async () => {
    const { change, wait, waits } = open()
    change.notify()
    change.notify()
    await wait()
    void wait()
    await nextTurn()
    expect(waits()).toBe(1)
    change.notify()
    await nextTurn()
    expect(waits()).toBe(2)
  })

  it('loses no change that arrives as a wait ends', async () => {
    const { change, signal, wait, waits } = open()
    const first = change.wait(signal).then(() => change.notify())
    change.notify()
    await first
    void wait()
    await nextTurn()
    expect(waits()).toBe(1)
  })

  it('ends a wait with the reason of the signal, and leaves no timer and no listener', async () => {
    const { clock, controller, signal, wait } = open()
    const failure = expect(wait()).rejects.toThrow('left')
    controller.abort(new Error('left'))
    await failure
    expect([clock.pending, getEventListeners(signal, 'abort')]).toEqual([0, []])
  })
})
