import { expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { expectOptionalFunction } from '../core/options/validate.ts'
import type { ChatHandler } from '../http/create-chat-handler.ts'
import { expectHandler } from '../http/expect-handler.ts'
import { disconnectSignal, type ClosableResponse } from '../node/disconnect-signal.ts'
import { createByteReader } from '../core/async/byte-reader.ts'
import { lazyBody } from '../http/lazy-body.ts'
import { UnroutedResponse } from '../http/unrouted-response.ts'
import { belowMount } from './below-mount.ts'
import type { ScopeOf } from './scope-of.ts'

/** The used part of a context of Hono. */
export interface HonoChatContext {
  /** The request. */
  readonly req: {
    readonly raw: Request
    /** The path that the handler was registered with. */
    readonly routePath: string
    json(): Promise<unknown>
  }
  /** Bindings of the server; `@hono/node-server` passes the response of Node as `outgoing`. */
  readonly env?: unknown
  /** The context of an edge runtime. Reading it throws on other servers. */
  readonly executionCtx: { waitUntil(work: Promise<unknown>): void }
}

/** A handler of Hono 4. */
export type HonoChat = (context: HonoChatContext, next: () => Promise<void>) => Promise<Response | undefined>

/** Options of {@link honoChat}. */
export interface HonoChatOptions {
  /**
   * Returns the tenant or user that middleware has determined for a request. It replaces the option `scope` of the
   * handler. Declare the parameter as a `Context` of Hono. It is called if a route needs it, and not for a request that
   * goes on to the next handler. A `Response` that it throws is sent as it is; any other error, and an invalid or
   * missing scope, is a 500.
   */
  readonly scope?: ScopeOf<HonoChatContext> | undefined
}

const OPTIONS: OptionNames<HonoChatOptions> = { scope: true }

/**
 * Mounts the handler in Hono, at `*` or below a path such as `/api/*`. A request without a route goes on to the next
 * handler.
 *
 * @example
 * ```ts
 * import { Hono } from 'hono'
 * import { honoChat } from 'ragwire/hono'
 * import { createChatHandler } from 'ragwire/server'
 * import { extractiveChatModel, localRetriever } from 'ragwire/local'
 *
 * const retriever = localRetriever([{ documentId: 'returns', text: 'Unused items can be returned within thirty days.' }])
 * const handler = createChatHandler({ retriever, model: extractiveChatModel(), scope: () => 'everybody' })
 *
 * const app = new Hono()
 * app.all('/api/*', honoChat(handler))
 * ```
 */
export function honoChat(handler: ChatHandler, options: HonoChatOptions = {}): HonoChat {
  expectHandler(handler)
  expectOptions(options, OPTIONS, { of: 'honoChat' })
  const scope = expectOptionalFunction('scope', options.scope)
  return async (context, next) => {
    const { raw } = context.req
    // A middleware, such as a validator, may have read the body. Hono has stored it; text that is not JSON counts as
    // null.
    const parsed = raw.bodyUsed ? { body: await context.req.json().catch(() => null) } : {}
    const waitUntil = waitUntilOf(context)
    const response = await handler(toBelowMount(context.req), {
      ...parsed,
      exactPath: true,
      signal: signalOf(context),
      ...(waitUntil && { waitUntil }),
      ...(scope && { scope: () => scope(context) }),
    })
    if (!(response instanceof UnroutedResponse)) return response
    await next()
    return undefined
  }
}

function toBelowMount({ raw, routePath }: HonoChatContext['req']): Request {
  const url = new URL(raw.url)
  const path = belowMount(url.pathname, routePath.replace(/\*$/u, ''))
  if (path === url.pathname) return raw
  url.pathname = path
  const { method, headers, body, signal } = raw
  // Node requires `duplex` for a body that is a stream; the types of the web do not have it.
  const init = {
    method,
    headers,
    body: raw.bodyUsed || !body ? null : lazyBody(() => createByteReader(body)),
    duplex: 'half',
    signal,
  }
  return new Request(url, init)
}

function signalOf({ req, env }: HonoChatContext): AbortSignal {
  const response = typeof env === 'object' && env !== null && 'outgoing' in env ? env.outgoing : undefined
  // The signal of the original request, because that of a derived request is only a copy.
  return isNodeResponse(response) ? disconnectSignal(response) : req.raw.signal
}

function isNodeResponse(value: unknown): value is ClosableResponse {
  return typeof value === 'object' && value !== null && 'on' in value && typeof value.on === 'function'
}

function waitUntilOf(context: HonoChatContext): ((work: Promise<unknown>) => void) | undefined {
  try {
    const { executionCtx } = context
    return (work) => executionCtx.waitUntil(work)
  } catch {
    // Only edge runtimes have it.
    return undefined
  }
}
