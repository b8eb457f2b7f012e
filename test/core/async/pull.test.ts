import { describe, expect, it } from 'vitest'
import { abortFirst } from '../../../src/core/async/abort-first.ts'
import type { Emit } from '../../../src/core/async/handoff.ts'
import { pull, toPull } from '../../../src/core/async/pull.ts'

describe('pull', () => {
  it('answers synchronously within the emit that brings the value, or at once for a pending value', () => {
    const { iterator, emit } = openStream()
    const { reader, log } = logReader()
    pull(iterator, reader)
    expect(log).toEqual(['first'])
    pull(iterator, reader)
    expect(emit('a')).toBeUndefined()
    expect(log).toEqual(['first', 'a'])
    void emit('b')
    pull(iterator, reader)
    expect(log).toEqual(['first', 'a', 'b'])
  })

  it('allows another read from within the callback of a read', () => {
    const { iterator, emit } = openStream()
    const log: unknown[] = []
    const reader = {
      onResult({ value }: IteratorResult<string, undefined>): void {
        log.push(value)
        pull(iterator, reader)
      },
      onFailure(): void {},
    }
    pull(iterator, reader)
    for (const value of ['a', 'b', 'c']) expect(emit(value)).toBeUndefined()
    expect(log).toEqual(['first', 'a', 'b', 'c'])
  })

  it('answers all pending reads in order, whether they use a callback or a promise', async () => {
    const { iterator, emit } = openStream()
    const { reader, log } = logReader()
    pull(iterator, reader)
    pull(iterator, reader)
    const second = iterator.next()
    pull(iterator, reader)
    for (const value of ['a', 'b', 'c']) void emit(value)
    expect(log).toEqual(['first', 'a', 'c'])
    expect(await second).toEqual({ value: 'b', done: false })
    await iterator.return?.()
    pull(iterator, reader)
    expect(log).toEqual(['first', 'a', 'c', 'done'])
  })

  it('reads any other iterator through its promises', async () => {
    const reason = new Error('broken')
    const results = [Promise.resolve({ value: 'a', done: false as const }), Promise.reject(reason)]
    const iterator = { next: () => results.shift() ?? Promise.resolve({ value: undefined, done: true as const }) }
    const { reader, log } = logReader()
    for (let times = 0; times < 3; times += 1) {
      pull(iterator, reader)
      await Promise.resolve()
    }
    expect(log).toEqual(['a', reason, 'done'])
  })

  it('tells the reader about an iterator that throws instead of rejecting', () => {
    const reason = new Error('broken')
    const next = (): never => {
      throw reason
    }
    const { reader, log } = logReader()
    pull({ next }, reader)
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
  return { iterator: stream[Symbol.asyncIterator](), emit }
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
