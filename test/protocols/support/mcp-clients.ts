import { fileURLToPath } from 'node:url'
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from '@modelcontextprotocol/client'
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio'
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

/** The kinds of clients: the SDK, and the version of the protocol that it negotiates. */
export const MCP_CLIENTS = ['SDK 2', 'SDK 2 with negotiation', 'SDK 1'] as const

/** A kind of client. */
export type McpClientId = (typeof MCP_CLIENTS)[number]

/** The version of the protocol that a kind of client gets. */
export const VERSION_OF: Readonly<Record<McpClientId, string>> = {
  'SDK 2': '2025-11-25',
  'SDK 2 with negotiation': '2026-07-28',
  'SDK 1': '2025-11-25',
}

/** Where a client connects to: a URL, or the base URL of the model of a program that it starts. */
export type McpTarget = { readonly url: string } | { readonly baseURL: string }

/** The options of a call. */
export interface CallOptions {
  readonly signal?: AbortSignal
  readonly onprogress?: (progress: { readonly message?: string | undefined }) => void
}

/** A connected client. */
export interface McpClient extends AsyncDisposable {
  readonly version: string | undefined
  /** The process that it has started. */
  readonly pid: number | null | undefined
  listTools(): Promise<readonly { readonly name: string; readonly annotations?: object | undefined }[]>
  call(name: string, args: Record<string, unknown>, options?: CallOptions): Promise<McpResult>
  close(): Promise<void>
}

/** The result of a tool. */
export interface McpResult {
  readonly isError?: boolean | undefined
  readonly structuredContent?: unknown
  readonly content?: unknown
}

const PROGRAM = fileURLToPath(new URL('mcp-program.ts', import.meta.url))

/** The environment of the programs: compiled code is kept, because that is half of their start. */
export const PROGRAM_ENV = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.compile-cache', import.meta.url)),
}

/** Connects a client. */
export function connectMcp(id: McpClientId, target: McpTarget): Promise<McpClient> {
  return id === 'SDK 1' ? connectSdk1(target) : connectSdk2(target, id === 'SDK 2 with negotiation')
}

function programOf(baseURL: string) {
  return { command: process.execPath, args: [PROGRAM, baseURL], env: PROGRAM_ENV, stderr: 'ignore' as const }
}

async function connectSdk2(target: McpTarget, negotiates: boolean): Promise<McpClient> {
  const options = negotiates ? { versionNegotiation: { mode: 'auto' } as const } : {}
  const client = new Client2({ name: 'tests', version: '1' }, options)
  const transport = 'url' in target ? new Http2(new URL(target.url)) : new Stdio2(programOf(target.baseURL))
  await client.connect(transport)
  const close = () => client.close()
  return {
    version: client.getNegotiatedProtocolVersion(),
    pid: 'pid' in transport ? transport.pid : undefined,
    listTools: async () => (await client.listTools()).tools,
    call: (name, args, call) => client.callTool({ name, arguments: args }, call),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function connectSdk1(target: McpTarget): Promise<McpClient> {
  const client = new Client1({ name: 'tests', version: '1' })
  const transport = 'url' in target ? new Http1(new URL(target.url)) : new Stdio1(programOf(target.baseURL))
  // The types of the SDK do not allow for `exactOptionalPropertyTypes`.
  await client.connect(transport as Parameters<Client1['connect']>[0])
  const close = () => client.close()
  return {
    version: 'protocolVersion' in transport ? transport.protocolVersion : VERSION_OF['SDK 1'],
    pid: 'pid' in transport ? transport.pid : undefined,
    listTools: async () => (await client.listTools()).tools,
    async call(name, args, call) {
      // The other form of a result is of the first version of the protocol.
      return (await client.callTool({ name, arguments: args }, undefined, call)) as McpResult
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
