import { untilAborted } from '../core/async/abortable.ts'
import { ChatError } from '../core/vocabulary/chat-error.ts'
import { isInvalidInput } from '../core/vocabulary/invalid-input.ts'
import { expectId } from '../core/options/validate.ts'
import type { ResolvedHandlerOptions } from './resolve-handler-options.ts'
import { HttpError } from './http-error.ts'

/** Facts that a server gives the handler beside the request. */
export interface ChatHandlerContext {
  /** Fires when the client has left: the close of the response. @defaultValue the request's own */
  readonly signal?: AbortSignal
  /**
   * True if the path is exact, because the server knows where the handler is mounted: the path below the mount, or the
   * whole path under the option `basePath`.
   *
   * @defaultValue false: without `basePath`, the end of the path decides the route
   */
  readonly exactPath?: boolean
  /** Keeps the process alive for work that goes on after the response. Edge runtimes have such a function. */
  readonly waitUntil?: (work: Promise<unknown>) => void
  /** The body, if the server has read and parsed it already. */
  readonly body?: unknown
  /**
   * The tenant or user of the request, if the server knows it already. It replaces the option `scope`. A function is called
   * once per request, and only if a route needs it. A member that is present but `undefined` is a 500, and no fallback.
   */
  readonly scope?: string | (() => string | Promise<string>)
}

/** One request on its way through the handler. */
export interface Call {
  /** The request as it came. */
  readonly request: Request
  /** Its URL. */
  readonly url: URL
  /** The id in the path, decoded; empty for a route without one. */
  readonly id: string
  /** The facts that the server knows. */
  readonly context: ChatHandlerContext
  /** Fires when the client has left. */
  readonly signal: AbortSignal
  /** The options of the handler. */
  readonly options: ResolvedHandlerOptions
}

/**
 * Returns the tenant or user of a request.
 *
 * @throws Response if the application refuses with one; ChatError `internal` for anything else that it throws or returns,
 * because that is no fault of the client
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
  // Check presence, not value: if the server gives `undefined` (no user), the option could name another user.
  if (!('scope' in context)) return options.scope(request)
  return typeof context.scope === 'function' ? context.scope() : context.scope
}

/** Checks an id of the path or the query. */
export function idOf(field: string, id: string): string {
  try {
    return expectId(field, id) ?? id
  } catch (thrown) {
    throw isInvalidInput(thrown) ? new HttpError(400, field, thrown.message) : thrown
  }
}

/** Returns a number of the query string, and `most` for a greater one. */
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
