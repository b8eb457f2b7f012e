import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { expectOptionalFunction } from '../core/options/validate.ts'
import type { ChatHandler } from '../http/create-chat-handler.ts'
import { expectHandler } from '../http/expect-handler.ts'
import type { NodeServerResponse } from '../node/ask-over-node.ts'
import { answerNodeRequest } from '../node/to-node-handler.ts'
import type { NodeRequest } from '../node/to-web-request.ts'
import type { ScopeOf } from './scope-of.ts'

/** The used part of a request of Express. */
export type ExpressRequest = NodeRequest & { readonly body?: unknown }

/** A middleware of Express 4 and 5. */
export type ExpressChat = (
  request: ExpressRequest,
  response: NodeServerResponse,
  next: (error?: unknown) => void,
) => void

/** Options of {@link expressChat}. */
export interface ExpressChatOptions {
  /**
   * Returns the tenant or user that middleware has determined for a request. It replaces the option `scope` of the
   * handler. Declare the parameter as a `Request` of Express. It is called if a route needs it, and not for a request
   * that goes on to the next middleware. A `Response` that it throws is sent as it is; any other error, and an invalid
   * or missing scope, is a 500.
   */
  readonly scope?: ScopeOf<ExpressRequest> | undefined
}

const OPTIONS: OptionNames<ExpressChatOptions> = { scope: true }

/**
 * Mounts the handler in Express 4 or 5, at the root or below a path. A request without a route goes on to the next
 * middleware. It needs no body parser, and accepts a body that one has parsed.
 *
 * @example
 * ```ts
 * import express from 'express'
 * import { expressChat } from 'ragwire/express'
 * import { createChatHandler } from 'ragwire/server'
 * import { extractiveChatModel, localRetriever } from 'ragwire/local'
 *
 * const retriever = localRetriever([{ documentId: 'returns', text: 'Unused items can be returned within thirty days.' }])
 * const handler = createChatHandler({ retriever, model: extractiveChatModel(), scope: () => 'everybody' })
 *
 * const app = express()
 * app.use('/api', expressChat(handler))
 * ```
 */
export function expressChat(handler: ChatHandler, options: ExpressChatOptions = {}): ExpressChat {
  expectHandler(handler)
  expectOptions(options, OPTIONS, { of: 'expressChat' })
  const scope = expectOptionalFunction('scope', options.scope)
  return (request, response, next) => {
    // Do not check `body`: the parsers of Express 4 set an empty one if they did not read it.
    const parsed = request.readableDidRead ? { body: request.body } : {}
    // `url` is the path below the mount point. Errors go to `next`, because Express 4 ignores a returned promise.
    const path = request.url ?? '/'
    const known = scope && { scope: () => scope(request) }
    answerNodeRequest(handler, request, response, { path, pass: () => next(), ...parsed, ...known }).catch(next)
  }
}
