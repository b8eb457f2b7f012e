import { getEventListeners } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { abortFirst, type AbortFirstSource } from '../../../src/core/async/abort-first.ts'
import type { Emit } from '../../../src/core/async/handoff.ts'
import { createGate } from '../../../src/testing.ts'

const DONE = { value: undefined, done: true }

/** A stream of numbered strings; the test controls its work step by step. */
function openStream(options: Partial<AbortFirstSource<string, string>> = {}) {
  const controller = new AbortController()
  const work = Promise.withResolvers<string>()
  const log = { opened: 0, returned: 0, delivered: [] as string[] }
  const held: { emit?: Emit<string>; signal?: AbortSignal } = {}
  const stream = abortFirst<string, string>(() => {
    log.opened += 1
    return {
      signal: controller.signal,
      first: 'first',
      produce(emit, signal) {
        Object.assign(held, { emit, signal })
        return work.promise
      },
      onAbort: async () => 'aborted',
      onReturn: () => (log.returned += 1),
      deliver(value) {
        log.delivered.push(value)
        return `${log.delivered.length}:${value}`
      },
      ...options,
    }
  })
  const emit: Emit<string> = (value) => {
    if (!held.emit) throw new Error('The work has not begun')
    return held.emit(value)
  }
  const reader = stream[Symbol.asyncIterator]()
  return { stream, reader, controller, log, held, emit, end: work.resolve, fail: work.reject }
}

function leave(reader: AsyncIterator<string>) {
  if (!reader.return) throw new Error('The reader cannot leave')
  return reader.return()
}

describe('abortFirst', () => {
  it('opens nothing before the first read, and opens the work only once', async () => {
    const { reader, log, held } = openStream()
    await nextTurn()
    expect(log.opened).toBe(0)
    expect(await reader.next()).toEqual({ value: '1:first', done: false })
    expect(log.opened).toBe(1)
    expect(held.signal?.aborted).toBe(false)
  })

  it('yields the first value, the emitted values, and the last value of the work', async () => {
    const { reader, emit, end } = openStream()
    await reader.next()
    const second = reader.next()
    void emit('a')
    expect(await second).toEqual({ value: '2:a', done: false })
    end('last')
    expect(await reader.next()).toEqual({ value: '3:last', done: false })
    expect(await reader.next()).toEqual(DONE)
    expect(await reader.next()).toEqual(DONE)
  })

  it('lets emit wait only while no reader is waiting', async () => {
    const { reader, emit, end } = openStream()
    await reader.next()
    const pending = reader.next()
    expect(emit('a')).toBeUndefined()
    await pending
    let taken = false
    const waiting = emit('b')?.then(() => (taken = true))
    expect(waiting).toBeInstanceOf(Promise)
    await nextTurn()
    expect(taken).toBe(false)
    expect(await reader.next()).toEqual({ value: '3:b', done: false })
    await waiting
    expect(taken).toBe(true)
    end('last')
  })

  it('yields a pending value before the last one', async () => {
    const { reader, emit, end } = openStream()
    await reader.next()
    void emit('a')
    end('last')
    await nextTurn()
    expect((await reader.next()).value).toBe('2:a')
    expect((await reader.next()).value).toBe('3:last')
  })

  it('delivers a value when the reader reads, not when the work emits', async () => {
    const { reader, emit, end, log } = openStream()
    await reader.next()
    void emit('a')
    await nextTurn()
    expect(log.delivered).toEqual(['first'])
    await reader.next()
    expect(log.delivered).toEqual(['first', 'a'])
    end('last')
    await nextTurn()
    expect(log.delivered).toEqual(['first', 'a'])
  })

  it('answers concurrent reads in order', async () => {
    const { reader, emit, end } = openStream()
    const answers: unknown[] = []
    const reads = Array.from({ length: 5 }, () => reader.next().then(({ value }) => answers.push(value)))
    void emit('a')
    await nextTurn()
    end('last')
    await Promise.all(reads)
    expect(answers).toEqual(['1:first', '2:a', '3:last', undefined, undefined])
  })

  it('accepts only one reader', () => {
    const { stream } = openStream()
    expect(() => stream[Symbol.asyncIterator]()).toThrow(TypeError)
  })

  it('rejects the pending read when the work rejects, and then ends', async () => {
    const { reader, fail, controller } = openStream()
    await reader.next()
    const answers: unknown[] = []
    const reads = [reader.next(), reader.next()].map((read) =>
      read.then(
        ({ done }) => answers.push(done),
        (reason: unknown) => answers.push(reason),
      ),
    )
    const broken = new Error('broken')
    fail(broken)
    await Promise.all(reads)
    expect(answers).toEqual([broken, true])
    expect(await reader.next()).toEqual(DONE)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })
})

