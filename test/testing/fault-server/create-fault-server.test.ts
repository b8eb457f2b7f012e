import { describe, expect, it } from 'vitest'
import { createFaultServer, createGate, faultModels, faults, openRawClient, step } from '../../../src/testing.ts'
import { standsStill } from '../stands-still.ts'
import { askChat, contentOf, piecesOf, readBody } from './ask-chat.ts'

describe('createFaultServer', () => {
  it('answers like an OpenAI-compatible server by default', async () => {
    await using server = await createFaultServer()
    const response = await askChat(server)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(contentOf(await response.text())).toBe('The answer is 42 [1].')
  })

  it('uses queued behaviours first, then the one that was set, for any model', async () => {
    await using server = await createFaultServer()
    server.use(faults.answer('set'))
    server.enqueue([faults.unavailable(503), faults.answer('queued')])
    const body = { model: 'html' }
    expect((await askChat(server, { body })).status).toBe(503)
    expect(contentOf(await (await askChat(server, { body })).text())).toBe('queued')
    expect(contentOf(await (await askChat(server, { body })).text())).toBe('set')
  })

  it('lets a request choose its fault by the model name, including those of the test', async () => {
    await using server = await createFaultServer({
      models: { html: faults.answer('mine'), teapot: faults.status(418) },
    })
    expect((await askChat(server, { body: { model: 'rate-limited' } })).status).toBe(429)
    expect((await askChat(server, { body: { model: 'teapot' } })).status).toBe(418)
    expect(contentOf(await (await askChat(server, { body: { model: 'html' } })).text())).toBe('mine')
    expect(contentOf(await (await askChat(server, { body: { model: '__proto__' } })).text())).toBe(
      'The answer is 42 [1].',
    )
    expect([...faultModels.keys()]).toContain('stall')
  })

  it('records every request: body, headers and the order of arrival', async () => {
    await using server = await createFaultServer()
    await (await askChat(server, { body: { model: 'first', temperature: 0 } })).text()
    await (await askChat(server, { body: { model: 'second' } })).text()
    expect(server.hits.map(({ index, method, path }) => ({ index, method, path }))).toEqual([
      { index: 0, method: 'POST', path: '/v1/chat/completions' },
      { index: 1, method: 'POST', path: '/v1/chat/completions' },
    ])
    expect(server.hits[0]?.body).toEqual({ model: 'first', stream: true, messages: [], temperature: 0 })
    expect(server.hits[0]?.headers['content-type']).toBe('application/json')
    const [first, second] = server.hits
    expect(second?.openedAt).toBeGreaterThan(first?.closedAt ?? Infinity)
  })

  it('reports a complete response', async () => {
    await using server = await createFaultServer()
    await (await askChat(server)).text()
    const hit = await server.hit(0)
    expect(await hit.closed).toBe('complete')
    expect(hit.closedByClient).toBe(false)
    expect(server.activeStreams()).toBe(0)
  })

  it.each(['silent', 'headers-only', 'stall', 'endless', 'comments-only', 'roles-only', 'huge-event', 'slow'])(
    'detects that the client leaves during "%s"',
    async (model) => {
      await using server = await createFaultServer()
      const controller = new AbortController()
      const body = { model }
      const asked = askChat(server, { body, signal: controller.signal }).then(readBody, (failure: unknown) => ({
        failure,
      }))
      const hit = await server.hit(0)
      expect({ closedAt: hit.closedAt, active: server.activeStreams() }).toEqual({ closedAt: undefined, active: 1 })
      controller.abort()
      expect(await hit.closed).toBe('client')
      expect({ byClient: hit.closedByClient, active: server.activeStreams() }).toEqual({ byClient: true, active: 0 })
      expect(await asked).toHaveProperty('failure')
    },
  )

  it.each(['end', 'destroy'] as const)('detects that the client leaves by %s() of its socket', async (leave) => {
    await using server = await createFaultServer()
    server.use(faults.stall())
    using client = await openRawClient({ port: server.port, path: '/v1/chat/completions', body: { stream: true } })
    await client.waitFor('world')
    client[leave]()
    expect(await (await server.hit(0)).closed).toBe('client')
  })

  it('stops an endless response when the client stops reading', async () => {
    await using server = await createFaultServer()
    const pace = createGate()
    let written = 0
    server.use(async ({ write }) => {
      for (;;) {
        await write('a'.repeat(65_536))
        written += 1
        if (written === 400) pace.open()
      }
    })
    using client = await openRawClient({ port: server.port, path: '/v1/chat/completions', body: {} })
    client.pause()
    const hit = await server.hit(0)
    // The kernel buffers a few MiB; 400 writes are 25 MiB.
    const winner = await Promise.race([
      pace.pass().then(() => 'wrote on'),
      standsStill(() => written).then(() => 'waited'),
    ])
    expect(winner).toBe('waited')
    client.destroy()
    expect(await hit.closed).toBe('client')
  })

  it('lets other code run between its writes', async () => {
    let turns = 0
    let turnsAtEnd = 0
    await using server = await createFaultServer({
      async behaviour({ write, signal }) {
        const count = () => {
          turns += 1
          if (!signal.aborted) setImmediate(count)
        }
        setImmediate(count)
        for (let writes = 0; writes < 50; writes += 1) await write('x')
        turnsAtEnd = turns
      },
    })
    await (await askChat(server)).text()
    expect(turnsAtEnd).toBeGreaterThanOrEqual(49)
  })

  it('returns the same embeddings for the same words, as numbers or in base64', async () => {
    await using server = await createFaultServer()
    const embed = async (input: unknown, format: string) => {
      const body = JSON.stringify({ model: 'e', input, encoding_format: format })
      const response = await fetch(`${server.baseURL}/embeddings`, { method: 'POST', body })
      return ((await response.json()) as { data: { index: number; embedding: number[] | string }[] }).data
    }
    const numbers = await embed(['red cat', 'Red Cat!', 'blue dog'], 'float')
    expect(numbers.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(numbers[0]?.embedding).toHaveLength(32)
    expect(numbers[1]?.embedding).toEqual(numbers[0]?.embedding)
    expect(numbers[2]?.embedding).not.toEqual(numbers[0]?.embedding)
    const [single] = await embed('red cat', 'base64')
    const bytes = Uint8Array.from(Buffer.from(String(single?.embedding), 'base64'))
    expect([...new Float32Array(bytes.buffer)]).toEqual(numbers[0]?.embedding)
  })

  it('separates behaviours for embeddings from those for chat', async () => {
    await using server = await createFaultServer()
    server.use(faults.unavailable(500), { path: '/v1/embeddings' })
    const response = await fetch(`${server.baseURL}/embeddings`, { method: 'POST', body: '{"input":"a"}' })
    expect(response.status).toBe(500)
    expect((await askChat(server)).status).toBe(200)
  })

  it('answers other paths with 404 and records them', async () => {
    await using server = await createFaultServer()
    const response = await fetch(`http://127.0.0.1:${server.port}/v2/else`)
    expect(response.status).toBe(404)
    expect(server.hits.map(({ path }) => path)).toEqual(['/v2/else'])
  })

  it('resolves hit() and idle() as soon as possible, and rejects them at their time limit', async () => {
    await using server = await createFaultServer({ timeLimitMs: 50 })
    await server.idle()
    await expect(server.hit(0)).rejects.toThrow('Request 0 did not arrive (0 came) within 50 ms')
    server.use(faults.headersOnly())
    const controller = new AbortController()
    await askChat(server, { signal: controller.signal })
    await expect(server.idle()).rejects.toThrow('The server was not idle (1 responses open) within 50 ms')
    controller.abort()
    await server.idle()
  })

  it('ends open responses when it is closed, may be closed twice, and then accepts no connection', async () => {
    const server = await createFaultServer()
    server.use(faults.stall())
    const response = await askChat(server)
    await server.close()
    await server.close()
    expect(await server.hits[0]?.closed).toBe('server')
    expect((await readBody(response)).failure).toBeInstanceOf(TypeError)
    await expect(askChat(server)).rejects.toThrow('fetch failed')
  })

  it('throws the error of a behaviour when it is closed', async () => {
    const server = await createFaultServer()
    server.use(() => {
      throw new Error('mistake in the test')
    })
    await expect(askChat(server)).rejects.toThrow('fetch failed')
    await expect(server.close()).rejects.toThrow('mistake in the test')
  })

  it('emits no warning over many responses on one connection', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    await using server = await createFaultServer()
    server.use(faults.sequence(...Array.from({ length: 30 }, () => step.text('word')), step.done()))
    for (let request = 0; request < 30; request += 1) await (await askChat(server)).text()
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
    expect(server.hits).toHaveLength(30)
  })

  it('sends tokens one by one through a gate', async () => {
    await using server = await createFaultServer()
    const gate = createGate()
    server.use(faults.answer(['one', ' two'], { gate }))
    const pieces = piecesOf(await askChat(server))
    await pieces.next()
    await gate.reached()
    gate.release()
    expect(contentOf(String((await pieces.next()).value))).toBe('one')
    await gate.reached()
    gate.open()
    let rest = ''
    for await (const piece of pieces) rest += piece
    expect(contentOf(rest)).toBe(' two')
  })
})
