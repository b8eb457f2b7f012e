import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { ChatError } from '../../src/index.ts'
import { callStore } from '../../src/runs/call-store.ts'
import { manualClock } from '../../src/testing.ts'

const never = () => new Promise<never>(() => {})

describe('callStore', () => {
  it('turns any error of a store into store-unavailable, whether it throws or rejects', async () => {
    const limits = { storeMs: 100, clock: manualClock() }
    const cause = new Error('connect ECONNREFUSED')
    const throwAtOnce = () => {
      throw cause
    }
    for (const work of [throwAtOnce, () => Promise.reject(cause)]) {
      await expect(callStore(work, limits)).rejects.toMatchObject({ code: 'store-unavailable', cause })
    }
    expect(limits.clock.pending).toBe(0)
  })

  it('passes on a ChatError of the store', async () => {
    const conflict = new ChatError('lost', { code: 'store-conflict' })
    const limits = { storeMs: 100, clock: manualClock() }
    await expect(callStore(() => Promise.reject(conflict), limits)).rejects.toBe(conflict)
  })

  it('F33: gives up after storeMs, also when the store ignores its signal, and aborts the call', async () => {
    const clock = manualClock()
    let told: AbortSignal | undefined
    const work = (signal: AbortSignal) => {
      told = signal
      return never()
    }
    const call = callStore(work, { storeMs: 100, clock })
    const failure = expect(call).rejects.toMatchObject({ code: 'store-unavailable' })
    await clock.advance(99)
    expect(told?.aborted).toBe(false)
    await clock.advance(1)
    await failure
    expect([told?.aborted, clock.pending]).toEqual([true, 0])
  })

  it('rejects with the reason of the signal, and leaves no timer and no listener', async () => {
    const clock = manualClock()
    const controller = new AbortController()
    const call = callStore(never, { storeMs: 100, clock }, controller.signal)
    const reason = new Error('The reader has left')
    controller.abort(reason)
    await expect(call).rejects.toBe(reason)
    expect([clock.pending, getEventListeners(controller.signal, 'abort')]).toEqual([0, []])
  })
})
