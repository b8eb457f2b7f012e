import { ignoreRejection } from '../../core/async/iterators.ts'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import type { Dialect } from '../dialect.ts'
import type { DialectFailure } from '../dialect-route.ts'
import { SSE_ENCODING } from '../sse-encoding.ts'
import { answerRequest } from './answer-request.ts'
import { loadSdk } from './load-sdk.ts'
import { resolveOptions, type McpOptions } from './options.ts'
import { createRunningCalls } from './running-calls.ts'

/**
 * Creates the route of the Model Context Protocol, for `createChatHandler({ dialects })`: the tools `search`, `fetch` and
 * `ask` over Streamable HTTP, in the versions 2025-11-25 (and earlier) and 2026-07-28. It needs the package
 * `@modelcontextprotocol/server`. Each tool works in the scope that the handler determines for the request.
 *
 * @experimental It may change until 1.0.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field` for a wrong option
 *
 * @example
 * ```ts
 * import { createKnowledge, memoryKnowledgeStore } from 'ragwire/knowledge'
 * import { extractiveChatModel } from 'ragwire/local'
 * import { mcp } from 'ragwire/mcp'
 * import { createChatHandler } from 'ragwire/server'
 *
 * const knowledge = createKnowledge({ store: memoryKnowledgeStore() })
 * const handler = createChatHandler({
 *   retriever: knowledge.retriever(),
 *   model: extractiveChatModel(),
 *   scope: () => 'everybody',
 *   dialects: [mcp({ name: 'handbook', knowledge, baseUrl: 'https://docs.example.com' })],
 * })
 * ```
 */
export function mcp(options: McpOptions): Dialect {
  const resolved = resolveOptions(options)
  const running = createRunningCalls()
  // Loaded now, so that the first request does not wait for it. That request reports a failure.
  const sdk = loadSdk()
  ignoreRejection(sdk)
  return {
    name: 'mcp',
    ...SSE_ENCODING,
    open() {
      throw invalidInput('format', 'Cannot use mcp as the format of a stream: a tool returns its result as a whole')
    },
    schema: { type: 'string', description: 'The `data` of each event is a message of JSON-RPC.' },
    encodeFailure: toJsonRpcError,
    routes: [
      {
        method: 'POST',
        path: resolved.path,
        summary: 'Serves the tools of the Model Context Protocol, as JSON or as a stream of JSON-RPC messages',
        request: { type: 'object', description: 'A message of JSON-RPC 2.0.' },
        response: { type: 'object', description: 'A message of JSON-RPC 2.0.' },
        alsoStreams: true,
        answer: async (call) => answerRequest(call, { sdk: await sdk, running, options: resolved }),
      },
    ],
  }
}

// Codes of JSON-RPC: an internal error, and an invalid request.
function toJsonRpcError({ status, message, code }: DialectFailure): object {
  return { jsonrpc: '2.0', id: null, error: { code: status >= 500 ? -32_603 : -32_600, message, data: { code } } }
}
