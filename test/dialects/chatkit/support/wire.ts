import { expect } from 'vitest'
import * as z from 'zod'

// The types of `chatkit/types.py` of openai/chatkit-python, as far as a server of answers can send them. Each object is
// strict: a key that OpenAI does not document fails. Optional keys are absent, never null.

const ICONS = ['analytics', 'info', 'lightbulb', 'search', 'write'] as const

const time = z.iso.datetime()
const status = z.strictObject({ type: z.literal('active') })

const sourceBase = {
  title: z.string(),
  description: z.string().exactOptional(),
  timestamp: z.string().exactOptional(),
  group: z.string().exactOptional(),
}
const source = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('url'),
    ...sourceBase,
    url: z.string(),
    attribution: z.string().exactOptional(),
  }),
  z.strictObject({ type: z.literal('file'), ...sourceBase, filename: z.string() }),
])

const annotation = z.strictObject({ type: z.literal('annotation'), source, index: z.int().exactOptional() })

const answerContent = z.strictObject({
  type: z.literal('output_text'),
  text: z.string(),
  annotations: z.array(annotation),
})

const itemBase = { id: z.string(), thread_id: z.string(), created_at: time }

const item = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('user_message'),
    ...itemBase,
    content: z.array(z.strictObject({ type: z.literal('input_text'), text: z.string() })),
    attachments: z.array(z.never()),
    quoted_text: z.string().exactOptional(),
    inference_options: z.strictObject({}),
  }),
  z.strictObject({ type: z.literal('assistant_message'), ...itemBase, content: z.array(answerContent) }),
  z.strictObject({
    type: z.literal('task'),
    ...itemBase,
    task: z.strictObject({ type: z.literal('custom'), title: z.string(), icon: z.enum(ICONS) }),
  }),
])

/** A page of entries. */
function pageOf<T extends z.ZodType>(entry: T) {
  return z.strictObject({ data: z.array(entry), has_more: z.boolean(), after: z.string().exactOptional() })
}

/** `Page[ThreadItem]`. */
export const itemPageSchema = pageOf(item)

/** `Thread`. */
export const threadSchema = z.strictObject({
  id: z.string(),
  title: z.string().exactOptional(),
  created_at: time,
  status,
  metadata: z.strictObject({}),
  items: itemPageSchema,
})

/** `Page[Thread]`. */
export const threadPageSchema = pageOf(threadSchema)

/** `ErrorEvent`. */
export const errorSchema = z.strictObject({
  type: z.literal('error'),
  code: z.enum(['custom', 'stream.error']),
  message: z.string(),
  allow_retry: z.boolean(),
})

const content_index = z.literal(0)

const update = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('assistant_message.content_part.added'),
    content_index,
    content: answerContent,
  }),
  z.strictObject({
    type: z.literal('assistant_message.content_part.text_delta'),
    content_index,
    delta: z.string().min(1),
  }),
  z.strictObject({
    type: z.literal('assistant_message.content_part.annotation_added'),
    content_index,
    annotation_index: z.int(),
    annotation,
  }),
  z.strictObject({
    type: z.literal('assistant_message.content_part.done'),
    content_index,
    content: answerContent,
  }),
])

/** `ThreadStreamEvent`. */
export const streamEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('thread.created'), thread: threadSchema }),
  z.strictObject({ type: z.literal('thread.item.added'), item }),
  z.strictObject({ type: z.literal('thread.item.updated'), item_id: z.string(), update }),
  z.strictObject({ type: z.literal('thread.item.done'), item }),
  z.strictObject({ type: z.literal('thread.item.removed'), item_id: z.string() }),
  z.strictObject({ type: z.literal('stream_options'), stream_options: z.strictObject({ allow_cancel: z.boolean() }) }),
  z.strictObject({ type: z.literal('progress_update'), icon: z.enum(ICONS).exactOptional(), text: z.string().min(1) }),
  z.strictObject({
    type: z.literal('notice'),
    level: z.enum(['info', 'warning', 'danger']),
    message: z.string(),
    title: z.string().exactOptional(),
  }),
  errorSchema,
])

/** An event of the stream. */
export type StreamEvent = z.infer<typeof streamEventSchema>

/** An item of a thread. */
export type Item = z.infer<typeof item>

/** Parses an event stream as ChatKit reads it: one JSON object in the `data` of each event. */
export function parseStream(text: string): readonly StreamEvent[] {
  return text
    .split('\n\n')
    .filter((frame) => frame !== '' && !frame.startsWith(':'))
    .map((frame) => {
      expect(frame).toMatch(/^data: [^\r\n]+$/u)
      return streamEventSchema.parse(JSON.parse(frame.slice('data: '.length)))
    })
}
