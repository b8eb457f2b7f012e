import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { linkSignal } from '../../../src/core/async/link-signal.ts'

describe('linkSignal', () => {
  it('passes the reason on exactly once', () => {
    const controller = new AbortController()
    const reasons: unknown[] = []
    linkSignal(controller.signal, (reason) => reasons.push(reason))
    controller.abort('first')
    controller.abort('second')
    expect(reasons).toEqual(['first'])
  })

  it('passes the reason on at once when the signal has already aborted, and adds no listener', () => {
    const reasons: unknown[] = []
    const signal = AbortSignal.abort('before')
    linkSignal(signal, (reason) => reasons.push(reason))()
    expect(reasons).toEqual(['before'])
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('removes its listener, and may be called again', () => {
    const controller = new AbortController()
    const reasons: unknown[] = []
    const unlink = linkSignal(controller.signal, (reason) => reasons.push(reason))
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    unlink()
    unlink()
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    controller.abort()
    expect(reasons).toEqual([])
  })

  it('works without a signal', () => {
    expect(() => linkSignal(undefined, () => {})()).not.toThrow()
  })
})
