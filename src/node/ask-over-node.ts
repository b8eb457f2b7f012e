import type { ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import { askHandler } from '../http/ask-handler.ts'
import type { ChatHandlerContext } from '../http/call.ts'
import type { ChatAnswer } from '../http/chat-answer.ts'
import type { ChatHandler } from '../http/create-chat-handler.ts'
import { HttpError, refuse } from '../http/http-error.ts'
import { disconnectSignal } from './disconnect-signal.ts'
import { toWebRequest, type NodeRequest, type WebRequestOptions } from './to-web-request.ts'

/** A response of `node:http`, or of the compatibility API of `node:http2`. */
export type NodeServerResponse = ServerResponse | Http2ServerResponse

/** A request of Node and its response. */
export interface NodeExchange {
  /** The request. */
  readonly request: NodeRequest
  /** The response. It closes when the client has left. */
  readonly response: NodeServerResponse
}

/** The context of the handler, and the path below its mount. */
export interface NodeCallContext extends Omit<ChatHandlerContext, 'exactPath' | 'signal'> {
  /** The path with the query. @defaultValue the path of the request */
  readonly path?: string | undefined
}

/** Calls the handler with a signal that fires when the client has left. */
export async function askOverNode(
  handler: ChatHandler,
  { request, response }: NodeExchange,
  { path = request.url ?? '/', ...context }: NodeCallContext,
): Promise<ChatAnswer> {
  const signal = disconnectSignal(response)
  // A function of the application may call its handler with the request alone.
  const own = handler.answer ? undefined : signal
  const webRequest = tryToConvert(request, { path, bodyIsRead: 'body' in context, signal: own })
  if (!webRequest)
    return {
      ...refuse(new HttpError(400, 'request', 'Cannot read the request: its method, path or headers are invalid')),
      unrouted: true,
    }
  return askHandler(handler, webRequest, { ...context, exactPath: true, signal })
}

function tryToConvert(request: NodeRequest, options: WebRequestOptions): Request | undefined {
  try {
    return toWebRequest(request, options)
  } catch {
    // Only an invalid request of the client can be the reason.
    return undefined
  }
}
