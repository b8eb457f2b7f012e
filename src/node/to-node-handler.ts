import { toChatError, type ChatError } from '../core/vocabulary/chat-error.ts'
import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { callHook } from '../core/observe/call-hook.ts'
import { logError } from '../core/observe/log-error.ts'
import { hookOption } from '../core/options/options-with-defaults.ts'
import { expectOptionalFunction } from '../core/options/validate.ts'
import { isUnrouted } from '../http/chat-answer.ts'
import type { ChatHandler } from '../http/create-chat-handler.ts'
import { expectHandler } from '../http/expect-handler.ts'
import { errorAnswer } from '../http/http-error.ts'
import { askOverNode, type NodeCallContext, type NodeServerResponse } from './ask-over-node.ts'
import { sendAnswer } from './send-answer.ts'
import type { NodeRequest } from './to-web-request.ts'

/** Facts of a framework about a request. */
export interface NodeRequestContext extends NodeCallContext {
  /** Called for a request without a route; its body is unread. @defaultValue the answer is a 404 */
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
 * Answers a request of `node:http`, or of the compatibility API of `node:http2`, with the handler. Headers that are
 * already set on the response are kept. It resolves when the answer is written. It rejects only if the handler rejects,
 * which a handler of `createChatHandler` never does.
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
  const answer = await askOverNode(handler, { request, response }, context)
  if (pass && isUnrouted(answer)) return pass()
  await sendAnswer(answer, response)
  // The unread rest of a body would block the next request of this connection, and a client that sends the whole body
  // before it reads. `requestTimeout` of the server limits the time.
  if (!request.complete) request.resume()
}

/** Options of {@link toNodeHandler}. */
export interface NodeHandlerOptions {
  /**
   * Returns the tenant or user of a request. It replaces the option `scope` of the handler. It is called if a route
   * needs it. A `Response` that it throws is sent as it is; any other error, and an invalid or missing scope, is a 500.
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
 * Creates a request listener that calls the handler, for `createServer` of `node:http` and `node:http2`.
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
  const onError = hookOption('onError', options.onError, logError)
  return (request, response) => {
    const context = scope ? { scope: () => scope(request) } : {}
    answerNodeRequest(handler, request, response, context).catch((thrown: unknown) => {
      callHook(onError, toChatError(thrown))
      if (response.headersSent) response.destroy()
      else void sendAnswer(errorAnswer(thrown), response)
    })
  }
}
