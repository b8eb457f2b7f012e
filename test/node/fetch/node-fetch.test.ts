import { getEventListeners, once } from 'node:events'
import { Agent, IncomingMessage, type ServerResponse } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { nodeFetch } from '../../../src/node.ts'
import { eventually } from '../../support/eventually.ts'
import { runProgram } from '../../support/run-program.ts'
import { serve } from '../../testing/serve.ts'
import { standsStill } from '../../testing/stands-still.ts'
import { serveRaw } from './support/serve-raw.ts'

/** Serves the method, the headers and the body of each request as JSON. */
function serveEcho() {
  return serve(async (request, response) => {
    const { method, url, headers } = request
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ method, url, headers, body: await readText(request) }))
  })
}

/** Serves responses that the test writes. */
async function serveByHand() {
  const responses: ServerResponse[] = []
  const server = await serve((_request, response) => void responses.push(response))
  return {
    url: `http://127.0.0.1:${server.port}/`,
    /** Resolves with the next response, when its request has arrived. */
    async response(index = 0): Promise<ServerResponse> {
      await eventually(() => expect(responses.length).toBeGreaterThan(index))
      const response = responses[index]
      if (!response) throw new Error('There is no such response')
      return response
    },
    responses,
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  }
}

describe('a request', () => {
  const form = new FormData()
  form.set('purpose', 'test')
  form.set('file', new File(['a,b'], 'table.csv', { type: 'text/csv' }))

  async function* pieces() {
    yield Buffer.from('He')
    yield Buffer.from('llo')
  }

  it.each<[string, () => unknown, string | undefined, RegExp]>([
    ['a string', () => 'Grüße', 'text/plain;charset=UTF-8', /^Grüße$/],
    ['a Uint8Array', () => Buffer.from('xHello').subarray(1), undefined, /^Hello$/],
    ['an ArrayBuffer', () => new Uint8Array([72, 105]).buffer, undefined, /^Hi$/],
    [
      'URLSearchParams',
      () => new URLSearchParams({ a: '1 2' }),
      'application/x-www-form-urlencoded;charset=UTF-8',
      /^a=1\+2$/,
    ],
    ['a Blob', () => new Blob(['Hello'], { type: 'text/x-any' }), 'text/x-any', /^Hello$/],
    [
      'a form',
      () => form,
      'multipart/form-data; boundary=',
      /name="file"; filename="table\.csv"\r\ncontent-type: text\/csv\r\n\r\na,b/i,
    ],
    ['a web stream', () => new Blob(['Hello']).stream(), undefined, /^Hello$/],
    ['an async iterable', pieces, undefined, /^Hello$/],
  ])('sends %s as its body', async (_name, makeBody, contentType, expected) => {
    await using server = await serveEcho()
    const body = makeBody() as BodyInit
    const response = await nodeFetch()(`http://127.0.0.1:${server.port}/path?a=b#c`, { method: 'POST', body })
    const echo = await response.json()
    expect(echo).toMatchObject({ method: 'POST', url: '/path?a=b', body: expect.stringMatching(expected) })
    if (contentType === undefined) expect(echo.headers).not.toHaveProperty('content-type')
    else expect(echo.headers['content-type']).toMatch(contentType.replace('+', '\\+'))
    expect(echo.headers).toHaveProperty(Symbol.asyncIterator in Object(body) ? 'transfer-encoding' : 'content-length')
  })

  it('is taken from a Request, and init wins', async () => {
    await using server = await serveEcho()
    const request = new Request(`http://127.0.0.1:${server.port}/a`, {
      method: 'PUT',
      body: 'Hello',
      headers: { 'x-a': '1' },
    })
    const send = nodeFetch()
    expect(await (await send(request.clone())).json()).toMatchObject({
      method: 'PUT',
      body: 'Hello',
      headers: { 'x-a': '1' },
    })
    const init = { method: 'POST', body: 'Bye', headers: { 'x-a': '2', 'content-type': 'text/x-any' } }
    expect(await (await send(request, init)).json()).toMatchObject({
      method: 'POST',
      body: 'Bye',
      headers: { 'x-a': '2', 'content-type': 'text/x-any' },
    })
  })

  it('is taken from a Request without its content type if init has other headers', async () => {
    await using server = await serveEcho()
    const request = new Request(`http://127.0.0.1:${server.port}/a`, { method: 'POST', body: 'Hello' })
    const { body, headers } = await (await nodeFetch()(request, { headers: { 'x-a': '1' } })).json()
    expect({ body, headers }).toMatchObject({ body: 'Hello', headers: { 'x-a': '1', 'content-length': '5' } })
    expect(headers).not.toHaveProperty('content-type')
  })

  it('has the headers that servers expect, and its own ones win', async () => {
    await using server = await serveEcho()
    const url = new URL(`http://127.0.0.1:${server.port}/`)
    const { headers } = await (await nodeFetch()(url)).json()
    expect(headers).toMatchObject({
      accept: '*/*',
      'accept-encoding': 'gzip, deflate, br',
      'user-agent': 'ragwire',
      connection: 'keep-alive',
    })
    const own = { accept: 'text/event-stream', 'accept-encoding': 'identity', 'user-agent': 'me', connection: 'close' }
    expect((await (await nodeFetch()(url, { headers: own })).json()).headers).toMatchObject(own)
  })

  it.each<[string, string, RequestInit, RegExp]>([
    ['a relative URL', '/v1/chat', {}, /^Cannot fetch "\/v1\/chat": it must be an absolute URL$/],
    ['another scheme', 'data:text/plain,a', {}, /^Cannot fetch a URL with data:/],
    [
      'a URL with a password',
      'http://ann:canary@127.0.0.1/',
      {},
      /^Cannot fetch a URL with a user name: send an authorization header$/,
    ],
    [
      'a method that is not a word',
      'http://127.0.0.1/',
      { method: 'GET /\r\n' },
      /^Cannot use the method "GET \/\\r\\n"$/,
    ],
    ['the method CONNECT', 'http://127.0.0.1/', { method: 'connect' }, /^Cannot use the method "connect"$/],
    ['a body with GET', 'http://127.0.0.1/', { body: 'a' }, /^Cannot send a body with GET$/],
    [
      'an object as a body',
      'http://127.0.0.1/',
      { method: 'POST', body: { a: 1 } as never },
      /^Cannot send an object as a body: it must be a string, bytes, a Blob/,
    ],
    ['a header with a line end', 'http://127.0.0.1/', { headers: { a: 'b\r\nc: d' } }, /invalid header value/i],
    [
      'a header that ends the message',
      'http://127.0.0.1/',
      { headers: { 'transfer-encoding': 'chunked' } },
      /^Cannot send the header transfer-encoding: the connection sets it$/,
    ],
    [
      'an upgrade',
      'http://127.0.0.1/',
      { headers: { connection: 'upgrade' } },
      /^Cannot send the header connection: upgrade$/,
    ],
    [
      'a wrong length',
      'http://127.0.0.1/',
      { method: 'POST', body: 'abc', headers: { 'content-length': '2' } },
      /^Cannot send the header content-length: 2: the body has 3 bytes$/,
    ],
  ])('is refused before it is sent: %s', async (_name, url, init, message) => {
    const error = await nodeFetch()(url, init).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message: expect.stringMatching(message) })
  })

  it('fails with the cause when nobody listens', async () => {
    const failing = nodeFetch()('http://127.0.0.1:9/')
    await expect(failing).rejects.toMatchObject({
      name: 'TypeError',
      message: 'fetch failed',
      cause: { code: 'ECONNREFUSED' },
    })
  })

  it('fails with the error of the stream that is its body, and closes the connection', async () => {
    const arrived = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    await using server = await serve((request) => {
      request.once('data', () => arrived.resolve()).once('close', closed.resolve)
    })
    async function* body() {
      yield Buffer.from('He')
      await arrived.promise
      throw new Error('The disk is full')
    }
    const failing = nodeFetch()(`http://127.0.0.1:${server.port}/`, { method: 'POST', body: body() as never })
    await expect(failing).rejects.toMatchObject({ message: 'fetch failed', cause: { message: 'The disk is full' } })
    await closed.promise
  })
})

