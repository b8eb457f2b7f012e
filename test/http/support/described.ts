import { expect } from 'vitest'
import * as z from 'zod'
import { readNdjson } from '../../../src/ndjson.ts'
import type { ChatHandler } from '../../../src/server.ts'
import { readSse } from '../../../src/sse.ts'
import { collect } from '../../support/bytes.ts'

interface Described {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

interface Content {
  readonly schema: { readonly $ref?: string }
}

interface Answer {
  readonly $ref?: string
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>
  readonly content?: Readonly<Record<string, Content>>
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Record<string, Answer> }>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, unknown>>
    readonly responses: Readonly<Record<string, Answer>>
  }
}

const documents = new WeakMap<ChatHandler, Promise<OpenApi>>()

/** The OpenAPI document of a handler. */
function descriptionOf(handler: ChatHandler, basePath: string): Promise<OpenApi> {
  const document = documents.get(handler) ?? readDescription(handler, basePath)
  documents.set(handler, document)
  return document
}

async function readDescription(handler: ChatHandler, basePath: string): Promise<OpenApi> {
  const response = await handler(new Request(`http://localhost${basePath}/openapi.json`))
  return (await response.json()) as OpenApi
}

/** Checks status, headers, media type and body of a response against the OpenAPI document. */
export async function expectDescribed(
  handler: ChatHandler,
  { request, basePath }: { readonly request: Request; readonly basePath: string },
  response: Described,
): Promise<void> {
  const document = await descriptionOf(handler, basePath)
  const { status, headers, text } = response
  const type = headers.get('content-type')?.replace(/;.*/u, '') ?? 'none'
  const path = new URL(request.url).pathname.slice(basePath.length)
  const answer = findAnswer(document, `${request.method} ${path}`, status)
  // The function `scope` may reject with any response.
  if (!answer) return
  for (const [name, { required }] of Object.entries(answer.headers ?? {})) {
    if (required) expect(headers.has(name), `${status} has the header ${name}`).toBe(true)
  }
  if (!answer.content) return expect(text, `${status} has no body`).toBe('')
  const content = answer.content[type] ?? expect.fail(`${status} is described without ${type}`)
  if (type === 'text/event-stream') return expectEvents(document, await collect(readSse(bodyOf(text))))
  if (type === 'application/x-ndjson') return expectEvents(document, await collect(readNdjson(bodyOf(text))))
  if (content.schema.$ref) expectValid(document, content.schema.$ref, JSON.parse(text))
}

function findAnswer({ paths, components }: OpenApi, asked: string, status: number): Answer | undefined {
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { responses }]) => ({ route: `${method.toUpperCase()} ${path}`, responses })),
  )
  const found = routes.find(({ route }) => toPattern(route).test(asked))
  // The request was rejected before it reached a route.
  if (!found) return { content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } }
  const answer = found.responses[String(status)]
  if (!answer) expect(REFUSALS, `${status} of ${asked} is described`).toContain(status)
  return answer?.$ref ? components.responses[answer.$ref.split('/').at(-1) ?? ''] : answer
}

// The `scope` function of these tests rejects with 401; no client ever receives 499.
const REFUSALS = [401, 499]

function toPattern(template: string): RegExp {
  return new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/gu, '[^/]+')}$`, 'u')
}

function expectEvents(document: OpenApi, events: readonly unknown[]): void {
  expect(events.length).toBeGreaterThan(0)
  for (const event of events) expectValid(document, '#/components/schemas/ChatEvent', event)
}

/** Checks a value against a schema of the document, and that it has no properties beyond the schema. */
function expectValid(document: OpenApi, ref: string, value: unknown): void {
  const { error } = schemaOf(document, ref).safeParse(value)
  if (error) expect.fail(`Not as ${ref} says: ${z.prettifyError(error)}\n${JSON.stringify(value)}`)
}

const compiled = new WeakMap<OpenApi, Map<string, z.ZodType>>()

function schemaOf(document: OpenApi, ref: string): z.ZodType {
  const schemas = compiled.get(document) ?? new Map<string, z.ZodType>()
  compiled.set(document, schemas)
  const schema = schemas.get(ref) ?? compile(document, ref)
  schemas.set(ref, schema)
  return schema
}

function compile({ components }: OpenApi, ref: string): z.ZodType {
  const text = JSON.stringify({ $ref: ref, $defs: components.schemas }, closeObjects)
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')))
}

/** Forbids additional properties in every object schema, unless the document allows them. */
function closeObjects(_key: string, value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && 'properties' in value && 'type' in value
  return isObject ? { additionalProperties: false, ...value } : value
}

function bodyOf(text: string): ReadableStream<Uint8Array> {
  return new Response(text).body ?? expect.fail('There is no body')
}
