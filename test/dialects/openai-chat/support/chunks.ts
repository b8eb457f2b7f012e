import { expect } from 'vitest'
import type { ChatEvent } from '../../../../src/index.ts'
import { openaiChat, type Dialect, type OpenAIChatOptions } from '../../../../src/openai-chat.ts'
import { toBytes } from '../../../support/bytes.ts'
import { parseEventStream } from '../../../support/parse-event-stream.ts'

/** A chunk, as far as tests read it. */
export interface Chunk {
  readonly id?: string
  readonly created?: number
  readonly model?: string
  readonly choices: readonly {
    readonly delta: { readonly role?: string; readonly content?: string; readonly annotations?: readonly unknown[] }
    readonly finish_reason: string | null
  }[]
  readonly usage?: unknown
  readonly citations?: readonly string[]
  readonly search_results?: readonly unknown[]
  readonly event?: { readonly type: string; readonly data: Readonly<Record<string, unknown>> }
  readonly error?: unknown
}

/** Parses a stream, which must end with `[DONE]`. */
export function parseChunks(text: string): readonly Chunk[] {
  const all = parseEventStream(toBytes(text)).map(({ data }) => data)
  expect(all.at(-1)).toBe('[DONE]')
  return all.slice(0, -1).map((data) => JSON.parse(data) as Chunk)
}

/** Joins the text of chunks. */
export function textOf(chunks: readonly Chunk[]): string {
  return chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? '')).join('')
}

/** Encodes events as a stream, as a sink does. */
export function encodeWith(dialect: Dialect, events: readonly ChatEvent[]): string {
  const encode = dialect.open({})
  return dialect.opening + events.map(encode).join('')
}

/** Encodes events as a stream, with these options and a fixed time. */
export function chunksOf(events: readonly ChatEvent[], options: OpenAIChatOptions = {}): readonly Chunk[] {
  return parseChunks(encodeWith(openaiChat({ now: () => 1_700_000_000_999, ...options }), events))
}
