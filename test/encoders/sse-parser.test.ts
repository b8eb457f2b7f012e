import { createParser, type EventSourceMessage } from 'eventsource-parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSseParser } from '../../src/encoders/sse-parser.ts'
import { cutAt, toBytes } from '../support/bytes.ts'

/** The events of a whole stream by the parser of lines alone. */
function parseByLines(text: string): readonly EventSourceMessage[] {
  const events: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (event) => events.push(event) })
  parser.feed(text)
  parser.feed('\n\n')
  return events
}

describe('createSseParser', () => {
  it('completes an event at the end of the stream for a server that omits the empty line', () => {
    const parser = createSseParser({ maxEventBytes: 100 })
    parser.feed(toBytes('data: 1\n\ndata: 2'))
    expect(parser.take()).toMatchObject([{ data: '1' }])
    parser.complete()
    expect(parser.take()).toMatchObject([{ data: '2' }])
    expect(parser.take()).toEqual([])
  })

  it('keeps the events before one that is too large, and reports why nothing follows', () => {
    const parser = createSseParser({ maxEventBytes: 8 })
    parser.feed(toBytes('data: 1\n\ndata: 123456789\n\ndata: 2\n\n'))
    expect(parser.take()).toMatchObject([{ data: '1' }])
    expect(parser.failure()).toMatchObject({ code: 'upstream-bad-response' })
  })

  it.each(['\n', '\r', '\r\n'])(
    'converts lines outside the SSE format with readOtherLine, for every cut of %j',
    (lineEnd) => {
      const lines = [
        'data: 1',
        '',
        'error: {"a":1}',
        'data: 2',
        'event: error',
        '',
        ': hi',
        '{"b":2}',
        'id: 7',
        'data: 3',
        '',
        '',
      ]
      const text = lines.join(lineEnd)
      const readOtherLine = (data: string) => ({ event: 'other', id: undefined, data })
      const expected = [
        { data: '1' },
        { event: 'other', data: 'error: {"a":1}' },
        { event: 'error', data: '2' },
        { event: 'other', data: '{"b":2}' },
        { data: '3' },
      ]
      for (let cut = 0; cut <= text.length; cut += 1) {
        for (let length = 0; length <= 3; length += 1) {
          const parser = createSseParser({ maxEventBytes: 100, readOtherLine })
          const pieces = [text.slice(0, cut), text.slice(cut, cut + length), text.slice(cut + length)]
          for (const piece of pieces) parser.feed(toBytes(piece))
          expect(parser.take(), `cut at ${cut}`).toMatchObject(expected)
        }
      }
    },
  )

  it('parses events of one line of data as the parser of lines does, among all other lines and for every cut', () => {
    const events = ['data: 1\n\n', 'data:2\n\n', 'data:  3\n\n', 'data: €\n\n', 'data: \n\n', 'event: e\ndata: 10\n\n']
    const lines = ['data: 4\n', 'data: 5', ' 6\n\n', '\n', 'event: e\n', 'id: 1\n', 'other: o\n', 'retry: 3\n']
    const others = ['\r', '\uFEFF', ': comment\n\n', 'data: 7\r\n\r\n', 'data: 8\rdata: 9\n\n', 'event:\n']
    const pieces = [...events, ...lines, ...others]
    const stream = fc.array(fc.constantFrom(...pieces), { maxLength: 12 })
    const cuts = fc.array(fc.nat(120), { maxLength: 4 })
    fc.assert(
      fc.property(stream, cuts, (texts, places) => {
        const text = texts.join('')
        const parser = createSseParser({ maxEventBytes: 1_000 })
        for (const bytes of cutAt(toBytes(text), places)) parser.feed(bytes)
        parser.complete()
        expect(parser.take()).toEqual(parseByLines(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it('rejects an unterminated line outside the SSE format that is too long', () => {
    const parser = createSseParser({ maxEventBytes: 8, readOtherLine: () => undefined })
    parser.feed(toBytes('error: 123'))
    expect(parser.failure()).toMatchObject({ code: 'upstream-bad-response' })
  })
})
