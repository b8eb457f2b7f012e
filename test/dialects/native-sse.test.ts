import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../src/index.ts'
import { ndjsonFrames, readNdjson } from '../../src/ndjson.ts'
import { readSse, sseFrames } from '../../src/sse.ts'
import { byteSource, collect, cutAt, toBytes } from '../support/bytes.ts'
import { anyText, answerOf, eventsSaying, resultOf } from '../support/chat-events.ts'
import { parseEventStream } from '../support/parse-event-stream.ts'

const NEWLINES = ['a\nb', 'a\rb', 'a\r\nb', 'a\n', 'a\r', '\n', '\r\n\r\n', '\n\ndata: x\n\n', ' a', '\u2028']

describe('the native protocol', () => {
  it.each(NEWLINES)('T1: transmits %j unchanged', async (delta) => {
    const events = eventsSaying(['before', delta, 'after'])
    const wire = await sseOf(events)
    expect(await readSseBytes(toBytes(wire))).toEqual(events)
    expect(parseEventStream(toBytes(wire)).map(({ data }) => JSON.parse(data))).toEqual(events)
    expect(parsedBy(createParser, wire)).toEqual(events)
    expect(await readNdjsonBytes(toBytes(await ndjsonOf(events)))).toEqual(events)
  })

  it('T2: keeps an emoji intact whose surrogate pair is split over two tokens', async () => {
    const events = eventsSaying(['smile \uD83D', '\uDE00!'])
    expect(answerOf(await readSseBytes(toBytes(await sseOf(events))))).toBe('smile 😀!')
    expect(answerOf(await readNdjsonBytes(toBytes(await ndjsonOf(events))))).toBe('smile 😀!')
  })

  it('T1, T2, T7: transmits any text for any cuts, as server-sent events and as lines of JSON', async () => {
    const cuts = fc.array(fc.nat({ max: 2_000 }), { maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(fc.array(anyText(), { maxLength: 5 }), cuts, async (deltas, places) => {
        const events = eventsSaying(deltas)
        const sse = toBytes(await sseOf(events))
        expect(await readSseBytes(sse, places)).toEqual(events)
        expect(parseEventStream(sse).map(({ data }) => JSON.parse(data))).toEqual(events)
        expect(await readNdjsonBytes(toBytes(await ndjsonOf(events)), places)).toEqual(events)
      }),
      { numRuns: 200 },
    )
  })

  it('T7: gives the same events for every cut', async () => {
    const events = eventsSaying(['grün', ' 你好', '\r\n', '😀'])
    const sse = toBytes(await sseOf(events))
    for (let cut = 0; cut <= sse.length; cut += 1) expect(await readSseBytes(sse, [cut])).toEqual(events)
    const ndjson = toBytes(await ndjsonOf(events))
    for (let cut = 0; cut <= ndjson.length; cut += 1) expect(await readNdjsonBytes(ndjson, [cut])).toEqual(events)
  })

  it('T6: sends the terminal event in a form that a page receives', async () => {
    const page = parseEventStream(toBytes(await sseOf(eventsSaying([]))))
    expect(page.map(({ type }) => type)).toEqual(['start', 'done'])
  })

  it('S1, S2: starts with a comment, and sends one frame with one line of JSON for each event', async () => {
    const events = eventsSaying(['Hello'])
    const frames = await collect(sseFrames(toStream(events)))
    const expected = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    expect(frames).toEqual([': ragwire\n\n', ...expected])
  })

  it('S3: names an error event so that EventSource does not confuse it with its own error event', async () => {
    const error: ChatEvent = {
      type: 'error',
      seq: 0,
      code: 'internal',
      message: 'Something went wrong on the server',
      retryable: false,
      phase: 'retrieving',
      partial: { ...resultOf(''), finishReason: 'error' },
    }
    const wire = await sseOf([error])
    const [event] = parseEventStream(toBytes(wire))
    expect(event?.type).toBe('chat-error')
    expect(JSON.parse(event?.data ?? '')).toEqual(error)
    expect(await readSseBytes(toBytes(wire))).toEqual([error])
  })

  it('N1, N2: starts with an empty line, followed by one line of JSON for each event', async () => {
    const events = eventsSaying(['Hello'])
    const frames = await collect(ndjsonFrames(toStream(events)))
    expect(frames).toEqual(['\n', ...events.map((event) => `${JSON.stringify(event)}\n`)])
  })
})

async function* toStream(events: readonly ChatEvent[]): AsyncGenerator<ChatEvent> {
  yield* events
}

async function sseOf(events: readonly ChatEvent[]): Promise<string> {
  return (await collect(sseFrames(toStream(events)))).join('')
}

async function ndjsonOf(events: readonly ChatEvent[]): Promise<string> {
  return (await collect(ndjsonFrames(toStream(events)))).join('')
}

function readSseBytes(bytes: Uint8Array, places: readonly number[] = []): Promise<readonly ChatEvent[]> {
  return collect(
    readSse(
      byteSource(
        cutAt(
          bytes,
          places.filter((place) => place <= bytes.length),
        ),
      ),
    ),
  )
}

function readNdjsonBytes(bytes: Uint8Array, places: readonly number[] = []): Promise<readonly ChatEvent[]> {
  return collect(
    readNdjson(
      byteSource(
        cutAt(
          bytes,
          places.filter((place) => place <= bytes.length),
        ),
      ),
    ),
  )
}

function parsedBy(create: typeof createParser, wire: string): readonly unknown[] {
  const events: unknown[] = []
  create({ onEvent: ({ data }) => events.push(JSON.parse(data)) }).feed(wire)
  return events
}