describe('a response', () => {
  it('is a Response with all that the server sent', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(
        201,
        'All Fine',
        [
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
          ['x-name', 'Grüße'],
        ].flat(),
      )
      response.end('Hello')
    })
    const url = `http://127.0.0.1:${server.port}/a`
    const response = await nodeFetch()(url)
    expect(response).toBeInstanceOf(Response)
    expect(response).toMatchObject({
      status: 201,
      statusText: 'All Fine',
      ok: true,
      url,
      redirected: false,
      bodyUsed: false,
    })
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    const [copy, other] = [response.clone(), response]
    expect([await copy.text(), await other.text()]).toEqual(['Hello', 'Hello'])
  })

  it.each([
    ['HEAD', 200, { 'content-length': '5' }],
    ['GET', 204, {}],
    ['GET', 304, {}],
  ])('to %s with status %i has no body, and its connection is reused', async (method, status, headers) => {
    await using server = await serve((request, response) => {
      const port = String(request.socket.remotePort)
      response.writeHead(status, { ...headers, 'x-port': port, 'content-encoding': 'gzip' }).end()
    })
    const send = nodeFetch()
    const first = await send(`http://127.0.0.1:${server.port}/`, { method })
    expect([first.status, first.body]).toEqual([status, null])
    await nextTurn()
    const second = await send(`http://127.0.0.1:${server.port}/`, { method })
    expect(second.headers.get('x-port')).toBe(first.headers.get('x-port'))
  })

  it('has its body as it arrives', async () => {
    await using server = await serveByHand()
    const pending = nodeFetch()(server.url)
    const sent = await server.response()
    sent.write('one')
    const reader = ((await pending).body as ReadableStream<Uint8Array>).getReader()
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('one')
    const next = reader.read()
    sent.write('two')
    expect(Buffer.from((await next).value ?? []).toString()).toBe('two')
    sent.end()
    expect(await reader.read()).toEqual({ done: true, value: undefined })
  })

  it.each([
    ['a chunked body', 'Transfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n'],
    ['a body with a length', 'Content-Length: 10\r\n\r\nHello'],
  ])('F10: fails when the connection breaks in the middle of %s', async (_name, rest) => {
    await using server = await serveRaw((socket) => socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\n${rest}`)))
    const response = await nodeFetch()(`http://127.0.0.1:${server.port}/`)
    await expect(response.text()).rejects.toMatchObject({
      name: 'TypeError',
      message: 'terminated',
      cause: { code: 'ECONNRESET' },
    })
  })

  it('may end with the connection', async () => {
    await using server = await serveRaw((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nHello')),
    )
    expect(await (await nodeFetch()(`http://127.0.0.1:${server.port}/`)).text()).toBe('Hello')
  })

  it.each([
    ['that is not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['with a status that no Response has', 'HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n'],
    ['that upgrades', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: any\r\n\r\n'],
  ])('%s is an error, and closes the connection', async (_name, head) => {
    const ended = Promise.withResolvers<void>()
    await using server = await serveRaw((socket) => {
      socket.once('close', () => ended.resolve())
      socket.once('data', () => socket.write(head))
    })
    await expect(nodeFetch()(`http://127.0.0.1:${server.port}/`)).rejects.toMatchObject({ message: 'fetch failed' })
    await ended.promise
  })

  it('that redirects is refused without the path, which may have a secret', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(307, { location: 'https://other.test/v1?key=canary' }).end()
    })
    const failing = nodeFetch()(`http://127.0.0.1:${server.port}/`, { method: 'POST', body: 'a' })
    await expect(failing).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { message: 'The server redirects to https://other.test: send the request to that address' },
    })
  })

  it('that redirects is returned with redirect: manual', async () => {
    await using server = await serve((_request, response) => void response.writeHead(302, { location: '/b' }).end())
    const response = await nodeFetch()(`http://127.0.0.1:${server.port}/`, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([302, '/b'])
    await response.text()
  })
})

