import { untilAborted } from '../core/async/abortable.ts'
import { ChatError } from '../core/vocabulary/chat-error.ts'
import { isInvalidInput } from '../core/vocabulary/invalid-input.ts'
import { expectId } from '../core/options/validate.ts'
import type { ResolvedHandlerOptions } from './handler-options.ts'
import { HttpError } from './http-error.ts'

/** What a server tells the handler beside the request. */
export interface ChatHandlerContext {
  /** Fires when the client has left: the close of the response. @defaultValue the request's own */
  readonly signal?: AbortSignal
  /**
   * True if the path of the request is taken as it stands, because the server knows where the handler is mounted: below
   * the mount, or under the option `basePath`.
   *
   * @defaultValue false: without `basePath`, the end of the path says which route it is
   */
  readonly exactPath?: boolean
  /** Keeps the process alive for what goes on after the response, such as that of an edge runtime. */
  readonly waitUntil?: (work: Promise<unknown>) => void
  /** The body, where it was read and parsed already. */
  readonly body?: unknown
  /**
   * Who asks, where the server knows it already: it takes the place of the option `scope`. A function is called once per
   * request, and only where a route needs it. One that is there and gives nothing is a 500: the option does not step in.
   */
  readonly scope?: string | (() => string | Promise<string>)
}

/** One request on its way through the handler. */
export interface Call {
  readonly request: Request
  readonly url: URL
  /** What stands in the place of the id in the route; empty for a route without one. */
  readonly id: string
  readonly context: ChatHandlerContext
  readonly signal: AbortSignal
  readonly options: ResolvedHandlerOptions
}

/**
 * The tenant or user of a request.
 *
 * @throws Response what the application refuses with; ChatError `internal` for whatever else it throws or returns, because
 * no client is to blame for that
 */
export async function scopeOf(call: Call): Promise<string> {
  try {
    const scope = expectId('scope', await untilAborted(Promise.resolve(askForScope(call)), call.signal))
    if (scope !== undefined) return scope
  } catch (thrown) {
    call.signal.throwIfAborted()
    if (thrown instanceof Response) throw thrown
    throw new ChatError('The function scope failed, or returned no valid id', { code: 'internal', cause: thrown })
  }
  throw new ChatError('The function scope returned nothing', { code: 'internal' })
}

function askForScope({ request, context, options }: Call): string | undefined | Promise<string> {
  // Not whether it is undefined: who is nobody to the server must not become somebody else.
  if (!('scope' in context)) return options.scope(request)
  return typeof context.scope === 'function' ? context.scope() : context.scope
}

/** An id that a client has sent outside of a body. */
export function idOf(field: string, id: string): string {
  try {
    return expectId(field, id) ?? id
  } catch (thrown) {
    throw isInvalidInput(thrown) ? new HttpError(400, field, thrown.message) : thrown
  }
}

/** A number of the query string; more than `most` is as good as that. */
export function countOf({ url }: Call, field: string, { most, otherwise }: CountRange): number {
  const text = url.searchParams.get(field)
  if (text === null) return otherwise
  if (/^[1-9]\d{0,14}$/u.test(text)) return Math.min(most, Number(text))
  throw new HttpError(400, field, `Cannot use this ${field}: it must be a whole number from 1`)
}

interface CountRange {
  readonly most: number
  readonly otherwise: number
}
