import { describe, expect, it, vi } from 'vitest'
import { createKnowledge, memoryKnowledgeStore } from '../../../src/knowledge.ts'
import { mcp, type McpOptions } from '../../../src/mcp.ts'
import { ACCEPT, INITIALIZE, openMcp, toCall } from './support/mcp-bench.ts'

describe('a wrong call of a tool', () => {
  it.each([
    ['a blank query', 'search', { query: ' \n ' }, /query: It is blank/u],
    ['no query', 'search', {}, /query: Invalid input/u],
    ['a query that is a number', 'search', { query: 1 }, /query: Invalid input/u],
    ['a query that is too long', 'search', { query: 'a'.repeat(4_001) }, /query: Too big/u],
    ['an unknown argument', 'search', { query: 'tea', limit: 3 }, /Unrecognized key: "limit"/u],
    ['an empty id', 'fetch', { id: '' }, /id: It is blank/u],
    ['an id with a NUL character', 'fetch', { id: 'a\0b' }, /There is no document/u],
    ['a blank question', 'ask', { question: '' }, /question: It is blank/u],
  ])('with %s is a result that says so, and no model is asked', async (_name, tool, args, message) => {
    const { callTool, model, errors } = await openMcp()
    const { isError, content } = await callTool(tool, args)
    expect([isError, content[0]?.text]).toEqual([true, expect.stringMatching(message)])
    expect([model.calls.length, errors]).toEqual([0, []])
  })

  it('with an unknown name is an error that names it', async () => {
    const { post } = await openMcp()
    const { messages } = await post(toCall(1, 'delete', {}))
    expect(messages).toMatchObject([{ id: 1, error: { code: -32_602, message: expect.stringContaining('delete') } }])
  })

  it('is refused with the limit of the chat, if that is lower', async () => {
    const { callTool } = await openMcp({}, { answering: { maxQuestionChars: 5 } })
    const { content } = await callTool('ask', { question: 'green tea' })
    expect(content[0]?.text).toMatch(/question/u)
  })
})

