import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PULL } from '../../src/core/async/pull.ts'
import { createRunLog, createRunReader } from '../../src/runs/run-log.ts'
import { EMPTY_RESULT, type ChatEvent } from '../../src/index.ts'
import { done, eventsSaying, START, token } from '../support/chat-events.ts'
import { readAll } from '../core/ask.ts'

const eventOf = (seq: number) => token(`${seq % 10}`, { seq, at: seq })

type Command =
  | { readonly do: 'add' | 'close' }
  | { readonly do: 'follow'; readonly from: number }
  | { readonly do: 'next' | 'return'; readonly reader: number }

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: 'add' } as const) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('follow' as const), from: fc.nat(8) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('next' as const), reader: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('return' as const), reader: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'close' } as const) },
)

/** A reader, the events that it received, and the expected ones. */
function follow(log: ReturnType<typeof createRunLog>, from: number) {
  const start = Math.min(from, log.events.length)
  const iterator = log.follow(from, () => (reader.overs += 1))
  const reader = {
    iterator,
    start,
    overs: 0,
    /** In the order of the calls; `undefined` while a read is pending. */
    outcomes: [] as (number | 'end' | undefined)[],
    /** The number of events that were available when it left. */
    left: undefined as number | undefined,
    async next() {
      const place = reader.outcomes.push(undefined) - 1
      const { done, value } = await iterator.next()
      reader.outcomes[place] = done ? 'end' : value.seq
    },
  }
  return reader
}

