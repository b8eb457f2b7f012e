import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../src/index.ts'
import { readSse } from '../../src/sse.ts'
import { createFaultServer, faults, type FaultServer } from '../../src/testing.ts'
import { failToStart, startDemo, type Demo } from './start-demo.ts'

describe('the demo without a key', () => {
  let demo: Demo
  beforeAll(async () => {
    demo = await startDemo()
  })
  afterAll(() => demo.stop())

  it('says in one line where it is and what answers', () => {
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

  it('says so when the documents have nothing about a question', async () => {
    const events = await ask(demo, { question: 'Zyzzyva quokka?' })
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'no-evidence' })
  })

  it('answers a client that names no content type, as curl does', async () => {
    const response = await post(demo, '{"question":"How do I stop an answer?"}', {})
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(await response.text()).toMatch(/^:.*\n\nevent: start\ndata: \{.*\}\n\n/)
  })

  it.each([
    ['{}', 'question'],
    ['{"question":7}', 'question'],
    ['{"question":"   "}', 'question'],
    ['{"question":"a","colour":"red"}', 'colour'],
    ['["a"]', 'body'],
  ])('refuses the body %s and names the field %s', async (body, field) => {
    const response = await post(demo, body)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ code: 'invalid-input', field, message: expect.stringContaining(field) })
  })

  it('refuses a body that is no JSON', async () => {
    const response = await post(demo, 'question=a')
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ message: expect.stringContaining('JSON') })
  })

  it('refuses a body over 1 MiB, and lives on', async () => {
    const response = await post(demo, JSON.stringify({ question: 'a'.repeat(1024 * 1024) }))
    expect(response.status).toBe(413)
    expect((await fetch(demo.url)).status).toBe(200)
  })

  it('refuses the pages of other sites', async () => {
    const response = await post(demo, '{"question":"a"}', { 'sec-fetch-site': 'cross-site' })
    expect(response.status).toBe(403)
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

  it('serves a page that may load nothing from elsewhere', async () => {
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

  it('gives each browser a cookie of its own, once', async () => {
    const first = await fetch(demo.url)
    expect(first.headers.get('set-cookie')).toMatch(/^ragwire-demo=[\da-f-]{36}; Path=\/; HttpOnly; SameSite=Strict$/)
    const again = await fetch(demo.url, { headers: { cookie: cookieOf(first) } })
    expect(again.headers.get('set-cookie')).toBeNull()
    const forged = await fetch(demo.url, { headers: { cookie: 'ragwire-demo=everybody' } })
    expect(cookieOf(forged)).not.toBe(cookieOf(first))
  })

  it('does not replace the cookie that a browser keeps back after a link on another site', async () => {
    const response = await fetch(demo.url, { headers: { 'sec-fetch-site': 'cross-site' } })
    expect(response.headers.get('set-cookie')).toBeNull()
  })

  it('keeps the turns of a thread, and searches for a follow-up with what was asked before', async () => {
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

  it('shows an unknown thread and one of another browser alike', async () => {
    const cookie = cookieOf(await fetch(demo.url))
    const [start] = await ask(demo, { question: 'How do I stop an answer?', threadId: 'mine/1' }, cookie)
    expect(start).toMatchObject({ threadId: 'mine/1' })
    expect((await threadOf(demo, 'mine/1', cookie)).turns).toHaveLength(1)
    const foreign = await threadOf(demo, 'mine/1', cookieOf(await fetch(demo.url)))
    expect(foreign).toEqual({ turns: [] })
    expect(await threadOf(demo, 'unknown', cookie)).toEqual(foreign)
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

  it('needs no key, and names the model in its line and on its page', async () => {
    expect(demo.banner).toContain(` documents, llama<3 at 127.0.0.1:${upstream.port}`)
    expect(await (await fetch(demo.url)).text()).toContain(`llama&#60;3 at 127.0.0.1:${upstream.port}`)
  })

  it('lets that model answer', async () => {
    upstream.enqueue(faults.answer('By a signal [1].'))
    const events = await ask(demo, { question: 'How do I stop an answer?' })
    expect(events.at(-1)).toMatchObject({ type: 'done', answer: 'By a signal [1].' })
    expect(upstream.hits[0]?.body).toMatchObject({ model: 'llama<3', stream: true })
  })

  it('stops the model when the client leaves', async () => {
    const index = upstream.hits.length
    upstream.enqueue(faults.stall())
    const leaving = new AbortController()
    const response = await post(demo, '{"question":"How do I stop an answer?"}', {}, leaving.signal)
    const hit = await upstream.hit(index)
    leaving.abort()
    await expect(response.text()).rejects.toThrow('abort')
    expect(await hit.closed).toBe('client')
  })

  it.each([
    ['upstream-auth', faults.unauthorized({ secret: 'sk-secret' }), 'set OPENAI_API_KEY'],
    ['upstream-rejected', faults.rejected({ message: 'sk-secret' }), 'set OPENAI_MODEL'],
    ['upstream-bad-response', faults.htmlPage(), 'OPENAI_BASE_URL usually ends in /v1'],
  ])('says in one line what to do about %s', async (code, fault, advice) => {
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
  it('says in one line what to do when no model server answers', async () => {
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

  it('says in one line what to do about a taken port', async () => {
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
    [{ OPENAI_API_KEY: 'sk-…' }, 'OPENAI_API_KEY holds characters that no key has: copy it again\n'],
  ])('refuses to start with %j', async (env, stderr) => {
    expect(await failToStart({ PORT: '0', ...env })).toEqual({ code: 1, stdout: '', stderr })
  })

  it('ends at once when it is interrupted', async () => {
    const demo = await startDemo()
    expect(await demo.stop('SIGINT')).toBe(0)
  })
})

function exampleQuestions(): readonly string[] {
  const html = readFileSync('examples/demo/page/page.html', 'utf8')
  return [...html.matchAll(/<li><button[^>]*>([^<]+)<\/button>/g)].map(([, question = '']) => question)
}

/** The result that the last event carries. */
function resultOf(events: readonly ChatEvent[]): object {
  const { type, seq: _seq, ...result } = events.at(-1) ?? { type: 'nothing', seq: 0 }
  expect(type).toBe('done')
  return result
}

/** The cookie that a response sets, as a client sends it back. */
function cookieOf(response: Response): string {
  return response.headers.get('set-cookie')?.split(';')[0] ?? ''
}

async function threadOf({ url }: Demo, threadId: string, cookie: string): Promise<{ readonly turns?: unknown }> {
  const response = await fetch(`${url}/threads/${encodeURIComponent(threadId)}`, { headers: { cookie } })
  expect(response.headers.get('cache-control')).toBe('no-store')
  return response.json()
}

async function ask(demo: Demo, body: unknown, cookie = ''): Promise<readonly ChatEvent[]> {
  const response = await post(demo, JSON.stringify(body), { cookie })
  if (!response.body) throw new Error(`Status ${response.status} without a body`)
  const events: ChatEvent[] = []
  for await (const event of readSse(response.body)) events.push(event)
  return events
}

function post(
  { url }: Demo,
  body: string,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
  signal: AbortSignal | null = null,
): Promise<Response> {
  return fetch(`${url}/chat`, { method: 'POST', headers, body: new Blob([body]), signal })
}
