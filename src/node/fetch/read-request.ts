import { METHODS } from 'node:http'
import { readRequestBody, type RequestBody } from './request-body.ts'

/** The treatment of a redirect. */
export type RedirectMode = 'refuse' | 'manual'

/** The headers of a request, with names in lower case. */
export type RequestHeaders = Readonly<Record<string, string>>

/** A request to send. */
export interface FetchRequest {
  /** The address, without a user name. */
  readonly url: URL
  /** The method, in upper case. */
  readonly method: string
  /** The headers, also those that are always sent, with names in lower case. */
  readonly headers: RequestHeaders
  /** The body; undefined for none. */
  readonly body: RequestBody | undefined
  /** Aborts the request. */
  readonly signal: AbortSignal | undefined
  /** The treatment of a redirect. */
  readonly redirect: RedirectMode
}

/**
 * Reads the arguments of a `fetch`: those in `init` win over those of a `Request`. Only a body that must be read first, such
 * as that of a form, needs a promise.
 *
 * @throws TypeError if they are invalid; like `fetch`, it names the argument
 */
export function readRequest(input: string | URL | Request, init: RequestInit): FetchRequest | Promise<FetchRequest> {
  const base = isRequest(input) ? input : undefined
  const head = {
    url: readUrl(typeof input === 'string' ? input : isRequest(input) ? input.url : input.href),
    method: readMethod(init.method ?? base?.method ?? 'GET'),
    headers: readHeaders(init.headers ?? base?.headers),
    signal: signalOf(input, init),
    redirect: (init.redirect ?? base?.redirect) === 'manual' ? 'manual' : 'refuse',
  } as const
  // `null` in `init` means no body, or no signal.
  const isOwn = init.body === undefined
  const given = isOwn ? base?.body : init.body
  if (given !== null && given !== undefined && (head.method === 'GET' || head.method === 'HEAD')) {
    throw new TypeError(`Cannot send a body with ${head.method}`)
  }
  const body = isOwn && base?.body ? readBodyOf(base) : readRequestBody(given)
  return body instanceof Promise ? body.then((body) => toRequest(head, body)) : toRequest(head, body)
}

// Its content type is one of its headers.
async function readBodyOf(request: Request): Promise<RequestBody> {
  return { bytes: new Uint8Array(await request.arrayBuffer()) }
}

function toRequest(head: Omit<FetchRequest, 'body'>, body: RequestBody | undefined): FetchRequest {
  expectSendable(head.headers, body)
  const headers = {
    ...DEFAULTS,
    ...(body?.contentType !== undefined && { 'content-type': body.contentType }),
    ...head.headers,
    ...(body?.bytes && { 'content-length': String(body.bytes.length) }),
  }
  return { ...head, headers, body }
}

/** Returns the signal of the arguments of a `fetch`; `null` in `init` turns that of a `Request` off. */
export function signalOf(input: string | URL | Request, { signal }: RequestInit): AbortSignal | undefined {
  if (signal === undefined) return isRequest(input) ? input.signal : undefined
  return signal ?? undefined
}

// Checked by its fields, because an application may use another class, such as that of a polyfill.
function isRequest(input: string | URL | Request): input is Request {
  return typeof input === 'object' && 'url' in input
}

function readUrl(text: string): URL {
  const url = URL.parse(text)
  if (!url) throw new TypeError(`Cannot fetch "${text}": it must be an absolute URL`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`Cannot fetch a URL with ${url.protocol}: it must begin with http: or https:`)
  }
  // The address is not in the message, because it has the password.
  if (url.username || url.password)
    throw new TypeError('Cannot fetch a URL with a user name: send an authorization header')
  return url
}

const KNOWN: ReadonlySet<string> = new Set(METHODS)
const FORBIDDEN: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])

function readMethod(given: string): string {
  const method = given.toUpperCase()
  if (KNOWN.has(method) && !FORBIDDEN.has(method)) return method
  throw new TypeError(`Cannot use the method ${JSON.stringify(given)}`)
}

// A `Headers` has checked its names and values, so it is not copied: the client of a model passes one.
function readHeaders(given: RequestInit['headers']): RequestHeaders {
  return Object.fromEntries(given instanceof Headers ? given : new Headers(given))
}

const DEFAULTS = { accept: '*/*', 'accept-encoding': 'gzip, deflate, br', 'user-agent': 'ragwire' }

const OWN_HEADERS = ['transfer-encoding', 'keep-alive', 'upgrade', 'expect']

// These headers decide where a message ends, and are set by the connection.
function expectSendable(headers: RequestHeaders, body: RequestBody | undefined): void {
  const refused = OWN_HEADERS.find((name) => name in headers)
  if (refused !== undefined) throw new TypeError(`Cannot send the header ${refused}: the connection sets it`)
  const { connection, 'content-length': length } = headers
  if (connection !== undefined && !/^(?:close|keep-alive)$/iu.test(connection)) {
    throw new TypeError(`Cannot send the header connection: ${connection}`)
  }
  if (length !== undefined && body?.bytes && Number(length) !== body.bytes.length) {
    throw new TypeError(`Cannot send the header content-length: ${length}: the body has ${body.bytes.length} bytes`)
  }
}
