import { METHODS } from 'node:http'
import { readRequestBody, type RequestBody } from './request-body.ts'

/** The treatment of a redirect. */
export type RedirectMode = 'refuse' | 'manual'

/** A request to send. */
export interface FetchRequest {
  /** The address, without a user name. */
  readonly url: URL
  /** The method, in upper case. */
  readonly method: string
  /** The headers, also those that are always sent. */
  readonly headers: Headers
  /** The body; undefined for none. */
  readonly body: RequestBody | undefined
  /** Aborts the request. */
  readonly signal: AbortSignal | undefined
  /** The treatment of a redirect. */
  readonly redirect: RedirectMode
}

/**
 * Reads the arguments of a `fetch`: those in `init` win over those of a `Request`.
 *
 * @throws TypeError if they are invalid; like `fetch`, it names the argument
 */
export async function readRequest(input: string | URL | Request, init: RequestInit): Promise<FetchRequest> {
  const base = isRequest(input) ? input : undefined
  const url = readUrl(typeof input === 'string' ? input : isRequest(input) ? input.url : input.href)
  const method = readMethod(init.method ?? base?.method ?? 'GET')
  const headers = new Headers(init.headers ?? base?.headers)
  // `null` in `init` means no body, or no signal.
  const given = init.body === undefined ? base?.body && (await base.arrayBuffer()) : init.body
  if (given !== null && given !== undefined && (method === 'GET' || method === 'HEAD')) {
    throw new TypeError(`Cannot send a body with ${method}`)
  }
  const body = await readRequestBody(given)
  if (body?.contentType !== undefined && !headers.has('content-type')) headers.set('content-type', body.contentType)
  addDefaults(headers)
  expectSendable(headers, body)
  return {
    url,
    method,
    headers,
    body,
    signal: signalOf(input, init),
    redirect: (init.redirect ?? base?.redirect) === 'manual' ? 'manual' : 'refuse',
  }
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

function addDefaults(headers: Headers): void {
  const defaults = { accept: '*/*', 'accept-encoding': 'gzip, deflate, br', 'user-agent': 'ragwire' }
  for (const [name, value] of Object.entries(defaults)) if (!headers.has(name)) headers.set(name, value)
}

const OWN_HEADERS = ['transfer-encoding', 'keep-alive', 'upgrade', 'expect']

// These headers decide where a message ends, and are set by the connection.
function expectSendable(headers: Headers, body: RequestBody | undefined): void {
  const refused = OWN_HEADERS.find((name) => headers.has(name))
  if (refused !== undefined) throw new TypeError(`Cannot send the header ${refused}: the connection sets it`)
  const connection = headers.get('connection')
  if (connection !== null && !/^(?:close|keep-alive)$/iu.test(connection)) {
    throw new TypeError(`Cannot send the header connection: ${connection}`)
  }
  const length = headers.get('content-length')
  if (length !== null && body?.bytes && Number(length) !== body.bytes.length) {
    throw new TypeError(`Cannot send the header content-length: ${length}: the body has ${body.bytes.length} bytes`)
  }
  if (body?.bytes) headers.set('content-length', String(body.bytes.length))
}
