import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventLog } from '../../../src/runs/memory/event-log.ts'
import { token } from '../../support/chat-events.ts'

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