describe('createRunLog', () => {
  it('F29: gives every reader exactly the events after its position, once and in order, for any interleaving', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyCommand, { maxLength: 40, size: 'max' }), async (commands) => {
        const log = createRunLog()
        const readers: ReturnType<typeof follow>[] = []
        let closed = false
        for (const command of commands) {
          const reader = 'reader' in command ? readers[command.reader] : undefined
          if (command.do === 'follow' && readers.length < 4) readers.push(follow(log, command.from))
          if (command.do === 'next') void reader?.next()
          if (command.do === 'return') {
            if (reader) reader.left ??= Math.min(reader.outcomes.length, log.events.length - reader.start)
            void reader?.iterator.return?.()
          }
          if (closed || (command.do !== 'add' && command.do !== 'close')) continue
          closed = command.do === 'close'
          if (closed) log.close(eventOf(log.events.length))
          else log.add(eventOf(log.events.length))
        }
        await nextTurn()
        for (const { start, outcomes, overs, left } of readers) {
          const got = left ?? Math.min(outcomes.length, log.events.length - start)
          const through = left !== undefined || (closed && outcomes.length > got)
          const values = log.events.slice(start, start + got).map(({ seq }) => seq)
          const rest = outcomes.slice(got).map(() => (through ? 'end' : undefined))
          expect(outcomes).toEqual([...values, ...rest])
          expect(overs).toBe(through ? 1 : 0)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('answers pending reads in order, and those beyond the end with the end', async () => {
    const log = createRunLog()
    const reader = log.follow(0, () => {})
    const reads = [reader.next(), reader.next(), reader.next(), reader.next()]
    log.add(START)
    log.close(done('', { seq: 1 }))
    expect(await Promise.all(reads)).toMatchObject([
      { value: { seq: 0 }, done: false },
      { value: { seq: 1 }, done: false },
      { done: true },
      { done: true },
    ])
  })

  it('gives an event to a pull that waits for it, in the call that adds the event', () => {
    const log = createRunLog()
    const { seqs } = pullAll(log)
    log.add(START)
    expect(seqs).toEqual([0])
    log.add(eventOf(1))
    expect(seqs).toEqual([0, 1])
  })

  it('F29: gives a pull that is behind by 50,000 events each of them, without nested calls', async () => {
    const log = createRunLog()
    for (let seq = 0; seq < 50_000; seq++) log.add(eventOf(seq))
    const { seqs, ended } = pullAll(log)
    log.close(done('', { seq: 50_000 }))
    await ended
    expect(seqs).toEqual(Array.from({ length: 50_001 }, (_, seq) => seq))
  })

  it('answers a waiting pull with the end when the reader leaves', () => {
    const log = createRunLog()
    const { iterator, seqs, ended } = pullAll(log)
    void iterator.return?.()
    log.add(START)
    expect(seqs).toEqual([])
    return ended
  })

  it('gives an event to each reader once, also when readers leave or join within the call that adds it', async () => {
    const log = createRunLog()
    const seen: string[] = []
    function read(name: string, onEvent: (seq: number) => void = () => {}): AsyncIterator<ChatEvent> {
      const iterator = log.follow(0, () => seen.push(`${name} leaves`))
      const reader = {
        onResult({ done, value }: IteratorResult<ChatEvent, undefined>): void {
          if (done) return
          seen.push(`${name} ${value.seq}`)
          onEvent(value.seq)
          iterator[PULL](reader)
        },
        onFailure: () => {},
      }
      iterator[PULL](reader)
      return iterator
    }
    const first = read('first', (seq) => {
      if (seq > 0) return
      void first.return?.()
      void third.return?.()
      read('fourth')
    })
    read('second')
    const third = read('third')
    log.add(START)
    await nextTurn()
    expect(seen.toSorted()).toEqual(['first 0', 'first leaves', 'fourth 0', 'second 0', 'third leaves'])
    seen.length = 0
    log.add(eventOf(1))
    log.close(done('', { seq: 2 }))
    await nextTurn()
    expect(seen.toSorted()).toEqual(['fourth 1', 'fourth 2', 'fourth leaves', 'second 1', 'second 2', 'second leaves'])
  })

  it('releases a reader that has left', async () => {
    const log = createRunLog()
    const onOver = leaveAtOnce(log)
    await nextTurn()
    globalThis.gc?.()
    expect(onOver.deref()).toBeUndefined()
    log.add(START)
  })

  it('lets a reader ahead of the log continue from the end of the log, so that it receives the terminal event', async () => {
    const log = createRunLog()
    log.add(START)
    const reader = log.follow(800, () => {})
    log.close(done('', { seq: 1 }))
    expect(await reader.next()).toMatchObject({ value: { type: 'done' } })
  })
})

describe('the result of a log', () => {
  it('is that of the events up to the one that a reader has got, from the start of the run', () => {
    const log = createRunLog()
    const [start, ...rest] = eventsSaying(['a', 'b'])
    expect(log.resultUpTo(-1)).toEqual(EMPTY_RESULT)
    log.add(START)
    for (const event of rest.slice(0, -1)) log.add(event)
    const answers = [start, ...rest.slice(0, -1)].map((event) => log.resultUpTo(event?.seq ?? -1).answer)
    expect(answers).toEqual(['', 'a', 'ab'])
  })
})

/** Reads a log by pulls, each within the answer to the one before. */
function pullAll(log: ReturnType<typeof createRunLog>) {
  const iterator = log.follow(0, () => {})
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  const seqs: number[] = []
  const reader = {
    onResult({ done, value }: IteratorResult<ChatEvent, undefined>): void {
      if (done) return resolve()
      seqs.push(value.seq)
      iterator[PULL](reader)
    },
    onFailure: reject,
  }
  iterator[PULL](reader)
  return { iterator, seqs, ended }
}

/** Follows a log and leaves; returns a weak reference to an object that only the reader holds. */
function leaveAtOnce(log: ReturnType<typeof createRunLog>): WeakRef<object> {
  const onOver = (): void => {}
  void log.follow(0, onOver).return?.()
  return new WeakRef(onOver)
}

describe('createRunReader', () => {
  const events = eventsSaying(['a', 'b'])

  function openReader() {
    const log = createRunLog()
    let overs = 0
    for (const event of events.slice(0, -1)) log.add(event)
    log.close(done('ab', { seq: 3 }))
    const reader = createRunReader(
      log.follow(0, () => (overs += 1)),
      () => -1,
    )
    return { reader, overs: () => overs }
  }

  it('F54, P10: accepts one consumer, and throws a TypeError for a second one, which takes no events from the first', async () => {
    const { reader } = openReader()
    const first = reader[Symbol.asyncIterator]()
    expect(await first.next()).toMatchObject({ value: { type: 'start' } })
    await expect(readAll(reader)).rejects.toThrow(TypeError)
    expect(await first.next()).toMatchObject({ value: { seq: 1 } })
  })

  it('reports only once that its reader has left', async () => {
    const { reader, overs } = openReader()
    const consumer = reader[Symbol.asyncIterator]()
    await consumer.next()
    await consumer.return?.()
    await consumer.return?.()
    expect(overs()).toBe(1)
  })

  it('can be returned by a caller that does not read it', async () => {
    const { reader, overs } = openReader()
    const consumer = reader[Symbol.asyncIterator]()
    await consumer.return?.()
    expect([overs(), await consumer.next()]).toEqual([1, { done: true, value: undefined }])
  })
})