describe('an abort', () => {
  const reason = new Error('The reader has left')

  it('before the call sends nothing', async () => {
    await using server = await serveRaw(() => {})
    const signal = AbortSignal.abort(reason)
    await expect(nodeFetch()(`http://127.0.0.1:${server.port}/`, { signal })).rejects.toBe(reason)
    await standsStill(() => server.sockets.length)
    expect(server.sockets).toEqual([])
  })

  it.each<[string, (abort: () => void) => unknown]>([
    ['in the same tick', (abort) => abort()],
    ['in the next microtask', (abort) => queueMicrotask(abort)],
    [
      'when the request was made',
      async (abort) =>
        void Promise.resolve()
          .then(() => {})
          .then(() => {})
          .then(() => {})
          .then(abort),
    ],
    ['in the next tick', (abort) => process.nextTick(abort)],
    ['in the next turn', (abort) => setImmediate(abort)],
  ])('%s leaves no connection open, and no listener', async (_name, schedule) => {
    await using server = await serveRaw(() => {})
    const send = nodeFetch()
    const controller = new AbortController()
    const { signal } = controller
    // The name is looked up.
    const failing = send(`http://localhost:${server.port}/`, { signal, method: 'POST', body: 'a' })
    schedule(() => controller.abort(reason))
    await expect(failing).rejects.toBe(reason)
    expect(getEventListeners(signal, 'abort')).toEqual([])
    await standsStill(() => server.sockets.length)
    await eventually(() => expect(server.sockets.filter(({ closed }) => !closed)).toEqual([]))
  })

  it('without a reason is an AbortError', async () => {
    await using server = await serveByHand()
    const controller = new AbortController()
    const failing = nodeFetch()(server.url, { signal: controller.signal })
    await server.response()
    controller.abort()
    await expect(failing).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('of a Request counts, too, and null in init turns it off', async () => {
    await using server = await serveByHand()
    const controller = new AbortController()
    const request = new Request(server.url, { signal: controller.signal })
    const send = nodeFetch()
    const [failing, other] = [send(request), send(request, { signal: null })]
    await server.response(1)
    controller.abort(reason)
    await expect(failing).rejects.toBe(reason)
    for (const response of server.responses) response.end('Hello')
    expect(await (await other).text()).toBe('Hello')
  })

  it('before the headers closes the connection', async () => {
    await using server = await serveByHand()
    const controller = new AbortController()
    const failing = nodeFetch()(server.url, { signal: controller.signal })
    const response = await server.response()
    const closed = once(response, 'close')
    controller.abort(reason)
    await expect(failing).rejects.toBe(reason)
    await closed
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it.each(['identity', 'gzip'])(
    'in the middle of a body (%s) fails the pending read and closes the connection',
    async (encoding) => {
      await using server = await serveByHand()
      const controller = new AbortController()
      const pending = nodeFetch()(server.url, { signal: controller.signal })
      const sent = await server.response()
      const closed = once(sent, 'close')
      sent.writeHead(200, { 'content-encoding': encoding }).flushHeaders()
      const reader = ((await pending).body as ReadableStream<Uint8Array>).getReader()
      const reading = reader.read()
      controller.abort(reason)
      await expect(reading).rejects.toBe(reason)
      await closed
      await eventually(() => expect(getEventListeners(controller.signal, 'abort')).toEqual([]))
    },
  )

  it('fails a body that has arrived and was not read yet', async () => {
    await using server = await serveByHand()
    const controller = new AbortController()
    const pending = nodeFetch()(server.url, { signal: controller.signal })
    const sent = await server.response()
    sent.write('Hello')
    const response = await pending
    await nextTurn()
    controller.abort(reason)
    await expect(response.text()).rejects.toBe(reason)
  })

  it('after the end has no effect, and finds no listener', async () => {
    await using server = await serve((_request, response) => void response.end('Hello'))
    const controller = new AbortController()
    const response = await nodeFetch()(`http://127.0.0.1:${server.port}/`, { signal: controller.signal })
    expect(await response.text()).toBe('Hello')
    await eventually(() => expect(getEventListeners(controller.signal, 'abort')).toEqual([]))
    controller.abort(reason)
  })

  it('leaves no listener after a failed request', async () => {
    const { signal } = new AbortController()
    await expect(nodeFetch()('http://127.0.0.1:9/', { signal })).rejects.toThrow('fetch failed')
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('of 60 requests by one signal, each at another moment, leaves nothing behind', async () => {
    await using server = await serve((request, response) => {
      if (request.url === '/silent') return
      response.writeHead(200, { 'content-encoding': request.url === '/gzip' ? 'gzip' : 'identity' })
      response.write(request.url === '/gzip' ? gzipSync('Hello') : 'Hello')
    })
    const send = nodeFetch()
    const controller = new AbortController()
    const { signal } = controller
    const ends = Array.from({ length: 60 }, async (_, index) => {
      // Some are in progress, and others have not begun.
      for (let turns = 0; turns < index % 10; turns++) await nextTurn()
      const path = ['silent', 'plain', 'gzip'][index % 3]
      const response = await send(`http://127.0.0.1:${server.port}/${path}`, { signal, method: 'POST', body: 'a' })
      for await (const _bytes of response.body ?? []);
    })
    for (let turns = 0; turns < 8; turns++) await nextTurn()
    controller.abort(reason)
    const outcomes = await Promise.allSettled(ends)
    const others = outcomes.filter((outcome) => outcome.status === 'fulfilled' || outcome.reason !== reason)
    expect(others).toEqual([])
    await eventually(() => expect(getEventListeners(signal, 'abort')).toEqual([]))
    await eventually(() =>
      expect(process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap')).toEqual([]),
    )
  })

  it('is not needed to leave: a cancelled body closes the connection, and leaves no listener', async () => {
    await using server = await serveByHand()
    const { signal } = new AbortController()
    const pending = nodeFetch()(server.url, { signal })
    const sent = await server.response()
    const closed = once(sent, 'close')
    sent.write('Hello')
    await (await pending).body?.cancel()
    await closed
    await eventually(() => expect(getEventListeners(signal, 'abort')).toEqual([]))
  })
})

describe('a body', () => {
  const BLOCK = Buffer.alloc(16 * 1024, 'a')

  it('that nobody reads stops the server, and goes on with its reader', async () => {
    let written = 0
    const MiB = 1024 * 1024
    await using server = await serve(async (_request, response) => {
      for (; written < 64 * MiB && !response.destroyed; written += BLOCK.length) {
        if (!response.write(BLOCK)) await once(response, 'drain')
      }
      response.end()
    })
    const response = await nodeFetch()(`http://127.0.0.1:${server.port}/`)
    await standsStill(() => written)
    // The rest is in the buffers of the sockets.
    expect(written).toBeLessThan(32 * MiB)
    let read = 0
    for await (const bytes of response.body ?? []) read += bytes.length
    expect(read).toBe(64 * MiB)
  })

  it('that is read as it arrives never pauses the connection', async () => {
    const pause = vi.spyOn(IncomingMessage.prototype, 'pause')
    try {
      await using server = await serveByHand()
      const pending = nodeFetch()(server.url)
      const sent = await server.response()
      sent.flushHeaders()
      const reader = ((await pending).body as ReadableStream<Uint8Array>).getReader()
      const before = pause.mock.calls.length
      for (let count = 0; count < 20; count++) {
        const next = reader.read()
        sent.write(`piece ${count}`)
        await next
      }
      expect(pause.mock.calls.length).toBe(before)
      sent.end()
      await reader.read()
    } finally {
      pause.mockRestore()
    }
  })
})

describe('the connections', () => {
  it('are reused, one pool for each function', async () => {
    await using server = await serve((request, response) => void response.end(String(request.socket.remotePort)))
    const ports: string[] = []
    for (const send of [nodeFetch(), nodeFetch()]) {
      for (let count = 0; count < 3; count++) {
        ports.push(await (await send(`http://127.0.0.1:${server.port}/`)).text())
        await nextTurn()
      }
      send.close()
    }
    expect(new Set(ports.slice(0, 3)).size).toBe(1)
    expect(new Set(ports).size).toBe(2)
  })

  it('are at most maxSockets for one host, and an aborted request gives up its place in the queue', async () => {
    await using server = await serveByHand()
    const send = nodeFetch({ maxSockets: 1 })
    const controller = new AbortController()
    const first = send(server.url)
    const second = send(server.url, { signal: controller.signal })
    const third = send(server.url)
    const sent = await server.response()
    controller.abort()
    await expect(second).rejects.toMatchObject({ name: 'AbortError' })
    expect(server.responses).toHaveLength(1)
    sent.end('one')
    expect(await (await first).text()).toBe('one')
    ;(await server.response(1)).end('three')
    expect(await (await third).text()).toBe('three')
    expect(server.responses).toHaveLength(2)
  })

  it('are closed by close(), also those in use, and opened again by a later request', async () => {
    await using server = await serveByHand()
    const send = nodeFetch()
    const pending = send(server.url)
    const sent = await server.response()
    sent.write('Hello')
    const response = await pending
    send.close()
    await expect(response.text()).rejects.toMatchObject({ message: 'terminated' })
    const again = send(server.url)
    ;(await server.response(1)).end('Again')
    expect(await (await again).text()).toBe('Again')
  })

  it('are closed when they are idle for keepAliveMs', async () => {
    await using server = await serveRaw((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nHi'))
    })
    const response = await nodeFetch({ keepAliveMs: 5 })(`http://127.0.0.1:${server.port}/`)
    expect(await response.text()).toBe('Hi')
    await eventually(() => expect(server.sockets.map(({ closed }) => closed)).toEqual([true]))
  })

  it('do not keep the process alive while they are idle', async () => {
    await using server = await serve((_request, response) => void response.end('Hi'))
    const program = `
      import { nodeFetch } from ${JSON.stringify(new URL('../../../src/node.ts', import.meta.url).href)}
      const send = nodeFetch({ keepAliveMs: Infinity })
      console.log(await (await send('http://127.0.0.1:${server.port}/')).text())`
    // It ends by itself.
    expect(await runProgram(process.execPath, ['--input-type=module', '--eval', program])).toBe('Hi\n')
  })

  it('are not closed during a response that takes longer than keepAliveMs and connectTimeoutMs', async () => {
    await using server = await serveByHand()
    const pending = nodeFetch({ keepAliveMs: 1, connectTimeoutMs: 1_000 })(server.url)
    const sent = await server.response()
    const { socket } = sent
    sent.write('Hello')
    const response = await pending
    await eventually(() => expect(performance.now()).toBeGreaterThan(20))
    await standsStill(() => Number(socket?.destroyed))
    sent.end(' world')
    expect(await response.text()).toBe('Hello world')
  })

  it('are those of the application if it passes an agent, and stay open', async () => {
    await using server = await serve((_request, response) => void response.end('Hi'))
    const agent = new Agent({ keepAlive: true })
    const send = nodeFetch({ agents: { http: agent } })
    await (await send(`http://127.0.0.1:${server.port}/`)).text()
    await nextTurn()
    send.close()
    expect(Object.values(agent.freeSockets).flat()).toHaveLength(1)
    agent.destroy()
  })

  /** Answers the first request of each connection, and closes it at the second. */
  const answerOnce = () =>
    serveRaw((socket, index) => {
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${index}`)
        socket.once('data', () => socket.destroy())
      })
    })

  it.each<[string, RequestInit, boolean]>([
    ['a GET', {}, true],
    ['a PUT with a body', { method: 'PUT', body: 'a' }, true],
    ['a POST with an idempotency key', { method: 'POST', body: 'a', headers: { 'idempotency-key': '1' } }, true],
    ['a POST', { method: 'POST', body: 'a' }, false],
    ['a PUT with a stream', { method: 'PUT', body: new Blob(['a']).stream() }, false],
  ])('that the server has closed while they were idle: %s', async (_name, init, isRepeated) => {
    await using server = await answerOnce()
    const url = `http://127.0.0.1:${server.port}/`
    const send = nodeFetch()
    expect(await (await send(url)).text()).toBe('0')
    await nextTurn()
    const second = send(url, init).then((response) => response.text())
    if (isRepeated) expect(await second).toBe('1')
    else await expect(second).rejects.toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNRESET' } })
    expect(server.sockets).toHaveLength(isRepeated ? 2 : 1)
  })

  it('that are new and closed by the server are not tried again', async () => {
    await using server = await serveRaw((socket) => socket.once('data', () => socket.destroy()))
    await expect(nodeFetch()(`http://127.0.0.1:${server.port}/`)).rejects.toThrow('fetch failed')
    expect(server.sockets).toHaveLength(1)
  })
})

describe('nodeFetch', () => {
  it.each<[unknown, string]>([
    [{ maxSocket: 1 }, 'maxSocket'],
    [{ maxSockets: 0 }, 'maxSockets'],
    [{ keepAliveMs: -1 }, 'keepAliveMs'],
    [{ connectTimeoutMs: 2 ** 31 }, 'connectTimeoutMs'],
    [{ proxyEnv: 'http://proxy' }, 'proxyEnv'],
    [{ agents: { http: {} } }, 'agents.http.addRequest'],
    [{ agents: { https: new Agent() } }, 'agents.https'],
    [{ agents: new Agent() }, 'agents'],
  ])('refuses the options %j', (options, field) => {
    let thrown: unknown
    try {
      nodeFetch(options as never)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'invalid-input', field: expect.stringContaining(field) })
  })
})
