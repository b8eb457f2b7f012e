import { createParser, type EventSourceMessage } from 'eventsource-parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeSse, type SseFrame } from '../../src/sse.ts'
import { toBytes } from '../support/bytes.ts'
import { anyText } from '../support/chat-events.ts'
import { parseEventStream } from '../support/parse-event-stream.ts'

describe('encodeSse', () => {
  it('writes the fields in a fixed order, followed by an empty line', () => {
    const frame = encodeSse({ data: 'd', id: '7', retry: 10, event: 'e', comment: ' c' })
    expect(frame).toBe(': c\nevent: e\nretry: 10\nid: 7\ndata: d\n\n')
  })

  it.each([
    'one\ntwo',
    'one\rtwo',
    'one\r\ntwo',
    'one\n\r\ntwo',
    'trailing\n',
    '\n',
    '\r\r',
    '\r\n\r\n',
    '\n leading space',
    ' leading space',
    '',
  ])('T1: writes the lines of %j as data lines', (data) => {
    expectBothToRead(encodeSse({ data }), { type: 'message', data: data.replace(/\r\n?/g, '\n') })
  })

  it('does not change characters that only look like line ends', () => {
    const data = '\u2028\u2029\u0085\v\f'
    expectBothToRead(encodeSse({ data }), { type: 'message', data })
  })

  it.each(['\r', '\n', '\r\n'])('T3: keeps text that imitates a frame with %j inside its own frame', (end) => {
    const data = `a${end}${end}event: evil${end}data: x${end}${end}`
    expectBothToRead(encodeSse({ data }), { type: 'message', data: data.replaceAll(end, '\n') })
    expect(read(encodeSse({ comment: data, data: 'd' }))).toEqual([{ type: 'message', data: 'd' }])
  })

  it.each(['\r', '\n', '\r\n'])('T4: rejects %j in an event name and in an id', (end) => {
    expect(() => encodeSse({ event: `token${end}data: x`, data: '' })).toThrow(TypeError)
    expect(() => encodeSse({ id: `7${end}data: x`, data: '' })).toThrow(TypeError)
  })

  it.each(['\0', '…', '\x7f', '\t'])(
    'T4: rejects %j in an id, because a client could not send it back',
    (character) => {
      expect(() => encodeSse({ id: `7${character}`, data: '' })).toThrow(TypeError)
    },
  )

  it.each([-1, 1.5, NaN, Infinity, 1e21, '5\ndata: x', '5'])('T5: rejects a retry of %j', (retry) => {
    // A JavaScript caller may pass any value.
    expect(() => encodeSse({ retry: retry as number, data: '' })).toThrow(TypeError)
  })

  it('T6: gives an event without data an empty line of data, so that it is dispatched', () => {
    expectBothToRead(encodeSse({ event: 'done' }), { type: 'done', data: '' })
    expectBothToRead(encodeSse({ event: 'done', data: '' }), { type: 'done', data: '' })
  })

  it('writes an empty comment and an empty id', () => {
    expect(encodeSse({ comment: '' })).toBe(':\n\n')
    expect(encodeSse({ id: '' })).toBe('id: \n\n')
  })

  it('rejects a frame without fields', () => {
    expect(() => encodeSse({})).toThrow(TypeError)
  })

  it.each([
    ['one line of 1 MiB', 'a'.repeat(2 ** 20)],
    ['16,384 lines', 'a line of text\n'.repeat(2 ** 14)],
  ])('T8: encodes %s in linear time', (_name, data) => {
    expectBothToRead(encodeSse({ data }), { type: 'message', data })
    // The text is eight times as long: quadratic time would exceed the timeout of the test.
    expect(encodeSse({ data: data.repeat(8) }).length).toBeGreaterThan(data.length * 8)
  })

  it('is decoded to what was encoded, for any fields', () => {
    fc.assert(
      fc.property(frames(), (frame) => {
        const type = frame.event || 'message'
        const expected = { type, data: frame.data.toWellFormed().replace(/\r\n?/g, '\n') }
        // The second frame shows that the first one has no effect on it.
        const wire = encodeSse(frame) + encodeSse({ data: 'next' })
        expect(read(wire)).toEqual([expected, { type: 'message', data: 'next' }])
        expect(readWithParser(wire)).toEqual([expected, { type: 'message', data: 'next' }])
        expect(parseEventStream(toBytes(wire))[0]?.lastEventId).toBe(frame.id ?? '')
      }),
      { numRuns: 500 },
    )
  })
})

interface ReadEvent {
  readonly type: string
  readonly data: string
}

function expectBothToRead(wire: string, event: ReadEvent): void {
  expect(read(wire)).toEqual([event])
  expect(readWithParser(wire)).toEqual([event])
}

function read(wire: string): readonly ReadEvent[] {
  return parseEventStream(toBytes(wire)).map(({ type, data }) => ({ type, data }))
}

function readWithParser(wire: string): readonly ReadEvent[] {
  const messages: EventSourceMessage[] = []
  createParser({ onEvent: (message) => messages.push(message) }).feed(new TextDecoder().decode(toBytes(wire)))
  return messages.map(({ event = 'message', data }) => ({ type: event, data }))
}

function frames(): fc.Arbitrary<SseFrame & { readonly data: string }> {
  const printable = fc.string({ unit: 'grapheme-ascii', maxLength: 8 })
  return fc.record(
    {
      data: anyText(),
      event: anyText().map((text) => text.toWellFormed().replace(/[\r\n]/g, '')),
      // A reader removes one leading space as the separator.
      id: printable,
      retry: fc.nat(),
      comment: anyText(),
    },
    { requiredKeys: ['data'] },
  )
}
