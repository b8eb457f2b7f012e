import { describe, expect, it } from 'vitest'
import type { FeedbackNote } from '../../src/server.ts'
import { createGate, scriptedChatModel } from '../../src/testing.ts'
import { toBytes } from '../support/bytes.ts'
import { eventually } from '../support/eventually.ts'
import { parseEventStream } from '../support/parse-event-stream.ts'
import { MOUNTS, ORIGIN } from './support/mounts.ts'
import { openApp } from './support/open-app.ts'

const QUESTION = '{"question":"Why?","threadId":"t"}'

const PLACES = MOUNTS.flatMap((mount) => ['', '/api'].map((prefix) => ({ ...mount, mount, prefix })))

describe.each(PLACES)('$name at "$prefix/"', ({ mount, prefix }) => {
  it.each([
    ['text/event-stream', /^: ragwire\n\nevent: start\ndata: \{/],
    ['application/x-ndjson', /^\n\{"type":"start".*\}\n/],
    ['application/json', /^\{.*"answer":"Hello world"/],
    ['text/plain', /^Hello world$/],
  ])('answers a question as %s', async (accept, form) => {
    await using app = await openApp(mount, { prefix })
    const { status, headers, text } = await app.send({ body: QUESTION, headers: { accept } })
    expect(status).toBe(200)
    expect(headers.get('content-type')?.split(';')[0]).toBe(accept)
    expect(text).toMatch(form)
    expect(app.errors).toEqual([])
  })

  it('R10: starts a run that can be read at the returned URL', async () => {
    await using app = await openApp(mount, { prefix, runs: { onDisconnect: 'continue' } })
    const { status, headers, text } = await app.send({ path: '/runs', body: QUESTION })
    const { runId } = JSON.parse(text)
    expect(status).toBe(202)
    const location = new URL(headers.get('location') ?? '', `http://localhost${prefix}/runs`).pathname
    expect(location).toBe(`${prefix}/runs/${runId}/events`)
    const events = await app.send({ method: 'GET', path: location.slice(prefix.length) })
    const page = parseEventStream(toBytes(events.text))
    expect(page[0]?.type).toBe('start')
    expect(page.at(-1)?.type).toBe('done')
    const after = Number(JSON.parse(page.at(-1)?.data ?? '').seq)
    expect((await app.send({ method: 'GET', path: `/runs/${runId}/events?after=${after}` })).status).toBe(204)
    expect(await app.sendJson({ method: 'GET', path: '/runs' })).toEqual({ runs: [] })
    expect(await app.sendJson({ method: 'GET', path: '/openapi.json' })).toMatchObject({
      openapi: expect.stringMatching(/^3\.1/),
    })
  })

  it('stops a run, and its reader receives the end', async () => {
    const model = scriptedChatModel(['Hello', { hang: 'until-abort' }])
    await using app = await openApp(mount, { prefix, handler: { model } })
    const runId = crypto.randomUUID()
    using client = await app.ask({ body: { question: 'Why?', runId } })
    await client.waitFor('"delta":"Hello"')
    expect(await app.sendJson({ method: 'GET', path: '/runs' })).toMatchObject({ runs: [{ runId }] })
    const stop = { method: 'POST', path: `/runs/${runId}/stop`, body: '{}' } as const
    expect(await app.sendJson(stop)).toEqual({ runId, outcome: 'stopping', finishReason: 'abort' })
    expect(await client.ended()).toBe('complete')
    expect(client.text).toContain('"finishReason":"abort"')
    expect(await app.sendJson(stop)).toEqual({ runId, outcome: 'already-ended', finishReason: 'abort' })
    expect(await model.calls[0]?.ended).toBe('aborted')
  })

  it('stops a run without a request body too', async () => {
    await using app = await openApp(mount, { prefix })
    const headers = { 'content-type': 'text/plain' }
    const { status, text } = await app.send({ path: '/runs/none/stop', body: '', headers })
    expect([status, JSON.parse(text)]).toEqual([200, { runId: 'none', outcome: 'unknown' }])
  })

  it('stores threads separately for each user', async () => {
    await using app = await openApp(mount, { prefix })
    await app.send({ body: QUESTION })
    const threads = { method: 'GET', path: '/threads' } as const
    const thread = { method: 'GET', path: '/threads/t' } as const
    const another = { headers: { cookie: 'session=bob' } }
    expect(await app.sendJson(threads)).toMatchObject({ threads: [{ threadId: 't' }] })
    expect(await app.sendJson(thread)).toMatchObject({ threadId: 't', turns: [{ question: 'Why?' }] })
    expect(await app.sendJson({ ...threads, ...another })).toMatchObject({ threads: [] })
    expect((await app.send({ ...thread, ...another })).status).toBe(404)
    expect((await app.send({ ...thread, method: 'DELETE' })).status).toBe(204)
    expect((await app.send(thread)).status).toBe(404)
    expect(app.errors).toEqual([])
  })

  it('R25, R26, R27: renames, finds and rates a conversation', async () => {
    const notes: FeedbackNote[] = []
    await using app = await openApp(mount, { prefix, handler: { onFeedback: (note) => void notes.push(note) } })
    const runId = crypto.randomUUID()
    await app.send({ body: JSON.stringify({ question: 'Why?', threadId: 't', runId }) })
    const rename = { method: 'PATCH', path: '/threads/t', body: '{"title":"Straße 猫"}' } as const
    expect(await app.sendJson(rename)).toEqual({ threadId: 't', title: 'Straße 猫' })
    const search = { method: 'GET', path: `/threads?search=${encodeURIComponent('STRASSE')}` } as const
    expect(await app.sendJson(search)).toMatchObject({ threads: [{ threadId: 't', title: 'Straße 猫' }] })
    const feedback = { rating: 'down', comment: 'Why not?' }
    const rate = { method: 'PUT', path: `/runs/${runId}/feedback`, body: JSON.stringify(feedback) } as const
    expect(await app.sendJson(rate)).toEqual(feedback)
    expect(await app.sendJson({ method: 'GET', path: '/threads/t' })).toMatchObject({ turns: [{ runId, feedback }] })
    expect(notes).toMatchObject([{ threadId: 't', runId, question: 'Why?', ...feedback }])
    const another = { headers: { 'content-type': 'application/json', cookie: 'session=bob' } }
    for (const request of [rename, rate]) expect((await app.send({ ...request, ...another })).status).toBe(404)
    expect((await app.send({ ...rate, body: '{"rating":"good"}' })).status).toBe(400)
    expect((await app.send({ method: 'DELETE', path: rate.path })).status).toBe(204)
    expect(await app.sendJson({ method: 'GET', path: '/threads/t' })).not.toHaveProperty('turns[0].feedback')
    expect([notes.length, app.errors]).toEqual([2, []])
  })

  it('leaves all other paths, with their bodies, to the application', async () => {
    await using app = await openApp(mount, { prefix })
    expect((await app.send({ method: 'GET', path: '/other' })).text).toBe('another route')
    const body = 'a'.repeat(50_000)
    const echo = { method: 'POST', path: '/echo', body, headers: { 'content-type': 'text/plain' } } as const
    expect((await app.send(echo)).text).toBe(body)
    for (const path of ['/nothing', '/chats', '/chat/more', '/chat/', '/Chat']) {
      expect([path, (await app.send({ method: 'GET', path })).status]).toEqual([path, 404])
    }
  })

  it('R12: lists the allowed methods of a route', async () => {
    await using app = await openApp(mount, { prefix })
    const { status, headers } = await app.send({ method: 'PUT', path: '/chat', body: '{}' })
    expect([status, headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('T25: starts no run for a HEAD request, and sends no body', async () => {
    const model = scriptedChatModel([])
    await using app = await openApp(mount, { prefix, handler: { model } })
    for (const path of ['/chat', '/runs', '/threads', '/runs/none/events']) {
      expect((await app.send({ method: 'HEAD', path })).text).toBe('')
    }
    expect([model.calls.length, app.active]).toEqual([0, 0])
    // The connection is still usable.
    expect((await app.send({ method: 'GET', path: '/runs' })).status).toBe(200)
  })
})

describe.each(MOUNTS)('$name behind CORS, compression, cookies and a login', (mount) => {
  it('keeps their headers on every answer', async () => {
    await using app = await openApp(mount)
    const answers = [
      await app.send({ body: QUESTION }),
      await app.send({ body: QUESTION, headers: { accept: 'application/json' } }),
      await app.send({ method: 'GET', path: '/threads' }),
      await app.send({ body: '{}' }),
      await app.send({ method: 'GET', path: '/threads/none' }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 400, 404])
    for (const { headers } of answers) {
      expect(headers.get('access-control-allow-origin')).toBe(ORIGIN)
      expect(headers.getSetCookie()).toEqual([expect.stringMatching(/^seen=yes/)])
    }
  })

  it('keeps a cookie of the handler in addition to theirs', async () => {
    const refusal = () => {
      const headers = new Headers({ 'x-reason': 'expired' })
      for (const cookie of ['session=', 'hint=login']) headers.append('set-cookie', cookie)
      return new Response('Log in again', { status: 401, headers })
    }
    await using app = await openApp(mount, {
      handler: {
        scope() {
          throw refusal()
        },
      },
    })
    const { status, headers, text } = await app.send({ body: QUESTION })
    expect([status, text, headers.get('x-reason')]).toEqual([401, 'Log in again', 'expired'])
    const names = new Set(headers.getSetCookie().map((cookie) => cookie.split('=')[0]))
    // In Hono, the cookies of middleware replace those of the response.
    expect(names).toEqual(new Set(mount.name.startsWith('Hono') ? ['seen'] : ['hint', 'seen', 'session']))
  })

  it('does not run for a client that they reject', async () => {
    const model = scriptedChatModel([])
    await using app = await openApp(mount, { handler: { model } })
    expect((await app.send({ body: QUESTION, headers: { cookie: '' } })).status).toBe(401)
    expect([model.calls.length, app.active]).toEqual([0, 0])
  })

  it('leaves preflight requests to them', async () => {
    await using app = await openApp(mount)
    const headers = { 'access-control-request-method': 'POST' }
    const { status } = await app.send({ method: 'OPTIONS', path: '/chat', headers })
    expect(status).toBe(204)
  })

  it('T22: sends each token at once', async () => {
    const gates = [createGate(), createGate()] as const
    const model = scriptedChatModel(['one', { gate: gates[0] }, 'two', { gate: gates[1] }, 'three', { type: 'finish' }])
    await using app = await openApp(mount, { handler: { model } })
    using client = await app.ask({ headers: { 'accept-encoding': 'gzip, deflate, br' } })
    const { headers } = await client.head()
    expect(headers.get('content-encoding')).toBeNull()
    expect(headers.get('cache-control')).toContain('no-transform')
    expect(await client.waitFor('"one"')).not.toContain('"two"')
    gates[0].open()
    expect(await client.waitFor('"two"')).not.toContain('"three"')
    gates[1].open()
    expect(await client.ended()).toBe('complete')
    await eventually(() => expect(app.active).toBe(0))
  })

  it('streams an answer that was put into another Response', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['one', { gate }, 'two', { type: 'finish' }])
    await using app = await openApp(mount, {
      handler: { model },
      wrap: (handler) => async (request, context) => {
        const { body, headers } = await handler(request, context)
        return new Response(body, { status: 203, headers: { ...Object.fromEntries(headers), 'x-wrapped': 'yes' } })
      },
    })
    using client = await app.ask()
    const { status, headers } = await client.head()
    expect([status, headers.get('x-wrapped')]).toEqual([203, 'yes'])
    expect(await client.waitFor('"one"')).not.toContain('"two"')
    client.destroy()
    expect(await model.calls[0]?.ended).toBe('aborted')
  })
})

describe.each(MOUNTS.filter(({ compresses }) => compresses))('$name with its compression', (mount) => {
  it('allows compression of JSON', async () => {
    await using app = await openApp(mount)
    using client = await app.open('/threads', { 'accept-encoding': 'gzip' })
    const { status, headers } = await client.head()
    expect([status, headers.get('content-encoding')]).toEqual([200, 'gzip'])
    expect(await client.ended()).toBe('complete')
  })
})

// The application on HTTP/2 has no CORS middleware.
describe.each(MOUNTS.filter(({ http2 }) => !http2))('$name behind CORS', (mount) => {
  it('lets a page of another origin use every method', async () => {
    await using app = await openApp(mount)
    for (const [method, path] of [
      ['PATCH', '/threads/t'],
      ['DELETE', '/threads/t'],
      ['PUT', '/runs/r/feedback'],
    ] as const) {
      const headers = { 'access-control-request-method': method, 'access-control-request-headers': 'content-type' }
      const preflight = await app.send({ method: 'OPTIONS', path, headers })
      expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, ORIGIN])
      expect(preflight.headers.get('access-control-allow-methods')?.split(/, ?/u)).toContain(method)
    }
  })
})
