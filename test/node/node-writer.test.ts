import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { openNodeWriter } from '../../src/node/node-writer.ts'
import { manualClock } from '../../src/testing.ts'
import { fakeResponse, type FakeResponse } from '../sinks/support/fake-response.ts'

describe('openNodeWriter', () => {
  it('writes the first text of an event loop turn at once, and joins the following ones of that turn', async () => {
    const { writer, response } = open()
    for (const text of ['a', 'b', 'c']) expect(writer.write(text)).toBeUndefined()
    expect(response.written).toEqual(['a'])
    await nextTurn()
    expect(response.written).toEqual(['a', 'bc'])
    void writer.write('d')
    expect(response.written).toEqual(['a', 'bc', 'd'])
  })

  it('collects the writes of a turn in the socket, which sends them with one system call', async () => {
    const { writer, response } = open()
    const calls = corkable(response)
    for (const text of ['a', 'b']) void writer.write(text)
    await nextTurn()
    expect(calls).toEqual(['cork', 'uncork'])
    expect(response.written).toEqual(['a', 'b'])
    void writer.write('c')
    await nextTurn()
    expect(calls).toEqual(['cork', 'uncork', 'cork', 'uncork'])
  })

  it('releases the socket that it has corked, even if the response has lost it or a write throws', async () => {
    const { writer, response } = open()
    const calls = corkable(response)
    response.write = () => {
      response.socket = null
      throw new Error('Cannot write')
    }
    expect(() => writer.write('a')).toThrow('Cannot write')
    await nextTurn()
    expect(calls).toEqual(['cork', 'uncork'])
  })

  it('does not cork the connection of HTTP/2, which has other streams, or a response that waits for its turn', async () => {
    const http2 = open({ http2: true })
    const calls = corkable(http2.response)
    void http2.writer.write('a')
    const waiting = open()
    waiting.response.socket = null
    void waiting.writer.write('a')
    await nextTurn()
    expect(calls).toEqual([])
    expect([http2.response.written, waiting.response.written]).toEqual([['a'], ['a']])
  })

  it('buffers a bounded amount of text in a turn that does not end', () => {
    const { writer, response } = open()
    const text = 'a'.repeat(1_000)
    for (let count = 0; count < 1_000; count += 1) void writer.write(text)
    expect(response.written.join('').length).toBeGreaterThan(900_000)
    expect(response.written.length).toBeLessThan(200)
  })

  it('waits while the buffer is full', async () => {
    const { writer, response } = open()
    response.full = true
    let ready = false
    void writer.write('a')?.then(() => (ready = true))
    await nextTurn()
    expect(ready).toBe(false)
    response.full = false
    response.emit('drain')
    await nextTurn()
    expect(ready).toBe(true)
    expect(writer.write('b')).toBeUndefined()
  })

  it.each(['drain', 'close'] as const)('continues after %s', async (event) => {
    const { writer, response } = open()
    response.full = true
    const waiting = writer.write('a')
    response.emit(event)
    await expect(waiting).resolves.toBeUndefined()
  })

  it('writes the remaining text at the end, and settles when that is written', async () => {
    const { writer, response, gone } = open()
    for (const text of ['a', 'b', 'c']) void writer.write(text)
    const outcome = writer.end()
    expect(response).toMatchObject({ written: ['a', 'bc'], ended: true })
    response.emit('finish')
    response.emit('close')
    expect(await outcome).toBe('ended')
    await nextTurn()
    expect(response.written).toEqual(['a', 'bc'])
    expect(gone()).toBe(0)
  })

  it('does not treat an unrequested finish as the end, because an HTTP/2 reset emits it too', async () => {
    const { writer, response, gone } = open({ http2: true })
    void writer.write('a')
    response.emit('finish')
    response.emit('close')
    expect(gone()).toBe(1)
    expect(await writer.end()).toBe('disconnected')
    expect(response.ended).toBe(false)
  })

  it.each([
    ['while it is written', false],
    ['while it is ended', true],
  ])('reports once that the reader left %s, and writes no more', async (_name, ending) => {
    const { writer, response, gone, clock } = open()
    response.full = true
    void writer.write('a')
    const outcome = ending ? writer.end() : undefined
    response.emit('close')
    response.emit('close')
    expect(gone()).toBe(1)
    expect(await (outcome ?? writer.end())).toBe('disconnected')
    void writer.write('b')
    await nextTurn()
    expect(response.written).toEqual(['a'])
    expect(clock.pending).toBe(0)
  })

  it.each([
    ['a write', false],
    ['the end', true],
  ])('F27: cuts the connection of a reader that does not accept %s for stallMs', async (_name, ending) => {
    const { writer, response, gone, clock } = open()
    response.full = !ending
    const waiting = writer.write('a')
    const outcome = ending ? writer.end() : undefined
    await clock.advance(29_999)
    expect([gone(), response.destroyed]).toEqual([0, false])
    await clock.advance(1)
    await waiting
    expect([gone(), response.destroyed]).toEqual([1, true])
    expect(await (outcome ?? writer.end())).toBe('too-slow')
    expect(clock.pending).toBe(0)
  })

  it('F27: counts only the time in which it waits for the reader', async () => {
    const { writer, response, gone, clock } = open()
    for (let times = 0; times < 3; times += 1) {
      response.full = true
      void writer.write('a')
      await clock.advance(20_000)
      response.emit('drain')
      response.full = false
      void writer.write('b')
      await clock.advance(60_000)
    }
    expect(gone()).toBe(0)
  })

  it('C8: treats accepted text as progress, even if the reader never catches up', async () => {
    const { writer, response, clock, gone } = open({ tells: true })
    void writer.write('a'.repeat(8_192))
    response.take()
    response.full = true
    for (let count = 0; count < 10; count += 1) {
      void writer.write('a'.repeat(8_192))
      await nextTurn()
      await clock.advance(29_999)
      response.take()
    }
    expect(gone()).toBe(0)
    void writer.write('a'.repeat(8_192))
    void writer.write('a'.repeat(8_192))
    await clock.advance(30_000)
    expect(gone()).toBe(1)
  })

  it('C8: treats accepted text as progress during the end, and cuts the connection of a reader that stops', async () => {
    const { writer, response, clock, gone } = open({ tells: true })
    for (let count = 0; count < 4; count += 1) void writer.write('a'.repeat(40_000))
    const outcome = writer.end()
    for (let count = 0; count < 3; count += 1) {
      await clock.advance(29_999)
      response.take()
    }
    expect(gone()).toBe(0)
    await clock.advance(30_000)
    expect(await outcome).toBe('too-slow')
  })

  it('C8: does not cut a response that waits behind another one on its connection', async () => {
    const { writer, response, clock, gone } = open()
    response.socket = null
    response.full = true
    void writer.write('a')
    await clock.advance(90_000)
    expect(gone()).toBe(0)
    response.socket = {}
    await clock.advance(30_000)
    expect(gone()).toBe(1)
  })

  it('C8: waits for drain when a middleware does not report accepted text', async () => {
    const { writer, response } = open()
    for (let count = 0; count < 100; count += 1) expect(writer.write('a'.repeat(8_192))).toBeUndefined()
    response.full = true
    expect(writer.write('a')).toBeInstanceOf(Promise)
  })

  it('breaks off a response so that it looks incomplete: HTTP/2 needs an error code for that', () => {
    const http1 = open()
    expect(http1.writer.breakOff()).toBe('disconnected')
    expect(http1.response).toMatchObject({ destroyed: true, ended: false })
    const http2 = open({ http2: true })
    expect(http2.writer.breakOff()).toBe('disconnected')
    expect(http2.response).toMatchObject({ closedWith: [2], ended: false })
    expect([http1.gone(), http2.gone()]).toEqual([1, 1])
  })

  it('handles an error event of the response', () => {
    const { response } = open()
    expect(response.emit('error', new Error('write after end'))).toBe(true)
  })
})

/** Gives the response a socket that reports its calls. */
function corkable(response: FakeResponse): readonly string[] {
  const calls: string[] = []
  response.socket = { cork: () => calls.push('cork'), uncork: () => calls.push('uncork') }
  return calls
}

function open(options: { readonly http2?: boolean; readonly tells?: boolean } = {}) {
  const response = fakeResponse(options)
  const clock = manualClock()
  let left = 0
  const writer = openNodeWriter(response, { clock, stallMs: 30_000, onGone: () => (left += 1) })
  return { response, clock, writer, gone: () => left }
}
