import { setTimeout as sleep } from 'node:timers/promises'
import { passBarrier, type Barrier } from '../gate.ts'
import type { FaultBehaviour, FaultHit } from './behaviour.ts'
import { dataEvent } from './data-event.ts'
import type { WireError, WireUsage } from './wire.ts'
import { wireOf } from './wire-of.ts'

/** Formats in which servers report an error in the middle of a stream. */
export type ErrorShape =
  /** `{"error":{"message","type","code"}}`, as OpenAI does; in the Responses API with `"type":"error"`. */
  | 'object'
  /** `{"error":"message"}`, as Ollama does. */
  | 'string'
  /** `{"object":"error","message","code"}`, as older vLLM does; in the Responses API `{"type":"error",…}`. */
  | 'flat'
  /** The same as `object`, under `event: error`. */
  | 'event'
  /** A field of the event stream: `error: {"message","code"}`, as llama.cpp did until 2025. */
  | 'field'
  /** Inside the choice, as OpenRouter does; in the Responses API inside `response.failed`. */
  | 'choice'
  /** `{"detail":"message"}`, as FastAPI does. */
  | 'detail'
  /** `{"base_resp":{"status_code","status_msg"}}`, as MiniMax does. */
  | 'base-resp'
  /** `{"code":"code","message":"message"}` and nothing else, as DashScope does. */
  | 'code'

/** The parts of a response, in the API that the request calls. Each is a {@link FaultBehaviour}, to be combined with `faults.sequence`. */
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
      write(wireOf(hit).start(hit)),

  /** A piece of text. */
  text:
    (delta: string): FaultBehaviour =>
    ({ hit, write }) =>
      write(wireOf(hit).text(hit, delta)),

  /** A piece of reasoning (`reasoning_content`, `response.reasoning_text.delta`), which is not part of the answer. */
  reasoning:
    (delta: string): FaultBehaviour =>
    ({ hit, write }) =>
      write(wireOf(hit).thought(hit, delta, 'field')),

  /**
   * The chunk with the finish reason, as the vendor names it. In the Responses API the events that end the message and the
   * response, with the usage.
   *
   * @defaultValue `stop`
   */
  finish:
    (finishReason = 'stop', options: { readonly usage?: WireUsage | undefined } = {}): FaultBehaviour =>
    ({ hit, write }) =>
      write(wireOf(hit).finish(hit, { finishReason, ...options })),

  /** The chunk with the usage, even if the request did not ask for it. The Responses API has none. */
  usage:
    (usage: WireUsage): FaultBehaviour =>
    ({ hit, write }) => {
      const data = wireOf(hit).usage(hit, usage)
      return data === '' ? undefined : write(data)
    },

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
    ({ hit, write }) =>
      write(errorEvent(hit, options.shape ?? 'object', { message, code: options.code ?? 'server_error' })),

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

function errorEvent(hit: FaultHit, shape: ErrorShape, reported: WireError): string {
  const { message, code } = reported
  const error = { message, type: code, param: null, code }
  switch (shape) {
    case 'object':
      return wireOf(hit).error(hit, reported, 'nested')
    case 'string':
      return dataEvent({ error: message })
    case 'flat':
      return wireOf(hit).error(hit, reported, 'flat')
    case 'event':
      return `event: error\n${dataEvent({ error })}`
    case 'field':
      return dataEvent(error).replace(/^data/u, 'error')
    case 'choice':
      return wireOf(hit).error(hit, reported, 'in-answer')
    case 'detail':
      return dataEvent({ detail: message })
    case 'base-resp':
      return dataEvent({ choices: null, base_resp: { status_code: 1000, status_msg: message } })
    case 'code':
      return dataEvent({ code, message, request_id: 'request-1' })
  }
}
