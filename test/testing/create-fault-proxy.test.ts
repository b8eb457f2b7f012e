import { describe, expect, it } from 'vitest'
import { createFaultProxy, createGate, openRawClient, type RawClientOptions } from '../../src/testing.ts'
import { freePort } from '../support/free-port.ts'
import { serve } from './serve.ts'
import { standsStill } from './stands-still.ts'

describe('createFaultProxy', () => {
  it('forwards data and an end in both directions', async () => {
    await using server = await serve((request, response) => void request.pipe(response))
    await using proxy = await createFaultProxy({ upstreamPort: server.port })
    using client = await openRawClient({ port: proxy.port, body: 'echo' })
    expect([await client.ended(), client.text]).toEqual(['complete', '"echo"'])
  })

  it('forwards back-pressure', async () => {
    let written = 0
    const { promise: full, resolve } = Promise.withResolvers<string>()
    await using server = await serve((_request, response) => {
      const writeOn = () => {
        do written += 1
        while (response.write('a'.repeat(65_536)))
        if (written < 800) response.once('drain', writeOn)
        else resolve('all written')
      }
      writeOn()
    })
    await using proxy = await createFaultProxy({ upstreamPort: server.port })
    using client = await openRawClient({ port: proxy.port })
    await client.waitFor('a')
    client.pause()
    expect(await Promise.race([full, standsStill(() => written)])).toBeUndefined()
  })

  it('forwards that the client has disconnected', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    await using server = await serve((request, response) => {
      request.socket.once('close', resolve)
      response.write('one')
    })
    await using proxy = await createFaultProxy({ upstreamPort: server.port })
    using client = await openRawClient({ port: proxy.port })
    await client.waitFor('one')
    expect(proxy.connections).toBe(1)
    client.destroy()
    await closed
    await standsStill(() => proxy.connections)
    expect(proxy.connections).toBe(0)
  })

  it('forwards nothing during a blackhole, and continues after it', async () => {
    await using upstream = await gatedServer()
    await using proxy = await createFaultProxy({ upstreamPort: upstream.port })
    using client = await openRawClient({ port: proxy.port })
    await client.waitFor('one')
    proxy.blackhole()
    upstream.gate.open()
    await standsStill(() => client.bytesReceived)
    expect(client.text).toBe('one')
    proxy.blackhole()
    proxy.restore()
    expect([await client.ended(), client.text]).toEqual(['complete', 'one two'])
  })

  it('delays an end until after a blackhole', async () => {
    let ended = false
    const { promise: end, resolve } = Promise.withResolvers<void>()
    await using upstream = await gatedServer({ onEnd: resolve })
    await using proxy = await createFaultProxy({ upstreamPort: upstream.port })
    using client = await openRawClient({ port: proxy.port })
    await client.waitFor('one')
    void end.then(() => (ended = true))
    proxy.blackhole()
    client.end()
    await standsStill(() => Number(ended))
    expect(ended).toBe(false)
    proxy.restore()
    await end
  })

  it('delays data', async () => {
    await using upstream = await gatedServer()
    await using proxy = await createFaultProxy({ upstreamPort: upstream.port })
    using client = await openRawClient({ port: proxy.port })
    await client.waitFor('one')
    proxy.delay(50)
    const start = performance.now()
    upstream.gate.open()
    await client.waitFor('two')
    // A timer of Node may fire a millisecond early.
    expect(performance.now() - start).toBeGreaterThanOrEqual(49)
  })

  it.each([0, 1, 100])('cuts after %i bytes', async (bytes) => {
    await using server = await serve((_request, response) => void response.end('a'.repeat(1_000)))
    await using proxy = await createFaultProxy({ upstreamPort: server.port })
    proxy.cutAfter(bytes)
    using client = await openRawClient({ port: proxy.port })
    expect([await client.ended(), client.bytesReceived]).toEqual(['cut', bytes])
    proxy.cutAfter(Infinity)
    using next = await openRawClient({ port: proxy.port })
    expect(await next.ended()).toBe('complete')
  })

  it('cuts an open connection that is beyond its bytes', async () => {
    await using upstream = await gatedServer({ rest: 'x'.repeat(10_000) })
    await using proxy = await createFaultProxy({ upstreamPort: upstream.port })
    using client = await openRawClient({ port: proxy.port })
    await client.waitFor('one')
    proxy.cutAfter(1)
    upstream.gate.open()
    expect([await client.ended(), client.text]).toEqual(['cut', 'one'])
  })

  it('closes the upstream connection when it cuts the client', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    await using server = await serve((request, response) => {
      request.socket.once('close', resolve)
      const writeOn = () => {
        while (response.write('a'.repeat(65_536)));
        response.once('drain', writeOn)
      }
      writeOn()
    })
    await using proxy = await createFaultProxy({ upstreamPort: server.port })
    proxy.cutAfter(1_000)
    using client = await openRawClient({ port: proxy.port })
    expect(await client.ended()).toBe('cut')
    await closed
  })

  it('breaks open connections on both sides', async () => {
    const { promise: broken, resolve: onBroken } = Promise.withResolvers<string>()
    await using upstream = await gatedServer({ onBroken })
    await using proxy = await createFaultProxy({ upstreamPort: upstream.port })
    using client = await openRawClient({ port: proxy.port })
    await client.waitFor('one')
    proxy.reset()
    expect([await client.ended(), await broken]).toEqual(['reset', 'ECONNRESET'])
  })

  it('breaks the connection of a client when there is no upstream', async () => {
    const options: RawClientOptions = { port: await freePort() }
    await using proxy = await createFaultProxy({ upstreamPort: options.port })
    using client = await openRawClient({ port: proxy.port })
    expect(await client.ended()).toBe('reset')
  })

  it('closes open and blackholed connections, and may be closed twice', async () => {
    await using upstream = await gatedServer()
    const proxy = await createFaultProxy({ upstreamPort: upstream.port })
    using client = await openRawClient({ port: proxy.port })
    await client.waitFor('one')
    proxy.blackhole()
    await proxy.close()
    await proxy.close()
    expect(await client.ended()).toBe('reset')
    await expect(openRawClient({ port: proxy.port })).rejects.toThrow('ECONNREFUSED')
  })
})

interface GatedServerOptions {
  readonly rest?: string
  /** Resolves when the client has sent its FIN. */
  readonly onEnd?: () => void
  /** Resolves with the way in which the connection broke. */
  readonly onBroken?: (code: string) => void
}

/** Answers `one`, and the rest after a gate opens. */
async function gatedServer(options: GatedServerOptions = {}) {
  const { rest = ' two', onEnd = () => {}, onBroken = () => {} } = options
  const gate = createGate()
  const server = await serve(async (request, response) => {
    request.socket.on('end', onEnd)
    request.socket.on('error', (error) => onBroken(String(Reflect.get(error, 'code'))))
    response.write('one')
    await gate.pass()
    response.end(rest)
  })
  return { ...server, gate }
}
