import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServe, type Serving } from '../start-serve.ts'

const QUESTION = 'How do I stop an answer?'
const JSON_BODY = { 'content-type': 'application/json' }

describe('the API of the server', () => {
  let server: Serving
  beforeAll(async () => {
    server = await startServe({ docs: 'docs/guides/stopping.md' })
  })
  afterAll(() => server.stop())

  it('answers OpenAI clients by chat completions and by responses, under any name of a model', async () => {
    const client = new OpenAI({ apiKey: 'any', baseURL: `${server.url}/v1`, maxRetries: 0 })
    const { choices } = await client.chat.completions.create({
      model: 'gpt-5-mini',
      messages: [
        { role: 'user', content: QUESTION },
        { role: 'assistant', content: 'By a signal.' },
        { role: 'user', content: QUESTION },
      ],
    })
    expect(choices[0]?.message.content).toMatch(/\[\d\]/u)
    const first = await client.responses.create({ model: 'gpt-5-mini', input: QUESTION })
    expect(first.output_text).toMatch(/\[\d\]/u)
    const second = await client.responses.create({ input: 'And what then?', previous_response_id: first.id })
    expect(second.output_text).toMatch(/\[\d\]/u)
  })

  it.each([
    ['/ai-sdk', { id: 'a', messages: [{ id: 'm', role: 'user', parts: [{ type: 'text', text: QUESTION }] }] }],
    [
      '/ag-ui',
      {
        threadId: 'g',
        runId: 'r',
        messages: [{ id: 'm', role: 'user', content: QUESTION }],
        tools: [],
        context: [],
        state: {},
        forwardedProps: {},
      },
    ],
  ])('answers at %s', async (path, body) => {
    const response = await post(path, body)
    expect([response.status, await response.text()]).toEqual([200, expect.stringMatching(/\[\d\]/u)])
  })

  it('answers MCP clients, with addresses at which the documents open', async () => {
    const headers = { accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-11-25' }
    const params = { name: 'search', arguments: { query: QUESTION } }
    const response = await post('/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/call', params }, headers)
    expect([response.status, await response.text()]).toEqual([
      200,
      expect.stringContaining(`${server.url}/documents/stopping.md`),
    ])
  })

  it('names all its routes', async () => {
    const { paths }: { paths: object } = await (await fetch(`${server.url}/openapi.json`)).json()
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/chat', '/threads', '/v1/responses', '/mcp']))
  })

  describe('shows the conversations', () => {
    it('of one client without a cookie and without a key to the others on this machine', async () => {
      await (await post('/chat', { question: QUESTION, threadId: 'local' })).text()
      expect(await threads({})).toContain('local')
    })

    it('of a key to those who send the key', async () => {
      const authorization = 'Bearer one'
      await (await post('/chat', { question: QUESTION, threadId: 'keyed' }, { authorization })).text()
      expect(await threads({ authorization })).toEqual(['keyed'])
      expect(await threads({ authorization: 'Bearer other' })).toEqual([])
      expect(await threads({})).not.toContain('keyed')
    })

    it.each([
      ['a page without a cookie', { 'sec-fetch-site': 'same-origin' }],
      ['a client behind a proxy', { 'x-forwarded-for': '192.0.2.1' }],
      ['a client that claims a scope', { 'x-ragwire-scope': 'local', 'sec-fetch-site': 'same-origin' }],
    ])('of others not to %s', async (_, headers) => {
      const response = await fetch(`${server.url}/threads`, { headers })
      expect(response.headers.get('set-cookie')).toMatch(/^ragwire=/u)
      expect(await response.json()).toEqual({ threads: [] })
    })
  })

  function post(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(server.url + path, {
      method: 'POST',
      headers: { ...JSON_BODY, ...headers },
      body: JSON.stringify(body),
    })
  }

  async function threads(headers: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const response = await fetch(`${server.url}/threads`, { headers })
    const { threads: listed }: { threads: readonly { threadId: string }[] } = await response.json()
    return listed.map(({ threadId }) => threadId)
  }
})
