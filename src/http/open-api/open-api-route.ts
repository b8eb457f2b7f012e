import { PROTOCOL_VERSION } from '../../core/vocabulary/events.ts'
import type { Dialect } from '../../dialects/dialect.ts'
import type { DialectRoute } from '../../dialects/dialect-route.ts'
import { nativeJson } from '../../dialects/native-json.ts'
import type { ChatAnswer } from '../chat-answer.ts'
import type { ResolvedHandlerOptions } from '../resolve-handler-options.ts'
import type { RoutedDialect } from '../resolve-dialects.ts'
import { OPERATIONS, type Operation } from './operations.ts'
import { json } from '../respond.ts'
import { refTo, toJsonSchemas, type BodyName, type JsonSchema } from './schemas.ts'

/** Creates the route `GET /openapi.json`, which describes all routes. It needs no scope and contains no data of one. */
export function openApiRoute(options: ResolvedHandlerOptions): () => Promise<ChatAnswer> {
  // Created at the first request, then reused.
  let document: JsonSchema | undefined
  return async () => json((document ??= toOpenApi(options)))
}

function toOpenApi({ dialects, requestSchema }: ResolvedHandlerOptions): JsonSchema {
  return {
    openapi: '3.1.1',
    info: {
      title: 'ragwire',
      version: String(PROTOCOL_VERSION),
      description: 'Asks questions, and reads, stops and resumes the answers with their sources.',
    },
    // Relative to the document, so that it is right under any mount path.
    servers: [{ url: '.' }],
    paths: { ...toPaths(dialects.offered), ...toOwnPaths(dialects.routed) },
    components: { schemas: toJsonSchemas(requestSchema), responses: toFailures() },
  }
}

function toPaths(offered: readonly Dialect[]): JsonSchema {
  const paths = new Map<string, Record<string, JsonSchema>>()
  for (const [name, operation] of Object.entries<Operation>(OPERATIONS)) {
    const [method = '', path = ''] = name.split(' ')
    paths.set(path, { ...paths.get(path), [method.toLowerCase()]: toOperation(operation, offered) })
  }
  return Object.fromEntries(paths)
}

function toOwnPaths(routed: readonly RoutedDialect[]): JsonSchema {
  const paths = new Map<string, Record<string, JsonSchema>>()
  for (const dialect of routed) {
    for (const { path, method, operation } of toOwnOperations(dialect)) {
      paths.set(path, { ...paths.get(path), [method.toLowerCase()]: operation })
    }
  }
  return Object.fromEntries(paths)
}

interface OwnOperation {
  readonly method: string
  readonly path: string
  readonly operation: JsonSchema
}

function toOwnOperations(dialect: RoutedDialect): readonly OwnOperation[] {
  if (dialect.routes === undefined) {
    return [{ method: 'POST', path: dialect.path, operation: toAskOperation(dialect) }]
  }
  return dialect.routes.map((route) => ({
    ...route,
    operation: {
      operationId: `${dialect.name}-${route.method.toLowerCase()}${route.path.replaceAll(/\W+/gu, '-').replace(/-$/u, '')}`,
      summary: route.summary,
      ...toIdParameter(route.path),
      ...(route.request && { requestBody: { required: true, content: toContent(route.request) } }),
      responses: {
        200: { description: 'The answer', content: toRouteContents(route, dialect) },
        default: { description: 'The request failed; the body has the form of the dialect' },
      },
    },
  }))
}

function toRouteContents({ response, alsoStreams }: DialectRoute, dialect: Dialect): JsonSchema {
  return { ...(response && toContent(response)), ...((!response || alsoStreams) && toContents([dialect])) }
}

function toIdParameter(path: string): JsonSchema {
  const [, name] = /\{(\w+)\}/u.exec(path) ?? []
  if (name === undefined) return {}
  return { parameters: [{ name, in: 'path', required: true, schema: { type: 'string' } }] }
}

// Like `POST /chat`, but the path chooses the dialect, so no `Accept` header is refused.
function toAskOperation(dialect: Dialect): JsonSchema {
  const { failures, ...ask } = OPERATIONS['POST /chat']
  const operation = toOperation({ ...ask, failures: failures.filter((status) => status !== 406) }, [dialect])
  return {
    ...operation,
    operationId: `ask-${dialect.name}`,
    summary: `Asks a question, and sends the answer in the dialect ${dialect.name}`,
    ...(dialect.request && { requestBody: { required: true, content: toContent(dialect.request.schema) } }),
  }
}

function toOperation(operation: Operation, offered: readonly Dialect[]): JsonSchema {
  const { operationId, summary, parameters, requestBody, success, failures, open } = operation
  const required = (parameter: { readonly in: string }) => parameter.in === 'path' && { required: true }
  return {
    operationId,
    summary,
    ...(parameters && { parameters: parameters.map((parameter) => ({ ...parameter, ...required(parameter) })) }),
    ...(requestBody && { requestBody: { required: true, content: toContent(toRef(requestBody)) } }),
    responses: {
      ...toSuccess(success, offered),
      ...Object.fromEntries(failures.map((status) => [status, { $ref: `#/components/responses/${status}` }])),
      ...(!open && { default: { description: 'The application refused the request' } }),
    },
  }
}

function toSuccess(success: Operation['success'], offered: readonly Dialect[]): JsonSchema {
  const { status, description, body, dialects, orEmpty } = success
  const sent = offered.filter(({ holdsStatus }) => dialects === 'all' || !holdsStatus)
  const content = { ...(body && toContent(toRef(body))), ...(dialects && toContents(sent)) }
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

function toRef(body: BodyName): JsonSchema {
  return { $ref: refTo(body) }
}

function toContent(schema: JsonSchema): JsonSchema {
  return { [nativeJson.mediaType]: { schema } }
}

// One object comes before the streams.
function toContents(sent: readonly Dialect[]): JsonSchema {
  const ordered = sent.toSorted((a, b) => Number(b.holdsStatus ?? false) - Number(a.holdsStatus ?? false))
  return Object.fromEntries(ordered.map(({ mediaType, schema = { type: 'string' } }) => [mediaType, { schema }]))
}

function toFailures(): JsonSchema {
  const retryAfter = { schema: { type: 'integer' }, description: 'Seconds', required: true }
  return Object.fromEntries(
    Object.entries(FAILURES).map(([status, description]) => {
      const headers = RETRIED.has(status) && { headers: { 'retry-after': retryAfter } }
      return [status, { description, ...headers, content: toContent(toRef('Error')) }]
    }),
  )
}

const RETRIED: ReadonlySet<string> = new Set(['429', '503'])

const FAILURES = {
  400: 'The request is not valid',
  404: 'The id is unknown, or belongs to another scope',
  405: 'The history of this server does not support the method',
  406: 'The `Accept` header allows no media type that the route can send',
  409: 'The thread is busy, or was changed at the same time',
  410: 'The run, or its events after this position, are no longer stored',
  413: 'The body is too long',
  415: 'The body is not sent as JSON',
  429: 'There are too many runs or readers',
  500: 'Something went wrong on the server',
  502: 'The model or the retriever failed',
  503: 'A store or the model is not available, or the server is shutting down',
  504: 'The model or the run took too long',
} as const
