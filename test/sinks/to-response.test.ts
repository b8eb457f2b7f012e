import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { toNodeReadable } from '../../src/node.ts'
import { toReadableStream, toResponse } from '../../src/web.ts'
import { collect } from '../support/bytes.ts'
import { eventsSaying } from '../support/chat-events.ts'
import { drivenStream } from '../support/driven-stream.ts'

describe('toReadableStream', () => {
  it('P10: reads nothing from the source before it is read, and nothing ahead', async () => {
    const source = saying('Hello', ' world')
    const reader = toReadableStream(source).getReader()
    await nextTurn()
    expect(source.reads).toBe(0)
    await reader.read()
    await nextTurn()
    expect(source.reads).toBe(0)
    for (let count = 1; count <= 4; count += 1) {
      await reader.read()
      await nextTurn()
      expect(source.reads).toBe(count)
    }
    expect(await reader.read()).toEqual({ done: true, value: undefined })
  })

  it('T15: is cancelled at once, even if the source never settles', async () => {
    const source = drivenStream()
    const reader = toReadableStream(source).getReader()
    await reader.read()
    const pending = reader.read()
    await reader.cancel()
    expect(await pending).toEqual({ done: true, value: undefined })
    expect(source.returns).toBe(1)
  })
})

describe('toResponse', () => {
  it('answers 200 with the headers of its format', async () => {
    const response = toResponse(saying('Hello'), { format: 'text' })
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    })
    expect(await response.text()).toBe('Hello')
  })

  it('lets the caller choose the status and override headers', async () => {
    const headers = new Headers({ 'Cache-Control': 'private', 'x-app': 'yes' })
    const response = toResponse(saying('Hello'), { status: 202, headers })
    expect(response.status).toBe(202)
    expect(response.headers.get('cache-control')).toBe('private')
    expect(response.headers.get('x-app')).toBe('yes')
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(headers.has('content-type')).toBe(false)
    await response.body?.cancel()
  })
})

describe('toNodeReadable', () => {
  it('contains the text frame by frame', async () => {
    const frames = await collect(toNodeReadable(saying('Grüße 😀'), { format: 'ndjson' }))
    expect(frames.map(String)).toEqual([
      '\n',
      ...eventsSaying(['Grüße 😀']).map((event) => `${JSON.stringify(event)}\n`),
    ])
  })

  it('P10: reads nothing from the source before it is read, and nothing ahead', async () => {
    const source = saying('Hello')
    const readable = toNodeReadable(source)
    await nextTurn()
    expect(source.reads).toBe(0)
    const iterator = readable[Symbol.asyncIterator]()
    await iterator.next()
    await iterator.next()
    await nextTurn()
    expect(source.reads).toBeLessThanOrEqual(2)
    readable.destroy()
    await once(readable, 'close')
    expect(source.returns).toBe(1)
  })

  it('T15: is destroyed at once, even if the source never settles, and passes the error on', async () => {
    const source = drivenStream()
    const readable = toNodeReadable(source)
    readable.resume()
    await once(readable, 'data')
    const error = new Error('the pipe broke')
    const heard = once(readable, 'error')
    readable.destroy(error)
    expect(await heard).toEqual([error])
    expect(source.returns).toBe(1)
  })
})

function saying(...deltas: readonly string[]) {
  const source = drivenStream()
  for (const event of eventsSaying(deltas)) source.push(event)
  return source
}
