import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ChatEvent, Source } from '../../../src/index.ts'
import { loadPdf } from '../../../src/knowledge.ts'
import { readSse } from '../../../src/sse.ts'
import { failToServe, startServe, type Serving, type ServeCall } from '../start-serve.ts'

const HANDBOOK = 'examples/demo/handbook.pdf'

describe('the documents of the server', () => {
  let server: Serving
  beforeAll(async () => {
    server = await startServe()
  })
  afterAll(() => server.stop())

  it('are indexed in SQLite at its start, and one line counts them', () => {
    expect(server.indexing).toEqual([expect.stringMatching(/^Index in SQLite, in memory: \d+ new; [\d.]+ s$/)])
  })

  it('give a source its section, its page, and an address that opens there', async () => {
    const source = await sourceOf(server, 'Which documents are skipped by the handbook?', HANDBOOK)
    expect(source).toMatchObject({
      title: 'The ragwire handbook',
      section: ['Documents and their index', 'Documents that are skipped'],
      location: { page: 2 },
      url: `${server.url}/documents/${HANDBOOK}#page=2`,
    })
  })

  it('open as text at the words of a Markdown source', async () => {
    const source = await sourceOf(server, 'How do I stop an answer?', 'docs/guides/stopping.md')
    const [, words = ''] = /#:~:text=([^,]+)/.exec(source.url ?? '') ?? []
    const response = await fetch(source.url ?? '')
    expect(words).not.toBe('')
    expect(await response.text()).toContain(decodeURIComponent(words))
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; .*; sandbox$/),
    })
  })

  it('are sent as they are in their files if they are PDF, and may load nothing', async () => {
    const response = await fetch(`${server.url}/documents/${HANDBOOK}`)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; /),
    })
    expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), readFileSync(HANDBOOK))).toBe(0)
  })

  it.each([
    ['GET', '/documents/package.json', 404],
    ['GET', '/documents/src/index.ts', 404],
    ['GET', '/documents/docs/%2e%2e/package.json', 404],
    ['GET', '/documents/docs%2fguides%2fstopping.md', 404],
    ['GET', '/documents/docs/guarantees.md', 404],
    ['GET', '/documents/', 404],
    ['POST', '/documents/README.md', 405],
    ['HEAD', '/documents/README.md', 200],
  ])('answer %s %s with status %i', async (method, path, status) => {
    const response = await fetch(server.url + path, { method })
    expect([response.status, method === 'HEAD' && (await response.text())]).toEqual([status, method === 'HEAD' && ''])
  })

  it('are refused under a foreign host name', async () => {
    const foreign = { host: 'evil.example' }
    const { request } = await import('node:http')
    const status = new Promise((resolve) => {
      request(`${server.url}/documents/README.md`, { headers: foreign }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).end()
    })
    expect(await status).toBe(403)
  })

  it.each([
    ['断线以后怎么继续？', 'docs/guides/zh/liushi-wenda.md', '断线以后'],
    ['What is ragwire?', HANDBOOK, 'Ragwire is a library that streams answers from your documents'],
    ['How do I stop an answer?', 'docs/guides/stopping.md', 'You stop an answer with the stop button of a page'],
  ])('answer %j', async (question, documentId, words) => {
    const events = await ask(server, question)
    const done = events.at(-1)
    expect(done).toMatchObject({ type: 'done', finishReason: 'stop', answer: expect.stringContaining(words) })
    const cited = done?.type === 'done' ? done.citations.map(({ number }) => done.sources[number - 1]?.documentId) : []
    expect(cited).toContain(documentId)
  })
})

describe('the handbook of the demo', () => {
  it('has the words of its Markdown: else run `node scripts/print-handbook.ts`', async () => {
    const { signal } = new AbortController()
    const input = { documentId: HANDBOOK, content: readFileSync(HANDBOOK), mediaType: 'application/pdf', signal }
    const { text, pages = [] } = await loadPdf(input)
    expect(wordsOf(text)).toEqual(wordsOf(readFileSync('examples/demo/handbook.md', 'utf8')))
    expect(pages.length).toBeGreaterThan(3)
    expect(input.content.length).toBeLessThan(150_000)
  })
})

