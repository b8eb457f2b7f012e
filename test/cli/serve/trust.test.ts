import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFaultServer, faults, openRawClient, type FaultServer } from '../../../src/testing.ts'
import { failToServe, startServe, type Serving } from '../start-serve.ts'

const BODY = { question: 'How do I stop an answer?' }

describe('requests that the server trusts', () => {
  let upstream: FaultServer
  let server: Serving
  let port: number
  beforeAll(async () => {
    upstream = await createFaultServer()
    upstream.use(faults.answer('By a signal [1].'))
    server = await startServe({
      args: ['--allowed-hosts', 'Demo.Lan, shop.example:8080'],
      env: { OPENAI_BASE_URL: upstream.baseURL },
    })
    port = Number(new URL(server.url).port)
  })
  afterAll(async () => {
    await server.stop('SIGKILL')
    await upstream.close()
  })

  /** The status of a request with headers that a page in a browser cannot set; `PORT` stands for the server's port. */
  async function statusOf(headers: Readonly<Record<string, string>>, path = '/chat'): Promise<number> {
    const filled = Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', String(port))])
    const asks = path === '/chat'
    using client = await openRawClient({
      port,
      path,
      headers: Object.fromEntries(filled),
      ...(asks && { body: BODY }),
    })
    const { status } = await client.head()
    await client.ended()
    return status
  }

  it.each([
    '127.0.0.1:PORT',
    'localhost:PORT',
    'LOCALHOST:PORT',
    '[::1]:PORT',
    'demo.lan',
    'demo.lan:9',
    'shop.example:8080',
  ])('C13: include a request for %s', async (host) => {
    expect(await statusOf({ host })).toBe(200)
    expect(await statusOf({ host }, '/')).toBe(200)
  })

  it.each([
    'rebound.example:PORT',
    'rebound.example',
    '127.0.0.1.rebound.example:PORT',
    'localhost.rebound.example:PORT',
    '127.0.0.1',
    'localhost:1',
    'shop.example',
    'shop.example:8081',
    'localhost:PORT@rebound.example',
    '192.0.2.1:PORT',
    '',
  ])('C13: exclude a request for %j on every route, without calling the model', async (host) => {
    const before = upstream.hits.length
    for (const path of ['/chat', '/', '/threads', '/page.js', '/status', '/openapi.json', '/v1/models']) {
      expect(await statusOf({ host }, path), path).toBe(403)
    }
    expect(await statusOf({ host, origin: `http://${host}` })).toBe(403)
    expect(upstream.hits.length).toBe(before)
  })

  it.each([
    [200, 'http://127.0.0.1:PORT'],
    [403, 'http://localhost:PORT'],
    [403, 'http://127.0.0.1:1'],
    [403, 'http://rebound.example:PORT'],
    [403, 'https://127.0.0.1.rebound.example'],
    [403, 'null'],
  ])('C13: answer a question with status %i when a page of %s asks it', async (status, origin) => {
    expect(await statusOf({ host: '127.0.0.1:PORT', origin })).toBe(status)
  })

  it('C13: are extended by --allowed-hosts, which is named in a rejection and in the error for an invalid value', async () => {
    using client = await openRawClient({ port, headers: { host: 'rebound.example' } })
    await client.ended()
    expect(client.text).toContain('--allowed-hosts')
    const { code, stderr } = await failToServe({ args: ['--allowed-hosts', 'https://demo.example/'] })
    expect(code).toBe(2)
    expect(stderr).toContain('Cannot use the host "https://demo.example/": write a name such as')
  })
})
