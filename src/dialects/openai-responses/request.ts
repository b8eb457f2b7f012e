import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { parseBody } from '../parse-body.ts'
import { quoted } from '../quoted.ts'
import { toJsonSchema } from '../to-json-schema.ts'
import * as z from 'zod'

/** A tool of a request: the search of this server. */
export interface FileSearchTool {
  /** The kind of the tool. */
  readonly type: 'file_search'
  /** The stores that the client names. */
  readonly vector_store_ids?: readonly string[] | undefined
  /** The filter of the client, in the form of OpenAI. */
  readonly filters?: unknown
  /** Maximum number of results that the client asks for. */
  readonly max_num_results?: number | undefined
  /** The ranking that the client asks for. */
  readonly ranking_options?: unknown
}

/** The body of a request for a response. */
export type ResponsesRequest = z.output<typeof SCHEMA>

/** JSON Schema of the body, for the OpenAPI document. */
export function requestSchema(): Readonly<Record<string, unknown>> {
  return toJsonSchema(SCHEMA)
}

/**
 * Checks a body. Its items are checked by `toConversation`.
 *
 * @throws BadRequestError that names the first wrong field
 */
export function parseRequest(body: unknown): ResponsesRequest {
  const request = parseBody<ResponsesRequest>(SCHEMA, body)
  expectServable(request)
  return request
}

// The application decides what these would decide, or they have no meaning for an answer from its documents. Clients send
// many of them by default, so they are accepted and ignored.
const IGNORED = [
  'access_programs',
  'background_options',
  'context_management',
  'frequency_penalty',
  'image',
  'instructions',
  'max_output_tokens',
  'max_tool_calls',
  'moderation',
  'parallel_tool_calls',
  'presence_penalty',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'reasoning',
  'safety_identifier',
  'service_tier',
  'store',
  'stream_options',
  'temperature',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
] as const

const ignored = Object.fromEntries(IGNORED.map((name) => [name, z.unknown().optional()])) as Record<
  (typeof IGNORED)[number],
  z.ZodOptional<z.ZodUnknown>
>

const fileSearch = z.looseObject({
  type: z.literal('file_search', 'only the tool file_search is served'),
  vector_store_ids: z.array(z.string().max(256)).max(100).optional(),
  filters: z.unknown().optional(),
  max_num_results: z.number().optional(),
  ranking_options: z.unknown().optional(),
})

/** Maximum number of UTF-16 code units of an id that a client names. */
const MAX_ID_CHARS = 256

/** The rule for ids that a client names; it ends the sentence "Cannot use …". */
export const ID_RULE = `it must be an id of 1 to ${MAX_ID_CHARS} characters`

/** True for an id that can be looked up. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_CHARS
}

const ID = z.string(ID_RULE).min(1, ID_RULE).max(MAX_ID_CHARS, ID_RULE)

const SCHEMA = z.strictObject({
  ...ignored,
  model: z.string().nullish(),
  input: z.union([z.string(), z.array(z.looseObject({}))], 'it must be a string or a list of items'),
  previous_response_id: ID.nullish(),
  conversation: z.union([ID, z.looseObject({ id: ID })], ID_RULE).nullish(),
  stream: z.boolean().nullish(),
  background: z.boolean().nullish(),
  include: z.array(z.string()).nullish(),
  metadata: z
    .record(z.string().max(64), z.string().max(512))
    .refine((metadata) => Object.keys(metadata).length <= 16, 'it has more than 16 entries')
    .nullish(),
  text: z.looseObject({ format: z.looseObject({ type: z.string() }).nullish() }).nullish(),
  tools: z.array(fileSearch).max(1, 'send one file_search tool').nullish(),
  tool_choice: z.unknown().optional(),
  prompt: z.unknown().optional(),
})

function expectServable({ text, prompt, tool_choice, previous_response_id, conversation }: ResponsesRequest): void {
  const format = text?.format?.type ?? 'text'
  if (format !== 'text') {
    const message = `the format ${quoted(format)} is not served; leave it out or use { type: 'text' }`
    throw invalidInput('text.format', `Cannot use text.format: ${message}`)
  }
  if (prompt !== undefined && prompt !== null) {
    throw invalidInput('prompt', 'Cannot use prompt: the application has its own prompt; leave it out')
  }
  if (!isServableChoice(tool_choice)) {
    throw invalidInput('tool_choice', 'Cannot use tool_choice: only the tool file_search is served')
  }
  if (isGiven(previous_response_id) && isGiven(conversation)) {
    const message = 'Cannot use previous_response_id together with conversation: send one of them'
    throw invalidInput('previous_response_id', message)
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

function isServableChoice(choice: unknown): boolean {
  if (choice === undefined || choice === null || typeof choice === 'string') return true
  const type = typeof choice === 'object' && 'type' in choice ? choice.type : undefined
  return type === 'file_search' || type === 'allowed_tools'
}
