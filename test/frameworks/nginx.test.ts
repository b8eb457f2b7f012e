import { once } from 'node:events'
import { EventSource } from 'undici'
import { describe, expect, it } from 'vitest'
import { createGate, manualClock, scriptedChatModel } from '../../src/testing.ts'
import { eventually } from '../support/eventually.ts'
import { hasNginx, startNginx, type Nginx } from '../support/nginx.ts'
import { standsStill } from '../testing/stands-still.ts'
import { openClient } from '../sinks/support/clients.ts'
import { MOUNTS, type Mount } from './support/mounts.ts'
import { openApp, type App, type AppOptions } from './support/open-app.ts'

// nginx uses HTTP/1.0 towards the application.
describe.skipIf(!hasNginx).each(MOUNTS.filter(({ http2 }) => !http2))('$name behind nginx', (mount) => {
  it('T22-nginx: streams each token at once, although nginx buffers by default', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['one', { gate }, 'two', { type: 'finish' }])
    await using site = await openSite(mount, { handler: { model } })
    using client = await site.ask()
    const { headers } = await client.head()
    expect(headers.get('server')).toMatch(/^nginx/)
    expect(await client.waitFor('"one"')).not.toContain('"two"')
    gate.open()
    expect(await client.ended()).toBe('complete')
    expect(client.text).toContain('event: done')
  })

  it('T22-nginx: passes on the opening and the keep-alives while the model is silent', async () => {
    const clock = manualClock()
    const model = scriptedChatModel([{ hang: 'until-abort' }])
    const limits = { firstTokenMs: Infinity, idleMs: Infinity, runMs: Infinity, stallMs: Infinity }
    await using site = await openSite(mount, { handler: { model, clock, keepAliveMs: 15_000, ...limits } })
    using client = await site.ask()
    await client.waitFor('"phase":"generating"')
    const keepAlives = () => client.text.split('\n\n').filter((frame) => frame === ':').length
    // The sink waits for the next event some turns of the event loop after it has written the last one.
    while (keepAlives() < 3) await clock.advance(15_000)
    expect(model.calls[0]?.end).toBeUndefined()
  })

  it('T22-nginx: would buffer a response that is not marked as a stream', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['one', { gate }, 'two', { type: 'finish' }])
    await using site = await openSite(mount, {
      handler: { model },
      wrap: (handler) => async (request, context) => {
        const { body, headers } = await handler(request, context)
        const { 'x-accel-buffering': _header, ...others } = Object.fromEntries(headers)
        return new Response(body, { headers: others })
      },
    })
    using client = await site.ask()
    await gate.reached()
    await standsStill(() => client.text.length)
    expect(client.text).toBe('')
    gate.open()
    expect(await client.ended()).toBe('complete')
    expect(client.text).toContain('event: done')
  })

  it.each([
    ['a stream', {}],
    ['one JSON object', { accept: 'application/json' }],
  ])('T22-nginx: reports to the application that the client of %s has left', async (_name, headers) => {
    const model = scriptedChatModel(['Hello', { hang: 'until-abort' }])
    await using site = await openSite(mount, { handler: { model } })
    using client = await site.ask(headers)
    await eventually(() => expect(model.calls).toHaveLength(1))
    client.destroy()
    expect(await model.calls[0]?.ended).toBe('aborted')
    await eventually(() => expect(site.app.active).toBe(0))
  })

  it('T22-nginx: allows an EventSource to reconnect when the application breaks the connection', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['one', { gate }, 'two', { type: 'finish' }])
    await using site = await openSite(mount, {
      plugins: [],
      handler: { model, scope: () => 'ann' },
      runs: { onDisconnect: 'continue', flushMs: 1 },
    })
    const { runId } = Object(await site.app.sendJson({ path: '/runs', body: '{"question":"Why?"}' }))
    const page = new EventSource(`http://127.0.0.1:${site.nginx.port}/api/runs/${runId}/events`, {
      node: { reconnectionTime: 10 },
    })
    const deltas = new Map<number, string>()
    page.addEventListener('token', (event) => {
      if (!('data' in event)) return
      const { seq, delta } = JSON.parse(String(event.data))
      deltas.set(seq, delta)
    })
    await eventually(() => expect([...deltas.values()]).toEqual(['one']))
    site.app.server.breakConnections()
    await once(page, 'open')
    gate.open()
    await once(page, 'done')
    expect([...deltas.values()]).toEqual(['one', 'two'])
    await eventually(() => expect(page.readyState).toBe(EventSource.CLOSED))
  })
})

/** An application behind nginx. */
async function openSite(mount: Mount, options: AppOptions) {
  const app: App = await openApp(mount, options)
  const nginx: Nginx = await startNginx(app.server.port)
  return {
    app,
    nginx,
    ask: (headers: Readonly<Record<string, string>> = {}) =>
      openClient(mount, {
        port: nginx.port,
        path: '/api/chat',
        body: { question: 'Why?' },
        headers: { cookie: 'session=ann', ...headers },
      }),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      await nginx[Symbol.asyncDispose]()
    },
  }
}
