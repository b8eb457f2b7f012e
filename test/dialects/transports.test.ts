import { describe, expect, it, vi } from 'vitest'
import { publicMessage } from '../../src/index.ts'
import { nativeSse } from '../../src/server.ts'
import { createGate, fakeRetriever, manualClock, scriptedChatModel } from '../../src/testing.ts'
import { MOUNTS, ORIGIN } from '../frameworks/support/mounts.ts'
import { openApp, type AppOptions } from '../frameworks/support/open-app.ts'
import { ask, openClient } from '../sinks/support/clients.ts'
import { createRuns } from '../sinks/support/runs.ts'
import { SERVERS } from '../sinks/support/servers.ts'
import { drivenStream } from '../support/driven-stream.ts'
import { eventually } from '../support/eventually.ts'
import { floodingModel } from '../support/flooding-model.ts'
import { hasNginx, startNginx } from '../support/nginx.ts'
import { standsStill } from '../testing/stands-still.ts'
import { acmeDialect } from './support/acme-dialect.ts'
import { AG_UI } from './support/ag-ui-form.ts'
import { CHATKIT } from './support/chatkit-form.ts'
import { AI_SDK } from './support/ai-sdk-form.ts'
import { askIn, type Form } from './support/form.ts'
import { OPENAI_RESPONSES } from './support/openai-responses-form.ts'
import { OPENAI_CHAT } from './support/openai-chat-form.ts'

const NATIVE: Form = {
  name: 'native SSE',
  path: '/chat',
  dialect: nativeSse,
  opening: ': ragwire\n\n',
  keepAlive: ':\n\n',
  end: 'event: done',
  failure: 'event: chat-error',
  token: (delta) => `"delta":"${delta}"`,
  body: (question, runId) => ({ question, ...(runId !== undefined && { runId }) }),
}

const ACME: Form = {
  name: 'a dialect of the application',
  path: acmeDialect.path ?? '',
  dialect: acmeDialect,
  opening: acmeDialect.opening,
  keepAlive: acmeDialect.keepAlive,
  end: '"end":"stop"',
  failure: '"failed":"',
  token: (delta) => `"text":"${delta}"`,
  body: (input, run) => ({ input, ...(run !== undefined && { run }) }),
}

const FORMS = [NATIVE, ACME, AG_UI, AI_SDK, OPENAI_CHAT, OPENAI_RESPONSES, CHATKIT]

const dialects = FORMS.map(({ dialect }) => dialect).filter(({ path, routes }) => path !== undefined || routes)

const TABLE = MOUNTS.flatMap((mount) => FORMS.map((form) => ({ name: `${form.name} by ${mount.name}`, mount, form })))

