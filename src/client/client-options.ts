/** The part of a response that a client reads. The `Response` of every `fetch` has it. */
export interface FetchResponse {
  /** True for a status from 200 to 299. */
  readonly ok: boolean
  /** The status. */
  readonly status: number
  /** The headers. */
  readonly headers: { get(name: string): string | null }
  /** The body as a stream of bytes. */
  readonly body: FetchBody | null
  /** Resolves with the whole body. */
  text(): Promise<string>
}

/** A body that is read chunk by chunk. */
export interface FetchBody {
  /** Returns the reader of the chunks. */
  getReader(): {
    /** Resolves with the next chunk. */
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
    /** Closes the connection. */
    cancel(): Promise<void>
  }
}

/** The request that a client sends. */
export interface FetchRequest {
  /** The method, such as `POST`. */
  readonly method: string
  /** The headers. */
  readonly headers: Record<string, string>
  /** The body: JSON. */
  readonly body: string | null
  /** Aborts the request, or the reading of its response. */
  readonly signal: AbortSignal | null
  /** True for a stop, which the browser sends even if the page closes. */
  readonly keepalive: boolean
  /** The option `credentials`. */
  readonly credentials: 'include' | 'omit' | 'same-origin'
}

/** A `fetch` with the part of its behaviour that a client needs. */
export type FetchFunction = (url: string, request: FetchRequest) => Promise<FetchResponse>

/** The options of a client. */
export interface ChatClientOptions {
  /** The address that the chat handler is mounted at, such as `/api`. */
  readonly url: string
  /**
   * Headers of every request, or a function that returns them before each request, for a token that changes.
   * @defaultValue none
   */
  readonly headers?:
    | Record<string, string>
    | (() => Record<string, string> | Promise<Record<string, string>>)
    | undefined
  /** The requests that have cookies, as `fetch` takes it. @defaultValue 'same-origin' */
  readonly credentials?: 'include' | 'omit' | 'same-origin' | undefined
  /** Sends the requests. @defaultValue the global `fetch` */
  readonly fetch?: FetchFunction | undefined
  /**
   * Silence after which a connection counts as broken, in milliseconds. Keep-alives of the server count as activity, so
   * it must be above their interval of 8 seconds. `Infinity` for no limit. @defaultValue 25000
   */
  readonly idleMs?: number | undefined
  /** Attempts to connect again without any progress, before reading ends as `disconnected`. @defaultValue 6 */
  readonly attempts?: number | undefined
}

/** The options of a client with their defaults. */
export interface ResolvedClientOptions {
  /** The address without a slash at its end. */
  readonly url: string
  /** Returns the headers of a request. */
  readonly headers: () => Record<string, string> | Promise<Record<string, string>>
  /** The requests that have cookies. */
  readonly credentials: FetchRequest['credentials']
  /** Sends the requests. */
  readonly fetch: FetchFunction
  /** Silence after which a connection counts as broken, in milliseconds. */
  readonly idleMs: number
  /** Attempts to connect again. */
  readonly attempts: number
}

/**
 * Checks the options and adds the defaults.
 *
 * @throws TypeError or RangeError that names the option
 */
export function resolveClientOptions({ url, ...options }: ChatClientOptions): ResolvedClientOptions {
  const {
    headers = {},
    credentials = 'same-origin',
    fetch = globalFetch,
    idleMs = 25_000,
    attempts = 6,
    ...others
  } = options
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw new TypeError(`There is no option ${unknown}`)
  if (typeof url !== 'string') throw new TypeError('Cannot use url: it must be a string such as "/api"')
  if (!(idleMs > 0 && attempts >= 0))
    throw new RangeError('Cannot use idleMs or attempts: they must be positive numbers')
  return {
    url: url.replace(/\/+$/u, ''),
    headers: typeof headers === 'function' ? headers : () => headers,
    credentials,
    fetch,
    idleMs,
    attempts,
  }
}

// Called through the global object, because a browser refuses a `fetch` of another `this`.
const globalFetch: FetchFunction = (url, request) => globalThis.fetch(url, request)
