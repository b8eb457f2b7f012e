import { isPlainObject, isRecord } from '../core/options/plain-object.ts'
import { describeValue } from '../core/options/expect-options.ts'
import { invalidInput } from '../core/vocabulary/invalid-input.ts'
import type { Dialect, DialectRequest } from './dialect.ts'
import type { DialectRoute } from './dialect-route.ts'

/**
 * Checks every member of a dialect. `field` is the option that holds it.
 *
 * @throws TypeError with `code: 'invalid-input'` and the `field`; the message names the dialect, the member and the fix
 */
export function expectDialect(field: string, value: unknown): Dialect {
  if (!isRecord(value)) {
    throw invalidInput(field, `Cannot use ${field}: a dialect must be an object, and it is ${describeValue(value)}`)
  }
  expectMembers(value, MEMBERS, { field })
  const of = nameOf(value)
  if (value['request'] !== undefined) expectMembers(value['request'], REQUEST_MEMBERS, { field, of, at: 'request.' })
  const { routes = [] } = value as { readonly routes?: readonly unknown[] }
  for (const [index, route] of routes.entries()) {
    expectMembers(route, ROUTE_MEMBERS, { field, of, at: `routes[${index}].` })
  }
  return expectConsistent(field, value as unknown as Dialect)
}

/** Creates the error for a dialect that cannot be used, with its name. */
export function refuseDialect(field: string, { name }: Pick<Dialect, 'name'>, message: string): TypeError {
  return invalidInput(field, `Cannot use the dialect ${name}: ${message}`)
}

interface Member {
  /** Ends the sentence "… must be". */
  readonly mustBe: string
  readonly fits: (value: unknown) => boolean
}

const MEMBERS: Readonly<Record<keyof Dialect, Member>> = {
  name: {
    mustBe: 'a name of lower-case letters, digits and hyphens',
    fits: (value) => isString(value) && /^[a-z][a-z\d-]{0,63}$/u.test(value),
  },
  mediaType: {
    mustBe: 'a media type in lower case without parameters, such as text/event-stream',
    fits: (value) => isString(value) && /^[a-z\d.+-]+\/[a-z\d.+-]+$/u.test(value),
  },
  headers: { mustBe: 'an object of header names and values', fits: areHeaders },
  opening: { mustBe: 'a string', fits: isString },
  keepAlive: { mustBe: 'a string', fits: isString },
  breaksOnError: { mustBe: 'true or false', fits: isBoolean },
  holdsStatus: { mustBe: 'true or false', fits: (value) => value === undefined || isBoolean(value) },
  path: {
    mustBe: 'a path such as /v1/ask, which begins with a slash and is encoded as in a URL',
    fits: (value) => value === undefined || isPath(value),
  },
  request: {
    mustBe: 'an object with schema and toChatRequest',
    fits: (value) => value === undefined || isRecord(value),
  },
  routes: { mustBe: 'a list of at least one route', fits: (value) => value === undefined || isListOfObjects(value) },
  encodeFailure: {
    mustBe: 'a function that returns the body of an error response',
    fits: (value) => value === undefined || isFunction(value),
  },
  schema: { mustBe: 'a JSON Schema', fits: isOptionalSchema },
  open: { mustBe: 'a function that returns the encoder of a stream', fits: isFunction },
}

const REQUEST_MEMBERS: Readonly<Record<keyof DialectRequest, Member>> = {
  schema: { mustBe: 'a JSON Schema', fits: isPlainObject },
  toChatRequest: { mustBe: 'a function that converts a body to a chat request', fits: isFunction },
}

const METHODS: ReadonlySet<unknown> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])

const ROUTE_MEMBERS: Readonly<Record<keyof DialectRoute, Member>> = {
  method: { mustBe: 'GET, POST, PUT, PATCH or DELETE', fits: (value) => METHODS.has(value) },
  path: {
    mustBe: 'a path such as /v1/answers/{id}, which begins with a slash and has at most one id',
    fits: (value) => isString(value) && isPath(value.replace(/(?<=\/)\{\w+\}(?=\/|$)/u, 'id')),
  },
  summary: { mustBe: 'a sentence', fits: (value) => isString(value) && value !== '' },
  request: { mustBe: 'a JSON Schema', fits: isOptionalSchema },
  response: { mustBe: 'a JSON Schema', fits: isOptionalSchema },
  alsoStreams: { mustBe: 'true or false', fits: (value) => value === undefined || isBoolean(value) },
  answer: { mustBe: 'a function that answers a request', fits: isFunction },
}

interface Place {
  /** The option that holds the dialect. */
  readonly field: string
  /** The name of the dialect, for a part of it. @defaultValue the name of the value itself */
  readonly of?: string
  /** The path of the part within the dialect, such as `request.`. */
  readonly at?: string
}

function expectMembers(
  value: unknown,
  members: Readonly<Record<string, Member>>,
  { field, of, at: prefix = '' }: Place,
): void {
  // An instance of a class is allowed: its methods are not own keys.
  const given = Object(value) as Readonly<Record<string, unknown>>
  const owner = of ?? nameOf(given)
  for (const [key, { mustBe, fits }] of Object.entries(members)) {
    if (fits(given[key])) continue
    const message = `${prefix}${key} must be ${mustBe}, and it is ${describeGiven(given[key])}`
    throw refuseDialect(field, { name: owner }, message)
  }
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(members, key))
  if (unknown === undefined) return
  const known = Object.keys(members).join(', ')
  throw refuseDialect(
    field,
    { name: owner },
    `it has no member ${prefix}${unknown.slice(0, 64)}; leave it out or use ${known}`,
  )
}

// Headers that define the end of a message or belong to the connection. A wrong one breaks the connection.
const OF_SERVER: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

function expectConsistent(field: string, dialect: Dialect): Dialect {
  const type = new Headers({ ...dialect.headers }).get('content-type') ?? ''
  const [mediaType = ''] = type.split(';')
  if (mediaType.trim().toLowerCase() !== dialect.mediaType) {
    const message = `the header content-type must be of its mediaType ${dialect.mediaType}, and it is ${type || 'missing'}`
    throw refuseDialect(field, dialect, message)
  }
  const ofServer = Object.keys(dialect.headers).find((name) => OF_SERVER.has(name.toLowerCase()))
  if (ofServer !== undefined) {
    throw refuseDialect(field, dialect, `the header ${ofServer} is set by the server; leave it out`)
  }
  if (dialect.request && dialect.path === undefined) {
    throw refuseDialect(field, dialect, 'its member request needs a path, because POST /chat takes the native body')
  }
  if (dialect.routes && dialect.path !== undefined) {
    throw refuseDialect(field, dialect, 'it has both path and routes; move the path into routes')
  }
  return dialect
}

function nameOf({ name }: Readonly<Record<string, unknown>>): string {
  return typeof name === 'string' && name !== '' ? name.slice(0, 64) : 'without a name'
}

function describeGiven(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 64)) : describeValue(value)
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean'
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function isOptionalSchema(value: unknown): boolean {
  return value === undefined || isPlainObject(value)
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'object' && item !== null)
}

function isPath(value: unknown): boolean {
  if (!isString(value) || !/^(?:\/[^/{}]+)+$/u.test(value)) return false
  return new URL(value, 'http://localhost').pathname === value
}

function areHeaders(value: unknown): boolean {
  if (!isPlainObject(value) || !Object.values(value).every(isString)) return false
  try {
    new Headers({ ...value } as Record<string, string>)
    return true
  } catch {
    // A name or a value that no header can have.
    return false
  }
}
