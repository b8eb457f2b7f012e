import * as z from 'zod'

// `providerMetadata` is an object of objects of JSON.
const providerMetadata = z.record(z.string(), z.record(z.string(), z.json()))
const messageMetadata = z.record(z.string(), z.json())

/**
 * The chunks that this dialect may send, with the keys that the strict schemas of the AI SDK 6.0.0 and 7.0.0 both allow. An
 * unknown key or type ends the message there.
 */
export const strictChunkSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('start'), messageId: z.string(), messageMetadata }),
  z.strictObject({ type: z.literal('start-step') }),
  z.strictObject({ type: z.literal('finish-step') }),
  z.strictObject({ type: z.literal('message-metadata'), messageMetadata }),
  z.strictObject({ type: z.literal('text-start'), id: z.string() }),
  z.strictObject({ type: z.literal('text-delta'), id: z.string(), delta: z.string() }),
  z.strictObject({ type: z.literal('text-end'), id: z.string() }),
  z.strictObject({
    type: z.literal('source-url'),
    sourceId: z.string(),
    url: z.string(),
    title: z.string(),
    providerMetadata,
  }),
  z.strictObject({
    type: z.literal('source-document'),
    sourceId: z.string(),
    mediaType: z.string(),
    title: z.string(),
    providerMetadata,
  }),
  z.strictObject({ type: z.literal('data-sources'), id: z.string(), data: z.json() }),
  z.strictObject({ type: z.literal('data-citation'), id: z.string(), data: z.json() }),
  z.strictObject({ type: z.literal('data-status'), data: z.json(), transient: z.literal(true) }),
  z.strictObject({
    type: z.literal('finish'),
    finishReason: z.enum(['stop', 'length', 'content-filter', 'other']),
    messageMetadata,
  }),
  z.strictObject({ type: z.literal('abort') }),
  z.strictObject({ type: z.literal('error'), errorText: z.string() }),
])

/** A chunk, as a client gets it. */
export type Chunk = z.infer<typeof strictChunkSchema>
