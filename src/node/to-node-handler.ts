import type { ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import { toChatError, type ChatError } from '../core/vocabulary/chat-error.ts'
import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { callHook } from '../core/observe/hooks.ts'
import { logError } from '../core/observe/log-error.ts'
import { expectHook, expectOptionalFunction } from '../core/options/validate.ts'
import type { ChatHandlerContext } from '../http/call.ts'
import type { ChatHandler } from '../http/create-chat-handler.ts'
import { expectHandler } from '../http/expect-handler.ts'
import { errorResponse, HttpError } from '../http/http-error.ts'
import { disconnectSignal, isClosed } from './disconnect-signal.ts'
import { toWebRequest, type NodeRequest } from './to-web-request.ts'
import { sendToNode } from './send-to-node.ts'
import { takeSource } from '../sinks/response-source.ts'
import { isUnrouted, markUnrouted } from '../http/unrouted.ts'

/** A response of `node:http`, or of the compatibility API of `node:http2`. */
export type NodeServerResponse = ServerResponse | Http2ServerResponse

/** What a framework has made of a request before the handler gets it. */
export interface NodeRequestContext extends Omit<ChatHandlerContext, 'exactPath' | 'signal'> {
  /** The path with the query, where it is not that of the request: below the point where the handler is mounted. */
  readonly path?: string | undefined
  /** Takes a request that the handler has no route for; its body is unread. @defaultValue it is answered with 404 */
  readonly pass?: (() => void) | undefined
}

const CONTEXT: OptionNames<NodeRequestContext> = {
  path: true,
  pass: true,
  body: true,
  scope: true,
  waitUntil: true,
}

/**
 * Answers a request of `node:http`, or of the compatibility API of `node:http2`, with the handler. Headers that are set
 * on the response already are kept. It resolves when the answer is written, and never rejects for what a client does:
 * only when the handler does, which one of `createChatHandler` never does.
 */
export async function answerNodeRequest(
  handler: ChatHandler,
  request: NodeRequest,
  response: NodeServerResponse,
  known: NodeRequestContext = {},
): Promise<void> {
  expectHandler(handler)
  expectOptions(known, CONTEXT, { of: 'answerNodeRequest' })
  const { pass, ...context } = known
  const answer = await askHandler(handler, request, response, context)
  if (pass && isUnrouted(answer)) return pass()
  await sendResponse(answer, response)
  // What was not read of a body would stand before the next request of this connection, and hold up a client that
  // wants to send all of it before it reads. `requestTimeout` of the server bounds this.
  if (!request.complete) request.resume()
}

/** What {@link toNodeHandler} takes. */
export interface NodeHandlerOptions {
  /**
   * Who asks, in the place of the option `scope` of the handler. It is called where a route needs it. A `Response` that it
   * throws is sent as it is; anything else that it throws, and a scope that is none, is a 500.
   */
  readonly scope?: ((request: NodeRequest) => string | Promise<string>) | undefined
  /**
   * Called if a handler rejects, which a handler of `createChatHandler` never does. The client gets a 500. `false` turns it
   * off.
   *
   * @defaultValue one line to `console.error`, without keys
   */
  readonly onError?: ((error: ChatError) => void) | false | undefined
}

const HANDLER_OPTIONS: OptionNames<NodeHandlerOptions> = { scope: true, onError: true }

/**
 * Makes a request listener of the handler, for `createServer` of `node:http` and `node:http2`.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field`
 */
export function toNodeHandler(
  handler: ChatHandler,
  options: NodeHandlerOptions = {},
): (request: NodeRequest, response: NodeServerResponse) => void {
  expectHandler(handler)
  expectOptions(options, HANDLER_OPTIONS, { of: 'toNodeHandler' })
  const scope = expectOptionalFunction('scope', options.scope)
  const onError = expectHook('onError', options.onError, logError)
  return (request, response) => {
    const context = scope ? { scope: () => scope(request) } : {}
    answerNodeRequest(handler, request, response, context).catch((thrown: unknown) => {
      callHook(onError, toChatError(thrown))
      if (response.headersSent) response.destroy()
      else void sendResponse(errorResponse(thrown), response)
    })
  }
}

/** Asks the handler under a signal that fires when the client has left. */
export async function askHandler(
  handler: ChatHandler,
  request: NodeRequest,
  response: NodeServerResponse,
  { path = request.url ?? '/', ...context }: Omit<NodeRequestContext, 'pass'>,
): Promise<Response> {
  const webRequest = tryToConvert(request, path, 'body' in context)
  if (!webRequest) return markUnrouted(errorResponse(new HttpError(400, 'request', 'Cannot read the request')))
  return handler(webRequest, { ...context, exactPath: true, signal: disconnectSignal(response) })
}

function tryToConvert(request: NodeRequest, path: string, bodyIsRead: boolean): Request | undefined {
  try {
    return toWebRequest(request, { path, bodyIsRead })
  } catch {
    // Only what the client has sent can be the reason.
    return undefined
  }
}

async function sendResponse(answer: Response, response: NodeServerResponse): Promise<void> {
  // Another one may have answered in the meantime, such as a time limit.
  if (isClosed(response) || response.headersSent) return answer.body?.cancel()
  response.statusCode = answer.status
  for (const [name, value] of answer.headers) {
    if (name === 'set-cookie') response.appendHeader(name, value)
    else if (!response.hasHeader(name)) response.setHeader(name, value)
  }
  const source = takeSource(answer)
  if (source) await sendToNode(source.events, response, { ...source.options, status: answer.status })
  else if (response.req.method === 'HEAD') {
    await answer.body?.cancel()
    response.end()
  } else if (isWhole(answer)) response.end(Buffer.from(await answer.arrayBuffer()))
  else await pump(answer.body, response)
}

/** True if a response is there as a whole, so that its length can be told. */
export function isWhole({ body, headers }: Response): boolean {
  return body === null || headers.get('content-type')?.startsWith('application/json') === true
}

/** Sends a body that is none of ours, or that somebody has put into another response. */
async function pump(body: Response['body'], response: NodeServerResponse): Promise<void> {
  try {
    // The types of Node and of the web do not know that they mean the same stream.
    await pipeline(Readable.fromWeb(body as NodeReadableStream), response)
  } catch {
    // The client has left, or the body broke: either way the connection is broken now, and says so.
  }
}
