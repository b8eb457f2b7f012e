import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../../src/index.ts'
import { readSse } from '../../../src/sse.ts'
import { createFaultServer, createGate, faults, type FaultServer } from '../../../src/testing.ts'
import { failToServe, startServe, type Serving } from '../start-serve.ts'

// One document answers the question of most tests, and is indexed at once.
const DOCUMENT = 'docs/guides/stopping.md'

describe('the server without a key', () => {
  let server: Serving
  beforeAll(async () => {
    server = await startServe()
  })
  afterAll(() => server.stop())

  it('prints the number of documents and the model in use', () => {
    expect(server.ready).toMatch(/^Ready: \d+ documents, built-in quoting model \(no OPENAI_API_KEY\)$/)
  })

  it.each(exampleQuestions())('answers its example question %j from the documents', async (question) => {
    const events = await ask(server, { question })
    const types = events.map(({ type }) => type)
    expect(types.lastIndexOf('source')).toBeGreaterThan(0)
    expect(types.lastIndexOf('source')).toBeLessThan(types.indexOf('token'))
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'stop', answer: expect.stringMatching(/\[\d\]/) })
  })

  it('answers a Chinese question from the Chinese guide', async () => {
    const events = await ask(server, { question: '出错时读者会看到什么？' })
    expect(events.find((event) => event.type === 'source')).toMatchObject({
      source: { number: 1, documentId: 'docs/guides/zh/liushi-wenda.md' },
    })
  })

  it('reports that the documents contain nothing about a question', async () => {
    const events = await ask(server, { question: 'Zyzzyva quokka?' })
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'no-evidence' })
  })

  it('answers curl without a cookie', async () => {
    const response = await post(server, '{"question":"How do I stop an answer?"}', { ...JSON_BODY, accept: '*/*' })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(await response.text()).toMatch(/^:.*\n\nevent: start\ndata: \{.*\}\n\n/)
  })

  it('tells curl users who omit -H which content type to send', async () => {
    const response = await post(server, '{"question":"a"}', { 'content-type': 'application/x-www-form-urlencoded' })
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
    const response = await post(server, body)
    expect(response.status).toBe(400)
    const refused = { code: 'invalid-input', field, message: expect.stringContaining(field) }
    expect(await response.json()).toMatchObject(refused)
  })

  it('rejects a body that is not JSON', async () => {
    const response = await post(server, 'question=a')
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('JSON') })
  })

  it('rejects a body over 1 MiB, and survives', async () => {
    const response = await post(server, JSON.stringify({ question: 'a'.repeat(1024 * 1024) }))
    expect(response.status).toBe(413)
    expect((await fetch(server.url)).status).toBe(200)
  })

  it('rejects requests from pages of other sites', async () => {
    const response = await post(server, '{"question":"a"}', { ...JSON_BODY, 'sec-fetch-site': 'cross-site' })
    expect(response.status).toBe(403)
    const sameSite = { method: 'POST', headers: { 'sec-fetch-site': 'same-site' } }
    expect((await fetch(`${server.url}/runs/a/stop`, sameSite)).status).toBe(403)
  })

  it.each([
    ['GET', '/chat', 405, 'POST'],
    ['POST', '/', 405, 'GET, HEAD'],
    ['GET', '/package.json', 404, null],
  ])('answers %s %s with status %i', async (method, path, status, allow) => {
    const response = await fetch(server.url + path, { method })
    expect(response.status).toBe(status)
    expect(response.headers.get('allow')).toBe(allow)
  })

  it('serves a page whose policy forbids loading anything from elsewhere', async () => {
    const response = await fetch(server.url)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    const html = await response.text()
    expect(html).toContain('built-in quoting model')
    expect(html).not.toMatch(/https?:|\{\{/)
  })
})

