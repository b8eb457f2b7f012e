import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { abortable, untilAborted } from '../../../src/core/async/abortable.ts'

const NEVER = new Promise<never>(() => {})

/** A source that counts what is asked of it; `next` says what a read gets. */
function createSource(next: () => Promise<IteratorResult<string>>) {
  const log = { opened: 0, returned: 0 }
  const iterable: AsyncIterable<string> = {
    [Symbol.asyncIterator]() {
      log.opened += 1
      return {
        next,
        return() {
          log.returned += 1
          return NEVER
        },
      }
    },
  }
  return { iterable, log }
}

describe('abortable', () => {
  it('passes on what the source yields, its end and its failure, and stops neither', async () => {
    const { signal } = new AbortController()
    const answers: IteratorResult<string>[] = [
      { value: 'a', done: false },
      { value: 'kept from the reader', done: true },
    ]
    const { iterable, log } = createSource(async () => {
      const answer = answers.shift()
      if (!answer) throw new Error('broken')
      return answer
    })
    const reader = abortable(iterable, signal)
    expect(await reader.next()).toEqual({ value: 'a', done: false })
    expect(await reader.next()).toEqual({ value: undefined, done: true })
    await expect(reader.next()).rejects.toThrow('broken')
    await reader.return?.()
    expect(log).toEqual({ opened: 1, returned: 0 })
  })

  it('opens the source at the first read only', () => {
    const { iterable, log } = createSource(() => NEVER)
    abortable(iterable, new AbortController().signal)
    expect(log.opened).toBe(0)
  })

  it('rejects the pending read with the reason, and stops a deaf source once, without waiting for it', async () => {
    const controller = new AbortController()
    const { iterable, log } = createSource(() => NEVER)
    const reader = abortable(iterable, controller.signal)
    const pending = reader.next()
    const reason = new Error('stop')
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    await expect(reader.next()).rejects.toBe(reason)
    await reader.return?.()
    expect(log).toEqual({ opened: 1, returned: 1 })
  })

  it('opens nothing under a signal that has aborted', async () => {
    const { iterable, log } = createSource(() => NEVER)
    const reader = abortable(iterable, AbortSignal.abort(new Error('before')))
    await expect(reader.next()).rejects.toThrow('before')
    await reader.return?.()
    expect(log).toEqual({ opened: 0, returned: 0 })
  })

  it('rejects when the source throws at once, instead of throwing', async () => {
    const { signal } = new AbortController()
    const { iterable } = createSource(() => {
      throw new Error('sync')
    })
    await expect(abortable(iterable, signal).next()).rejects.toThrow('sync')
  })

  it('survives a source that throws while it is told to stop', async () => {
    const { signal } = new AbortController()
    const reader = abortable(
      {
        [Symbol.asyncIterator]: () => ({
          next: async () => ({ value: 'a', done: false }),
          return() {
            throw new Error('cannot stop')
          },
        }),
      },
      signal,
    )
    await reader.next()
    expect(await reader.return?.()).toEqual({ value: undefined, done: true })
  })

  it('leaves no listener behind once it is returned', async () => {
    const { signal } = new AbortController()
    const { iterable } = createSource(async () => ({ value: 'a', done: false }))
    const reader = abortable(iterable, signal)
    await reader.next()
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await reader.return?.()
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

describe('untilAborted', () => {
  it('settles like the promise, and leaves no listener behind', async () => {
    const { signal } = new AbortController()
    expect(await untilAborted(Promise.resolve(1), signal)).toBe(1)
    await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('rejects with the reason when the signal fires first, or has fired before', async () => {
    const controller = new AbortController()
    const pending = untilAborted(NEVER, controller.signal)
    const reason = new Error('stop')
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    await expect(untilAborted(NEVER, controller.signal)).rejects.toBe(reason)
  })

  it('hears the failure of a promise that it no longer waits for', async () => {
    const controller = new AbortController()
    const { promise, reject } = Promise.withResolvers<never>()
    const pending = untilAborted(promise, controller.signal)
    controller.abort(new Error('stop'))
    await expect(pending).rejects.toThrow('stop')
    // Unheard, this would fail the run as an unhandled rejection.
    reject(new Error('late'))
  })
})
