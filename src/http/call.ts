import { untilAborted } from '../core/async/abortable.ts'
import { ChatError } from '../core/vocabulary/chat-error.ts'
import { isInvalidInput } from '../core/vocabulary/invalid-input.ts'
import { expectId } from '../core/options/validate.ts'
import type { ResolvedHandlerOptions } from './resolve-handler-options.ts'
import { HttpError } from './http-error.ts'

/** Facts that a server gives the handler beside the request. */
export interface ChatHandlerContext {
  /** Fires when the client has left, such as at the close of the response. @defaultValue the signal of the request */
  readonly signal?: AbortSignal
  /**
   * True if the path is exact, because the server knows the mount path: the request has the path below the mount, or
   * the whole path if `basePath` is set.
   *
   * @defaultValue false: without `basePath`, the end of the path decides the route
   */
  readonly exactPath?: boolean
  /** Keeps the process alive for work after the response. Edge runtimes provide such a function. */
  readonly waitUntil?: (work: Promise<unknown>) => void
  /** The body, if the server has read and parsed it already. */
  readonly body?: unknown
  /**
   * The tenant or user of the request, if the server knows it already. It replaces the option `scope`. A function is
   * called once per request, and only if a route needs it. If the member is present but `undefined`, the answer is a
   * 500: the option is not a fallback.
   */
  readonly scope?: string | (() => string | Promise<string>)
}

/** One request, with everything that a route needs to answer it. */
export interface Call {
  /** The request. */
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
 * @throws Response if the application throws one; ChatError `internal` for any other error or an invalid scope, because
 * the client did not cause it
 */
export async function scopeOf(call: Call): Promise<string> {
  try {
    const asked = askForScope(call)
    // A promise must be listened to, even if the client has left: it may reject.
    const isKnown = asked === undefined || typeof asked === 'string'
    const scope = expectId('scope', isKnown ? asked : await untilAborted(Promise.resolve(asked), call.signal))
    call.signal.throwIfAborted()
    if (scope !== undefined) return scope
  } catch (thrown) {
    call.signal.throwIfAborted()
    if (thrown instanceof Response) throw thrown
    throw new ChatError('The function scope failed, or returned no valid id', { code: 'internal', cause: thrown })
  }
  throw new ChatError(
    'The scope of the request is undefined: return the tenant or user, or throw a Response to refuse it',
    { code: 'internal' },
  )
}

function askForScope({ request, context, options }: Call): string | undefined | Promise<string> {
  // Check presence, not value: if the server passes `undefined` (no user), the option could name another user.
  if (!('scope' in context)) return options.scope(request)
  return typeof context.scope === 'function' ? context.scope() : context.scope
}

/** Returns an id of the path or the query; throws an HttpError 400 if it is invalid. */
export function idOf(field: string, id: string): string {
  try {
    return expectId(field, id) ?? id
  } catch (thrown) {
    throw isInvalidInput(thrown) ? new HttpError(400, field, thrown.message) : thrown
  }
}

/** Returns a number of the query string, at most `most`; `otherwise` if it is absent. */
export function countOf({ url }: Call, field: string, { most, otherwise }: CountRange): number {
  const text = url.searchParams.get(field)
  if (text === null) return otherwise
  if (/^[1-9]\d{0,14}$/u.test(text)) return Math.min(most, Number(text))
  throw new HttpError(
    400,
    field,
    `Cannot use ${field} ${JSON.stringify(text.slice(0, 64))}: it must be a whole number from 1`,
  )
}

interface CountRange {
  readonly most: number
  readonly otherwise: number
}
