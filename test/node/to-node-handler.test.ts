import { createServer } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import type { ChatError } from '../../src/index.ts'
import { answerNodeRequest, toNodeHandler } from '../../src/node.ts'
import type { ChatHandler } from '../../src/server.ts'
import { openRawClient, type RawClientOptions } from '../../src/testing.ts'
import { eventually } from '../support/eventually.ts'
import { standsStill } from '../testing/stands-still.ts'
import { openClient, openConnection } from '../sinks/support/clients.ts'
import { run } from '../sinks/support/servers.ts'

/** Answers with the request that it received. */
const echo: ChatHandler = async (request) =>
  Response.json({ method: request.method, url: request.url, headers: [...request.headers], body: await request.text() })

describe('toNodeHandler over HTTP/1.1', () => {
  it.each([
    [
      'an absolute target',
      { path: 'http://elsewhere.example/chat?a=b', headers: { host: 'a.example' } },
      'http://a.example/chat?a=b',
    ],
    ['an absolute target without a path', { path: 'http://elsewhere.example?a' }, 'http://a.example/?a'],
    ['slashes', { path: '//b.example/chat' }, 'http://a.example//b.example/chat'],
    ['a port', { headers: { host: '[::1]:3000' } }, 'http://[::1]:3000/'],
    ['a host with a password', { headers: { host: 'user:password@a.example' } }, 'http://localhost/'],
    ['an invalid host', { headers: { host: 'a b' } }, 'http://localhost/'],
    ['a host with a path', { headers: { host: 'a.example/other' } }, 'http://localhost/'],
    ['an invalid port', { headers: { host: 'a.example:99999' } }, 'http://localhost/'],
    ['an escaped slash', { path: '/threads/a%2F..%2Fb' }, 'http://a.example/threads/a%2F..%2Fb'],
  ] satisfies readonly (readonly [string, Omit<RawClientOptions, 'port'>, string])[])(
    'reads %s',
    async (_name, options: Omit<RawClientOptions, 'port'>, url) => {
      await using server = await serve(echo)
      const { body } = await fetchRaw({
        port: server.port,
        ...options,
        headers: { host: 'a.example', ...options.headers },
      })
      expect(JSON.parse(body)).toMatchObject({ url })
    },
  )

  it.each([
    '/open/../runs',
    '/open/%2e%2E/runs',
    '/./runs',
    '/open\\..\\runs',
    '/open/..',
    'http://a.example/open/../runs',
  ])('does not resolve the path %s to /runs, because a guard of /runs has not matched it', async (path) => {
    await using server = await serve(echo)
    const { body } = await fetchRaw({ port: server.port, path })
    expect(new URL(JSON.parse(body).url).pathname).toBe(`/${encodeURIComponent(path.replace('http://a.example', ''))}`)
  })

  it('rejects a method that the Request class does not support, and survives', async () => {
    await using server = await serve(echo)
    const { status, body } = await fetchRaw({ port: server.port, method: 'TRACE' })
    expect([status, JSON.parse(body)]).toEqual([400, expect.objectContaining({ code: 'invalid-input' })])
    expect((await fetchRaw({ port: server.port })).status).toBe(200)
  })

  it('lets a client with `Expect: 100-continue` send its body', async () => {
    await using server = await serve(echo)
    const answer = await fetchRaw(
      { port: server.port, body: { a: 1 }, headers: { expect: '100-continue' } },
      'HTTP/1.1 100 Continue',
    )
    expect(JSON.parse(answer.body)).toMatchObject({ body: '{"a":1}' })
  })

  it('answers while the client is still sending, and then reads the rest, so that the connection stays usable', async () => {
    await using server = await serve(async () => new Response('No', { status: 413 }))
    const socket = connect(server.port, '127.0.0.1')
    let received = ''
    socket.setEncoding('utf8').on('data', (piece: string) => (received += piece))
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5000000\r\n\r\n')
    socket.write('a'.repeat(1_000))
    await eventually(() => expect(received).toMatch(/^HTTP\/1\.1 413/))
    socket.write('a'.repeat(4_999_000))
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    await eventually(() => expect(received.match(/HTTP\/1\.1 413/g)).toHaveLength(2))
    socket.destroy()
  })

  it('answers 500 for a handler that rejects, reports the error, and survives', async () => {
    const heard: ChatError[] = []
    const failure = new Error('the key sk-canary is wrong')
    const listener = toNodeHandler(() => Promise.reject(failure), { onError: (error) => heard.push(error) })
    await using server = await run(createServer(listener), { outcomes: [] })
    for (let count = 1; count <= 2; count += 1) {
      const { status, body } = await fetchRaw({ port: server.port })
      expect([status, JSON.parse(body)]).toEqual([500, expect.objectContaining({ code: 'internal' })])
      expect(body).not.toContain('canary')
      expect(heard).toHaveLength(count)
    }
    expect(heard[0]?.cause).toBe(failure)
  })

  it('reads the rest of a body that the handler has read in part', async () => {
    const readSome: ChatHandler = async (request) => {
      const reader = request.body?.getReader()
      await reader?.read()
      await reader?.cancel()
      return new Response('No', { status: 413 })
    }
    await using server = await serve(readSome)
    await using connection = openConnection({ http2: false }, server)
    for (let count = 0; count < 3; count += 1) {
      const { status, body } = await connection.send({ body: 'a'.repeat(5_000_000) })
      expect([status, await text(body)]).toEqual([413, 'No'])
    }
    expect(server.connections).toBe(1)
  })
})

