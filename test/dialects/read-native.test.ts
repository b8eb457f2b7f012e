import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../src/index.ts'
import { readNdjson } from '../../src/ndjson.ts'
import { readSse, type ByteSource, type ReadOptions } from '../../src/sse.ts'
import { byteSource, collect, collectUntilThrow, toBytes, toWebStream } from '../support/bytes.ts'
import { eventsSaying } from '../support/chat-events.ts'

const EVENTS = eventsSaying(['Hello', ' world'])
const UNFINISHED = EVENTS.slice(0, -1)

describe.each([
  { name: 'readSse', read: readSse, write: (json: string) => `event: any\ndata: ${json}\n\n` },
  { name: 'readNdjson', read: readNdjson, write: (json: string) => `${json}\n` },
])('$name', ({ read, write }) => {
  const wire = (events: readonly unknown[]) => events.map((event) => toBytes(write(JSON.stringify(event))))

  it('reads the events of a web stream and of an async iterable', async () => {
    expect(await collect(read(byteSource(wire(EVENTS))))).toEqual(EVENTS)
    expect(await collect(read(toWebStream(byteSource(wire(EVENTS)))))).toEqual(EVENTS)
  })

  it('E3: skips unknown event types, and keeps unknown fields', async () => {
    const [start, ...others] = EVENTS
    const later = [{ type: 'applause', seq: 1 }, { type: '__proto__' }, { type: 'constructor' }, { type: 'chat-error' }]
    const extended = { ...start, later: true }
    expect(await collect(read(byteSource(wire([extended, ...later, ...others]))))).toEqual([extended, ...others])
  })

  it('ends at the terminal event and releases the body, even if more data follows', async () => {
    const source = byteSource([...wire([...EVENTS, ...EVENTS])], 'hang')
    expect(await collect(read(source))).toEqual(EVENTS)
    expect(source.returned).toBe(true)
  })

  it.each([
    ['ends without a terminal event', 'end', 'upstream-incomplete'],
    ['breaks', { error: new TypeError('terminated') }, 'upstream-disconnected'],
  ] as const)('S6, N3: throws when the stream %s, after the events before that', async (_name, ending, code) => {
    const source = byteSource(wire(UNFINISHED), ending)
    expect(await collectUntilThrow(read(source))).toMatchObject({
      items: UNFINISHED,
      thrown: { name: 'ChatError', code },
    })
  })

  it.each(['{"type":', 'null', '7', '{"seq":0}', '{"type":7}'])(
    'rejects an event that is %s, and releases the body',
    async (json) => {
      const source = byteSource([...wire(UNFINISHED), toBytes(write(json))], 'hang')
      const { items, thrown } = await collectUntilThrow(read(source))
      expect(items).toEqual(UNFINISHED)
      expect(thrown).toMatchObject({ name: 'ChatError', code: 'upstream-bad-response' })
      expect(source.returned).toBe(true)
    },
  )

  it('rejects an event larger than maxEventBytes', async () => {
    const source = byteSource(wire(eventsSaying(['Hello', 'a'.repeat(200)])), 'hang')
    const { items, thrown } = await collectUntilThrow(read(source, { maxEventBytes: 150 }))
    expect(items.map(({ type }) => type)).toEqual(['start', 'token'])
    expect(thrown).toMatchObject({ name: 'ChatError', code: 'upstream-bad-response' })
    expect(source.returned).toBe(true)
  })

  it('E7, C2: accepts the largest event that a run with default limits can send, and no larger one', async () => {
    const most = 2 ** 24
    const largest = JSON.stringify({ type: 'token', seq: 1, at: 0, delta: '' }).length
    for (const [excess, taken] of [
      [0, true],
      [1, false],
    ] as const) {
      const event = { type: 'token', seq: 1, at: 0, delta: 'x'.repeat(most - largest + excess) }
      const { items } = await collectUntilThrow(read(byteSource(wire([event]))))
      expect(items.length > 0).toBe(taken)
    }
  })

  it.each([0, -1, 1.5, NaN, '10'])('rejects %j as maxEventBytes at once', (maxEventBytes) => {
    // A JavaScript caller may pass any value.
    const options = { maxEventBytes } as ReadOptions
    expect(() => read(byteSource([]), options)).toThrow(expect.objectContaining({ field: 'maxEventBytes' }))
  })

  it('throws the reason of an abort during a pending read, and releases the body', async () => {
    const controller = new AbortController()
    const source = byteSource(wire(UNFINISHED), 'hang')
    const events = read(source, { signal: controller.signal })[Symbol.asyncIterator]()
    for (const event of UNFINISHED) expect((await events.next()).value).toEqual(event)
    const pending = events.next()
    const reason = new Error('the reader pressed stop')
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    expect(source.returned).toBe(true)
    expect(await events.next()).toEqual({ done: true, value: undefined })
  })

  it('throws the reason of a signal that has already aborted, and releases the body unread', async () => {
    const source = byteSource(wire(EVENTS))
    const reason = new Error('too late')
    const { items, thrown } = await collectUntilThrow(read(source, { signal: AbortSignal.abort(reason) }))
    expect({ items, thrown }).toEqual({ items: [], thrown: reason })
    expect(source.returned).toBe(true)
  })

  it.each([
    ['ended', (body: ByteSource, options: ReadOptions) => collect(read(body, options)), EVENTS],
    ['was left', (body: ByteSource, options: ReadOptions) => takeOne(read(body, options)), EVENTS],
    ['was cut', (body: ByteSource, options: ReadOptions) => collectUntilThrow(read(body, options)), UNFINISHED],
    ['was never read', async (body: ByteSource, options: ReadOptions) => void read(body, options), EVENTS],
  ])('leaves no listener on the signal after the stream %s', async (_name, use, events) => {
    const { signal } = new AbortController()
    await use(byteSource(wire(events)), { signal })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('releases the body when the loop is left, and is done from then on', async () => {
    const source = byteSource(wire(EVENTS))
    const events = read(source)[Symbol.asyncIterator]()
    expect((await events.next()).value).toEqual(EVENTS[0])
    await events.return?.()
    await events.return?.()
    expect(source.returned).toBe(true)
    expect(await events.next()).toEqual({ done: true, value: undefined })
  })
})

async function takeOne(events: AsyncIterable<ChatEvent>): Promise<void> {
  for await (const _event of events) return
}
