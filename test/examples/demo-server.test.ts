import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../src/index.ts'
import { readSse } from '../../src/sse.ts'
import { createFaultServer, createGate, faults, type FaultServer } from '../../src/testing.ts'
import { failToStart, startDemo, type Demo } from './start-demo.ts'

describe('the demo without a key', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await startDemo()
  })
  afterAll(() => demo.stop())

  it('prints one line with its URL and the model in use', () => {
    expect(demo.banner).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+ - \d+ documents, built-in quoting model \(no OPENAI_API_KEY\)$/,
    )
  })

  it.each(exampleQuestions())('answers its example question %j from the documents', async (question) => {
    const events = await ask(demo, { question })
    const types = events.map(({ type }) => type)
    expect(types.lastIndexOf('source')).toBeGreaterThan(0)
    expect(types.lastIndexOf('source')).toBeLessThan(types.indexOf('token'))
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'stop', answer: expect.stringMatching(/\[\d\]/) })
  })

  it('answers a Chinese question from the Chinese guide', async () => {
    const events = await ask(demo, { question: '出错时读者会看到什么？' })
    expect(events.find((event) => event.type === 'source')).toMatchObject({
      source: { number: 1, documentId: 'docs/guides/zh/liushi-wenda.md' },
    })
  })

  it('reports that the documents contain nothing about a question', async () => {
    const events = await ask(demo, { question: 'Zyzzyva quokka?' })
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'no-evidence' })
  })

  it('answers curl without a cookie', async () => {
    const response = await post(demo, '{"question":"How do I stop an answer?"}', { ...JSON_BODY, accept: '*/*' })
    expect(response.headers.get('set-cookie')).toContain('ragwire-demo=')
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(await response.text()).toMatch(/^:.*\n\nevent: start\ndata: \{.*\}\n\n/)
  })

  it('tells curl users who omit -H which content type to send', async () => {
    const response = await post(demo, '{"question":"a"}', { 'content-type': 'application/x-www-form-urlencoded' })
    expect(response.status).toBe(415)
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('application/json') })
  })

  it.each([
    ['{}', 'question'],
    ['{"question":7}', 'question'],
    ['{"question":"   "}', 'question'],
    ['{"question":"a","colour":"red"}', 'colour'],
    ['["a"]', 'body'],
  ])('rejects the body %s and names the field %s', async (body, field) => {
    const response = await post(demo, body)
    expect(response.status).toBe(400)
    const refused = { code: 'invalid-input', field, message: expect.stringContaining(field) }
    expect(await response.json()).toMatchObject(refused)
  })

  it('rejects a body that is not JSON', async () => {
    const response = await post(demo, 'question=a')
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('JSON') })
  })

  it('rejects a body over 1 MiB, and survives', async () => {
    const response = await post(demo, JSON.stringify({ question: 'a'.repeat(1024 * 1024) }))
    expect(response.status).toBe(413)
    expect((await fetch(demo.url)).status).toBe(200)
  })

  it('rejects requests from pages of other sites', async () => {
    const response = await post(demo, '{"question":"a"}', { ...JSON_BODY, 'sec-fetch-site': 'cross-site' })
    expect(response.status).toBe(403)
    const sameSite = { method: 'POST', headers: { 'sec-fetch-site': 'same-site' } }
    expect((await fetch(`${demo.url}/runs/a/stop`, sameSite)).status).toBe(403)
  })

  it.each([
    ['GET', '/chat', 405, 'POST'],
    ['POST', '/', 405, 'GET, HEAD'],
    ['GET', '/package.json', 404, null],
  ])('answers %s %s with status %i', async (method, path, status, allow) => {
    const response = await fetch(demo.url + path, { method })
    expect(response.status).toBe(status)
    expect(response.headers.get('allow')).toBe(allow)
  })

  it('serves a page whose policy forbids loading anything from elsewhere', async () => {
    const response = await fetch(demo.url)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    const html = await response.text()
    expect(html).toContain('built-in quoting model')
    expect(html).not.toMatch(/https?:|\{\{/)
  })
})