describe('abortFirst when the caller aborts', () => {
  it('keeps the failure of the work for a reader that is busy, behind the value that it has not read', async () => {
    const { reader, emit, fail } = openStream()
    await reader.next()
    void emit('a')
    fail(new Error('disk full'))
    await nextTurn()
    expect(await reader.next()).toEqual({ value: '2:a', done: false })
    await expect(reader.next()).rejects.toThrow('disk full')
    expect(await reader.next()).toEqual(DONE)
  })

  it('keeps the failure of an abort for a reader that is busy', async () => {
    const { reader, controller } = openStream({ onAbort: () => Promise.reject(controller.signal.reason) })
    await reader.next()
    controller.abort(new Error('stopped'))
    await nextTurn()
    await expect(reader.next()).rejects.toThrow('stopped')
    expect(await reader.next()).toEqual(DONE)
  })

  it('aborts the signal of work that rejects, because parts of it may still be under way', async () => {
    const { reader, held, fail } = openStream()
    await reader.next()
    fail(new Error('disk full'))
    await expect(reader.next()).rejects.toThrow('disk full')
    expect(held.signal?.reason).toEqual(new Error('disk full'))
  })

  it('settles the pending read with the last value even if the work ignores its signal, and passes the reason to the work', async () => {
    const { reader, controller, held } = openStream()
    await reader.next()
    const pending = reader.next()
    const reason = new Error('stop')
    controller.abort(reason)
    expect(held.signal?.reason).toBe(reason)
    expect(await pending).toEqual({ value: '2:aborted', done: false })
    expect(await reader.next()).toEqual(DONE)
  })

  it('starts no work when the signal aborted beforehand', async () => {
    const { reader, controller, held } = openStream()
    controller.abort()
    expect((await reader.next()).value).toBe('1:first')
    expect((await reader.next()).value).toBe('2:aborted')
    expect(await reader.next()).toEqual(DONE)
    expect(held).toEqual({})
  })

  it('drops the emitted value that was not read, and rejects its emit', async () => {
    const { reader, controller, emit, log } = openStream()
    await reader.next()
    const waiting = emit('a')
    const reason = new Error('stop')
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    expect((await reader.next()).value).toBe('2:aborted')
    expect(log.delivered).toEqual(['first', 'aborted'])
    expect(() => emit('b')).toThrow(reason)
  })

  it('keeps the last value of work that ended before the abort, whether it was read or not', async () => {
    const { reader, controller, end, log } = openStream()
    await reader.next()
    end('last')
    await nextTurn()
    controller.abort()
    expect((await reader.next()).value).toBe('2:last')
    expect(await reader.next()).toEqual(DONE)
    expect(log.delivered).toEqual(['first', 'last'])
  })

  it('ignores work that ends after the abort', async () => {
    const gate = createGate()
    const onAbort = async () => {
      await gate.pass()
      return 'aborted'
    }
    const { reader, controller, end } = openStream({ onAbort })
    await reader.next()
    const pending = reader.next()
    controller.abort()
    end('last')
    await gate.reached()
    gate.open()
    expect((await pending).value).toBe('2:aborted')
    expect(await reader.next()).toEqual(DONE)
  })

  it('ends reads that are queued behind the last value', async () => {
    const { reader, controller } = openStream()
    await reader.next()
    const reads = [reader.next(), reader.next(), reader.next()]
    controller.abort()
    controller.abort()
    expect((await Promise.all(reads)).map(({ value }) => value)).toEqual(['2:aborted', undefined, undefined])
  })
})

