import { expect } from 'vitest'
import { mcp } from '../../../../src/mcp.ts'
import type { McpOptions } from '../../../../src/mcp.ts'
import { collectReport, createKnowledge, memoryKnowledgeStore } from '../../../../src/knowledge.ts'
import { CANARY, openBench, type Ask, type BenchOptions } from '../../../http/support/bench.ts'
import { toBytes } from '../../../support/bytes.ts'
import { parseEventStream } from '../../../support/parse-event-stream.ts'

/** A message that a server sent. */
export interface RpcMessage {
  readonly id?: number | string | null
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly error?: { readonly code: number; readonly message: string }
  readonly result?: ToolResult
}

/** The result of a tool. */
export interface ToolResult {
  readonly isError?: boolean
  readonly content: readonly { readonly type: string; readonly text: string }[]
  readonly structuredContent?: Readonly<Record<string, unknown>>
}

/** The documents of the benches: one that everybody may read, and one of each of two users. */
export const DOCUMENTS = {
  shared: {
    documentId: 'tea/green tea.md',
    title: 'Tea',
    content: '# Tea\n\nGreen tea is steeped at 80 °C.',
    metadata: { year: 2024, secret: 'x' },
  },
  alice: { documentId: 'diary.md', content: 'Alice drinks green tea at noon.' },
  bob: { documentId: 'letter.md', content: 'Bob hates green tea.' },
} as const

/** Creates the knowledge base of the benches. */
export async function openKnowledge() {
  const knowledge = createKnowledge({ store: memoryKnowledgeStore() })
  await collectReport(knowledge.sync([DOCUMENTS.shared]))
  await collectReport(knowledge.sync([DOCUMENTS.alice], { scope: 'alice' }))
  await collectReport(knowledge.sync([DOCUMENTS.bob], { scope: 'bob' }))
  return knowledge
}

/** Creates a handler with the route of MCP. Its clients write their own JSON-RPC, of the version 2025-11-25. */
export async function openMcp(options: Partial<McpOptions> = {}, bench: BenchOptions = {}) {
  const knowledge = await openKnowledge()
  const warnings: string[] = []
  const dialect = mcp({
    name: 'tests',
    knowledge,
    onWarning: (warning) => void warnings.push(warning),
    ...options,
  })
  const answering = bench.answering ?? { retriever: knowledge.retriever() }
  const opened = openBench({ dialects: [dialect], ...bench, answering })

  async function post(body: unknown, ask: Ask = {}) {
    const { response } = await opened.open('POST', '/mcp', { ...ask, body, headers: { ...ACCEPT, ...ask.headers } })
    const text = await response.text()
    expect(text, 'a response that gives no secret away').not.toContain(CANARY)
    return { status: response.status, headers: response.headers, messages: toMessages(text) }
  }

  async function callTool(name: string, args: object, ask: Ask = {}): Promise<ToolResult> {
    const { messages } = await post(toCall(1, name, args), ask)
    const result = messages.find(({ id }) => id === 1)?.result
    if (!result) throw new Error(`Cannot find the result of ${name} in ${JSON.stringify(messages)}`)
    return result
  }

  return { ...opened, knowledge, warnings, post, callTool }
}

/** The header of a client. */
export const ACCEPT = { accept: 'application/json, text/event-stream' }

/** Returns a request to call a tool. */
export function toCall(id: number | string, name: string, args: object): object {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } }
}

/** Returns a notification that cancels a request. */
export function toCancel(requestId: number | string): object {
  return { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } }
}

/** The request that begins a session. */
export const INITIALIZE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'tests', version: '1' } },
}

/** Parses the body of a response: an event stream, JSON, or nothing. */
export function toMessages(text: string): readonly RpcMessage[] {
  if (text === '') return []
  if (text.startsWith('{') || text.startsWith('[')) return [JSON.parse(text) as RpcMessage].flat()
  return parseEventStream(new Uint8Array(toBytes(text))).map(({ data }) => JSON.parse(data) as RpcMessage)
}
