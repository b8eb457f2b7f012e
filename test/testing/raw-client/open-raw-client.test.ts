import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { openRawClient } from '../../../src/testing.ts'
import { serve } from '../serve.ts'
import { standsStill } from '../stands-still.ts'

describe('openRawClient', () => {
  it('sends a GET, or a POST with JSON, with the given headers', async () => {
    await using server = await serve(async (request, response) => {
      const { host, accept, 'content-type': type } = request.headers
      response.end(JSON.stringify([request.method, request.url, host, accept, type, await text(request)]))
    })
    const { port } = server
    using get = await openRawClient({ port, path: '/a?b', headers: { host: 'other' } })
    using post = await openRawClient({ port, body: { q: 'ü' }, headers: { Accept: 'text/plain' } })
    expect([await get.ended(), await post.ended()]).toEqual(['complete', 'complete'])
    expect(JSON.parse(get.text)).toEqual(['GET', '/a?b', 'other', null, null, ''])
    const expected = ['POST', '/', `127.0.0.1:${port}`, 'text/plain', 'application/json', '{"q":"ü"}']
    expect(JSON.parse(post.text)).toEqual(expected)
    expect((await get.head()).headers.get('connection')).toBe('close')
  })

  it('completes a HEAD response at its head', async () => {
    await using server = await serve((_request, response) => void response.end('ignored'))
    using client = await openRawClient({ port: server.port, method: 'HEAD' })
    expect([await client.ended(), client.text]).toEqual(['complete', ''])
    expect((await client.head()).status).toBe(200)
  })

  it('shows the body as it grows, in whole characters', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>()
    await using server = await serve(async (_request, response) => {
      response.write('one ')
      await asked
      const emoji = Buffer.from('😀')
      response.write(emoji.subarray(0, 2))
      setImmediate(() => response.end(emoji.subarray(2)))
    })
    using client = await openRawClient({ port: server.port })
    expect(await client.waitFor('one')).toBe('one ')
    expect(client.bytesReceived).toBeGreaterThan('one '.length)
    resolve()
    expect(await client.waitFor((body) => body.length > 4)).toBe('one 😀')
    expect(await client.ended()).toBe('complete')
  })

  it('names the missing text when the response ends without it', async () => {
    await using server = await serve((_request, response) => void response.end('one'))
    using client = await openRawClient({ port: server.port })
    await expect(client.waitFor('two')).rejects.toThrow('The response ended (complete) without "two": "one"')
    client.destroy()
    await expect(client.waitFor('three')).rejects.toThrow('The response ended (complete) without "three"')
  })

  it('treats the end of the connection as the end of a body without a length', async () => {
    await using server = await serve((_request, response) => {
      response.removeHeader('transfer-encoding')
      response.write('one')
      response.end()
    })
    using client = await openRawClient({ port: server.port })
    expect([await client.ended(), client.text]).toEqual(['complete', 'one'])
    expect((await client.head()).headers.has('transfer-encoding')).toBe(false)
  })

  it('does not call a predicate again after it returned true', async () => {
    await using server = await serve((_request, response) => {
      response.write('one')
      setImmediate(() => response.end(' two'))
    })
    using client = await openRawClient({ port: server.port })
    const seen: string[] = []
    await client.waitFor((body) => seen.push(body) > 0)
    await client.ended()
    expect(seen).toHaveLength(1)
  })

  it('rejects with the error of its predicate', async () => {
    await using server = await serve((_request, response) => void response.end('one'))
    using client = await openRawClient({ port: server.port })
    const broken = client.waitFor((body) => {
      if (body) throw new Error(`no ${body}`)
      return false
    })
    await expect(broken).rejects.toThrow('no one')
    expect(await client.ended()).toBe('complete')
  })

  it('rejects every wait at its time limit, and shows the received text', async () => {
    await using server = await serve((_request, response) => void response.write('one'))
    using client = await openRawClient({ port: server.port, timeLimitMs: 50 })
    await expect(client.waitFor('two')).rejects.toThrow('"two" did not arrive (received: "one") within 50 ms')
    await expect(client.ended()).rejects.toThrow('The response did not end')
    await using silent = await serve(() => {})
    using waiting = await openRawClient({ port: silent.port, timeLimitMs: 50 })
    await expect(waiting.head()).rejects.toThrow('The head did not arrive')
  })

  it('distinguishes a connection that was closed early from one that was broken', async () => {
    await using server = await serve((request, response) => {
      response.write('one')
      setImmediate(() => (request.url === '/cut' ? request.socket.destroy() : request.socket.resetAndDestroy()))
    })
    using cut = await openRawClient({ port: server.port, path: '/cut' })
    using reset = await openRawClient({ port: server.port, path: '/reset' })
    expect([await cut.ended(), await reset.ended()]).toEqual(['cut', 'reset'])
  })

  it('rejects the head when the connection closes without one', async () => {
    await using server = await serve((request) => void request.socket.destroy())
    using client = await openRawClient({ port: server.port })
    expect(await client.ended()).toBe('cut')
    await expect(client.head()).rejects.toThrow('The connection closed before the head of the response arrived')
  })

  it('reads nothing while it is paused', async () => {
    const size = 8 * 1024 * 1024
    await using server = await serve((_request, response) => void response.end('a'.repeat(size)))
    using client = await openRawClient({ port: server.port })
    await client.waitFor('a')
    client.pause()
    await standsStill(() => client.bytesReceived)
    expect(client.bytesReceived).toBeLessThan(size / 2)
    client.resume()
    expect(await client.ended()).toBe('complete')
    expect(client.text).toHaveLength(size)
  })

  it.each([
    ['end', 'FIN'],
    ['destroy', 'ECONNRESET'],
  ] as const)('closes by %s() with %s', async (leave, expected) => {
    const { promise: seen, resolve } = Promise.withResolvers<unknown>()
    await using server = await serve((request, response) => {
      request.socket.on('end', () => resolve('FIN'))
      request.socket.on('error', (error) => resolve(Reflect.get(error, 'code')))
      response.write('one')
    })
    using client = await openRawClient({ port: server.port })
    await client.waitFor('one')
    client[leave]()
    expect(await seen).toBe(expected)
  })

  it('reports that it was destroyed, also after several calls', async () => {
    await using server = await serve(() => {})
    const client = await openRawClient({ port: server.port })
    client.destroy()
    client.destroy()
    expect(await client.ended()).toBe('destroyed')
  })
})
