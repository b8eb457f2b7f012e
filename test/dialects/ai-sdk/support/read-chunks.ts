import { expect } from 'vitest'
import { aiSdk } from '../../../../src/ai-sdk.ts'
import type { ChatEvent } from '../../../../src/index.ts'
import { toBytes } from '../../../support/bytes.ts'
import { parseEventStream } from '../../../support/parse-event-stream.ts'
import { strictChunkSchema, type Chunk } from './strict-chunk-schema.ts'

/** Encodes events as the dialect sends them. */
export function encode(events: readonly ChatEvent[]): string {
  const encoder = aiSdk().open({})
  return events.map(encoder).join('')
}

/** Reads the chunks of a stream, up to `[DONE]`, which must be its last frame. Each must fit the strict schema. */
export function readChunks(wire: string): readonly Chunk[] {
  const frames = parseEventStream(toBytes(wire)).map(({ data }) => data)
  expect(frames.at(-1)).toBe('[DONE]')
  return frames.slice(0, -1).map((data) => {
    const chunk: Chunk = JSON.parse(data)
    strictChunkSchema.parse(chunk)
    // Not what the schema returns: that leaves out keys such as `__proto__`.
    return chunk
  })
}

/** A part of a message. */
export type Part = Readonly<Record<string, unknown>> & { readonly type: string }

/** A message, as a client of the AI SDK makes it of chunks. */
export interface ReadMessage {
  readonly id: string | undefined
  readonly metadata: Readonly<Record<string, unknown>>
  readonly parts: readonly Part[]
  /** The data that the message does not keep. */
  readonly transient: readonly unknown[]
  /** The last chunk. */
  readonly end: string | undefined
  readonly errorText: string | undefined
}

/** Makes a message of chunks by the rules of the AI SDK. Throws where a client would fail. */
export function readMessage(chunks: readonly Chunk[]): ReadMessage {
  const message = { id: undefined as string | undefined, metadata: {}, errorText: undefined as string | undefined }
  const parts: Part[] = []
  const transient: unknown[] = []
  const texts = new Map<string, { type: string; text: string; state: string }>()
  const textOf = (id: string) => texts.get(id) ?? expect.fail(`There is no open text ${id}`)

  for (const chunk of chunks) {
    if (message.errorText !== undefined) expect.fail(`A client does not read ${chunk.type} after an error`)
    if ('messageMetadata' in chunk) message.metadata = { ...message.metadata, ...chunk.messageMetadata }
    if (chunk.type === 'start') message.id = chunk.messageId
    if (chunk.type === 'error') message.errorText = chunk.errorText
    if (chunk.type === 'start-step') parts.push({ type: 'step-start' })
    if (chunk.type === 'source-url' || chunk.type === 'source-document') parts.push(chunk)
    if (chunk.type === 'data-status') transient.push(chunk.data)
    if (chunk.type === 'data-sources' || chunk.type === 'data-citation') {
      const at = parts.findIndex(({ type, id }) => type === chunk.type && id === chunk.id)
      parts.splice(at < 0 ? parts.length : at, 1, chunk)
    }
    if (chunk.type === 'text-start') {
      const part = { type: 'text', text: '', state: 'streaming' }
      texts.set(chunk.id, part)
      parts.push(part)
    }
    if (chunk.type === 'text-delta') textOf(chunk.id).text += chunk.delta
    if (chunk.type === 'text-end') {
      textOf(chunk.id).state = 'done'
      texts.delete(chunk.id)
    }
  }
  return { ...message, parts, transient, end: chunks.at(-1)?.type }
}