describe('abortFirst when the reader leaves', () => {
  it('ends the pending read at once even if the work ignores its signal, and notifies the work and the owner', async () => {
    const { reader, held, log } = openStream()
    await reader.next()
    const pending = reader.next()
    expect(await leave(reader)).toEqual(DONE)
    expect(await pending).toEqual(DONE)
    expect(held.signal?.reason).toMatchObject({ name: 'AbortError' })
    expect(log.returned).toBe(1)
  })

  it('notifies the owner once, even if return() is called several times', async () => {
    const { reader, controller, log } = openStream()
    await reader.next()
    await leave(reader)
    await leave(reader)
    controller.abort()
    expect(await reader.next()).toEqual(DONE)
    expect(log.returned).toBe(1)
  })

  it('opens nothing when return() is called before the first read', async () => {
    const { reader, controller, log } = openStream()
    await leave(reader)
    controller.abort()
    expect(await reader.next()).toEqual(DONE)
    expect(log).toEqual({ opened: 0, returned: 0, delivered: [] })
  })

  it('notifies the owner of nothing when return() is called after the end', async () => {
    const { reader, end, log, held } = openStream()
    await reader.next()
    end('last')
    await reader.next()
    await leave(reader)
    expect(log.returned).toBe(0)
    expect(held.signal?.aborted).toBe(false)
  })

  it('notifies the owner when the last value was never read', async () => {
    const { reader, end, log } = openStream()
    await reader.next()
    end('last')
    await nextTurn()
    await leave(reader)
    expect(await reader.next()).toEqual(DONE)
    expect(log).toMatchObject({ returned: 1, delivered: ['first'] })
  })

  it('yields nothing more when return() is called between an abort and the last value', async () => {
    const { reader, controller, log } = openStream()
    await reader.next()
    const pending = reader.next()
    controller.abort()
    await leave(reader)
    expect(await pending).toEqual(DONE)
    await nextTurn()
    expect(log).toMatchObject({ returned: 1, delivered: ['first'] })
  })

  it('rejects the emit of a value that was not read', async () => {
    const { reader, emit } = openStream()
    await reader.next()
    const waiting = emit('a')
    await leave(reader)
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('starts no work when the reader leaves while the first value is delivered', async () => {
    const left: Promise<unknown>[] = []
    const subject = openStream({
      deliver(value) {
        left.push(leave(subject.reader))
        return value
      },
    })
    await subject.reader.next()
    await Promise.all(left)
    expect(subject.held).toEqual({})
    expect(getEventListeners(subject.controller.signal, 'abort')).toEqual([])
  })
})

describe('abortFirst and the signal of the caller', () => {
  type Subject = ReturnType<typeof openStream>
  const endings: Record<string, (subject: Subject) => unknown> = {
    'its last value was read': ({ reader, end }) => {
      end('last')
      return reader.next()
    },
    'its work has ended unread': ({ end }) => end('last'),
    'the reader has left': ({ reader }) => leave(reader),
    'it was aborted': ({ controller, reader }) => {
      controller.abort()
      return reader.next()
    },
  }

  it.each(Object.entries(endings))('leaves no listener on the signal once %s', async (_name, bring) => {
    const subject = openStream()
    await subject.reader.next()
    expect(getEventListeners(subject.controller.signal, 'abort')).toHaveLength(1)
    await bring(subject)
    await nextTurn()
    expect(getEventListeners(subject.controller.signal, 'abort')).toEqual([])
  })
})

describe('abortFirst under any order of operations', () => {
  const DEEDS = ['read', 'emit', 'end', 'abort', 'leave', 'turn'] as const

  it('answers every read once and in order, ends once, and removes its listener from the signal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...DEEDS), { maxLength: 25 }), async (deeds) => {
        const { reader, controller, log, held, emit, end } = openStream()
        const answers: IteratorResult<string>[] = []
        const reads: Promise<unknown>[] = []
        let emitted = 0
        let free = true
        const say = async () => {
          if (!held.emit || !free) return
          free = false
          await emit(`${(emitted += 1)}`)
          free = true
        }
        const acts: Record<(typeof DEEDS)[number], () => unknown> = {
          read: () => reads.push(reader.next().then((answer) => answers.push(answer))),
          // The work stops at the first emit that fails, as real work does.
          emit: () => void say().catch(() => {}),
          end: () => free && end('last'),
          abort: () => controller.abort(),
          leave: () => void leave(reader),
          turn: () => {},
        }
        for (const name of deeds) {
          acts[name]()
          if (name === 'turn') await nextTurn()
        }
        await leave(reader)
        await Promise.all(reads)

        const values = answers.filter(({ done }) => !done).map(({ value }) => value)
        expect(values).toEqual(log.delivered.map((value, index) => `${index + 1}:${value}`))
        expect(answers.findIndex(({ done }) => done)).toBe(values.length < answers.length ? values.length : -1)
        const ends = log.delivered.filter((value) => value === 'last' || value === 'aborted')
        expect(ends.length + log.returned).toBe(log.opened)
        expect(ends).toEqual(log.delivered.slice(log.delivered.length - ends.length))
        const numbers = log.delivered.filter((value) => /\d/.test(value))
        expect(numbers).toEqual(numbers.map((_, index) => `${index + 1}`))
        expect(getEventListeners(controller.signal, 'abort')).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})
