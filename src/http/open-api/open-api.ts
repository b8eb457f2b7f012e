import { PROTOCOL_VERSION } from '../../core/vocabulary/events.ts'
import type { ChatRequestSchema } from '../../dialects/chat-request.ts'
import type { Call } from '../call.ts'
import { MEDIA_TYPES, type AnswerFormat } from '../negotiate.ts'
import { OPERATIONS, type Operation } from './operations.ts'
import { json } from '../respond.ts'
import { refTo, toJsonSchemas, type BodyName, type JsonSchema } from './schemas.ts'

// Made when it is asked for, and then kept: everybody may ask.
const documents = new WeakMap<ChatRequestSchema, JsonSchema>()

/** `GET /openapi.json`: the routes, for programs; there is nothing of a scope in it. */
export async function getOpenApi({ options: { requestSchema } }: Call): Promise<Response> {
  const document = documents.get(requestSchema) ?? toOpenApi(requestSchema)
  documents.set(requestSchema, document)
  return json(document)
}

function toOpenApi(requestSchema: ChatRequestSchema): JsonSchema {
  return {
    openapi: '3.1.1',
    info: {
      title: 'ragwire',
      version: String(PROTOCOL_VERSION),
      description: 'Answers with sources: asked, read, stopped and read again.',
    },
    // Relative to the document, so that it holds wherever the handler is mounted.
    servers: [{ url: '.' }],
    paths: toPaths(),
    components: { schemas: toJsonSchemas(requestSchema), responses: toFailures() },
  }
}

function toPaths(): JsonSchema {
  const paths = new Map<string, Record<string, JsonSchema>>()
  for (const [name, operation] of Object.entries<Operation>(OPERATIONS)) {
    const [method = '', path = ''] = name.split(' ')
    paths.set(path, { ...paths.get(path), [method.toLowerCase()]: toOperation(operation) })
  }
  return Object.fromEntries(paths)
}

function toOperation({
  operationId,
  summary,
  parameters,
  requestBody,
  success,
  failures,
  open,
}: Operation): JsonSchema {
  const required = (parameter: { readonly in: string }) => parameter.in === 'path' && { required: true }
  return {
    operationId,
    summary,
    ...(parameters && { parameters: parameters.map((parameter) => ({ ...parameter, ...required(parameter) })) }),
    ...(requestBody && { requestBody: { required: true, content: toContent(requestBody) } }),
    responses: {
      ...toSuccess(success),
      ...Object.fromEntries(failures.map((status) => [status, { $ref: `#/components/responses/${status}` }])),
      ...(!open && { default: { description: 'What the application refuses with' } }),
    },
  }
}

function toSuccess({ status, description, body, streams, orEmpty }: Operation['success']): JsonSchema {
  const content = { ...(body && toContent(body)), ...toStreams(streams ?? []) }
  const location = { schema: { type: 'string' }, required: true }
  return {
    [status]: {
      description,
      ...(status === 202 && { headers: { location } }),
      ...(status !== 204 && { content }),
    },
    ...(orEmpty && { [orEmpty.status]: { description: orEmpty.description } }),
  }
}

function toContent(body: BodyName): JsonSchema {
  return { [MEDIA_TYPES.json]: { schema: { $ref: refTo(body) } } }
}

function toStreams(formats: readonly Exclude<AnswerFormat, 'json'>[]): JsonSchema {
  return Object.fromEntries(
    formats.map((format) => [MEDIA_TYPES[format], { schema: { type: 'string', description: STREAMS[format] } }]),
  )
}

const STREAMS = {
  sse: 'The `data` of each event is a `ChatEvent`.',
  ndjson: 'Each line that is not empty is a `ChatEvent`.',
  text: 'The answer and nothing else.',
} as const

function toFailures(): JsonSchema {
  const retryAfter = { schema: { type: 'integer' }, description: 'Seconds', required: true }
  return Object.fromEntries(
    Object.entries(FAILURES).map(([status, description]) => {
      const headers = RETRIED.has(status) && { headers: { 'retry-after': retryAfter } }
      return [status, { description, ...headers, content: toContent('Error') }]
    }),
  )
}

const RETRIED: ReadonlySet<string> = new Set(['429', '503'])

const FAILURES = {
  400: 'The request is not valid',
  404: 'Nothing was found under this id; that of another scope looks the same',
  406: 'No format of the `Accept` header can be sent',
  409: 'The thread is busy, or was changed at the same time',
  410: 'The run is not kept, or not from this position on',
  413: 'The body is too long',
  415: 'The body is not sent as JSON',
  429: 'There are too many runs or readers',
  500: 'Something went wrong on the server',
  502: 'The model or the retriever failed',
  503: 'A store or the model is not available, or the server is shutting down',
  504: 'The model or the run took too long',
} as const
