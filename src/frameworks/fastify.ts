import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { expectOptionalFunction } from '../core/options/validate.ts'
import type { ChatHandler } from '../http/create-chat-handler.ts'
import { expectHandler } from '../http/expect-handler.ts'
import { askHandler, isWhole, type NodeServerResponse } from '../node/to-node-handler.ts'
import { toNodeReadable } from '../node/to-node-readable.ts'
import type { NodeRequest } from '../node/to-web-request.ts'
import { sendToNode } from '../node/send-to-node.ts'
import { takeSource, type ResponseSource } from '../sinks/response-source.ts'
import { isUnrouted } from '../http/unrouted.ts'
import { belowMount } from './below-mount.ts'
import type { ScopeOf } from './scope-of.ts'

/** What {@link fastifyChat} takes, beside the `prefix` of `register`. */
export interface FastifyChatOptions {
  readonly handler: ChatHandler
  /**
   * Who asks, in the place of the option `scope` of the handler: what hooks have found out. Declare the parameter as a
   * `FastifyRequest`. It is called where a route needs it. A `Response` that it throws is sent as it is; anything else
   * that it throws, and a scope that is none, is a 500.
   */
  readonly scope?: ScopeOf<FastifyChatRequest> | undefined
}

/** A request of Fastify, as far as the handler needs it. */
export interface FastifyChatRequest {
  readonly raw: NodeRequest
  readonly url: string
  readonly body: unknown
}

/** A reply of Fastify, as far as the handler needs it. */
export interface FastifyChatReply {
  readonly raw: NodeServerResponse
  readonly sent: boolean
  code(status: number): unknown
  header(name: string, value: string): unknown
  hasHeader(name: string): boolean
  getHeaders(): Readonly<Record<string, number | string | readonly string[] | undefined>>
  send(payload?: unknown): unknown
  hijack(): unknown
  callNotFound(): unknown
}

/** A route of Fastify, as the plugin declares it. */
export interface FastifyChatRoute {
  readonly method: string[]
  readonly url: string
  handler(request: FastifyChatRequest, reply: FastifyChatReply): Promise<unknown>
  onSend(
    request: FastifyChatRequest,
    reply: FastifyChatReply,
    payload: unknown,
    done: (error: null, payload: unknown) => void,
  ): void
}

/** An instance of Fastify, as far as the plugin needs it. */
export interface FastifyChatInstance {
  readonly prefix: string
  route(route: FastifyChatRoute): unknown
}

// Not OPTIONS: that is the business of CORS, which declares it for the whole application.
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

// The last two are those of `register`, which gives them to the plugin, too.
const OPTIONS = {
  handler: true,
  scope: true,
  prefix: true,
  logLevel: true,
  logSerializers: true,
} satisfies OptionNames<FastifyChatOptions & FastifyRegisterOptions>

interface FastifyRegisterOptions {
  readonly prefix: string
  readonly logLevel: string
  readonly logSerializers: object
}

/**
 * A plugin of Fastify 5 that mounts the handler below the `prefix` of `register`. Bodies are parsed by Fastify, under
 * its `bodyLimit`; hooks and plugins see requests and replies as they see those of any other route. A request that the
 * handler has no route for is `callNotFound()`.
 *
 * @example
 * ```ts
 * import fastify from 'fastify'
 * import { fastifyChat } from 'ragwire/fastify'
 * import { createChatHandler } from 'ragwire/server'
 * import { extractiveChatModel, localRetriever } from 'ragwire/local'
 *
 * const retriever = localRetriever([{ documentId: 'returns', text: 'Unused items can be returned within thirty days.' }])
 * const handler = createChatHandler({ retriever, model: extractiveChatModel(), scope: () => 'everybody' })
 *
 * const app = fastify()
 * await app.register(fastifyChat, { handler, prefix: '/api' })
 * ```
 */
export async function fastifyChat(app: FastifyChatInstance, options: FastifyChatOptions): Promise<void> {
  expectOptions(options, OPTIONS, { of: 'fastifyChat' })
  const handler = expectHandler(options.handler)
  const scope = expectOptionalFunction('scope', options.scope)
  const sources = new WeakMap<object, ResponseSource>()

  /** Answers with a payload of Fastify, so that the hooks of other plugins see it. */
  async function answer(request: FastifyChatRequest, reply: FastifyChatReply): Promise<unknown> {
    const known = scope && { scope: () => scope(request) }
    const context = { path: belowMount(request.url, app.prefix), body: request.body, ...known }
    const response = await askHandler(handler, request.raw, reply.raw, context)
    if (isUnrouted(response)) return reply.callNotFound()
    // Another one may have answered in the meantime, such as a time limit.
    if (reply.sent) return response.body?.cancel()
    reply.code(response.status)
    for (const [name, value] of response.headers) {
      if (name === 'set-cookie' || !reply.hasHeader(name)) reply.header(name, value)
    }
    const source = takeSource(response)
    if (source) return reply.send(toPayload(source, reply))
    return reply.send(isWhole(response) ? await response.text() : response.body)
  }

  function toPayload(source: ResponseSource, { raw }: FastifyChatReply): object {
    // The response tells it that the client has left; the signal would do so twice.
    const { signal: _signal, ...options } = source.options
    const payload = toNodeReadable(source.events, options)
    // A hook may throw it away.
    raw.once('close', () => payload.destroy())
    sources.set(payload, source)
    return payload
  }

  app.route({
    method: METHODS,
    url: '/*',
    handler: answer,
    // The last of the hooks of this kind: what it takes over was seen by all of the others, and replaced by none.
    onSend(_request, reply, payload, done) {
      const source = typeof payload === 'object' && payload !== null ? sources.get(payload) : undefined
      if (!source) return done(null, payload)
      reply.hijack()
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value)
      }
      const options = { ...source.options, status: reply.raw.statusCode }
      // A hook may have set a status that no stream can have.
      sendToNode(source.events, reply.raw, options).catch(() => reply.raw.destroy())
    },
  })
}
