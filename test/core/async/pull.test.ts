import { describe, expect, it } from 'vitest'
import { abortFirst } from '../../../src/core/async/abort-first.ts'
import type { Emit } from '../../../src/core/async/handoff.ts'
import { PULL, toPull, toPullIterator } from '../../../src/core/async/pull.ts'

describe('an iterator that can be pulled', () => {
  it('answers synchronously within the emit that brings the value, or at once for a pending value', () => {
    const { iterator, emit } = openStream()
    const { reader, log } = logReader()
    iterator[PULL](reader)
    expect(log).toEqual(['first'])
    iterator[PULL](reader)
    expect(emit('a')).toBeUndefined()
    expect(log).toEqual(['first', 'a'])
    void emit('b')
    iterator[PULL](reader)
    expect(log).toEqual(['first', 'a', 'b'])
  })

  it('allows another read from within the callback of a read', () => {
    const { iterator, emit } = openStream()
    const log: unknown[] = []
    const reader = {
      onResult({ value }: IteratorResult<string, undefined>): void {
        log.push(value)
        iterator[PULL](reader)
      },
      onFailure(): void {},
    }
    iterator[PULL](reader)
    for (const value of ['a', 'b', 'c']) expect(emit(value)).toBeUndefined()
    expect(log).toEqual(['first', 'a', 'b', 'c'])
  })

  it('answers all pending reads in order, whether they use a callback or a promise', async () => {
    const { iterator, emit } = openStream()
    const { reader, log } = logReader()
    iterator[PULL](reader)
    iterator[PULL](reader)
    const second = iterator.next()
    iterator[PULL](reader)
    for (const value of ['a', 'b', 'c']) void emit(value)
    expect(log).toEqual(['first', 'a', 'c'])
    expect(await second).toEqual({ value: 'b', done: false })
    await iterator.return?.()
    iterator[PULL](reader)
    expect(log).toEqual(['first', 'a', 'c', 'done'])
  })

  it('is made of any other iterator, which is read through its promises and asked to return', async () => {
    const reason = new Error('broken')
    const results = [Promise.resolve({ value: 'a', done: false as const }), Promise.reject(reason)]
    let returned = 0
    const iterator = toPullIterator({
      next: () => results.shift() ?? Promise.resolve({ value: undefined, done: true as const }),
      return: async () => ({ value: void (returned += 1), done: true as const }),
    })
    const { reader, log } = logReader()
    for (let times = 0; times < 3; times += 1) {
      iterator[PULL](reader)
      await Promise.resolve()
    }
    expect(log).toEqual(['a', reason, 'done'])
    await iterator.return?.()
    expect(returned).toBe(1)
  })

  it('tells the reader about an iterator that throws instead of rejecting', () => {
    const reason = new Error('broken')
    const next = (): never => {
      throw reason
    }
    const { reader, log } = logReader()
    toPullIterator({ next })[PULL](reader)
    toPull(next)(reader)
    expect(log).toEqual([reason, reason])
  })
})

function openStream() {
  const held: { emit?: Emit<string> } = {}
  const stream = abortFirst<string, string>(() => ({
    signal: undefined,
    first: 'first',
    produce(emit) {
      held.emit = emit
      return new Promise(() => {})
    },
    onAbort: () => Promise.resolve('aborted'),
    onReturn() {},
    deliver: (value) => value,
  }))
  const emit: Emit<string> = (value) => {
    if (!held.emit) throw new Error('The work has not begun')
    return held.emit(value)
  }
  return { iterator: toPullIterator(stream[Symbol.asyncIterator]()), emit }
}

function logReader() {
  const log: unknown[] = []
  const reader = {
    onResult({ done, value }: IteratorResult<string, undefined>): void {
      log.push(done ? 'done' : value)
    },
    onFailure(reason: unknown): void {
      log.push(reason)
    },
  }
  return { reader, log }
}