describe.each([
  ['node:http', false],
  ['node:http2', true],
])('answerNodeRequest over %s', (_name, http2) => {
  it('aborts the signal when the client has left, and not before', async () => {
    const signals: AbortSignal[] = []
    await using server = await serve((_request, { signal } = {}) => {
      if (signal) signals.push(signal)
      return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(new Response())))
    }, http2)
    using client = await openClient({ http2 }, { port: server.port })
    await eventually(() => expect(signals).toHaveLength(1))
    await standsStill(() => Number(signals[0]?.aborted))
    expect(signals[0]?.aborted).toBe(false)
    client.destroy()
    await eventually(() => expect(signals[0]?.aborted).toBe(true))
  })

  it('cancels a body that can no longer be sent', async () => {
    let cancelled = false
    await using server = await serve(async (_request, { signal } = {}) => {
      await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      return new Response(new ReadableStream({ cancel: () => void (cancelled = true) }))
    }, http2)
    using client = await openClient({ http2 }, { port: server.port })
    await eventually(() => expect(server.opened).toBe(1))
    client.destroy()
    await eventually(() => expect(cancelled).toBe(true))
  })

  it('sends a body of any kind as it arrives, and cancels it when the client leaves', async () => {
    let cancelled = false
    const body = () =>
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode('first')),
        cancel: () => void (cancelled = true),
      })
    await using server = await serve(async () => new Response(body()), http2)
    using client = await openClient({ http2 }, { port: server.port })
    await client.waitFor('first')
    expect(cancelled).toBe(false)
    client.destroy()
    await eventually(() => expect(cancelled).toBe(true))
  })

  it('sends no body to HEAD, not even an endless one, and none with 204', async () => {
    let cancelled = false
    const endless = () => new ReadableStream({ cancel: () => void (cancelled = true) })
    const answers = [Response.json({ a: 1 }), new Response(null, { status: 204 }), new Response(endless())]
    await using server = await serve(async () => answers.shift() ?? Response.json({}), http2)
    await using connection = openConnection({ http2 }, server)
    for (const [method, status] of [
      ['HEAD', 200],
      ['GET', 204],
      ['HEAD', 200],
      ['HEAD', 200],
    ] as const) {
      const answer = await connection.send({ method })
      expect([answer.status, await text(answer.body)]).toEqual([status, ''])
    }
    expect(cancelled).toBe(true)
  })

  it('keeps headers that are already set, and appends cookies', async () => {
    const answer = new Headers({ 'cache-control': 'no-cache', 'x-handler': 'yes' })
    for (const cookie of ['b=2', 'c=3']) answer.append('set-cookie', cookie)
    const handler: ChatHandler = async () => new Response('Hello', { headers: answer })
    const mounted = http2
      ? createHttp2Server((request, response) => {
          response.setHeader('cache-control', 'private')
          response.setHeader('set-cookie', 'a=1')
          void answerNodeRequest(handler, request, response)
        })
      : createServer((request, response) => {
          response.setHeader('cache-control', 'private')
          response.setHeader('set-cookie', 'a=1')
          void answerNodeRequest(handler, request, response)
        })
    await using server = await run(mounted, { outcomes: [] })
    await using connection = openConnection({ http2 }, server)
    const { headers, body } = await connection.send()
    expect(await text(body)).toBe('Hello')
    expect([headers.get('cache-control'), headers.get('x-handler')]).toEqual(['private', 'yes'])
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2', 'c=3'])
  })
})

function serve(handler: ChatHandler, http2 = false) {
  const listener = toNodeHandler(handler)
  return run(http2 ? createHttp2Server(listener) : createServer(listener), { outcomes: [] })
}

/** Sends a request that may be malformed in any way; `before` is the expected response ahead of the answer. */
async function fetchRaw(options: RawClientOptions, before?: string) {
  if (before === undefined) {
    using client = await openRawClient(options)
    const { status } = await client.head()
    await client.ended()
    return { status, body: client.text }
  }
  const socket = connect(options.port, '127.0.0.1')
  let received = ''
  socket.setEncoding('utf8').on('data', (piece: string) => (received += piece))
  const body = JSON.stringify(options.body)
  const headers = Object.entries({ host: 'a', connection: 'close', 'content-length': body.length, ...options.headers })
  socket.write(`POST / HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`)
  await eventually(() => expect(received).toContain(before))
  socket.write(body)
  await eventually(() => expect(socket.readableEnded).toBe(true))
  return { status: 200, body: received.slice(received.lastIndexOf('\r\n\r\n') + 4) }
}
