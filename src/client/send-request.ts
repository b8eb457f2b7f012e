import { ChatClientError, clientError, type ChatFailure } from './client-error.ts'
import type { FetchResponse, ResolvedClientOptions } from './client-options.ts'
import { LONGEST_TIMER_MS } from './in-time.ts'

/** A request to a route of the handler. */
export interface RouteRequest {
  /** The method. @defaultValue `POST` with a body, else `GET` */
  readonly method?: string
  /** Becomes the JSON body. */
  readonly body?: object | undefined
  /** Further headers. */
  readonly headers?: Record<string, string>
  /** Aborts the request. @defaultValue fires after `idleMs`, also while the body is read */
  readonly signal?: AbortSignal
  /** True to send it even if the page closes. */
  readonly keepalive?: boolean
}

/**
 * Sends a request to a path of the handler, such as `/chat`. Resolves with a response of a status from 200 to 299.
 *
 * @throws ChatClientError for every other status, and when no response comes, also because `signal` fired
 */
export async function sendRequest(
  { url, fetch, headers: own, credentials, idleMs }: ResolvedClientOptions,
  path: string,
  {
    body,
    method = body ? 'POST' : 'GET',
    headers,
    signal = AbortSignal.timeout(Math.min(idleMs, LONGEST_TIMER_MS)),
    keepalive = false,
  }: RouteRequest = {},
): Promise<FetchResponse> {
  const request = async (): Promise<FetchResponse> =>
    fetch(url + path, {
      method,
      // Fastify refuses a content type without a body.
      headers: { ...(body && { 'content-type': 'application/json' }), ...(await own()), ...headers },
      body: body ? JSON.stringify(body) : null,
      signal,
      keepalive,
      credentials,
    })
  const response = await request().catch((cause: unknown) => {
    throw clientError('unreachable', { cause })
  })
  if (response.ok) return response
  const { status } = response
  const wait = `${response.headers.get('retry-after')}`
  const retryAfterMs = Number(wait) * 1000 || Date.parse(wait) - Date.now()
  const facts = { status, ...(retryAfterMs >= 0 && { retryAfterMs }) }
  // The handler describes the failure as JSON. A proxy answers with HTML.
  const said = await readJson<ChatFailure>(response).catch(() => undefined)
  throw said?.code ? new ChatClientError({ ...facts, ...said }) : clientError(codeOf(status), facts)
}

/** Reads a JSON body. */
export async function readJson<T>(response: FetchResponse): Promise<T> {
  const text = await response.text().catch((cause: unknown) => {
    throw clientError('unreachable', { cause })
  })
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw clientError('bad-response', { cause, status: response.status })
  }
}

function codeOf(status: number): Parameters<typeof clientError>[0] {
  // Its body was lost on the way.
  if (status === 410) return 'run-expired'
  if (status >= 500) return 'unreachable'
  if (status === 429) return 'rate-limited'
  return status === 401 || status === 403 ? 'unauthorized' : 'bad-response'
}
