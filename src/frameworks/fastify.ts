import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { expectOptionalFunction } from '../core/options/validate.ts'
import { discardAnswer, isUnrouted, type ChatAnswer } from '../http/chat-answer.ts'
import type { ChatHandler } from '../http/create-chat-handler.ts'
import { expectHandler } from '../http/expect-handler.ts'
import { AnswerPayload } from '../node/answer-payload.ts'
import { askOverNode, type NodeServerResponse } from '../node/ask-over-node.ts'
import { headOf, isWhole } from '../node/send-answer.ts'
import type { NodeRequest } from '../node/to-web-request.ts'
import { belowMount } from './below-mount.ts'
import type { ScopeOf } from './scope-of.ts'

/** Options of {@link fastifyChat}, beside the `prefix` of `register`. */
export interface FastifyChatOptions {
  /** The handler of `createChatHandler`. */
  readonly handler: ChatHandler
  /**
   * Returns the tenant or user that hooks have determined for a request. It replaces the option `scope` of the handler.
   * Declare the parameter as a `FastifyRequest`. It is called if a route needs it. A `Response` that it throws is sent
   * as it is; any other error, and an invalid or missing scope, is a 500.
   */
  readonly scope?: ScopeOf<FastifyChatRequest> | undefined
}

/** The used part of a request of Fastify. */
export interface FastifyChatRequest {
  /** The request of Node. */
  readonly raw: NodeRequest
  /** The path with the query. */
  readonly url: string
  /** The body that Fastify has parsed. */
  readonly body: unknown
}

/** The used part of a reply of Fastify. */
export interface FastifyChatReply {
  /** The response of Node. */
  readonly raw: NodeServerResponse
  /** True if the reply was sent or hijacked. */
  readonly sent: boolean
  /** Sets the status. */
  code(status: number): unknown
  /** Sets a header. */
  header(name: string, value: string): unknown
  /** True if a header is set. */
  hasHeader(name: string): boolean
  /** Returns the headers. */
  getHeaders(): Readonly<Record<string, number | string | readonly string[] | undefined>>
  /** Sends a payload through the hooks. */
  send(payload?: unknown): unknown
  /** Takes the response over from Fastify. */
  hijack(): unknown
  /** Lets Fastify answer that there is no route. */
  callNotFound(): unknown
}

/** A route of Fastify, as the plugin declares it. */
export interface FastifyChatRoute {
  /** The methods. */
  readonly method: string[]
  /** The path below the prefix. */
  readonly url: string
  /** Answers a request. */
  handler(request: FastifyChatRequest, reply: FastifyChatReply): Promise<unknown>
  /** Called with each payload before it is sent. */
  onSend(
    request: FastifyChatRequest,
    reply: FastifyChatReply,
    payload: unknown,
    done: (error: null, payload: unknown) => void,
  ): void
}

/** The used part of an instance of Fastify. */
export interface FastifyChatInstance {
  /** The prefix of `register`. */
  readonly prefix: string
  /** Declares a route. */
  route(route: FastifyChatRoute): unknown
}

// Not OPTIONS: the CORS plugin declares it for the whole application.
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

// The last three are options of `register`, which also passes them to the plugin.
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
 * A plugin of Fastify 5 that mounts the handler below the `prefix` of `register`. Fastify parses the bodies, with its
 * `bodyLimit`. Hooks and plugins work as on any other route. For a request without a route it calls `callNotFound()`.
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

  /** Answers with a payload of Fastify, so that the hooks of other plugins see it. */
  async function answer(request: FastifyChatRequest, reply: FastifyChatReply): Promise<unknown> {
    const known = scope && { scope: () => scope(request) }
    const context = { path: belowMount(request.url, app.prefix), body: request.body, ...known }
    const answer = await askOverNode(handler, { request: request.raw, response: reply.raw }, context)
    if (isUnrouted(answer)) return reply.callNotFound()
    // The application may have answered meanwhile, for example at its time limit.
    if (reply.sent) return discardAnswer(answer)
    const { status, headers } = headOf(answer)
    reply.code(status)
    for (const [name, value] of headers) {
      if (name === 'set-cookie' || !reply.hasHeader(name)) reply.header(name, value)
    }
    return reply.send(await toPayload(answer, reply))
  }

  app.route({
    method: METHODS,
    url: '/*',
    handler: answer,
    // This hook runs after all other `onSend` hooks, so none of them has replaced this payload.
    onSend(_request, reply, payload, done) {
      if (!(payload instanceof AnswerPayload)) return done(null, payload)
      reply.hijack()
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value)
      }
      // A hook may have set a status that no stream can have.
      payload.sendTo(reply.raw).catch(() => reply.raw.destroy())
    },
  })
}

async function toPayload(answer: ChatAnswer, { raw }: FastifyChatReply): Promise<string | object> {
  if (answer.type === 'whole') return answer.body
  if (answer.type === 'response' && isWhole(answer.response)) return answer.response.text()
  const payload = new AnswerPayload(answer)
  // A hook may have discarded the payload.
  raw.once('close', () => payload.destroy())
  return payload
}