describe('a wrong request', () => {
  const call = toCall(1, 'search', { query: 'tea' })

  it.each([
    ['an empty body', '', {}, 400],
    ['a body that is no JSON', '{', {}, 400],
    ['a body that is no message', { hello: 1 }, {}, 400],
    ['another content type', call, { 'content-type': 'text/plain' }, 415],
    ['a body that is too long', 'x'.repeat(300_000), {}, 413],
    ['an Accept without event streams', call, { accept: 'application/json' }, 406],
    ['a version that is unknown', call, { 'mcp-protocol-version': '1999-01-01' }, 400],
  ])('with %s is an error of JSON-RPC', async (_name, body, headers, expected) => {
    const { post, errors } = await openMcp()
    const { status, messages } = await post(body, { headers })
    expect(status).toBe(expected)
    expect(messages).toMatchObject([{ id: null, error: { code: expect.any(Number), message: expect.any(String) } }])
    expect(errors).toEqual([])
  })

  it.each(['GET', 'DELETE', 'PUT'])('with the method %s is a 405', async (method) => {
    const { send } = await openMcp()
    const { status, headers } = await send(method, '/mcp', { headers: ACCEPT })
    expect([status, headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('with several messages in one body answers each of them', async () => {
    const { post } = await openMcp()
    const { messages } = await post([call, toCall(2, 'fetch', { id: 'tea/green tea.md' })])
    expect(new Set(messages.map(({ id }) => id))).toEqual(new Set([1, 2]))
  })
})

describe('a request of a page', () => {
  it.each([
    [{ origin: 'http://evil.example' }, {}, 403],
    [{ origin: 'null' }, {}, 403],
    [{ origin: 'http://localhost.evil.example' }, {}, 403],
    [{ origin: 'http://localhost:5173' }, {}, 200],
    [{ origin: 'http://[::1]:5173' }, {}, 200],
    [{}, {}, 200],
    [{ origin: 'https://inspector.example' }, { allowedOrigins: ['inspector.example'] }, 200],
    [{ origin: 'http://localhost:5173' }, { allowedOrigins: ['inspector.example'] }, 403],
    [{ host: 'evil.example:3000' }, { allowedHosts: ['localhost'] }, 403],
    [{ host: 'localhost:3000' }, { allowedHosts: ['localhost'] }, 200],
    // The host of the URL, if the server passes no header.
    [{}, { allowedHosts: ['localhost'] }, 200],
    [{}, { allowedHosts: ['docs.example'] }, 403],
  ])(
    'with the headers %j and the options %j is answered with %i',
    async (headers: Record<string, string>, options, expected) => {
      const { open } = await openMcp(options)
      const { response } = await open('POST', '/mcp', { body: INITIALIZE, headers: { ...ACCEPT, ...headers } })
      expect(response.status).toBe(expected)
      expect(await response.text()).toContain(expected === 200 ? 'serverInfo' : 'allowedOrigins')
    },
  )
})

describe('the options of mcp', () => {
  const knowledge = createKnowledge({ store: memoryKnowledgeStore() })
  const name = 'tests'

  it.each([
    [{}, 'name', /pass the name of the server/u],
    [{ name: ' ' }, 'name', /pass the name/u],
    [{ name, tools: ['serch'] }, 'tools', /one of search, fetch, ask/u],
    [{ name, tools: [] }, 'tools', /at least one of/u],
    [{ name, tools: ['search'] }, 'tools', /Cannot offer the tool search: pass knowledge or retriever/u],
    [{ name, tools: ['fetch'] }, 'tools', /pass knowledge or fetch/u],
    [{ name, knowledge: {} }, 'knowledge.retriever', /createKnowledge/u],
    [{ name, retriever: {} }, 'retriever.retrieve', /a retriever/u],
    [{ name, readableScopes: () => [] }, 'readableScopes', /without knowledge/u],
    [{ name, baseUrl: 'docs.example' }, 'baseUrl', /must begin with https/u],
    [{ name, baseUrl: 'file:///docs' }, 'baseUrl', /must begin with https/u],
    [{ name, baseUrl: 'https://docs.example/?a=1' }, 'baseUrl', /without \?/u],
    [{ name, topK: 0 }, 'topK', /from 1/u],
    [{ name, allowedHosts: 'localhost' }, 'allowedHosts', /a list of strings/u],
    [{ name, allowedOrigins: [1] }, 'allowedOrigins', /a list of strings/u],
    [{ name, sourceurl: () => '' }, 'sourceurl', /sourceUrl/u],
  ])('%j are refused with the field %s', (options, field, message) => {
    expect(() => mcp(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field, message: expect.stringMatching(message) }),
    )
  })

  it.each([
    [{ name }, ['ask']],
    [{ name, knowledge }, ['search', 'fetch', 'ask']],
    [{ name, knowledge, tools: ['fetch', 'search'] }, ['search', 'fetch']],
    [{ name, retriever: knowledge.retriever() }, ['search', 'ask']],
  ] as readonly (readonly [McpOptions, readonly string[]])[])('%j offer the tools %j', async (options, names) => {
    const { post } = await openMcp({ knowledge: undefined, ...options })
    const { messages } = await post({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
    expect(messages).toMatchObject([{ result: { tools: names.map((tool) => ({ name: tool })) } }])
  })

  it('cannot be the format of a stream', () => {
    expect(() => mcp({ name }).open({})).toThrow(/a tool returns its result as a whole/u)
  })
})

describe('a missing package', () => {
  it('is a 500, and the reported error names the command to install it', async () => {
    vi.doMock('@modelcontextprotocol/server', () => {
      throw new Error('Cannot find package')
    })
    const { post, errors } = await openMcp()
    expect((await post(INITIALIZE)).status).toBe(500)
    expect(errors.map(({ message }) => message)).toEqual([
      'MCP needs the package @modelcontextprotocol/server 2. Install it: npm install @modelcontextprotocol/server',
    ])
    vi.doUnmock('@modelcontextprotocol/server')
  })
})
