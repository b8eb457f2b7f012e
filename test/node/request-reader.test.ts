import { once } from 'node:events'
import { connect, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ByteReader } from '../../src/core/async/byte-reader.ts'
import { createRequestReader } from '../../src/node/request-reader.ts'

const EVENTS = ['readable', 'end', 'error', 'aborted', 'close'] as const

function openRequest() {
  const request = new PassThrough()
  return { request, reader: createRequestReader(request) }
}

async function readAll(reader: ByteReader): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(pieces)
    pieces.push(value)
  }
}

function listeners(request: PassThrough): number {
  return EVENTS.reduce((count, event) => count + request.listenerCount(event), 0)
}

describe('createRequestReader', () => {
  it('reads the same bytes for any cut of the body and any pauses between the pieces', async () => {
    const pieces = fc.array(fc.record({ bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }), waits: fc.boolean() }))
    await fc.assert(
      fc.asyncProperty(pieces, async (pieces) => {
        const { request, reader } = openRequest()
        const before = listeners(request)
        const read = readAll(reader)
        for (const { bytes, waits } of pieces) {
          request.write(bytes)
          if (waits) await new Promise(setImmediate)
        }
        request.end()
        expect(await read).toEqual(Buffer.concat(pieces.map(({ bytes }) => bytes)))
        expect(listeners(request)).toBe(before)
      }),
      { numRuns: 50 },
    )
  })

  it('reads a body that has arrived and ended before the first read', async () => {
    const { request, reader } = openRequest()
    request.end('whole')
    await new Promise(setImmediate)
    expect(String(await readAll(reader))).toBe('whole')
    expect(await reader.read()).toEqual({ done: true, value: undefined })
  })

  it('finds the end of a body that another reader has read', async () => {
    const { request, reader } = openRequest()
    request.end('read before')
    for await (const _bytes of request);
    expect((await reader.read()).done).toBe(true)
  })

  it.each([
    ['with an error', new Error('reset'), 'reset'],
    ['without an error', undefined, 'The connection broke'],
  ])('rejects the pending read when the connection breaks %s', async (_case, reason, message) => {
    const { request, reader } = openRequest()
    request.write('first')
    expect(String((await reader.read()).value)).toBe('first')
    const pending = expect(reader.read()).rejects.toThrow(message)
    request.destroy(reason)
    await pending
    await expect(reader.read(), 'it is not complete at the next read').rejects.toThrow(message)
  })

  it('fails for a body that its client broke off, also over HTTP/2, whose body then ends as if it were complete', async () => {
    const read = Promise.withResolvers<unknown>()
    const server = createServer((request) => {
      readAll(createRequestReader(request)).then(
        () => read.resolve('complete'),
        (reason: unknown) => read.resolve(reason),
      )
    })
    server.on('sessionError', () => {})
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    session.on('error', () => {})
    const stream = session.request({ ':method': 'POST' })
    stream.on('error', () => {})
    stream.write('half', () => session.destroy())
    expect(await read.promise).toEqual(new Error('The connection broke'))
    server.close()
  })

  it('rejects the first read of a connection that broke before', async () => {
    const { request, reader } = openRequest()
    request.destroy()
    await new Promise(setImmediate)
    await expect(reader.read()).rejects.toThrow('The connection broke')
  })

  it('ends a pending read when it is cancelled', async () => {
    const { reader } = openRequest()
    const pending = reader.read()
    reader.cancel()
    expect(await pending).toEqual({ done: true, value: undefined })
  })

  it('leaves the request open when it is cancelled, so that the server can discard the rest', async () => {
    const { request, reader } = openRequest()
    request.write('first')
    await reader.read()
    reader.cancel()
    request.end('rest')
    request.resume()
    await new Promise((resolve) => request.once('end', resolve))
    expect(request.errored).toBeNull()
    expect(await reader.read()).toMatchObject({ done: true })
  })
})
