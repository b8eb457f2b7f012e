import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { mcp } from '../../src/mcp.ts'
import { toNodeHandler } from '../../src/node.ts'
import { createChatHandler, createRunRegistry } from '../../src/server.ts'
import { createFaultServer, faults, type FaultServer } from '../../src/testing.ts'
import { listenOnLoopback } from '../../src/testing/listen-on-loopback.ts'
import { runProgram } from '../support/run-program.ts'
import { connectMcp, MCP_CLIENTS, PROGRAM_ENV, VERSION_OF, type McpClient } from './support/mcp-clients.ts'
import { createSubject } from './support/mcp-subject.ts'

const ANSWER = ['Green tea is steeped ', 'at 80 °C [1].']
const QUESTION = { question: 'How is green tea steeped?' }

// Each client over stdio, and each scenario, starts a process or two.
vi.setConfig({ testTimeout: 60_000 })

let model: FaultServer
let url: string
// Runs continue without a reader, so that only a stop ends them.
const runs = createRunRegistry({ onDisconnect: 'continue' })
const server = createServer()

beforeAll(async () => {
  model = await createFaultServer()
  const { chat, tools } = await createSubject(model.baseURL)
  const handler = createChatHandler({ chat, scope: () => 'everybody', runs, dialects: [mcp(tools)], onError: false })
  server.on('request', toNodeHandler(handler))
  url = `http://localhost:${await listenOnLoopback(server)}/mcp`
})

afterAll(async () => {
  const closed = once(server.close(), 'close')
  server.closeAllConnections()
  await closed
  await model.close()
})

/** Calls `ask`, and cancels the call while the model waits in the middle of its answer. */
async function cancelAsk(client: McpClient): Promise<void> {
  const controller = new AbortController()
  const index = model.hits.length
  model.use(faults.stall())
  const called = client.call('ask', QUESTION, { signal: controller.signal })
  const failed = expect(called).rejects.toThrow(/abort/iu)
  const hit = await model.hit(index)
  controller.abort()
  await failed
  expect(await hit.closed).toBe('client')
}

describe.each(['HTTP', 'stdio'] as const)('MCP over %s', (transport) => {
  const targetOf = () => (transport === 'HTTP' ? { url } : { baseURL: model.baseURL })

  it.each(MCP_CLIENTS)(
    'serves a client of %s: tools, results, failures, progress, and a cancel that reaches the model',
    async (id) => {
      await using client = await connectMcp(id, targetOf())
      expect(client.version).toBe(VERSION_OF[id])
      const readOnly = { readOnlyHint: true }
      expect(await client.listTools()).toMatchObject([
        { name: 'search', annotations: readOnly },
        { name: 'fetch', annotations: readOnly },
        { name: 'ask', annotations: readOnly },
      ])

      const tea = { id: 'tea.md', title: 'Tea', url: 'https://docs.example/tea.md' }
      const found = await client.call('search', { query: 'green tea' })
      expect(found).toMatchObject({ structuredContent: { results: [tea] } })
      expect(found.content).toEqual([{ type: 'text', text: JSON.stringify(found.structuredContent) }])
      const fetched = await client.call('fetch', { id: 'tea.md' })
      expect(fetched).toMatchObject({ structuredContent: { ...tea, text: '# Tea\n\nGreen tea is steeped at 80 °C.' } })
      expect(await client.call('fetch', { id: 'none' })).toMatchObject({ isError: true })
      await expect(client.call('delete', {})).rejects.toThrow(/delete/u)

      model.use(faults.answer(ANSWER))
      const progress: unknown[] = []
      const asked = await client.call('ask', QUESTION, { onprogress: ({ message }) => progress.push(message) })
      expect(asked).toMatchObject({
        structuredContent: {
          answer: 'Green tea is steeped at 80 °C [1].',
          sources: [{ number: 1, ...tea }],
          support: { supported: 1 },
          finishReason: 'stop',
        },
      })
      expect(progress).toEqual(['Searching', 'Writing the answer'])
      model.use(faults.unavailable(503))
      expect(await client.call('ask', QUESTION)).toMatchObject({
        isError: true,
        content: [{ type: 'text', text: 'The model could not be reached' }],
      })

      await cancelAsk(client)
      // The connection serves further calls.
      expect(await client.call('search', { query: 'green tea' })).not.toHaveProperty('isError')
    },
  )
})

describe('MCP over HTTP', () => {
  it.each(MCP_CLIENTS)('stops the model when a client of %s closes its connection', async (id) => {
    const client = await connectMcp(id, { url })
    const index = model.hits.length
    model.use(faults.stall())
    const failed = expect(client.call('ask', QUESTION)).rejects.toThrow(/closed|abort/iu)
    const hit = await model.hit(index)
    await client.close()
    expect(await hit.closed).toBe('client')
    await failed
  })

  it('leaves no run after the cancels', async () => {
    await expect.poll(() => runs.active).toBe(0)
  })
})

describe('a program with MCP over stdio', () => {
  const start = () => {
    const path = fileURLToPath(new URL('support/mcp-program.ts', import.meta.url))
    const program = spawn(process.execPath, [path, model.baseURL], { env: { ...process.env, ...PROGRAM_ENV } })
    return {
      program,
      stdout: readText(program.stdout),
      stderr: readText(program.stderr),
      ended: once(program, 'close'),
    }
  }

  it('writes only messages of the protocol to stdout, and ends with stdin, after a stopped answer is saved', async () => {
    const { program, stdout, stderr, ended } = start()
    const index = model.hits.length
    model.use(faults.stall())
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'tests', version: '1' } }
    program.stdin.write('this is no message\n')
    for (const message of [
      { id: 0, method: 'initialize', params },
      { method: 'notifications/initialized' },
      { id: 1, method: 'tools/call', params: { name: 'ask', arguments: QUESTION } },
    ]) {
      program.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
    }
    const hit = await model.hit(index)
    program.stdin.end()
    expect(await ended).toEqual([0, null])
    expect(await hit.closed).toBe('client')
    const messages = (await stdout)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(messages).toMatchObject([
      { jsonrpc: '2.0', id: 0, result: { serverInfo: { name: 'tests', version: '1.2.3' } } },
    ])
    expect(await stderr).toBe('saved\nserved\n')
  })
})

// The other scenarios of servers need tools, prompts or resources of the suite itself (`tools-call-*`, `prompts-*`,
// `resources-*`, `completion-complete`, `elicitation-*`, `json-schema-2020-12`, `server-sse-polling`), or the capability
// of log messages (`logging-set-level`), which these tools do not have.
const SCENARIOS = ['server-initialize', 'ping', 'tools-list', 'server-sse-multiple-streams', 'dns-rebinding-protection']

describe('the conformance suite of MCP', () => {
  it('passes in the scenarios that fit a server of tools', async () => {
    const suite = fileURLToPath(
      new URL('node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url),
    )
    const reports = await Promise.all(
      SCENARIOS.map((scenario) =>
        runProgram(process.execPath, [suite, 'server', '--url', url, '--scenario', scenario]),
      ),
    )
    for (const report of reports) expect(report).toMatch(/Passed: [1-9]\d*\/\d+, 0 failed, 0 warnings/u)
  })
})
