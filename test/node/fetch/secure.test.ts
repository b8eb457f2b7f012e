import { Agent, createServer } from 'node:https'
import { describe, expect, it } from 'vitest'
import { nodeFetch } from '../../../src/node.ts'
import { eventually } from '../../support/eventually.ts'
import { serve, serveWith, type Serving } from '../../testing/serve.ts'
import { makeCertificate } from './support/certificate.ts'
import { startProxy } from './support/proxy.ts'
import { serveRaw } from './support/serve-raw.ts'

const certificate = await makeCertificate()

/** Serves HTTPS with the certificate of these tests. */
function serveSecure(): Promise<Serving> {
  return serveWith(createServer(certificate, (request, response) => void response.end(`${request.headers.host}`)))
}

describe('a request over TLS', () => {
  it('is answered by a server whose certificate the agent trusts', async () => {
    await using server = await serveSecure()
    const agent = new Agent({ ca: certificate.cert })
    const response = await nodeFetch({ agents: { https: agent } })(`https://127.0.0.1:${server.port}/`)
    expect(await response.text()).toBe(`127.0.0.1:${server.port}`)
    agent.destroy()
  })

  it('is not sent to a server whose certificate is not trusted', async () => {
    await using server = await serveSecure()
    await expect(nodeFetch()(`https://127.0.0.1:${server.port}/`)).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    })
  })

  it('fails when the handshake takes longer than connectTimeoutMs', async () => {
    await using server = await serveRaw(() => {})
    await expect(nodeFetch({ connectTimeoutMs: 30 })(`https://127.0.0.1:${server.port}/`)).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { message: 'Cannot connect to 127.0.0.1 within 30 ms (connectTimeoutMs)' },
    })
    await eventually(() => expect(server.sockets.map(({ closed }) => closed)).toEqual([true]))
  })

  it('is closed when it is aborted during the handshake', async () => {
    await using server = await serveRaw(() => {})
    const controller = new AbortController()
    const failing = nodeFetch()(`https://127.0.0.1:${server.port}/`, { signal: controller.signal })
    await eventually(() => expect(server.sockets).toHaveLength(1))
    controller.abort()
    await expect(failing).rejects.toMatchObject({ name: 'AbortError' })
    await eventually(() => expect(server.sockets.map(({ closed }) => closed)).toEqual([true]))
  })
})

describe('a proxy of the environment', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])('gets http: requests by %s, and keeps their connection', async (name) => {
    await using proxy = await startProxy()
    await using server = await serve((request, response) => void response.end(`${request.headers.host}`))
    const send = nodeFetch({ proxyEnv: { [name]: `http://127.0.0.1:${proxy.port}` } })
    for (const path of ['/a', '/b']) {
      expect(await (await send(`http://model.test:${server.port}${path}`)).text()).toBe(`model.test:${server.port}`)
    }
    expect(proxy.asked).toEqual([`GET model.test:${server.port}/a`, `GET model.test:${server.port}/b`])
    send.close()
  })

  it('gets https: requests as a tunnel, whose certificate is that of the server', async () => {
    await using proxy = await startProxy()
    await using server = await serveSecure()
    const send = nodeFetch({ proxyEnv: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` } })
    // The tunnel stands, and the certificate is not trusted: nothing was read by the proxy.
    await expect(send(`https://model.test:${server.port}/`)).rejects.toMatchObject({
      cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    })
    expect(proxy.asked).toEqual([`CONNECT model.test:${server.port}`])
    send.close()
  })

  it('is not asked for a host of NO_PROXY, for a loopback address, or with proxyEnv: {}', async () => {
    await using proxy = await startProxy()
    await using server = await serve((_request, response) => void response.end('direct'))
    const HTTP_PROXY = `http://127.0.0.1:${proxy.port}`
    for (const host of ['127.0.0.1', 'localhost']) {
      const send = nodeFetch({ proxyEnv: { HTTP_PROXY } })
      expect(await (await send(`http://${host}:${server.port}/`)).text()).toBe('direct')
    }
    // Nothing answers under this name without the proxy.
    for (const proxyEnv of [{ HTTP_PROXY, NO_PROXY: 'model.invalid' }, {}]) {
      await expect(nodeFetch({ proxyEnv })(`http://model.invalid:${server.port}/`)).rejects.toThrow('fetch failed')
    }
    expect(proxy.asked).toEqual([])
  })

  it('that does not answer fails within connectTimeoutMs', async () => {
    await using proxy = await serveRaw(() => {})
    const send = nodeFetch({ proxyEnv: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }, connectTimeoutMs: 30 })
    await expect(send('https://model.test/')).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { code: 'ERR_PROXY_TUNNEL' },
    })
    await eventually(() => expect(proxy.sockets.map(({ closed }) => closed)).toEqual([true]))
  })

  it('is read from the environment of the process', async () => {
    await using proxy = await startProxy()
    await using server = await serve((_request, response) => void response.end('Hi'))
    const before = process.env['http_proxy']
    process.env['http_proxy'] = `http://127.0.0.1:${proxy.port}`
    try {
      const send = nodeFetch()
      expect(await (await send(`http://model.test:${server.port}/`)).text()).toBe('Hi')
      expect(proxy.asked).toHaveLength(1)
      send.close()
    } finally {
      if (before === undefined) delete process.env['http_proxy']
      else process.env['http_proxy'] = before
    }
  })
})
