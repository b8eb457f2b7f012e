import { describe, expect, it } from 'vitest'
import { streamChat } from '../../src/index.ts'
import { sendToNode } from '../../src/node.ts'
import { eventsSaying } from '../support/chat-events.ts'
import { drivenStream } from '../support/driven-stream.ts'
import { fakeResponse } from '../sinks/support/fake-response.ts'

describe('sendToNode', () => {
  it('sends the headers, the frames and the end', async () => {
    const response = fakeResponse()
    const sent = sendToNode(saying('Hello'), response, { format: 'ndjson' })
    await until(() => response.ended)
    response.emit('finish')
    expect(await sent).toBe('ended')
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
    const lines = response.written
      .join('')
      .split('\n')
      .filter((line) => line !== '')
    expect(lines.map((line) => JSON.parse(line))).toEqual(eventsSaying(['Hello']))
  })

  it('keeps headers that are set, and changes none that were already sent', async () => {
    const set = fakeResponse({ headers: { 'cache-control': 'private' } })
    void sendToNode(drivenStream(), set)
    expect(Object.fromEntries(set.headers)).toEqual({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'private',
      'x-accel-buffering': 'no',
    })
    const sent = fakeResponse({ headersSent: true })
    void sendToNode(drivenStream(), sent)
    expect(sent.headers.size).toBe(0)
    set.emit('close')
    sent.emit('close')
  })

  it('sends the headers at once: with the opening of the dialect, or alone if it has none', async () => {
    for (const [format, flushes] of [
      ['sse', 0],
      ['text', 1],
    ] as const) {
      let flushed = 0
      const response = Object.assign(fakeResponse(), { flushHeaders: () => void (flushed += 1) })
      void sendToNode(drivenStream(), response, { format })
      // Before any other work of the event loop.
      await Promise.resolve()
      expect([flushed, response.written.length]).toEqual([flushes, 1 - flushes])
      response.emit('close')
    }
  })

  it('joins the start and the sources of a retriever that answers at once', async () => {
    const response = fakeResponse()
    const chunk = { documentId: 'a', chunkId: 'a1', text: 'Cats sleep.' }
    const retriever = { retrieve: async () => [{ chunk }] }
    const model = {
      stream: async function* () {
        await new Promise(() => {})
        yield { type: 'reasoning' } as const
      },
    }
    void sendToNode(streamChat({ question: 'Do cats sleep?', retriever, model }), response)
    await until(() => response.written.join('').includes('generating'))
    const [opening, ...frames] = response.written
    expect(opening).toBe(': ragwire\n\n')
    expect(frames).toEqual([expect.stringMatching(/^event: start\n[^]*\nevent: source\n[^]*"generating"[^]*\n\n$/u)])
    response.emit('close')
  })

  it.each(['destroyed', 'ended', 'stream destroyed'] as const)(
    'T16: reads nothing when the response is already closed (%s)',
    async (gone) => {
      const source = drivenStream()
      const response = fakeResponse({ gone })
      expect(await sendToNode(source, response)).toBe('disconnected')
      expect(source).toMatchObject({ reads: 0, returns: 1 })
      expect(response).toMatchObject({ headers: new Map(), written: [] })
    },
  )

  it('T25: answers HEAD with the headers alone', async () => {
    const source = drivenStream()
    const response = fakeResponse({ method: 'HEAD' })
    expect(await sendToNode(source, response)).toBe('ended')
    expect(source).toMatchObject({ reads: 0, returns: 1 })
    expect(response).toMatchObject({ ended: true, written: [] })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  })

  it('T15: ends as soon as the client has left, even if the source never settles', async () => {
    const source = drivenStream()
    const response = fakeResponse()
    const sent = sendToNode(source, response)
    await until(() => source.reads === 1)
    response.emit('close')
    expect(await sent).toBe('disconnected')
    expect(source.returns).toBe(1)
  })

  it.each([
    ['stallMs', { stallMs: 0 }],
    ['keepAliveMs', { keepAliveMs: -1 }],
    ['format', { format: 'xml' }],
  ])('rejects an invalid %s before any other effect', async (field, options) => {
    const source = drivenStream()
    const response = fakeResponse()
    // A JavaScript caller may pass any value.
    const sent = sendToNode(source, response, options as object)
    await expect(sent).rejects.toMatchObject({ code: 'invalid-input', field })
    expect(response.headers.size).toBe(0)
  })
})

function saying(...deltas: readonly string[]) {
  const source = drivenStream()
  for (const event of eventsSaying(deltas)) source.push(event)
  return source
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
