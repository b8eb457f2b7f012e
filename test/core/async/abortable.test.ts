import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { abortable, untilAborted } from '../../../src/core/async/abortable.ts'

const NEVER = new Promise<never>(() => {})

/** A source that counts its calls; `next` produces the result of a read. */
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
  it('passes on the values, the end and the failure of the source, and calls return() in none of these cases', async () => {
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

  it('opens the source only at the first read', () => {
    const { iterable, log } = createSource(() => NEVER)
    abortable(iterable, new AbortController().signal)
    expect(log.opened).toBe(0)
  })

  it('rejects the pending read with the reason, and calls return() once without waiting for a source that ignores it', async () => {
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

  it('opens nothing under a signal that has already aborted', async () => {
    const { iterable, log } = createSource(() => NEVER)
    const reader = abortable(iterable, AbortSignal.abort(new Error('before')))
    await expect(reader.next()).rejects.toThrow('before')
    await reader.return?.()
    expect(log).toEqual({ opened: 0, returned: 0 })
  })

  it('returns a rejection when the source throws synchronously', async () => {
    const { signal } = new AbortController()
    const { iterable } = createSource(() => {
      throw new Error('sync')
    })
    await expect(abortable(iterable, signal).next()).rejects.toThrow('sync')
  })

  it('survives a source that throws in return()', async () => {
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

  it('leaves no listener after return()', async () => {
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
  it('settles like the promise, and leaves no listener', async () => {
    const { signal } = new AbortController()
    expect(await untilAborted(Promise.resolve(1), signal)).toBe(1)
    await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('rejects with the reason when the signal aborts first or has already aborted', async () => {
    const controller = new AbortController()
    const pending = untilAborted(NEVER, controller.signal)
    const reason = new Error('stop')
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    await expect(untilAborted(NEVER, controller.signal)).rejects.toBe(reason)
  })

  it('handles the rejection of a promise that it no longer waits for', async () => {
    const controller = new AbortController()
    const { promise, reject } = Promise.withResolvers<never>()
    const pending = untilAborted(promise, controller.signal)
    controller.abort(new Error('stop'))
    await expect(pending).rejects.toThrow('stop')
    // Without a handler, the run would fail with an unhandled rejection.
    reject(new Error('late'))
  })
})