describe('conversations of the demo', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await startDemo()
  })
  afterAll(() => demo.stop())

  it('gives each browser its own cookie, once', async () => {
    const first = await fetch(demo.url)
    expect(first.headers.get('set-cookie')).toMatch(
      /^ragwire-demo=[\da-f-]{36}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
    )
    const again = await fetch(demo.url, { headers: { cookie: cookieOf(first) } })
    expect(again.headers.get('set-cookie')).toBeNull()
    const forged = await fetch(demo.url, { headers: { cookie: 'ragwire-demo=everybody' } })
    expect(cookieOf(forged)).not.toBe(cookieOf(first))
  })

  it('does not replace a cookie that the browser withholds after a cross-site link', async () => {
    const response = await fetch(demo.url, { headers: { 'sec-fetch-site': 'cross-site' } })
    expect(response.headers.get('set-cookie')).toBeNull()
  })

  it('keeps the turns of a thread, and uses them to search for a follow-up', async () => {
    const cookie = cookieOf(await fetch(demo.url))
    const [start, ...first] = await ask(demo, { question: 'How do I stop an answer?' }, cookie)
    if (start?.type !== 'start') throw new Error(`The stream began with ${String(start?.type)}`)
    const { threadId } = start
    const second = await ask(demo, { question: 'And what then?', threadId }, cookie)
    expect(second[0]).toMatchObject({ type: 'start', threadId })
    const documents = second.flatMap((event) => (event.type === 'source' ? event.source.documentId : []))
    expect(documents).toContain('docs/guides/stopping.md')
    const { turns } = await threadOf(demo, String(threadId), cookie)
    expect(turns).toMatchObject([
      { question: 'How do I stop an answer?', result: resultOf(first) },
      { question: 'And what then?', result: resultOf(second) },
    ])
  })

  it('lists the threads of a browser, and deletes one', async () => {
    const cookie = cookieOf(await fetch(demo.url))
    for (const threadId of ['first', 'second'])
      await ask(demo, { question: `What of the ${threadId}?`, threadId }, cookie)
    const listed = await json(demo, '/threads', cookie)
    expect(listed.body).toMatchObject({ threads: [{ threadId: 'second' }, { threadId: 'first', turns: 1 }] })
    const response = await fetch(`${demo.url}/threads/second`, { method: 'DELETE', headers: { cookie } })
    expect(response.status).toBe(204)
    expect((await json(demo, '/threads', cookie)).body).toMatchObject({ threads: [{ threadId: 'first' }] })
  })

  it('shows a browser no thread of another one, and rejects changes to it', async () => {
    const cookie = cookieOf(await fetch(demo.url))
    const runId = crypto.randomUUID()
    const [start] = await ask(demo, { question: 'How do I stop an answer?', threadId: 'mine/1', runId }, cookie)
    expect(start).toMatchObject({ threadId: 'mine/1', runId })
    const foreign = cookieOf(await fetch(demo.url))
    const unknown = await json(demo, '/threads/unknown', cookie)
    expect(unknown.status).toBe(404)
    expect(await json(demo, '/threads/mine%2F1', foreign)).toEqual(unknown)
    expect((await json(demo, '/threads', foreign)).body).toEqual({ threads: [] })
    const events = await json(demo, `/runs/${crypto.randomUUID()}/events`, cookie)
    expect(events.status).toBe(410)
    expect(await json(demo, `/runs/${runId}/events`, foreign)).toEqual(events)
    expect(await json(demo, `/runs/${runId}/stop`, foreign, 'POST')).toMatchObject({ body: { outcome: 'unknown' } })
    expect(await json(demo, '/threads/mine%2F1', foreign, 'DELETE')).toEqual(unknown)
    expect((await threadOf(demo, 'mine/1', cookie)).turns).toHaveLength(1)
  })

  it.each([
    ['GET', '/threads/%', 400],
    ['POST', '/threads/a', 405],
  ])('answers %s %s with status %i', async (method, path, status) => {
    expect((await fetch(demo.url + path, { method })).status).toBe(status)
  })
})

