import { toChatError } from '../core/vocabulary/chat-error.ts'
import { callHook } from '../core/observe/hooks.ts'
import { markUnrouted } from './unrouted.ts'
import type { ChatHandlerContext } from './call.ts'
import { resolveHandlerOptions, type ChatHandlerOptions, type ResolvedHandlerOptions } from './handler-options.ts'
import { errorResponse, HttpError, type ErrorBody } from './http-error.ts'
import { empty, json } from './respond.ts'
import { createRoutes, type Route, type Routes } from './routes/routes.ts'

/**
 * Answers a request of the routes below; whatever goes wrong is a response, too: it never rejects. Frameworks mount it;
 * what they have before it (CORS, authentication, compression) stays theirs.
 */
export type ChatHandler = (request: Request, context?: ChatHandlerContext) => Promise<Response>

/**
 * Makes the HTTP side of a chat: it takes questions, streams answers, and lets a client stop, leave and come back.
 * Everything that can be refused is refused before the status is sent, with a status of its own and a safe JSON body.
 * `GET /openapi.json` describes the routes.
 *
 * @throws TypeError or RangeError with `code: 'invalid-input'` and the `field`
 *
 * @example
 * ```ts
 * import { extractiveChatModel, localRetriever } from 'ragwire/local'
 * import { createChatHandler } from 'ragwire/server'
 *
 * const retriever = localRetriever([{ documentId: 'returns', text: 'Unused items can be returned within thirty days.' }])
 * const handler = createChatHandler({ retriever, model: extractiveChatModel(), scope: () => 'everybody' })
 * ```
 */
export function createChatHandler(options: ChatHandlerOptions): ChatHandler {
  const resolved = resolveHandlerOptions(options)
  const routes = createRoutes(resolved)
  return async (request, context = {}) => {
    const { signal = request.signal } = context
    try {
      return await answer(request, { ...context, signal }, { options: resolved, routes })
    } catch (thrown) {
      if (signal.aborted) return empty(CLIENT_CLOSED_REQUEST)
      const response = errorResponse(thrown)
      if (response.status >= 500 && response !== thrown) callHook(resolved.onError, toChatError(thrown))
      return response
    }
  }
}

// As nginx calls it. No client ever sees it, but a log does.
const CLIENT_CLOSED_REQUEST = 499

interface Chat {
  readonly options: ResolvedHandlerOptions
  readonly routes: Routes
}

async function answer(
  request: Request,
  context: ChatHandlerContext & Required<Pick<ChatHandlerContext, 'signal'>>,
  { options, routes }: Chat,
): Promise<Response> {
  const url = new URL(request.url)
  const found = findRoutes(url.pathname, context, { options, routes })
  const route = found.find(({ method }) => method === request.method)
  if (found.length === 0) return markUnrouted(noRoute())
  if (!route) throw wrongMethod(found)
  return route.answer({ request, url, id: decode(route.id), context, signal: context.signal, options })
}

function findRoutes(
  path: string,
  { exactPath = false }: ChatHandlerContext,
  { options: { basePath }, routes }: Chat,
): readonly Route[] {
  if (basePath === undefined) return exactPath ? routes.find(path) : routes.findAtEnd(path)
  return path.startsWith(basePath) ? routes.find(path.slice(basePath.length)) : []
}

function noRoute(): Response {
  const message = 'There is no such route: give the path that the handler is mounted below as basePath'
  return json({ code: 'not-found', message, retryable: false } satisfies ErrorBody, { status: 404 })
}

function wrongMethod(known: readonly Route[]): HttpError {
  const allow = known.map(({ method }) => method).join(', ')
  return new HttpError(405, 'method', `Cannot use this method here: use ${allow}`, { allow })
}

function decode(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    throw new HttpError(400, 'path', 'Cannot read the path: it is not encoded as a URL')
  }
}
