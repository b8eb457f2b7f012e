import type * as Sdk from '@modelcontextprotocol/server'
import type { DialectCall } from '../dialect-route.ts'
import { createServer } from './create-server.ts'
import { createHttpCall } from './http-call.ts'
import type { ResolvedMcpOptions } from './options.ts'
import { canceledIds, isInitialize, type RunningCalls } from './running-calls.ts'

/** The parts that all requests share. */
export interface McpRoute {
  /** The SDK. */
  readonly sdk: typeof Sdk
  /** The requests that are being answered. */
  readonly running: RunningCalls
  /** The options. */
  readonly options: ResolvedMcpOptions
}

/** Answers a request of the route. */
export async function answerRequest(call: DialectCall, { sdk, running, options }: McpRoute): Promise<Response> {
  const { request, url, signal } = call
  const refused = refuseOrigin(request, url, { sdk, options })
  if (refused) return refused
  // Before anything else, so that a request without a user gets the answer of the application, such as a 401.
  const scope = await call.scope()
  const parsedBody = await call.readJson()
  const session = request.headers.get(SESSION) ?? undefined
  if (session !== undefined) for (const id of canceledIds(parsedBody)) running.cancel({ scope, session, id })

  let failure: Error | undefined
  const mcpCall = createHttpCall(call, { scope, session, running })
  const handler = sdk.createMcpHandler(() => createServer(sdk, options.tools, mcpCall), {
    onerror: (error) => (failure = error),
  })
  // The signal of the original request does not fire on every server.
  const forwarded = new Request(url, { method: 'POST', headers: request.headers, signal })
  const response = await handler.fetch(forwarded, { parsedBody })
  if (response.status >= 500) call.report(failure)
  // Nothing is stored under it: it tells apart clients that use the same ids for their requests.
  if (isInitialize(parsedBody) && response.ok) response.headers.set(SESSION, crypto.randomUUID())
  return response
}

const SESSION = 'mcp-session-id'

/** Returns the answer to a request that a page may have sent by DNS rebinding; `undefined` for any other. */
function refuseOrigin(
  { headers }: Request,
  { host }: URL,
  { sdk, options: { allowedHosts, allowedOrigins } }: Pick<McpRoute, 'sdk' | 'options'>,
): Response | undefined {
  const results = [
    sdk.validateOriginHeader(headers.get('origin'), [...allowedOrigins]),
    ...(allowedHosts ? [sdk.validateHostHeader(headers.get('host') ?? host, [...allowedHosts])] : []),
  ]
  const refused = results.find(({ ok }) => !ok)
  if (!refused || refused.ok) return undefined
  const error = { code: -32_600, message: `${refused.message}: add it to allowedHosts or allowedOrigins` }
  return Response.json({ jsonrpc: '2.0', id: null, error }, { status: 403 })
}