describe.each(TABLE)('$name', ({ mount, form }) => {
  function open({ handler, ...options }: AppOptions = {}) {
    return openApp(mount, { ...options, handler: { dialects, ...handler } })
  }

  const question = (runId?: string) => ({ path: form.path, ...askIn(form, 'Why?', runId) })

  it('sends the head and the opening while the model is silent', async () => {
    await using app = await open({ handler: { model: scriptedChatModel([{ hang: 'until-abort' }]) } })
    using client = await app.ask(question())
    const { status, headers } = await client.head()
    expect(status).toBe(200)
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': form.dialect.headers['content-type'],
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    })
    expect((await client.waitFor(form.opening)).startsWith(form.opening)).toBe(true)
  })

  it('sends each token when it is there, behind compression, CORS and cookies', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['first', { gate }, 'second', { type: 'finish', finishReason: 'stop' }])
    await using app = await open({ handler: { model } })
    using client = await app.ask({ ...question(), headers: { 'accept-encoding': 'gzip, deflate, br' } })
    const { headers } = await client.head()
    expect(headers.get('content-encoding')).toBeNull()
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(headers.get('set-cookie')).toMatch(/^seen=yes/)
    expect(await client.waitFor(form.token('first'))).not.toContain('second')
    gate.open()
    expect(await client.ended()).toBe('complete')
    expect(client.text).toContain(form.token('second'))
    expect(client.text).toContain(form.end)
  })

  it('sends three answers on one connection, and aborts none', async () => {
    const model = scriptedChatModel(['Hello', { type: 'finish', finishReason: 'stop' }])
    await using app = await open({ handler: { model } })
    for (let count = 0; count < 3; count += 1) {
      const { status, text } = await app.send({ path: form.path, body: JSON.stringify(form.body('Why?')) })
      expect(status).toBe(200)
      expect(text).toContain(form.end)
    }
    expect(model.calls.map(({ end }) => end)).not.toContain('aborted')
    expect([app.server.connections, app.errors]).toEqual([1, []])
  })

  it('sends keep-alives while the model is silent', async () => {
    const clock = manualClock()
    const limits = { firstTokenMs: Infinity, idleMs: Infinity, runMs: Infinity, stallMs: Infinity }
    const model = scriptedChatModel([{ hang: 'until-abort' }])
    await using app = await open({ handler: { model, clock, keepAliveMs: 15_000, ...limits } })
    using client = await app.ask(question())
    await client.waitFor(form.opening)
    await eventually(() => expect(model.calls).toHaveLength(1))
    while (client.text.split(form.keepAlive).length < 4) await clock.advance(15_000)
    expect(model.calls[0]?.end).toBeUndefined()
  })

  it.each(['end', 'destroy'] as const)('stops the model when the client leaves mid-stream (%s)', async (leave) => {
    const model = scriptedChatModel(['Hello', { hang: 'until-abort' }])
    await using app = await open({ handler: { model } })
    using client = await app.ask(question())
    await client.waitFor(form.token('Hello'))
    expect(model.calls[0]?.end).toBeUndefined()
    client[leave]()
    expect(await model.calls[0]?.ended).toBe('aborted')
    await eventually(() => expect(app.active).toBe(0))
    expect(app.errors).toEqual([])
  })

  it('asks no model when the client leaves before the answer', async () => {
    const gate = createGate()
    const model = scriptedChatModel([{ hang: 'until-abort' }])
    await using app = await open({ handler: { model, retriever: fakeRetriever(['It is so.'], { gate }) } })
    using client = await app.ask(question())
    await gate.reached()
    client.destroy()
    await eventually(() => expect(app.active).toBe(0))
    expect(model.calls).toEqual([])
  })

  it('ends in order when the run is stopped', async () => {
    const model = scriptedChatModel(['Hello', { hang: 'until-abort' }])
    await using app = await open({ handler: { model } })
    const chosen = crypto.randomUUID()
    using client = await app.ask(question(chosen))
    const text = await client.waitFor(form.token('Hello'))
    const runId = form.runIdOf ? form.runIdOf(text) : chosen
    expect(await app.sendJson({ path: `/runs/${runId}/stop`, body: '{}' })).toMatchObject({ outcome: 'stopping' })
    expect(await client.ended()).toBe('complete')
    expect(client.text).toContain(form.stopped ?? 'abort')
  })

  // Only if a client can choose the id of a run.
  it.each(form.runIdOf ? [] : [form])('answers a run once, however often it is asked for', async (form) => {
    const model = scriptedChatModel(['Hello', { type: 'finish', finishReason: 'stop' }])
    await using app = await open({ handler: { model } })
    const { body, headers } = askIn(form, 'Why?', crypto.randomUUID())
    const request = { path: form.path, body: JSON.stringify(body), headers }
    const first = await app.send(request)
    const second = await app.send(request)
    expect(first.text).toContain(form.token('Hello'))
    expect(second.text).toContain(form.end)
    expect(model.calls).toHaveLength(1)
  })

  it('cuts a client that takes nothing for stallMs, and stops its run', async () => {
    // Hono prints what breaks a body.
    using _quiet = vi.spyOn(console, 'error').mockReturnValue()
    const clock = manualClock()
    const model = floodingModel()
    const limits = { maxAnswerChars: Infinity, idleMs: Infinity, runMs: Infinity, keepAliveMs: Infinity }
    await using app = await open({ handler: { ...limits, model, clock, stallMs: 30_000 } })
    using client = await app.ask(question())
    await client.waitFor('aaaa')
    client.pause()
    await eventually(() => expect(clock.pending).toBeGreaterThan(0))
    await standsStill(() => client.text.length)
    await clock.advance(30_000)
    expect(await model.calls[0]?.ended).toBe('aborted')
    await eventually(() => expect(app.active).toBe(0))
    client.resume()
    expect(await client.ended()).toMatch(/^(cut|reset)$/)
  })

  it('reports a run that fails in fixed words, and ends in order', async () => {
    const model = scriptedChatModel(['Hello', { error: new Error('sk-canary') }])
    await using app = await open({ handler: { model, retries: 0 } })
    using client = await app.ask(question())
    expect(await client.ended()).toBe('complete')
    expect(client.text).toContain(form.failure)
    expect(client.text).toContain(publicMessage(app.errors[0]?.code ?? 'internal'))
    expect(client.text).not.toContain('canary')
    expect(app.errors).toHaveLength(1)
  })

  it.each<readonly [string, string, Readonly<Record<string, string>>, number]>([
    ['half of a JSON object', '{"', {}, 400],
    ['null', 'null', {}, 400],
    ['no question', '{}', {}, 400],
    ['an empty question', JSON.stringify(form.body('')), {}, 400],
    ['a question that is an object', JSON.stringify(form.body({ text: 'Why?' })), {}, 400],
    ...(form.ignoresUnknownFields
      ? []
      : [['an unknown field', JSON.stringify({ ...form.body('Why?'), polluted: 1 }), {}, 400] as const]),
    ...(form.runIdOf || form.takesAnyRunId
      ? []
      : [
          [
            'an id that is no UUID',
            JSON.stringify(form.body('Why?', 'one')),
            { ...form.headers?.('one') },
            400,
          ] as const,
        ]),
    ['plain text', JSON.stringify(form.body('Why?')), { 'content-type': 'text/plain' }, 415],
  ])('refuses %s, and lives on', async (_name, body, headers, wanted) => {
    const model = scriptedChatModel(['Hello', { type: 'finish', finishReason: 'stop' }])
    await using app = await open({ handler: { model } })
    const refused = await app.send({ path: form.path, body, headers })
    // Fastify itself answers a body that is not JSON.
    const isPlain = form.hasPlainFailures && !refused.text.includes('FST_ERR')
    const type = isPlain ? 'text/plain' : 'application/json'
    expect([refused.status, refused.headers.get('content-type')?.split(';')[0]]).toEqual([wanted, type])
    expect(refused.text).toMatch(isPlain ? /^Cannot / : /"message":"[A-Z]/u)
    expect([model.calls.length, app.active, app.errors]).toEqual([0, 0, []])
    expect((await app.send({ path: form.path, body: JSON.stringify(form.body('Why?')) })).text).toContain(form.end)
  })

  it('refuses another method with the one that there is', async () => {
    await using app = await open()
    const { status, headers } = await app.send({ method: 'PUT', path: form.path, body: '{}' })
    expect([status, headers.get('allow')]).toEqual([405, form.allow ?? 'POST'])
  })
})

