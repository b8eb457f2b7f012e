import { setTimeout as sleep } from 'node:timers/promises'
import { passBarrier, type Barrier } from '../gate.ts'
import type { FaultBehaviour } from './behaviour.ts'
import { completionChunk, dataEvent, usageChunk, type WireUsage } from './wire.ts'

/** Bodies in which servers report an error in the middle of a stream. */
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
  /** Inside of the choice, as OpenRouter does. */
  | 'choice'
  /** `{"detail":"message"}`, as FastAPI does. */
  | 'detail'
  /** `{"base_resp":{"status_code","status_msg"}}`, as MiniMax does. */
  | 'base-resp'
  /** `{"code":"code","message":"message"}` and nothing else, as DashScope does. */
  | 'code'

/** The parts of a response. Each is a {@link FaultBehaviour}, to be put together with `faults.sequence`. */
export const step = Object.freeze({
  /** The head: status and headers, sent at once. */
  head:
    (status: number, headers?: Readonly<Record<string, string>>): FaultBehaviour =>
    (exchange) =>
      exchange.head(status, headers),

  /** Text or bytes of the body, exactly as they are. */
  raw:
    (data: string | Uint8Array): FaultBehaviour =>
    (exchange) =>
      exchange.write(data),

  /** An SSE event with this value as JSON. */
  json:
    (value: unknown): FaultBehaviour =>
    (exchange) =>
      exchange.write(dataEvent(value)),

  /** The chunk that names the role and has an empty content, as the first one of a stream does. */
  role:
    (): FaultBehaviour =>
    ({ hit, write }) =>
      write(dataEvent(completionChunk(hit, { role: 'assistant', content: '' }))),

  /** A piece of text. */
  text:
    (delta: string): FaultBehaviour =>
    ({ hit, write }) =>
      write(dataEvent(completionChunk(hit, { content: delta }))),

  /** A piece of reasoning (`reasoning_content`), which is no output. */
  reasoning:
    (delta: string): FaultBehaviour =>
    ({ hit, write }) =>
      write(dataEvent(completionChunk(hit, { reasoning_content: delta }))),

  /** The chunk with the finish reason, in the vendor's own words. @defaultValue `stop` */
  finish:
    (finishReason = 'stop'): FaultBehaviour =>
    ({ hit, write }) =>
      write(dataEvent(completionChunk(hit, {}, { finishReason }))),

  /** The chunk with the usage, whether the request asked for it or not. */
  usage:
    (usage: WireUsage): FaultBehaviour =>
    ({ hit, write }) =>
      write(dataEvent(usageChunk(hit, usage))),

  /** The end marker `[DONE]`. */
  done:
    (): FaultBehaviour =>
    ({ write }) =>
      write('data: [DONE]\n\n'),

  /** An SSE comment, as servers send to keep a connection alive. */
  comment:
    (text = 'keep-alive'): FaultBehaviour =>
    ({ write }) =>
      write(`: ${text}\n\n`),

  /** An error in the middle of the stream. */
  error:
    (message: string, options: { readonly shape?: ErrorShape; readonly code?: string } = {}): FaultBehaviour =>
    ({ write }) =>
      write(errorEvent(message, options.shape ?? 'object', options.code ?? 'server_error')),

  /** Waits for a promise, or at a gate. */
  gate:
    (barrier: Barrier): FaultBehaviour =>
    ({ signal }) =>
      passBarrier(barrier, { signal }),

  /** Waits, in milliseconds. */
  delay:
    (ms: number): FaultBehaviour =>
    ({ signal }) =>
      sleep(ms, undefined, { signal }),

  /** Sends nothing more and keeps the connection open until the client gives up. */
  silence:
    (): FaultBehaviour =>
    ({ signal }) =>
      passBarrier(new Promise(() => {}), { signal }),

  /** Ends the response here, as it should be. */
  end: (): FaultBehaviour => (exchange) => exchange.end(),

  /** Closes the connection in the middle of the response (FIN). */
  cut: (): FaultBehaviour => (exchange) => exchange.cut(),

  /** Breaks the connection (RST). A client may drop what it has received but not yet read: put a gate before. */
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
