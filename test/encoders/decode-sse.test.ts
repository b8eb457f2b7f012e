import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeSse } from '../../src/encoders/decode-sse.ts'
import type { SseMessage } from '../../src/encoders/sse-parser.ts'
import { encodeSse, type ByteSource } from '../../src/sse.ts'
import { byteSource, collect, collectUntilThrow, cutAt, cutEvery, toBytes, toWebStream } from '../support/bytes.ts'
import { anyText } from '../support/chat-events.ts'
import { parseEventStream } from '../support/parse-event-stream.ts'

// A stream with everything that is allowed: comments, names, ids, several lines, no space, unknown fields, letters of
// 1 to 4 bytes.
const TRANSCRIPT = [
  ': opening\n\n',
  'event: token\ndata: {"delta":" grün"}\n\n',
  'id: 7\nretry: 10\ndata: 你好\ndata:  😀\n\n',
  'data:no space\nunknown: field\n\n',
  'event: unused name\n\n',
  ':\n\n\n',
  'data\n\n',
  'event: done\ndata: \n\n',
].join('')

const VARIANTS = [
  ['LF', TRANSCRIPT],
  ['CRLF', TRANSCRIPT.replaceAll('\n', '\r\n')],
  ['CR', TRANSCRIPT.replaceAll('\n', '\r')],
  ['a byte order mark', `\uFEFF${TRANSCRIPT}`],
  ['CRLF and a byte order mark', `\uFEFF${TRANSCRIPT.replaceAll('\n', '\r\n')}`],
] as const

describe('decodeSse', () => {
  it.each(VARIANTS)('F22: gives the same events for every cut in two, with %s', async (_name, text) => {
    const bytes = toBytes(text)
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(await decode(byteSource(cutAt(bytes, [cut]))), `cut before byte ${cut}`).toEqual(expectedOf(TRANSCRIPT))
    }
  })

  it.each(VARIANTS)('T7, F22: gives the same events for pieces of 1, 2 and 7 bytes, with %s', async (_name, text) => {
    for (const size of [1, 2, 7]) {
      expect(await decode(byteSource(cutEvery(size, toBytes(text))))).toEqual(expectedOf(TRANSCRIPT))
    }
  })

  it('T7: reads any text for any cuts, from an iterable and from a web stream', async () => {
    const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(fc.array(anyText(), { maxLength: 5 }), cuts, async (texts, places) => {
        const wire = texts.map((data, index) => encodeSse({ event: `name ${index}`, data })).join('')
        const bytes = toBytes(wire)
        const pieces = cutAt(
          bytes,
          places.filter((place) => place <= bytes.length),
        )
        expect(await decode(byteSource(pieces))).toEqual(expectedOf(wire))
        expect(await decode(toWebStream(byteSource(pieces)))).toEqual(expectedOf(wire))
      }),
      { numRuns: 300 },
    )
  })

  it('yields all events of one chunk together', async () => {
    const pieces = ['data: 1\n\ndata: 2\n\nda', 'ta: 3\n\n'].map(toBytes)
    const batches = await collect(decodeSse(byteSource(pieces), { maxEventBytes: 100 }))
    expect(batches.map((batch) => batch.map(({ data }) => data))).toEqual([['1', '2'], ['3']])
  })

  it('drops an incomplete event at the end', async () => {
    const pieces = ['data: 1\n\n', 'data: 2'].map(toBytes)
    expect(await decode(byteSource(pieces))).toMatchObject([{ data: '1' }])
  })

  it.each([
    ['one line', 'data: 12345678901234567'],
    ['several lines', 'data: 123456\ndata: 123456\ndata: 123456\n'],
    ['one line that has ended', 'data: 12345678901234567\n\ndata: never\n\n'],
  ])('rejects an event that is too large, for every cut: %s', async (_name, large) => {
    const bytes = toBytes(`data: 1\n\n${large}`)
    for (const size of [1, 5, bytes.length]) {
      const source = byteSource(cutEvery(size, bytes), 'hang')
      const { items, thrown } = await collectUntilThrow(decodeSse(source, { maxEventBytes: 16 }))
      expect(items.flat(), `in pieces of ${size}`).toMatchObject([{ data: '1' }])
      expect(thrown).toMatchObject({ code: 'upstream-bad-response', message: expect.stringContaining('maxEventBytes') })
      expect(source.returned).toBe(true)
    }
  })

  it('skips a comment of any length without buffering it', async () => {
    const pieces = [...Array.from({ length: 20 }, () => toBytes(':comment comment ')), toBytes('\ndata: 1\n\n')]
    expect(await decode(byteSource(pieces), { maxEventBytes: 16 })).toMatchObject([{ data: '1' }])
  })

  it('passes on an error of its source after the events before it', async () => {
    const error = new Error('reset')
    const source = byteSource([toBytes('data: 1\n\ndata: 2')], { error })
    const { items, thrown } = await collectUntilThrow(decodeSse(source, { maxEventBytes: 100 }))
    expect(items.flat()).toMatchObject([{ data: '1' }])
    expect(thrown).toBe(error)
  })

  it.each([
    ['an iterable', (source: AsyncIterable<Uint8Array>) => source],
    ['a web stream', toWebStream],
  ])('returns %s at once, also while a read is pending', async (_name, toSource) => {
    const source = byteSource([], 'hang')
    const batches = decodeSse(toSource(source), { maxEventBytes: 100 })
    void batches.next()
    expect(await batches.return?.()).toEqual({ done: true, value: undefined })
    expect(source.returned).toBe(true)
  })
})

async function decode(
  source: ByteSource,
  options: { readonly maxEventBytes?: number } = {},
): Promise<readonly SseMessage[]> {
  const batches = await collect(decodeSse(source, { maxEventBytes: 1_000, ...options }))
  return batches.flat()
}

/** The events that a page would receive, in the form of our decoder. */
function expectedOf(wire: string) {
  return parseEventStream(toBytes(wire)).map(({ type, data }) =>
    expect.objectContaining({ event: type === 'message' ? undefined : type, data }),
  )
}
