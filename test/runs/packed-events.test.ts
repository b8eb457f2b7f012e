import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPackedEvents } from '../../src/runs/packed-events.ts'
import type { ChatEvent } from '../../src/index.ts'
import { anyEvent } from '../records/any-event.ts'
import { anyText, done, token } from '../support/chat-events.ts'

/** Any events of a run from `firstSeq` on, most of them tokens that follow each other from `at` on. */
const anyRun: fc.Arbitrary<readonly ChatEvent[]> = fc
  .record({
    firstSeq: fc.nat(50),
    at: fc.nat(50),
    pieces: fc.array(fc.oneof({ weight: 5, arbitrary: anyText() }, { weight: 2, arbitrary: anyEvent }), {
      maxLength: 150,
      size: 'max',
    }),
  })
  .map(({ firstSeq, at, pieces }) => {
    let end = at
    return pieces.map((piece, index) => {
      const seq = firstSeq + index
      if (typeof piece !== 'string') return { ...piece, seq }
      end += piece.length
      return token(piece, { seq, at: end - piece.length })
    })
  })

function packed(events: readonly ChatEvent[]) {
  const list = createPackedEvents()
  for (const event of events) list.add(event)
  return list
}

describe('createPackedEvents', () => {
  it('returns exactly the events that were added, one by one and in any part of the list', () => {
    fc.assert(
      fc.property(anyRun, fc.nat(160), fc.nat(160), (events, from, to) => {
        const list = packed(events)
        expect(list.length).toBe(events.length)
        expect(events.map((_, index) => list.at(index))).toEqual(events)
        expect(list.at(events.length)).toBeUndefined()
        expect(list.slice(from, to)).toEqual(events.slice(from, to))
      }),
    )
  })

  it('returns the events at each moment of a run', () => {
    const texts = ['Free', ' ', '', '\uD83D', '\uDE00', ' returns']
    const events = texts.map((text, seq) => token(text, { seq, at: texts.slice(0, seq).join('').length }))
    const list = createPackedEvents()
    for (const [index, event] of [...events, done(texts.join(''), { seq: texts.length })].entries()) {
      list.add(event)
      expect(list.at(index)).toEqual(event)
      expect(list.slice(0, index)).toEqual(events.slice(0, index))
    }
  })

  it('returns an event as its sink encodes it, with the fields in the same order', () => {
    const event: ChatEvent = { type: 'token', delta: 'Free', at: 0, seq: 0 }
    expect(JSON.stringify(packed([event]).at(0))).toBe(JSON.stringify(event))
  })
})
