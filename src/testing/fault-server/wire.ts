import type { FaultHit } from './behaviour.ts'

/** Tokens as an OpenAI-compatible server counts them. */
export interface WireUsage {
  /** Tokens of the input. */
  readonly prompt_tokens: number
  /** Tokens of the output. */
  readonly completion_tokens: number
  /** Tokens in total. */
  readonly total_tokens: number
}

/** Returns an SSE event with `value` as its JSON data. */
export function dataEvent(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

/** Returns a `chat.completion.chunk` with one delta. */
export function completionChunk(
  hit: FaultHit,
  delta: Readonly<Record<string, unknown>>,
  options: { readonly finishReason?: string } = {},
): Record<string, unknown> {
  return {
    id: completionId(hit),
    object: 'chat.completion.chunk',
    created: 0,
    model: modelOf(hit),
    choices: [{ index: 0, delta, finish_reason: options.finishReason ?? null }],
  }
}

/** Returns the `chat.completion.chunk` without choices that contains the usage. */
export function usageChunk(hit: FaultHit, usage: WireUsage): Record<string, unknown> {
  return { ...completionChunk(hit, {}), choices: [], usage }
}

/** Returns the `chat.completion` for a request that did not ask for a stream. */
export function completion(
  hit: FaultHit,
  content: string,
  options: { readonly finishReason: string; readonly usage: WireUsage },
): Record<string, unknown> {
  const message = { role: 'assistant', content }
  return {
    id: completionId(hit),
    object: 'chat.completion',
    created: 0,
    model: modelOf(hit),
    choices: [{ index: 0, message, finish_reason: options.finishReason }],
    usage: options.usage,
  }
}

/** Returns the `model` of a request; an empty string if there is none. */
export function modelOf(hit: FaultHit): string {
  const model = bodyField(hit, 'model')
  return typeof model === 'string' ? model : ''
}

/** True if the request asked for a stream. */
export function asksForStream(hit: FaultHit): boolean {
  return bodyField(hit, 'stream') === true
}

/** True if the request asked for a usage chunk (`stream_options.include_usage`). */
export function asksForUsage(hit: FaultHit): boolean {
  return ownField(bodyField(hit, 'stream_options'), 'include_usage') === true
}

/** Returns a field of the JSON body; `undefined` for any other body. */
export function bodyField(hit: FaultHit, name: string): unknown {
  return ownField(hit.body, name)
}

function ownField(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return Reflect.get(value, name)
}

function completionId(hit: FaultHit): string {
  return `chatcmpl-${hit.index}`
}
