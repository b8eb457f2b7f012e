import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventLog } from '../../../src/runs/memory/event-log.ts'
import { createPackedEvents } from '../../../src/runs/packed-events.ts'
import { done, token } from '../../support/chat-events.ts'

const eventOf = (seq: number) => token(`${seq % 10}`, { seq, at: seq })
const eventsOf = (first: number, count: number) => Array.from({ length: count }, (_, index) => eventOf(first + index))

describe('createEventLog', () => {
  it('keeps the latest events of any batches, and reads them from any position', () => {
    const anyBatch = fc.record({ back: fc.nat(5), count: fc.nat(7) })
    const anyPage = fc.record({ afterSeq: fc.integer({ min: -1, max: 60 }), limit: fc.integer({ min: 1, max: 9 }) })
    const anyLimit = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(Infinity))
    fc.assert(
      fc.property(fc.array(anyBatch), fc.array(anyPage), anyLimit, (batches, pages, maxEvents) => {
        const log = createEventLog(maxEvents)
        let length = 0
        for (const { back, count } of batches) {
          const first = Math.max(0, length - back)
          log.add(eventsOf(first, count))
          length = Math.max(length, first + count)
        }
        const kept = eventsOf(0, length).slice(Math.max(0, length - maxEvents))
        expect([log.firstSeq(), log.lastSeq()]).toEqual([length - kept.length, length - 1])
        for (const { afterSeq, limit } of pages) {
          expect(log.read(afterSeq, limit)).toEqual(kept.filter(({ seq }) => seq > afterSeq).slice(0, limit))
        }
      }),
    )
  })

  it.each([
    ['before', eventsOf(4, 2)],
    ['within', [eventOf(2), eventOf(3), eventOf(5)]],
    ['in the known part of', [eventOf(0), eventOf(2), eventOf(3)]],
  ])('rejects a whole batch when events are missing %s it', (_where, events) => {
    const log = createEventLog(10)
    log.add(eventsOf(0, 3))
    expect(() => log.add(events)).toThrow(expect.objectContaining({ code: 'store-conflict' }))
    expect(log.read(-1, 10)).toEqual(eventsOf(0, 3))
  })
})

type Write =
  | { readonly do: 'produce'; readonly count: number }
  | { readonly do: 'share' | 'add'; readonly back: number; readonly count: number }
  | { readonly do: 'add other'; readonly count: number }

const anyWrite: fc.Arbitrary<Write> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('produce' as const), count: fc.nat(9) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('share', 'share', 'add'), back: fc.nat(4), count: fc.nat(9) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('add other' as const), count: fc.nat(3) }) },
)

describe('the shared events of a log', () => {
  it('are read as copies would be, for any parts of the list of any producer, and while that list grows', () => {
    const anyLimit = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(Infinity))
    fc.assert(
      fc.property(fc.array(anyWrite, { maxLength: 30 }), fc.boolean(), anyLimit, (writes, saves, maxEvents) => {
        const [log, copy] = [createEventLog(maxEvents), createEventLog(maxEvents)]
        const list = createPackedEvents()
        const next = () => copy.lastSeq() + 1
        const expectEqual = () => {
          expect([log.firstSeq(), log.lastSeq()]).toEqual([copy.firstSeq(), copy.lastSeq()])
          expect(log.read(-1, 100)).toEqual(copy.read(-1, 100))
          expect(log.read(next() - 3, 2)).toEqual(copy.read(next() - 3, 2))
        }
        for (const write of writes) {
          if (write.do === 'produce') for (const event of eventsOf(list.length, write.count)) list.add(event)
          else if (write.do === 'add other') {
            for (const one of [log, copy]) one.add(eventsOf(next(), write.count))
          } else {
            const from = Math.max(0, Math.min(next(), list.length) - write.back)
            const to = Math.min(from + write.count, list.length)
            if (write.do === 'share') log.share({ events: list, from, to })
            else log.add(list.slice(from, to))
            copy.add(list.slice(from, to))
          }
          expectEqual()
        }
        for (const event of eventsOf(list.length, Math.max(0, next() - list.length))) list.add(event)
        const last = done('', { seq: list.length })
        const part = { events: list, from: Math.min(next(), last.seq), to: last.seq }
        log.share(part, last)
        copy.add([...list.slice(part.from, part.to), last])
        expectEqual()
        list.add(last)
        expectEqual()
        // A repeated call, and the write of a producer that delivered its last event before it was stored.
        log.share(part, last)
        if (saves) log.share({ ...part, to: last.seq + 1 })
        expectEqual()
      }),
      { numRuns: 500 },
    )
  })

  it('leave the list of the producer as it is', () => {
    const log = createEventLog(10)
    const list = createPackedEvents()
    for (const event of eventsOf(0, 2)) list.add(event)
    log.share({ events: list, from: 0, to: 2 })
    log.add(eventsOf(2, 1))
    list.add(token('of the producer', { seq: 2, at: 2 }))
    expect([log.read(1, 10), list.length]).toEqual([eventsOf(2, 1), 3])
  })

  it('are rejected when events are missing before them', () => {
    const log = createEventLog(10)
    const list = createPackedEvents()
    for (const event of eventsOf(0, 4)) list.add(event)
    expect(() => log.share({ events: list, from: 1, to: 4 })).toThrow(
      expect.objectContaining({ code: 'store-conflict' }),
    )
    expect(log.lastSeq()).toBe(-1)
  })
})
