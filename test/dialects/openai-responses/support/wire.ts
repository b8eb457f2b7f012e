import { expect } from 'vitest'
import * as z from 'zod'

/** Every field that the API or Open Responses knows here; an unknown one fails. */
const nothing = z.null()
const count = z.int().min(0)

const annotation = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('url_citation'),
    url: z.string(),
    title: z.string(),
    start_index: count,
    end_index: count,
  }),
  z.strictObject({ type: z.literal('file_citation'), file_id: z.string(), filename: z.string(), index: count }),
])

const textPart = z.strictObject({
  type: z.literal('output_text'),
  text: z.string(),
  annotations: z.array(annotation),
  logprobs: z.array(z.never()),
})

const attribute = z.union([z.string().max(512), z.number(), z.boolean()])

const searchCall = z.strictObject({
  id: z.string().startsWith('fs_'),
  type: z.literal('file_search_call'),
  status: z.enum(['in_progress', 'completed', 'incomplete', 'failed']),
  queries: z.array(z.string()),
  results: z
    .array(
      z.strictObject({
        file_id: z.string(),
        filename: z.string(),
        score: z.number().optional(),
        text: z.string(),
        attributes: z.record(z.string().max(64), attribute).refine((names) => Object.keys(names).length <= 16),
      }),
    )
    .nullable(),
})

const message = z.strictObject({
  id: z.string().startsWith('msg_'),
  type: z.literal('message'),
  status: z.enum(['in_progress', 'completed', 'incomplete']),
  role: z.literal('assistant'),
  content: z.array(textPart),
})

const item = z.discriminatedUnion('type', [searchCall, message])

const usage = z.strictObject({
  input_tokens: count,
  input_tokens_details: z.strictObject({ cached_tokens: count, cache_write_tokens: count }),
  output_tokens: count,
  output_tokens_details: z.strictObject({ reasoning_tokens: count }),
  total_tokens: count,
})

/** A response object: the 32 required fields of Open Responses, and those of the API of OpenAI. */
export const responseObject = z.strictObject({
  id: z.string().startsWith('resp_'),
  object: z.literal('response'),
  created_at: count,
  completed_at: count.nullable(),
  status: z.enum(['in_progress', 'completed', 'incomplete', 'cancelled', 'failed']),
  incomplete_details: z.strictObject({ reason: z.string() }).nullable(),
  model: z.string(),
  previous_response_id: z.string().nullable(),
  instructions: nothing,
  output: z.array(item),
  error: z.strictObject({ code: z.enum(['server_error', 'rate_limit_exceeded']), message: z.string() }).nullable(),
  tools: z.array(z.looseObject({ type: z.literal('file_search') })),
  tool_choice: z.literal('auto'),
  truncation: z.literal('disabled'),
  parallel_tool_calls: z.boolean(),
  text: z.strictObject({ format: z.strictObject({ type: z.literal('text') }) }),
  top_p: z.number(),
  presence_penalty: z.number(),
  frequency_penalty: z.number(),
  top_logprobs: z.int(),
  temperature: z.number(),
  reasoning: nothing,
  user: nothing,
  usage: usage.nullable(),
  max_output_tokens: nothing,
  max_tool_calls: nothing,
  store: z.boolean(),
  background: z.boolean(),
  service_tier: z.string(),
  metadata: z.record(z.string(), z.string()),
  safety_identifier: nothing,
  prompt_cache_key: nothing,
  // Not in Open Responses.
  conversation: z.strictObject({ id: z.string() }).nullable(),
  access_programs: nothing,
})

/** A response object. */
export type WireResponse = z.output<typeof responseObject>

const numbered = { sequence_number: count }
const ofItem = { ...numbered, item_id: z.string(), output_index: count }
const ofPart = { ...ofItem, content_index: z.literal(0) }
const logprobs = z.array(z.never())

function lifecycle<Type extends string>(type: Type) {
  return z.strictObject({ type: z.literal(type), ...numbered, response: responseObject })
}

const frame = z.discriminatedUnion('type', [
  lifecycle('response.created'),
  lifecycle('response.in_progress'),
  lifecycle('response.completed'),
  lifecycle('response.incomplete'),
  lifecycle('response.failed'),
  z.strictObject({ type: z.literal('response.output_item.added'), ...numbered, output_index: count, item }),
  z.strictObject({ type: z.literal('response.output_item.done'), ...numbered, output_index: count, item }),
  z.strictObject({ type: z.literal('response.file_search_call.in_progress'), ...ofItem }),
  z.strictObject({ type: z.literal('response.file_search_call.searching'), ...ofItem }),
  z.strictObject({ type: z.literal('response.file_search_call.completed'), ...ofItem }),
  z.strictObject({ type: z.literal('response.content_part.added'), ...ofPart, part: textPart }),
  z.strictObject({ type: z.literal('response.content_part.done'), ...ofPart, part: textPart }),
  z.strictObject({ type: z.literal('response.output_text.delta'), ...ofPart, delta: z.string(), logprobs }),
  z.strictObject({ type: z.literal('response.output_text.done'), ...ofPart, text: z.string(), logprobs }),
  z.strictObject({
    type: z.literal('response.output_text.annotation.added'),
    ...ofPart,
    annotation_index: count,
    annotation,
  }),
  z.strictObject({
    type: z.literal('error'),
    ...numbered,
    code: z.string(),
    message: z.string(),
    param: nothing,
    error: z.strictObject({ type: z.string(), code: z.string(), message: z.string(), param: nothing }),
  }),
])

/** A streaming event. */
export type WireFrame = z.output<typeof frame>

/**
 * Parses the text of a stream that has ended, and checks every frame: its fields, its name, and that the numbers have no
 * gap. `first` is the number of the first frame.
 */
export function framesOf(text: string, { first = 0 }: { readonly first?: number } = {}): readonly WireFrame[] {
  expect(text.endsWith('data: [DONE]\n\n'), 'the end mark of the stream').toBe(true)
  const blocks = text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':') && block !== 'data: [DONE]')
  return blocks.map((block, index) => {
    const [, name, json = ''] = /^event: (\S+)\ndata: (.+)$/su.exec(block) ?? []
    const read = frame.parse(JSON.parse(json))
    expect([name, read.sequence_number]).toEqual([read.type, first + index])
    return read
  })
}

/** Returns the response of the last frame. */
export function finalResponseOf(frames: readonly WireFrame[]): WireResponse {
  const last = frames.at(-1)
  if (last && 'response' in last) return last.response
  return expect.fail('The last frame has no response')
}

/** Joins the text of a stream. */
export function textOf(frames: readonly WireFrame[]): string {
  return frames.map((read) => (read.type === 'response.output_text.delta' ? read.delta : '')).join('')
}

/** Returns the types of the frames; equal neighbours once. */
export function typesOf(frames: readonly WireFrame[]): readonly string[] {
  const types = frames.map(({ type }) => type)
  return types.filter((type, index) => type !== types[index - 1])
}