describe.skipIf(!hasNginx).each(TABLE.filter(({ mount }) => !mount.http2))('$name behind nginx', ({ mount, form }) => {
  it('sends each token when it is there', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['first', { gate }, 'second', { type: 'finish', finishReason: 'stop' }])
    await using app = await openApp(mount, { handler: { model, dialects } })
    await using nginx = await startNginx(app.server.port)
    using client = await openClient(mount, {
      port: nginx.port,
      path: `/api${form.path}`,
      body: form.body('Why?'),
      headers: { cookie: 'session=ann' },
    })
    expect(await client.waitFor(form.token('first'))).not.toContain('second')
    gate.open()
    expect(await client.ended()).toBe('complete')
    expect(client.text).toContain(form.end)
  })
})

const SINKS = SERVERS.flatMap((server) =>
  FORMS.map((form) => ({ name: `${form.name} by a sink of ${server.name}`, server, form })),
)

describe.each(SINKS)('$name', ({ server: kind, form }) => {
  const sink = { format: form.dialect }

  it('sends the head and the opening while the source is silent', async () => {
    await using server = await kind.start({ answer: () => drivenStream(), sink })
    using client = await ask(kind, server)
    expect((await client.head()).headers.get('content-type')).toBe(form.dialect.headers['content-type'])
    expect(await client.waitFor(form.opening)).toBe(form.opening)
  })

  it('stops the run when the client leaves, and not before', async () => {
    const model = scriptedChatModel(['Hello', { hang: 'until-abort' }])
    const runs = createRuns({ model })
    await using server = await kind.start({ answer: runs.answer, sink })
    using client = await ask(kind, server)
    await client.waitFor(form.token('Hello'))
    expect(model.calls[0]?.end).toBeUndefined()
    client.destroy()
    expect(await model.calls[0]?.ended).toBe('aborted')
    await eventually(() => expect(runs.results).toMatchObject([{ finishReason: 'abort', answer: 'Hello' }]))
  })

  it('reports a source that throws, and ends in order', async () => {
    const source = drivenStream()
    source.fail(new Error('sk-canary'))
    await using server = await kind.start({ answer: () => source, sink })
    using client = await ask(kind, server)
    expect(await client.ended()).toBe('complete')
    expect(client.text).toContain(form.failure)
    expect(client.text).not.toContain('canary')
  })
})
