import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFaultServer, faults, type FaultServer } from '../../../src/testing.ts'
import { failToServe, startServe } from '../start-serve.ts'

describe('the index of a server that cannot be made or used', () => {
  let folder: string
  let docs: string
  let data: string
  let upstream: FaultServer

  beforeAll(async () => {
    upstream = await createFaultServer()
  })
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'index-'))
    docs = join(folder, 'documents')
    data = join(folder, 'data')
    await mkdir(docs)
    await writeFile(join(docs, 'tea.md'), '# Tea\n\nGreen tea is steeped at 80 °C.')
  })
  afterEach(() => rm(folder, { recursive: true }))
  afterAll(() => upstream.close())

  it('ends the server if no file has text, with the reason for one of them', async () => {
    await rm(join(docs, 'tea.md'))
    await writeFile(join(docs, 'a.png'), 'no image')
    await writeFile(join(docs, 'b.zip'), 'no archive')
    const { code, stderr } = await failToServe({ docs })
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `Cannot use ${docs}: none of its 2 files has text that can be read, such as a.png: Cannot index 'a.png': no loader reads image/png\n`,
    })
  })

  it.each([
    ['refuses the key', faults.unauthorized({ secret: 'sk-secret' }), 'refused the key: set OPENAI_API_KEY to'],
    ['is no such server', faults.htmlPage(), 'tea.md'],
  ])('ends the server with one line if the server of the embeddings %s', async (_, fault, advice) => {
    upstream.use(fault, { path: '/v1/embeddings' })
    const { code, stderr } = await failToServe({ docs, env: embedding(upstream.baseURL) })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Cannot embed the documents: .*\n$/u)
    expect(stderr).toContain(advice)
    expect(stderr).not.toContain('sk-secret')
  })

  it('ends the server with one line if no server of embeddings answers', async () => {
    const closed = await createFaultServer()
    await closed.close()
    const { code, stderr } = await failToServe({ docs, env: embedding(closed.baseURL) })
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `Cannot embed the documents: ${closed.baseURL} does not answer: start that server, or set OPENAI_BASE_URL to one that runs\n`,
    })
  })

  it.each(['conversations.db', 'index'])('names the damaged file of %s and the fix', async (part) => {
    const server = await startServe({ docs, data })
    await server.stop()
    const [index = ''] = (await readdir(join(data, 'index'))).filter((name) => name.endsWith('.db'))
    const file = part === 'index' ? join(data, 'index', index) : join(data, part)
    await writeFile(file, 'This is not a database.'.repeat(100))
    const { code, stderr } = await failToServe({ docs, data })
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^Cannot use .*: it is damaged \(.*\)\. Delete it; .*\n$/u),
    })
    expect(stderr).toContain(file)
  })

  it('answers 500 if it is damaged while the server runs, and the server goes on', async () => {
    const server = await startServe({ docs, data })
    const [name = ''] = (await readdir(join(data, 'index'))).filter((entry) => entry.endsWith('.db'))
    const index = new DatabaseSync(join(data, 'index', name))
    const tables = index
      .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
      .all()
    index.exec(tables.map((table) => `drop table "${String(table['name'])}";`).join('\n'))
    index.close()
    const response = await fetch(`${server.url}/status`)
    expect([response.status, await response.json()]).toEqual([
      500,
      { message: expect.stringContaining('its terminal') },
    ])
    expect(await server.nextError()).toMatch(/^[a-z-]+: /u)
    expect((await fetch(`${server.url}/page.css`)).status).toBe(200)
    expect(await server.stop()).toBe(0)
  })

  it('is made again by itself with other settings of the chunks', async () => {
    const config = join(folder, 'ragwire.config.json')
    const args = ['--config', config]
    await writeFile(config, '{ "chunkChars": 300 }')
    await (await startServe({ docs, data, args })).stop()
    await writeFile(config, '{ "chunkChars": 200 }')
    const server = await startServe({ docs, data, args })
    expect(server.indexing).toEqual([
      'Making a new index, because the embedder or chunkChars has changed',
      expect.stringContaining(': 1 new; '),
    ])
    await server.stop()
  })

  it('is shared by two servers of the same documents', async () => {
    const servers = await Promise.all([startServe({ docs, data }), startServe({ docs, data })])
    await writeFile(join(docs, 'juice.md'), '# Juice\n\nJuice is kept at 5 °C.')
    for (const { url } of servers) {
      await expect
        .poll(async () => (await fetch(`${url}/status`)).json(), { timeout: 10_000 })
        .toEqual({ documents: 2 })
    }
    expect(await Promise.all(servers.map(({ stop }) => stop()))).toEqual([0, 0])
  })

  it('is complete after a start that Ctrl-C had ended', async () => {
    const names = Array.from({ length: 400 }, (_, at) => `${at}.md`)
    await Promise.all(names.map((name) => writeFile(join(docs, name), `# ${name}\n\n${'A sentence. '.repeat(200)}`)))
    const first = await startServe({ docs, data }, { until: 'listening' })
    expect(await first.stop()).toBe(0)
    const second = await startServe({ docs, data })
    expect(second.ready).toContain('Ready: 401 documents')
    await second.stop()
  })
})

describe('the page and the API while the first index is made', () => {
  it('show the progress, and answer once there is an index', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'progress-'))
    await writeFile(join(folder, 'tea.md'), '# Tea\n\nGreen tea is steeped at 80 °C.')
    const server = await startServe({ docs: folder }, { until: 'listening' })
    const question = JSON.stringify({ question: 'How hot is green tea steeped?' })
    const headers = { 'content-type': 'application/json', accept: 'text/plain' }
    const response = await fetch(`${server.url}/chat`, { method: 'POST', headers, body: question })
    expect(await response.text()).toContain('80 °C')
    expect(await (await fetch(server.url)).text()).toContain('data-status=')
    await server.stop()
    await rm(folder, { recursive: true })
  })
})

function embedding(baseURL: string): Readonly<Record<string, string>> {
  return { OPENAI_BASE_URL: baseURL, OPENAI_API_KEY: 'sk-test', OPENAI_EMBEDDING_MODEL: 'embed' }
}