describe('conversations of the server', () => {
  let server: Serving
  beforeAll(async () => {
    server = await startServe()
  })
  afterAll(() => server.stop())

  it('gives each browser its own cookie, once', async () => {
    const first = await fetch(server.url)
    expect(first.headers.get('set-cookie')).toMatch(
      /^ragwire=[\da-f-]{36}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
    )
    const again = await fetch(server.url, { headers: { cookie: cookieOf(first) } })
    expect(again.headers.get('set-cookie')).toBeNull()
    const forged = await fetch(server.url, { headers: { cookie: 'ragwire=everybody' } })
    expect(cookieOf(forged)).not.toBe(cookieOf(first))
  })

  it('does not replace a cookie that the browser withholds after a cross-site link', async () => {
    const response = await fetch(server.url, { headers: { 'sec-fetch-site': 'cross-site' } })
    expect(response.headers.get('set-cookie')).toBeNull()
  })

  it('keeps the turns of a thread, and uses them to search for a follow-up', async () => {
    const cookie = cookieOf(await fetch(server.url))
    const [start, ...first] = await ask(server, { question: 'How do I stop an answer?' }, cookie)
    if (start?.type !== 'start') throw new Error(`The stream began with ${String(start?.type)}`)
    const { threadId } = start
    const second = await ask(server, { question: 'And what then?', threadId }, cookie)
    expect(second[0]).toMatchObject({ type: 'start', threadId })
    const documents = second.flatMap((event) => (event.type === 'source' ? event.source.documentId : []))
    expect(documents).toContain('docs/guides/stopping.md')
    const { turns } = await threadOf(server, String(threadId), cookie)
    expect(turns).toMatchObject([
      { question: 'How do I stop an answer?', result: resultOf(first) },
      { question: 'And what then?', result: resultOf(second) },
    ])
  })

  it('lists the threads of a browser, and deletes one', async () => {
    const cookie = cookieOf(await fetch(server.url))
    for (const threadId of ['first', 'second'])
      await ask(server, { question: `What of the ${threadId}?`, threadId }, cookie)
    const listed = await json(server, '/threads', cookie)
    expect(listed.body).toMatchObject({ threads: [{ threadId: 'second' }, { threadId: 'first', turns: 1 }] })
    const response = await fetch(`${server.url}/threads/second`, { method: 'DELETE', headers: { cookie } })
    expect(response.status).toBe(204)
    expect((await json(server, '/threads', cookie)).body).toMatchObject({ threads: [{ threadId: 'first' }] })
  })

  it('shows a browser no thread of another one, and rejects changes to it', async () => {
    const cookie = cookieOf(await fetch(server.url))
    const runId = crypto.randomUUID()
    const [start] = await ask(server, { question: 'How do I stop an answer?', threadId: 'mine/1', runId }, cookie)
    expect(start).toMatchObject({ threadId: 'mine/1', runId })
    const foreign = cookieOf(await fetch(server.url))
    const unknown = await json(server, '/threads/unknown', cookie)
    expect(unknown.status).toBe(404)
    expect(await json(server, '/threads/mine%2F1', foreign)).toEqual(unknown)
    expect((await json(server, '/threads', foreign)).body).toEqual({ threads: [] })
    const events = await json(server, `/runs/${crypto.randomUUID()}/events`, cookie)
    expect(events.status).toBe(410)
    expect(await json(server, `/runs/${runId}/events`, foreign)).toEqual(events)
    expect(await json(server, `/runs/${runId}/stop`, foreign, 'POST')).toMatchObject({ body: { outcome: 'unknown' } })
    expect(await json(server, '/threads/mine%2F1', foreign, 'DELETE')).toEqual(unknown)
    expect((await threadOf(server, 'mine/1', cookie)).turns).toHaveLength(1)
  })

  it.each([
    ['GET', '/threads/%', 400],
    ['POST', '/threads/a', 405],
  ])('answers %s %s with status %i', async (method, path, status) => {
    expect((await fetch(server.url + path, { method })).status).toBe(status)
  })
})

describe('the server with a model', () => {
  let upstream: FaultServer
  let server: Serving
  beforeAll(async () => {
    upstream = await createFaultServer()
    server = await startServe({ docs: DOCUMENT, env: { OPENAI_BASE_URL: upstream.baseURL, OPENAI_MODEL: 'llama<3' } })
  })
  afterAll(async () => {
    await server.stop()
    await upstream.close()
  })

  it('needs no key, and names the model in its output and on its page', async () => {
    expect(server.ready).toContain(` document, llama<3 at 127.0.0.1:${upstream.port}`)
    expect(await (await fetch(server.url)).text()).toContain(`llama&#60;3 at 127.0.0.1:${upstream.port}`)
  })

  it('answers with that model', async () => {
    upstream.enqueue(faults.answer('By a signal [1].'))
    const events = await ask(server, { question: 'How do I stop an answer?' })
    expect(events.at(-1)).toMatchObject({ type: 'done', answer: 'By a signal [1].' })
    expect(upstream.hits[0]?.body).toMatchObject({ model: 'llama<3', stream: true })
  })

  it('stops the model when the client leaves and --continue-ms is 0', async () => {
    const leavable = await startServe({
      docs: DOCUMENT,
      args: ['--continue-ms', '0'],
      env: { OPENAI_BASE_URL: upstream.baseURL },
    })
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
    const response = await post(server, body, JSON_BODY, leaving.signal)
    const cookie = cookieOf(response)
    const hit = await upstream.hit(index)
    leaving.abort()
    await expect(response.text()).rejects.toThrow('abort')
    expect((await json(server, '/runs', cookie)).body).toMatchObject({ runs: [{ runId, threadId: 'left' }] })
    expect(hit.closedAt).toBeUndefined()
    const resumed = await fetch(`${server.url}/runs/${runId}/events`, { headers: { cookie } })
    expect((await json(server, `/runs/${runId}/stop`, cookie, 'POST')).body).toEqual({
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
    const events = await ask(server, { question: 'How do I stop an answer?' })
    expect(events.at(-1)).toMatchObject({ type: 'error', code })
    const line = await server.nextError()
    expect(line).toContain(`${code}: ${upstream.baseURL} `)
    expect(line).toContain(advice)
    expect(line + JSON.stringify(events)).not.toContain('sk-secret')
  })
})

describe('starting the server', () => {
  it('prints one line with the fix when no model server answers', async () => {
    const closed = await createFaultServer()
    await closed.close()
    const server = await startServe({ docs: DOCUMENT, env: { OPENAI_BASE_URL: closed.baseURL } })
    const events = await ask(server, { question: 'How do I stop an answer?' })
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'upstream-unavailable' })
    expect(await server.nextError()).toBe(
      `upstream-unavailable: ${closed.baseURL} does not answer: start that server, or set OPENAI_BASE_URL to one that runs`,
    )
    await server.stop()
  })

  it('prints one line with the fix for a port that is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' && address ? String(address.port) : ''
    const { code, stdout, stderr } = await failToServe({ env: { PORT: port } })
    other.close()
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe(
      `Cannot listen on 127.0.0.1:${port}: it is taken, so stop what runs there, or use --port 3001\n`,
    )
  })

  it.each([
    [['--port', '0x50'], {}, 'Cannot use --port 0x50: it must be a whole number from 0 to 65535'],
    [['--port', 'http'], {}, 'Cannot use --port http: it must be a whole number from 0 to 65535'],
    [[], { PORT: '65536' }, 'Cannot use PORT 65536: it must be a whole number from 0 to 65535'],
    [['--continue-ms', 'soon'], {}, 'Cannot use --continue-ms soon: it must be a whole number from 0 to 1000000000'],
    [
      [],
      { OPENAI_BASE_URL: 'localhost:11434/v1' },
      'Cannot use OPENAI_BASE_URL "localhost:11434/v1": set it to an address such as http://127.0.0.1:11434/v1',
    ],
    [[], { OPENAI_API_KEY: 'sk-…' }, 'Cannot use OPENAI_API_KEY: it contains invalid characters, so copy it again'],
    [['--model', 'gpt-5'], {}, 'Cannot use --model gpt-5: set OPENAI_API_KEY, or OPENAI_BASE_URL for another server'],
  ])('refuses to start with %j and %j', async (args, env, message) => {
    expect(await failToServe({ args, env })).toEqual({ code: 2, stdout: '', stderr: `${message}\n` })
  })

  it('refuses a data folder that cannot be written', async () => {
    const { code, stdout, stderr } = await failToServe({ data: 'package.json/data' })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(
      /^Cannot write to .*package\.json\/data: ENOTDIR.* Name another folder with --data, or use --memory\n$/u,
    )
  })
})

