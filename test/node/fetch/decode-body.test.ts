import {
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createDeflate,
  createDeflateRaw,
  createGzip,
  createZstdCompress,
  deflateSync,
  gzipSync,
} from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { nodeFetch } from '../../../src/node.ts'
import { serve } from '../../testing/serve.ts'
import { standsStill } from '../../testing/stands-still.ts'

const MiB = 1024 * 1024

const ENCODERS = [
  ['gzip', 'gzip', createGzip],
  ['x-gzip', 'x-gzip', createGzip],
  ['deflate', 'deflate', createDeflate],
  ['deflate without its head', 'deflate', createDeflateRaw],
  ['br', 'br', createBrotliCompress],
  ['zstd', 'zstd', createZstdCompress],
] as const

const TOKENS = ['data: {"delta":"They"}\n\n', 'data: {"delta":" sleep"}\n\n', 'data: [DONE]\n\n']

/** Serves these bytes with a content encoding. */
function serveEncoded(encoding: string, bytes: Uint8Array) {
  return serve((_request, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(bytes))
}

async function readFrom({ port }: { readonly port: number }): Promise<string> {
  return (await nodeFetch()(`http://127.0.0.1:${port}/`)).text()
}

describe('an encoded body', () => {
  it.each(ENCODERS)('of %s is decoded token by token', async (_name, encoding, createEncoder) => {
    const encoder = createEncoder()
    await using server = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).flushHeaders()
      encoder.pipe(response)
    })
    const response = await nodeFetch()(`http://127.0.0.1:${server.port}/`)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    for (const token of TOKENS) {
      const next = reader.read()
      encoder.write(token)
      encoder.flush()
      expect(Buffer.from((await next).value ?? []).toString()).toBe(token)
    }
    encoder.end()
    expect((await reader.read()).done).toBe(true)
    expect(response.headers.get('content-encoding')).toBe(encoding)
  })

  it('of several encodings is decoded from the last to the first', async () => {
    await using server = await serveEncoded('GZIP, br', brotliCompressSync(gzipSync('Hello')))
    expect(await readFrom(server)).toBe('Hello')
  })

  it('of an unknown encoding is passed on unchanged', async () => {
    await using server = await serveEncoded('rot13, identity', Buffer.from('Uryyb'))
    expect(await readFrom(server)).toBe('Uryyb')
  })

  it('that is empty ends', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': '0' }).end()
    })
    expect(await readFrom(server)).toBe('')
  })

  it.each<[string, string, Uint8Array]>([
    ['gzip that is cut', 'gzip', gzipSync('Hello'.repeat(100)).subarray(0, -9)],
    ['deflate that is cut', 'deflate', deflateSync('Hello'.repeat(100)).subarray(0, -5)],
    ['gzip that is something else', 'gzip', Buffer.from('Hello')],
    ['deflate that is something else', 'deflate', Buffer.from('Hello')],
  ])('fails for %s', async (_name, encoding, bytes) => {
    await using server = await serveEncoded(encoding, bytes)
    await expect(readFrom(server)).rejects.toMatchObject({
      name: 'TypeError',
      message: 'terminated',
      cause: { code: expect.stringMatching(/^Z_/u) },
    })
  })

  it('is refused when it was encoded many times, which would use up the memory', async () => {
    await using server = await serveEncoded(Array(6).fill('gzip').join(','), Buffer.from('a'))
    await expect(readFrom(server)).rejects.toMatchObject({
      cause: { message: 'The server encoded its response 6 times' },
    })
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', (bytes: Uint8Array) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ])('of %s that nobody reads stops the decoder', async (encoding, encode) => {
    // 64 MiB in a few KiB.
    await using server = await serveEncoded(encoding, encode(Buffer.alloc(64 * MiB)))
    const before = process.memoryUsage().arrayBuffers
    const response = await nodeFetch()(`http://127.0.0.1:${server.port}/`)
    await standsStill(() => process.memoryUsage().arrayBuffers)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * MiB)
    await response.body?.cancel()
  })
})