describe('the server over a folder of documents', () => {
  let folder: string
  let call: Required<Pick<ServeCall, 'docs' | 'data'>>
  const write = (name: string, text: string) => writeFile(join(folder, 'documents', name), text)

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'serve-'))
    call = { docs: join(folder, 'documents'), data: join(folder, 'data') }
    await mkdir(join(folder, 'documents', '茶 & tea'), { recursive: true })
    await write('茶 & tea/green.md', '# Green tea\n\nGreen tea is steeped at 80 °C.')
    await write('coffee.md', '# Coffee\n\nCoffee is brewed at 92 °C.')
    await write('juice.md', '# Juice\n\nJuice is kept at 5 °C.')
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('prints the reason for each document that it skips', async () => {
    await write('broken.pdf', 'This is not a PDF.')
    const server = await startServe(call)
    expect(server.indexing).toEqual([
      expect.stringMatching(/^Skipped: .*broken\.pdf.*not a PDF/),
      expect.stringContaining(': 3 new, 1 skipped; '),
    ])
    expect(server.ready).toContain('Ready: 3 documents, ')
    await server.stop()
  })

  it('opens a document whose path has any characters', async () => {
    const server = await startServe(call)
    const { url = '' } = await sourceOf(server, 'How hot is green tea steeped?', '茶 & tea/green.md')
    expect(await (await fetch(url)).text()).toContain('Green tea is steeped at 80 °C.')
    await rm(join(folder, 'documents', '茶 & tea'), { recursive: true })
    expect((await fetch(url)).status).toBe(404)
    await server.stop()
  })

  it('indexes only what has changed at a second start, and says which sources of old answers have changed', async () => {
    const first = await startServe(call)
    const response = await post(first, 'How hot is tea steeped, coffee brewed, or juice kept?')
    const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? ''
    const events = await eventsOf(response)
    const ids = events.flatMap((event) => (event.type === 'source' ? event.source.documentId : []))
    expect(ids.toSorted()).toEqual(['coffee.md', 'juice.md', '茶 & tea/green.md'])
    expect(await statesOf(first, cookie)).toEqual(['same', 'same', 'same'])
    await first.stop()

    await write('coffee.md', '# Coffee\n\nCoffee is brewed at 96 °C.')
    await rm(join(folder, 'documents', 'juice.md'))
    const second = await startServe(call)
    expect(second.indexing).toEqual([expect.stringContaining(': 1 changed, 1 unchanged, 1 removed; ')])
    const expected: Record<string, string> = { 'coffee.md': 'changed', 'juice.md': 'gone', '茶 & tea/green.md': 'same' }
    expect(await statesOf(second, cookie)).toEqual(ids.map((id) => expected[id]))
    await second.stop()

    const third = await startServe(call)
    expect(third.indexing).toEqual([expect.stringContaining(': 2 unchanged; ')])
    await third.stop()
  })

  it('refuses to start over a folder that is missing or empty, and names the fix', async () => {
    const missing = join(folder, 'nowhere')
    expect(await failToServe({ docs: missing })).toEqual({
      code: 2,
      stdout: '',
      stderr: `Cannot read ${missing}: there is no such file or folder\n`,
    })
    await mkdir(missing)
    const data = join(folder, 'unused')
    expect(await failToServe({ docs: missing, data })).toEqual({
      code: 2,
      stdout: '',
      stderr: `Cannot use ${missing}: it has no files, so name a folder of documents\n`,
    })
    expect(existsSync(data)).toBe(false)
  })
})

describe('the server on a Node without node:sqlite', () => {
  const NODE_OPTIONS = '--no-experimental-sqlite'

  it('keeps the index in memory, and says so', async () => {
    const server = await startServe({ env: { NODE_OPTIONS } })
    expect(server.indexing).toEqual([expect.stringMatching(/^Index in memory, because this Node has no node:sqlite/)])
    expect((await ask(server, 'How do I stop an answer?')).at(-1)).toMatchObject({ type: 'done', finishReason: 'stop' })
    await server.stop()
  })
})

function wordsOf(text: string): readonly string[] {
  return text.replaceAll('`', '').match(/[\p{L}\p{N}]+/gu) ?? []
}

async function sourceOf(server: Serving, question: string, documentId: string): Promise<Source> {
  const sources = (await ask(server, question)).flatMap((event) => (event.type === 'source' ? event.source : []))
  const source = sources.find((one) => one.documentId === documentId && one.url?.includes('#'))
  if (!source) throw new Error(`${documentId} is no source of the answer to ${question}`)
  return source
}

async function statesOf({ url }: Serving, cookie: string): Promise<unknown> {
  const response = await fetch(`${url}/threads/tea`, { headers: { cookie } })
  const { turns }: { turns: { sourceStates?: unknown }[] } = await response.json()
  return turns[0]?.sourceStates
}

async function ask(server: Serving, question: string): Promise<readonly ChatEvent[]> {
  return eventsOf(await post(server, question))
}

function post({ url }: Serving, question: string): Promise<Response> {
  const body = JSON.stringify({ question, threadId: 'tea' })
  return fetch(`${url}/chat`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
}

async function eventsOf({ body }: Response): Promise<readonly ChatEvent[]> {
  const events: ChatEvent[] = []
  if (body) for await (const event of readSse(body)) events.push(event)
  return events
}
