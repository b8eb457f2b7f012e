import { ChatClientError, type ChatFailure } from './client-error.ts'
import type { FetchResponse, ResolvedClientOptions } from './client-options.ts'

/** A request to a route of the handler. */
export interface RouteRequest {
  /** The method. @defaultValue `POST` with a body, else `GET` */
  readonly method?: string
  /** Becomes the JSON body. */
  readonly body?: object
  /** Further headers. */
  readonly headers?: Record<string, string>
  /** Aborts the request. */
  readonly signal?: AbortSignal | undefined
  /** True to send it even if the page closes. */
  readonly keepalive?: boolean
}

/**
 * Sends a request to a path of the handler, such as `/chat`. Resolves with a response of a status from 200 to 299.
 *
 * @throws ChatClientError for every other status, and when no server is reached; the reason of `signal` when it fires
 */
export async function sendRequest(
  options: ResolvedClientOptions,
  path: string,
  { body, method = body ? 'POST' : 'GET', headers, signal, keepalive = false }: RouteRequest = {},
): Promise<FetchResponse> {
  const own = await options.headers()
  const response = await options
    .fetch(options.url + path, {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...own, ...headers },
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
      ...(keepalive && { keepalive }),
      ...(options.credentials && { credentials: options.credentials }),
    })
    .catch((cause: unknown) => {
      signal?.throwIfAborted()
      const message = 'The server cannot be reached. Check the connection, and the address in url'
      throw new ChatClientError({ code: 'unreachable', message, retryable: true }, cause)
    })
  if (response.ok) return response
  throw new ChatClientError(await failureOf(response))
}

/** Reads a JSON body. */
export async function readJson<T>(response: FetchResponse): Promise<T> {
  try {
    return JSON.parse(await response.text()) as T
  } catch (cause) {
    throw badResponse(response, cause)
  }
}

/** Makes the error of a response that is not of the chat handler. */
export function badResponse({ status, headers }: FetchResponse, cause?: unknown): ChatClientError {
  const type = headers.get('content-type') ?? 'no content type'
  const message = `The server answered with ${type}, not as a chat handler. Check the address in url`
  return new ChatClientError({ code: 'bad-response', message, retryable: false, status }, cause)
}

interface ServerFailure extends Partial<ChatFailure> {
  readonly runId?: string
}

async function failureOf(response: FetchResponse): Promise<ChatFailure> {
  const { status } = response
  const text = await response.text().catch(() => '')
  const said = parse(text)
  const retryAfterMs = said.retryAfterMs ?? readRetryAfter(response.headers.get('retry-after') ?? '')
  return {
    ...(typeof said.code === 'string' && typeof said.message === 'string'
      ? { code: said.code, message: said.message, retryable: said.retryable === true }
      : ownFailure(status)),
    status,
    ...(retryAfterMs >= 0 && { retryAfterMs }),
    ...(said.code === 'thread-busy' && said.runId !== undefined && { runId: said.runId }),
  }
}

/** Reads seconds or a date (RFC 9110, 10.2.3). */
function readRetryAfter(value: string): number {
  return /^\d+$/u.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now()
}

function parse(text: string): ServerFailure {
  try {
    return Object(JSON.parse(text)) as ServerFailure
  } catch {
    // An error page of a proxy.
    return {}
  }
}

/** Describes a response that the handler has not made, but a proxy or the application around it. */
function ownFailure(status: number): Pick<ChatFailure, 'code' | 'message' | 'retryable'> {
  if (status === 401 || status === 403)
    return { code: 'unauthorized', message: 'The server refused the request: sign in again', retryable: false }
  if (status === 429)
    return { code: 'rate-limited', message: 'The server received too many requests. Try again later', retryable: true }
  if (status >= 500)
    return { code: 'unreachable', message: `The server is not available (status ${status})`, retryable: true }
  const message = `The server answered with status ${status}, not as a chat handler. Check the address in url`
  return { code: 'bad-response', message, retryable: false }
}
