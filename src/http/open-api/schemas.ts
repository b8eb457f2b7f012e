import * as z from 'zod'
import { ERROR_CODES } from '../../core/vocabulary/error-codes.ts'
import { HISTORY_RECORD_VERSION } from '../../core/vocabulary/stored-turn.ts'
import type { ChatRequestSchema } from '../../dialects/chat-request.ts'
import { eventSchema } from '../../records/event-schema.ts'
import { SOURCE_STATES } from '../../core/vocabulary/source-state.ts'
import { feedbackSchema } from '../../records/stored-feedback.ts'
import { resultSchema, sourceSchema } from '../../records/result-schema.ts'
import { STOP_OUTCOMES } from '../../core/vocabulary/stop-result.ts'
import { feedbackRequestSchema, renameSchema } from '../request-bodies.ts'

const ids = { runId: z.string(), messageId: z.string(), threadId: z.string().exactOptional() }
const time = z.number().meta({ description: 'Milliseconds since 1970' })

/** The body of a refused or failed request. */
export const errorSchema = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  retryable: z.boolean().exactOptional(),
  retryAfterMs: z.number().exactOptional(),
  field: z.string().exactOptional(),
  issues: z.array(z.object({ field: z.string(), message: z.string() })).exactOptional(),
  runId: z.string().exactOptional(),
  messageId: z.string().exactOptional(),
  threadId: z.string().exactOptional(),
  partial: resultSchema.exactOptional(),
})

/** A page of threads. */
export const threadPageSchema = z.object({
  threads: z.array(z.object({ threadId: z.string(), title: z.string(), turns: z.number(), updatedAt: time })),
  before: z.string().exactOptional(),
})

/** A turn of a thread. */
export const turnSchema = z.object({
  v: z.literal(HISTORY_RECORD_VERSION),
  ...ids,
  threadId: z.string(),
  question: z.string(),
  createdAt: time,
  replaces: z.string().exactOptional(),
  result: resultSchema.exactOptional(),
  feedback: feedbackSchema.exactOptional(),
  sourceStates: z.array(z.enum(SOURCE_STATES)).readonly().exactOptional(),
})

/** An active run. */
export const activeRunSchema = z.object({
  runId: z.string(),
  threadId: z.string().exactOptional(),
  startedAt: time,
})

/** The bodies that the routes take and send. */
const BODIES = {
  Answer: resultSchema.extend(ids),
  StartedRun: z.object({ runId: ids.runId, threadId: ids.threadId }),
  StoppedRun: z.object({
    runId: ids.runId,
    outcome: z.enum(STOP_OUTCOMES),
    finishReason: resultSchema.shape.finishReason.exactOptional(),
  }),
  Runs: z.object({ runs: z.array(activeRunSchema) }),
  ThreadPage: threadPageSchema,
  Thread: z.object({ threadId: z.string(), turns: z.array(turnSchema) }),
  RenameRequest: renameSchema,
  RenamedThread: z.object({ threadId: z.string(), title: z.string() }),
  FeedbackRequest: feedbackRequestSchema,
  Feedback: feedbackSchema,
  Error: errorSchema,
  OpenApi: z.looseObject({ openapi: z.string() }),
}

/** The schemas that the bodies refer to. */
const PARTS = {
  ChatEvent: eventSchema,
  ChatResult: resultSchema,
  Source: sourceSchema,
  // Registered, because it refers to itself and so needs a name.
  Json: sourceSchema.shape.metadata.in.valueType,
}

/** The body of a request or of a response. */
export type BodyName = keyof typeof BODIES | 'ChatRequest'

/** A JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** Returns every schema as JSON Schema, by its name. They refer to each other as components of an OpenAPI document. */
export function toJsonSchemas(ChatRequest: ChatRequestSchema): Readonly<Record<string, JsonSchema>> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries({ ChatRequest, ...BODIES, ...PARTS })) registry.add(schema, { id })
  // `input` describes the JSON that is sent. It allows unknown fields, because a reader ignores them.
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: refTo })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $id: _id, $schema: _schema, ...schema }]) => [name, schema]),
  )
}

/** Returns the reference to a schema of the document. */
export function refTo(name: string): string {
  return `#/components/schemas/${name}`
}
