import { setTimeout as sleep } from 'node:timers/promises'
import { passBarrier, type Barrier } from '../gate.ts'
import type { FaultBehaviour } from './behaviour.ts'
import { completionChunk, dataEvent, usageChunk, type WireUsage } from './wire.ts'

/** Formats in which servers report an error in the middle of a stream. */
export type ErrorShape =
  /** `{"error":{"message","type","code"}}`, as OpenAI does. */
  | 'object'
  /** `{"error":"message"}`, as Ollama does. */
  | 'string'
  /** `{"object":"error","message","code"}`, as older vLLM does. */
  | 'flat'
  /** The same as `object`, under `event: error`. */
  | 'event'
  /** A field of the event stream: `error: {"message","code"}`, as llama.cpp did until 2025. */
  | 'field'
  /** Inside the choice, as OpenRouter does. */
  | 'choice'
  /** `{"detail":"message"}`, as FastAPI does. */
  | 'detail'
  /** `{"base_resp":{"status_code","status_msg"}}`, as MiniMax does. */
  | 'base-resp'
  /** `{"code":"code","message":"message"}` and nothing else, as DashScope does. */
  | 'code'

/** The parts of a response. Each is a {@link FaultBehaviour}, to be combined with `faults.sequence`. */
export const step = Object.freeze({
  /** The head: status and headers, sent at once. */
  head:
    (status: number, headers?: Readonly<Record<string, string>>): FaultBehaviour =>
    (exchange) =>
      exchange.head(status, headers),

  /** Text or bytes of the body, sent unchanged. */
  raw:
    (data: string | Uint8Array): FaultBehaviour =>
    (exchange) =>
      exchange.write(data),

  /** An SSE event with this value as JSON. */
  json:
    (value: unknown): FaultBehaviour =>
    (exchange) =>
      exchange.write(dataEvent(value)),

  /** The chunk with the role and an empty content, like the first chunk of a stream. */
  role:
    (): FaultBehaviour =>
    ({ hit, write }) =>
      write(dataEvent(completionChunk(hit, { role: 'assistant', content: '' }))),

  /** A piece of text. */
  text:
    (delta: string): FaultBehaviour =>
    ({ hit, write }) =>
      write(dataEvent(completionChunk(hit, { content: delta }))),

  /** A piece of reasoning (`reasoning_content`), which is not part of the answer. */
  reasoning:
    (delta: string): FaultBehaviour =>
    ({ hit, write }) =>
      write(dataEvent(completionChunk(hit, { reasoning_content: delta }))),

  /** The chunk with the finish reason, as the vendor names it. @defaultValue `stop` */
  finish:
    (finishReason = 'stop'): FaultBehaviour =>
    ({ hit, write }) =>
      write(dataEvent(completionChunk(hit, {}, { finishReason }))),

  /** The chunk with the usage, even if the request did not ask for it. */
  usage:
    (usage: WireUsage): FaultBehaviour =>
    ({ hit, write }) =>
      write(dataEvent(usageChunk(hit, usage))),

  /** The end marker `[DONE]`. */
  done:
    (): FaultBehaviour =>
    ({ write }) =>
      write('data: [DONE]\n\n'),

  /** An SSE comment, which servers send to keep a connection alive. */
  comment:
    (text = 'keep-alive'): FaultBehaviour =>
    ({ write }) =>
      write(`: ${text}\n\n`),

  /** An error in the middle of the stream. */
  error:
    (message: string, options: { readonly shape?: ErrorShape; readonly code?: string } = {}): FaultBehaviour =>
    ({ write }) =>
      write(errorEvent(message, options.shape ?? 'object', options.code ?? 'server_error')),

  /** Waits for a promise or at a gate. */
  gate:
    (barrier: Barrier): FaultBehaviour =>
    ({ signal }) =>
      passBarrier(barrier, { signal }),

  /** Waits for this many milliseconds. */
  delay:
    (ms: number): FaultBehaviour =>
    ({ signal }) =>
      sleep(ms, undefined, { signal }),

  /** Sends nothing more and keeps the connection open until the client leaves. */
  silence:
    (): FaultBehaviour =>
    ({ signal }) =>
      passBarrier(new Promise(() => {}), { signal }),

  /** Ends the response here, normally. */
  end: (): FaultBehaviour => (exchange) => exchange.end(),

  /** Closes the connection in the middle of the response (FIN). */
  cut: (): FaultBehaviour => (exchange) => exchange.cut(),

  /**
   * Breaks the connection (RST). A client may lose data that it has received but not yet read; a gate before this step
   * prevents that.
   */
  reset: (): FaultBehaviour => (exchange) => exchange.reset(),
})

function errorEvent(message: string, shape: ErrorShape, code: string): string {
  const error = { message, type: code, param: null, code }
  switch (shape) {
    case 'object':
      return dataEvent({ error })
    case 'string':
      return dataEvent({ error: message })
    case 'flat':
      return dataEvent({ object: 'error', message, type: code, param: null, code })
    case 'event':
      return `event: error\n${dataEvent({ error })}`
    case 'field':
      return dataEvent(error).replace(/^data/u, 'error')
    case 'choice':
      return dataEvent({ choices: [{ index: 0, delta: { content: '' }, finish_reason: null, error }] })
    case 'detail':
      return dataEvent({ detail: message })
    case 'base-resp':
      return dataEvent({ choices: null, base_resp: { status_code: 1000, status_msg: message } })
    case 'code':
      return dataEvent({ code, message, request_id: 'request-1' })
  }
}