describe('shutting down the server', () => {
  let upstream: FaultServer
  beforeAll(async () => {
    upstream = await createFaultServer()
  })
  afterAll(() => upstream.close())

  it.each(['SIGINT', 'SIGTERM'] as const)('exits at once after %s when no answer is in progress', async (signal) => {
    const server = await startServe({ docs: DOCUMENT })
    expect(await server.stop(signal)).toBe(0)
  })

  it('completes an answer in progress, and accepts no questions meanwhile', async () => {
    const { server, response, gate } = await startAnswering()
    server.signal('SIGTERM')
    expect(await server.nextError()).toBe('Waiting for 1 running: press Ctrl-C again to end at once')
    const refused = await post(server, '{"question":"And then?"}')
    expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'shutting-down' }])
    gate.open()
    const events = await eventsOf(response)
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'stop', answer: 'Hello world.' })
    expect(await server.exited).toBe(0)
  })

  it('exits at once after a second signal', async () => {
    const { server, response } = await startAnswering()
    server.signal('SIGINT')
    await server.nextError()
    expect(await server.stop('SIGINT')).toBe(130)
    await expect(response.text()).rejects.toThrow('terminated')
  })

  /** A server in the middle of an answer, which continues when the gate opens. */
  async function startAnswering() {
    const gate = createGate()
    upstream.enqueue(faults.answer(['Hello', ' world.'], { gate }))
    const server = await startServe({ docs: DOCUMENT, env: { OPENAI_BASE_URL: upstream.baseURL } })
    const response = await post(server, '{"question":"How do I stop an answer?"}')
    return { server, response, gate }
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

async function threadOf(server: Serving, threadId: string, cookie: string): Promise<{ readonly turns?: unknown }> {
  const { body } = await json(server, `/threads/${encodeURIComponent(threadId)}`, cookie)
  return body
}

async function json({ url }: Serving, path: string, cookie: string, method = 'GET') {
  const response = await fetch(url + path, { method, headers: { cookie } })
  expect(response.headers.get('cache-control')).toBe('no-store')
  return { status: response.status, body: await response.json() }
}

async function ask(server: Serving, body: unknown, cookie = ''): Promise<readonly ChatEvent[]> {
  return eventsOf(await post(server, JSON.stringify(body), { ...JSON_BODY, cookie }))
}

async function eventsOf(response: Response): Promise<readonly ChatEvent[]> {
  if (!response.body) throw new Error(`Status ${response.status} without a body`)
  const events: ChatEvent[] = []
  for await (const event of readSse(response.body)) events.push(event)
  return events
}

const JSON_BODY = { 'content-type': 'application/json' }

function post(
  { url }: Serving,
  body: string,
  headers: Readonly<Record<string, string>> = JSON_BODY,
  signal: AbortSignal | null = null,
): Promise<Response> {
  return fetch(`${url}/chat`, { method: 'POST', headers, body: new Blob([body]), signal })
}
