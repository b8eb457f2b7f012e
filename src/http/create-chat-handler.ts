import { toChatError } from '../core/vocabulary/chat-error.ts'
import { callHook } from '../core/observe/call-hook.ts'
import { toWebResponse, type ChatAnswer } from './chat-answer.ts'
import type { ChatHandlerContext } from './call.ts'
import { resolveHandlerOptions, type ResolvedHandlerOptions } from './resolve-handler-options.ts'
import type { ChatHandlerOptions } from './handler-options.ts'
import { errorAnswer, HttpError, type ErrorBody } from './http-error.ts'
import { empty, json } from './respond.ts'
import { createRoutes, type Route, type Routes } from './routes/routes.ts'

/**
 * Answers the requests of a chat. It never rejects: every failure is a response, too. CORS, authentication and
 * compression are the task of the framework that mounts it.
 */
export interface ChatHandler {
  /** Answers with a `Response`. */
  (request: Request, context?: ChatHandlerContext): Promise<Response>
  /**
   * Answers with a value. The adapters for Node, Express and Fastify write its events to the socket without a web
   * stream. A function that wraps a handler has no such method: its `Response` is sent instead.
   */
  readonly answer?: (request: Request, context?: ChatHandlerContext) => Promise<ChatAnswer>
}

/** The handler that `createChatHandler` returns. */
export interface AnsweringChatHandler extends ChatHandler {
  /** Answers with a value: status, headers, and a text or a stream of events. Like the handler, it never rejects. */
  readonly answer: (request: Request, context?: ChatHandlerContext) => Promise<ChatAnswer>
}

/**
 * Creates the HTTP handler of a chat: it takes questions, streams answers, and lets clients stop and resume runs. A
 * request is refused before the status is sent, so that each failure has a fitting status and a safe JSON body. `GET
 * /openapi.json` describes the routes.
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
export function createChatHandler(options: ChatHandlerOptions): AnsweringChatHandler {
  const resolved = resolveHandlerOptions(options)
  const routes = createRoutes(resolved)

  async function answer(request: Request, context: ChatHandlerContext = {}): Promise<ChatAnswer> {
    const { signal = request.signal } = context
    try {
      return await answerRoute(request, { ...context, signal }, { options: resolved, routes })
    } catch (thrown) {
      if (signal.aborted) return empty(CLIENT_CLOSED_REQUEST)
      const failed = errorAnswer(thrown)
      if (failed.type === 'whole' && failed.status >= 500) callHook(resolved.onError, toChatError(thrown))
      return failed
    }
  }

  const handler = async (request: Request, context?: ChatHandlerContext) =>
    toWebResponse(await answer(request, context))
  return Object.assign(handler, { answer })
}

// The code that nginx uses. Only logs show it, because the client has left.
const CLIENT_CLOSED_REQUEST = 499

interface Chat {
  readonly options: ResolvedHandlerOptions
  readonly routes: Routes
}

function answerRoute(
  request: Request,
  context: ChatHandlerContext & Required<Pick<ChatHandlerContext, 'signal'>>,
  { options, routes }: Chat,
): ChatAnswer | Promise<ChatAnswer> {
  const url = new URL(request.url)
  const found = findRoutes(url.pathname, context, { options, routes })
  const route = found.find(({ method }) => method === request.method)
  if (found.length === 0) return noRoute()
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

function noRoute(): ChatAnswer {
  const message =
    'There is no such route: check the path, or set basePath to the path that the handler is mounted below'
  const body: ErrorBody = { code: 'not-found', message, retryable: false }
  return { ...json(body, { status: 404 }), unrouted: true }
}

function wrongMethod(known: readonly Route[]): HttpError {
  const allow = known.map(({ method }) => method).join(', ')
  return new HttpError(405, 'method', `Cannot use this method here: use ${allow}`, { allow })
}

function decode(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    throw new HttpError(400, 'path', 'Cannot read the path: its percent-encoding is invalid')
  }
}