describe('the demo with a model server', () => {
  let upstream: FaultServer
  let demo: Demo
  beforeAll(async () => {
    upstream = await createFaultServer()
    demo = await startDemo({ OPENAI_BASE_URL: upstream.baseURL, OPENAI_MODEL: 'llama<3' })
  })
  afterAll(async () => {
    await demo.stop()
    await upstream.close()
  })

  it('needs no key, and names the model in its output and on its page', async () => {
    expect(demo.banner).toContain(` documents, llama<3 at 127.0.0.1:${upstream.port}`)
    expect(await (await fetch(demo.url)).text()).toContain(`llama&#60;3 at 127.0.0.1:${upstream.port}`)
  })

  it('answers with that model', async () => {
    upstream.enqueue(faults.answer('By a signal [1].'))
    const events = await ask(demo, { question: 'How do I stop an answer?' })
    expect(events.at(-1)).toMatchObject({ type: 'done', answer: 'By a signal [1].' })
    expect(upstream.hits[0]?.body).toMatchObject({ model: 'llama<3', stream: true })
  })

  it('stops the model when the client leaves and CONTINUE_MS is 0', async () => {
    const leavable = await startDemo({ OPENAI_BASE_URL: upstream.baseURL, CONTINUE_MS: '0' })
    const index = upstream.hits.length
    upstream.enqueue(faults.stall())
    const leaving = new AbortController()
    const response = await post(leavable, '{"question":"How do I stop an answer?"}', JSON_BODY, leaving.signal)
    const hit = await upstream.hit(index)
    leaving.abort()
    await expect(response.text()).rejects.toThrow('abort')
    expect(await hit.closed).toBe('client')
    await leavable.stop()
  })

  it('continues an answer when the client leaves, until it is stopped', async () => {
    const index = upstream.hits.length
    upstream.enqueue(faults.stall({ deltas: ['Hello'] }))
    const runId = crypto.randomUUID()
    const leaving = new AbortController()
    const body = JSON.stringify({ question: 'How do I stop an answer?', runId, threadId: 'left' })
    const response = await post(demo, body, JSON_BODY, leaving.signal)
    const cookie = cookieOf(response)
    const hit = await upstream.hit(index)
    leaving.abort()
    await expect(response.text()).rejects.toThrow('abort')
    expect((await json(demo, '/runs', cookie)).body).toMatchObject({ runs: [{ runId, threadId: 'left' }] })
    expect(hit.closedAt).toBeUndefined()
    const resumed = await fetch(`${demo.url}/runs/${runId}/events`, { headers: { cookie } })
    expect((await json(demo, `/runs/${runId}/stop`, cookie, 'POST')).body).toEqual({
      runId,
      outcome: 'stopping',
      finishReason: 'abort',
    })
    expect(await hit.closed).toBe('client')
    const events = await eventsOf(resumed)
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index))
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'abort', answer: 'Hello' })
  })

  it.each([
    ['upstream-auth', faults.unauthorized({ secret: 'sk-secret' }), 'set OPENAI_API_KEY'],
    ['upstream-rejected', faults.rejected({ message: 'sk-secret' }), 'set OPENAI_MODEL'],
    ['upstream-bad-response', faults.htmlPage(), 'OPENAI_BASE_URL usually ends in /v1'],
  ])('prints one line with the fix for %s', async (code, fault, advice) => {
    upstream.enqueue(fault)
    const events = await ask(demo, { question: 'How do I stop an answer?' })
    expect(events.at(-1)).toMatchObject({ type: 'error', code })
    const line = await demo.nextError()
    expect(line).toContain(`${code}: ${upstream.baseURL} `)
    expect(line).toContain(advice)
    expect(line + JSON.stringify(events)).not.toContain('sk-secret')
  })
})

describe('starting the demo', () => {
  it('prints one line with the fix when no model server answers', async () => {
    const closed = await createFaultServer()
    await closed.close()
    const demo = await startDemo({ OPENAI_BASE_URL: closed.baseURL })
    const events = await ask(demo, { question: 'How do I stop an answer?' })
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'upstream-unavailable' })
    expect(await demo.nextError()).toBe(
      `upstream-unavailable: ${closed.baseURL} does not answer: start that server, or set OPENAI_BASE_URL to one that runs`,
    )
    await demo.stop()
  })

  it('prints one line with the fix for a port that is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? String(address.port) : ''
    const { code, stdout, stderr } = await failToStart({ PORT: port })
    server.close()
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe(`127.0.0.1:${port} is taken: stop what runs there, or choose another port with PORT=3001\n`)
  })

  it.each([
    [{ PORT: 'http' }, 'PORT is "http": set it to a number from 0 to 65535\n'],
    [{ PORT: '65536' }, 'PORT is "65536": set it to a number from 0 to 65535\n'],
    [
      { OPENAI_BASE_URL: 'localhost:11434/v1' },
      'OPENAI_BASE_URL is "localhost:11434/v1": set it to an address such as http://127.0.0.1:11434/v1\n',
    ],
    [{ CONTINUE_MS: '-1' }, 'CONTINUE_MS is "-1": set it to milliseconds, such as 30000\n'],
    [
      { DEMO_DATABASE: '/nowhere/demo.db' },
      'DEMO_DATABASE is "/nowhere/demo.db": set it to a file that can be written (unable to open database file)\n',
    ],
    [{ OPENAI_API_KEY: 'sk-…' }, 'OPENAI_API_KEY contains invalid characters: copy it again\n'],
  ])('refuses to start with %j', async (env, stderr) => {
    expect(await failToStart({ PORT: '0', ...env })).toEqual({ code: 1, stdout: '', stderr })
  })
})

