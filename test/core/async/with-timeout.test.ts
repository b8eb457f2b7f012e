import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { delay, withTimeout } from '../../../src/core/async/with-timeout.ts'
import { manualClock } from '../../../src/testing.ts'

const NEVER = new Promise<never>(() => {})

function setUp() {
  const clock = manualClock()
  const controller = new AbortController()
  const { signal } = controller
  return { clock, controller, signal, options: { ms: 100, clock, signal, onTimeout: () => new Error('too slow') } }
}

describe('withTimeout', () => {
  it('settles like the work, and leaves no timer and no listener', async () => {
    const { clock, signal, options } = setUp()
    expect(await withTimeout(async () => 1, options)).toBe(1)
    await expect(withTimeout(() => Promise.reject(new Error('no')), options)).rejects.toThrow('no')
    const throwing = () => {
      throw new Error('at once')
    }
    await expect(withTimeout(throwing, options)).rejects.toThrow('at once')
    expect(clock.pending).toBe(0)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('rejects at the time limit even if the work ignores its signal, and aborts that signal', async () => {
    const { clock, signal, options } = setUp()
    let heard: AbortSignal | undefined
    const pending = withTimeout((signal) => {
      heard = signal
      return NEVER
    }, options)
    const rejected = expect(pending).rejects.toThrow('too slow')
    await clock.advance(99)
    expect(heard?.aborted).toBe(false)
    await clock.advance(1)
    await rejected
    expect(heard?.reason).toMatchObject({ message: 'too slow' })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('rejects with the reason of the outer signal even if the work ignores it, and passes the reason on', async () => {
    const { clock, controller, options } = setUp()
    let heard: AbortSignal | undefined
    const pending = withTimeout((signal) => {
      heard = signal
      return NEVER
    }, options)
    const reason = new Error('stop')
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    expect(heard?.reason).toBe(reason)
    expect(clock.pending).toBe(0)
  })

  it('starts no work under a signal that has already aborted', async () => {
    const { clock, controller, options } = setUp()
    controller.abort(new Error('before'))
    let worked = false
    await expect(withTimeout(async () => (worked = true), options)).rejects.toThrow('before')
    expect(worked).toBe(false)
    expect(clock.pending).toBe(0)
  })
})

describe('delay', () => {
  it('waits for the given time', async () => {
    const { clock, signal } = setUp()
    let over = false
    const pending = delay(100, { clock, signal }).then(() => (over = true))
    await clock.advance(99)
    expect(over).toBe(false)
    await clock.advance(1)
    await pending
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('waits longer than a timer allows, or forever', async () => {
    const month = 31 * 24 * 60 * 60 * 1000
    const { clock, controller, signal } = setUp()
    const monthOver = delay(month, { clock, signal })
    await clock.advance(month)
    await monthOver
    const forEver = delay(Infinity, { clock, signal })
    expect(clock.pending).toBe(0)
    controller.abort(new Error('stop'))
    await expect(forEver).rejects.toThrow('stop')
  })

  it('rejects with the reason as soon as the signal aborts, and clears its timer', async () => {
    const { clock, controller, signal } = setUp()
    const pending = delay(100, { clock, signal })
    const reason = new Error('stop')
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    await expect(delay(100, { clock, signal })).rejects.toBe(reason)
    expect(clock.pending).toBe(0)
  })
})
