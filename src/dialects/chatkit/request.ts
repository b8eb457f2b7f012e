import * as z from 'zod'
import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { parseBody } from '../parse-body.ts'
import { quoted } from '../quoted.ts'
import { textOfParts } from '../text-of-parts.ts'
import { toJsonSchema } from '../to-json-schema.ts'

/** The question of a reader, in the form of ChatKit. Unknown fields are ignored, because OpenAI updates the component. */
const userMessage = z.object({
  content: z
    .array(
      z.object({
        type: z.literal('input_text', 'only text can be answered; leave tags and `entities` out of the page'),
        text: z.string(),
      }),
    )
    .min(1)
    .max(100),
  attachments: z.array(z.string()).max(0, 'files cannot be read; leave `attachments` out of the composer').nullish(),
  quoted_text: z.string().nullish(),
  inference_options: z
    .object({
      tool_choice: z.null('there are no tools to choose; leave `tools` out of the composer').optional(),
      model: z.null('there is one model; leave `models` out of the composer').optional(),
    })
    .nullish(),
})

const page = {
  limit: z.int().min(0).nullish(),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: z.string().nullish(),
}
const latestFirst = z.literal('desc', 'threads can only be listed with the latest first').default('desc')
const thread = { thread_id: z.string() }

const REQUESTS = {
  'threads.create': request('threads.create', { input: userMessage }),
  'threads.add_user_message': request('threads.add_user_message', { ...thread, input: userMessage }),
  'threads.retry_after_item': request('threads.retry_after_item', { ...thread, item_id: z.string() }),
  'threads.list': request('threads.list', { ...page, order: latestFirst }),
  'threads.get_by_id': request('threads.get_by_id', thread),
  'threads.update': request('threads.update', { ...thread, title: z.string() }),
  'threads.delete': request('threads.delete', thread),
  'items.list': request('items.list', { ...thread, ...page }),
  'items.feedback': request('items.feedback', {
    ...thread,
    item_ids: z.array(z.string()).min(1).max(100),
    kind: z.enum(['positive', 'negative']),
  }),
} as const

function request<const T extends string, S extends z.core.$ZodLooseShape>(type: T, params: S) {
  return z.object({ type: z.literal(type), params: z.object(params) })
}

/** The type of a request that is served. */
export type RequestType = keyof typeof REQUESTS

/** The params of a request, by its type. */
export type Params<T extends RequestType> = z.infer<(typeof REQUESTS)[T]>['params']

/** The schemas of the requests that are served, by their types. */
export const REQUEST_SCHEMAS: { readonly [T in RequestType]: z.ZodType<{ readonly params: Params<T> }> } = REQUESTS

/** The question of a reader. */
export type UserMessage = z.infer<typeof userMessage>

// The component sends them only for features that the page has turned on.
const UNSERVED: ReadonlyMap<string, string> = new Map([
  ['threads.add_client_tool_output', 'there are no client tools; leave `onClientTool` out of the page'],
  ['threads.custom_action', 'there are no widgets, so there are no actions'],
  ['attachments.create', 'files cannot be read; leave `attachments` out of the composer'],
  ['attachments.delete', 'files cannot be read; leave `attachments` out of the composer'],
  ['input.transcribe', 'speech cannot be read; leave `dictation` out of the composer'],
])

const typeSchema = z.object({ type: z.string() })

/**
 * Returns the type of a request.
 *
 * @throws TypeError with `code: 'invalid-input'` for a body without a type, or a type that is not served
 */
export function readType(body: unknown): RequestType {
  const { type } = parseBody(typeSchema, body)
  if (isServed(type)) return type
  const reason = UNSERVED.get(type) ?? `it must be one of ${Object.keys(REQUESTS).join(', ')}`
  throw invalidInput('type', `Cannot serve the request ${quoted(type)}: ${reason}`)
}

function isServed(type: string): type is RequestType {
  return Object.hasOwn(REQUESTS, type)
}

/**
 * Returns the text of a question. The text that it quotes comes before it, as lines that begin with `> `.
 *
 * @throws TypeError with `code: 'invalid-input'` for a blank question
 */
export function toQuestion({ content, quoted_text: quote }: UserMessage): string {
  const text = textOfParts(content, 'input_text').toWellFormed()
  if (text.trim() === '') throw invalidInput('question', 'Cannot answer an empty question')
  if (!quote?.trim()) return text
  return `${quote.trim().toWellFormed().replace(/^/gmu, '> ')}\n\n${text}`
}

/** Returns JSON Schema of the body, for the OpenAPI document. */
export function requestSchema(): Readonly<Record<string, unknown>> {
  return toJsonSchema(z.union(Object.values(REQUESTS)))
}