describe('shutting down the demo', () => {
  let upstream: FaultServer
  beforeAll(async () => {
    upstream = await createFaultServer()
  })
  afterAll(() => upstream.close())

  it.each(['SIGINT', 'SIGTERM'] as const)('exits at once after %s when no answer is in progress', async (signal) => {
    const demo = await startDemo()
    expect(await demo.stop(signal)).toBe(0)
  })

  it('completes an answer in progress, and accepts no questions meanwhile', async () => {
    const { demo, response, gate } = await startAnswering()
    demo.signal('SIGTERM')
    expect(await demo.nextError()).toBe('Waiting for 1 running: press Ctrl-C again to end at once')
    const refused = await post(demo, '{"question":"And then?"}')
    expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'shutting-down' }])
    gate.open()
    const events = await eventsOf(response)
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'stop', answer: 'Hello world.' })
    expect(await demo.exited).toBe(0)
  })

  it('exits at once after a second signal', async () => {
    const { demo, response } = await startAnswering()
    demo.signal('SIGINT')
    await demo.nextError()
    expect(await demo.stop('SIGINT')).toBe(1)
    await expect(response.text()).rejects.toThrow('terminated')
  })

  /** A demo in the middle of an answer, which continues when the gate opens. */
  async function startAnswering() {
    const gate = createGate()
    upstream.enqueue(faults.answer(['Hello', ' world.'], { gate }))
    const demo = await startDemo({ OPENAI_BASE_URL: upstream.baseURL })
    const response = await post(demo, '{"question":"How do I stop an answer?"}')
    return { demo, response, gate }
  }
})

function exampleQuestions(): readonly string[] {
  const config: { readonly questions: readonly string[] } = JSON.parse(
    readFileSync('examples/demo/ragwire.config.json', 'utf8'),
  )
  return config.questions
}

/** The result that the last event carries. */
function resultOf(events: readonly ChatEvent[]): object {
  const { type, seq: _seq, ...result } = events.at(-1) ?? { type: 'nothing', seq: 0 }
  expect(type).toBe('done')
  return result
}

/** The cookie of a response, in the form in which a client sends it back. */
function cookieOf(response: Response): string {
  return response.headers.get('set-cookie')?.split(';')[0] ?? ''
}

async function threadOf(demo: Demo, threadId: string, cookie: string): Promise<{ readonly turns?: unknown }> {
  const { body } = await json(demo, `/threads/${encodeURIComponent(threadId)}`, cookie)
  return body
}

async function json({ url }: Demo, path: string, cookie: string, method = 'GET') {
  const response = await fetch(url + path, { method, headers: { cookie } })
  expect(response.headers.get('cache-control')).toBe('no-store')
  return { status: response.status, body: await response.json() }
}

async function ask(demo: Demo, body: unknown, cookie = ''): Promise<readonly ChatEvent[]> {
  return eventsOf(await post(demo, JSON.stringify(body), { ...JSON_BODY, cookie }))
}

async function eventsOf(response: Response): Promise<readonly ChatEvent[]> {
  if (!response.body) throw new Error(`Status ${response.status} without a body`)
  const events: ChatEvent[] = []
  for await (const event of readSse(response.body)) events.push(event)
  return events
}

const JSON_BODY = { 'content-type': 'application/json' }

function post(
  { url }: Demo,
  body: string,
  headers: Readonly<Record<string, string>> = JSON_BODY,
  signal: AbortSignal | null = null,
): Promise<Response> {
  return fetch(`${url}/chat`, { method: 'POST', headers, body: new Blob([body]), signal })
}
