import type { Barrier } from '../gate.ts'
import type { FaultBehaviour, FaultHit } from './behaviour.ts'
import { sequence } from './combinators.ts'
import { step, type ErrorShape } from './steps.ts'
import { asksForStream, asksForUsage } from './request-body.ts'
import type { WireUsage } from './wire.ts'
import { wireOf } from './wire-of.ts'

/** The text of a reply: a string (sent word by word), a list of deltas, or a function of the request. */
export type FaultContent = string | readonly string[] | ((hit: FaultHit) => string | readonly string[])

/** Options of {@link answer}. */
export interface AnswerOptions {
  /** Pause before each delta, in milliseconds. @defaultValue 0 */
  readonly delayMs?: number | undefined
  /** Waits here before each delta: one release of a gate lets one token through. */
  readonly gate?: Barrier | undefined
  /** Reasoning sent first, as `reasoning_content`. @defaultValue none */
  readonly reasoning?: readonly string[] | undefined
  /** The vendor's finish reason, such as `length` or `content_filter`. @defaultValue `stop` */
  readonly finishReason?: string | undefined
  /** Usage sent when the request asks for it. @defaultValue counts the deltas */
  readonly usage?: WireUsage | undefined
}

const DEFAULT_CONTENT = 'The answer is 42 [1].'

// Splits before white space, because tokens start with it, and after each Chinese character.
const WORD_STARTS = /(?<=\S)(?=\s)|(?<=\p{Script=Han})(?=.)/su

/**
 * A normal answer: a stream that ends with a finish reason and `[DONE]`, or one JSON object if the request does not ask
 * for a stream.
 */
export function answer(content: FaultContent = DEFAULT_CONTENT, options: AnswerOptions = {}): FaultBehaviour {
  const { delayMs = 0, gate, reasoning = [], finishReason = 'stop' } = options
  const pace = [...(delayMs > 0 ? [step.delay(delayMs)] : []), ...(gate ? [step.gate(gate)] : [])]

  return (exchange) => {
    const { hit } = exchange
    const deltas = toDeltas(content, hit)
    const usage = options.usage ?? countUsage(deltas)
    if (!asksForStream(hit))
      return jsonReply(wireOf(hit).whole(hit, deltas.join(''), { finishReason, usage }))(exchange)
    const reply = sequence(
      step.role(),
      ...reasoning.map(step.reasoning),
      ...deltas.flatMap((delta) => [...pace, delta]),
      step.finish(finishReason, { usage }),
      ...(asksForUsage(hit) ? [step.usage(usage)] : []),
      step.done(),
    )
    return reply(exchange)
  }
}

/** Keep-alive comments and nothing else, until the client leaves. @defaultValue one every 20 ms */
export function commentsOnly(options: { readonly intervalMs?: number } = {}): FaultBehaviour {
  return forever(sequence(step.comment(), step.delay(options.intervalMs ?? 20)))
}

/** Chunks with a role and no text, until the client leaves. @defaultValue one every 20 ms */
export function rolesOnly(options: { readonly intervalMs?: number } = {}): FaultBehaviour {
  return forever(sequence(step.role(), step.delay(options.intervalMs ?? 20)))
}

/** The beginning of a stream with a fault. */
export interface BrokenStreamOptions {
  /** Deltas before the fault. @defaultValue `['Hello', ' world']` */
  readonly deltas?: readonly string[] | undefined
  /** Waits here after the deltas, before the fault. */
  readonly gate?: Barrier | undefined
}

/** Some text, then silence on an open connection. */
export function stall(options: BrokenStreamOptions = {}): FaultBehaviour {
  return brokenBy(step.silence(), options)
}

/** Some text, then a broken connection (RST). Open the `gate` after the client has read the text, or it may be lost. */
export function reset(options: BrokenStreamOptions = {}): FaultBehaviour {
  return brokenBy(step.reset(), options)
}

/** Some text, then a connection that closes in the middle of the body (FIN). */
export function cut(options: BrokenStreamOptions = {}): FaultBehaviour {
  return brokenBy(step.cut(), options)
}

/** Some text, then a clean end without a finish reason and without `[DONE]`. */
export function incomplete(options: BrokenStreamOptions = {}): FaultBehaviour {
  return brokenBy(step.end(), options)
}

/** Some text, then `[DONE]` without a finish reason. */
export function doneWithoutReason(options: BrokenStreamOptions = {}): FaultBehaviour {
  return brokenBy(step.done(), options)
}

/** Some text and a finish reason, then the end without `[DONE]`. */
export function reasonWithoutDone(
  options: BrokenStreamOptions & { readonly finishReason?: string } = {},
): FaultBehaviour {
  return brokenBy(step.finish(options.finishReason), options)
}

/** Some text, then an event with half a JSON object, then the rest of a normal stream. */
export function halfJson(options: BrokenStreamOptions = {}): FaultBehaviour {
  return brokenBy(sequence(halfChunk('\n\n'), ' and on', step.finish(), step.done()), options)
}

/** Some text, then half a JSON object and the end of the body, without a line end. */
export function halfJsonAtEnd(options: BrokenStreamOptions = {}): FaultBehaviour {
  return brokenBy(halfChunk(''), options)
}

/**
 * Some text, then an error in the stream, in one of many shapes; with `done`, `[DONE]` follows as after a normal
 * answer.
 */
export function errorInStream(
  options: BrokenStreamOptions & {
    readonly message?: string
    readonly shape?: ErrorShape
    readonly code?: string
    /** @defaultValue false */
    readonly done?: boolean
  } = {},
): FaultBehaviour {
  const { message = 'The server had an error: sk-canary-0000', shape, code, done = false } = options
  const error = step.error(message, { ...(shape && { shape }), ...(code && { code }) })
  return brokenBy(sequence(error, ...(done ? [step.done()] : [])), options)
}

/** Endless text, as fast as the client reads it, until it leaves. */
export function endless(options: { readonly delta?: string; readonly delayMs?: number } = {}): FaultBehaviour {
  const { delta = 'more and more words ', delayMs = 0 } = options
  return sequence(step.role(), forever(delayMs > 0 ? sequence(step.delay(delayMs), delta) : step.text(delta)))
}

/**
 * One event whose delta has `bytes` letters, sent in pieces as fast as the client reads them, then the rest of a
 * normal stream.
 *
 * @defaultValue `bytes` is 64 MiB, `pieceBytes` 64 KiB
 */
export function hugeEvent(options: { readonly bytes?: number; readonly pieceBytes?: number } = {}): FaultBehaviour {
  const { bytes = 64 * 1024 * 1024, pieceBytes = 64 * 1024 } = options
  const piece = Buffer.alloc(pieceBytes, 'a')
  return async (exchange) => {
    const { hit, write } = exchange
    const [before = '', after = ''] = wireOf(hit).text(hit, '|').split('|')
    await write(before)
    for (let left = bytes; left > 0; left -= pieceBytes) await write(piece.subarray(0, left))
    await write(after)
    await sequence(step.finish(), step.done())(exchange)
  }
}

function brokenBy(fault: FaultBehaviour, options: BrokenStreamOptions): FaultBehaviour {
  const { deltas = ['Hello', ' world'], gate } = options
  return sequence(step.role(), ...deltas, ...(gate ? [step.gate(gate)] : []), fault)
}

function halfChunk(ending: string): FaultBehaviour {
  return ({ hit, write }) => {
    const event = wireOf(hit).text(hit, ' broken')
    return write(`${event.slice(0, event.indexOf(' broken') + 4)}${ending}`)
  }
}

/** Repeats until the connection is gone, when the next write or wait rejects. */
function forever(behave: FaultBehaviour): FaultBehaviour {
  return async (exchange) => {
    while (!exchange.signal.aborted) await behave(exchange)
  }
}

function jsonReply(value: unknown): FaultBehaviour {
  return sequence(step.head(200, { 'content-type': 'application/json' }), step.raw(JSON.stringify(value)))
}

function toDeltas(content: FaultContent, hit: FaultHit): readonly string[] {
  const text = typeof content === 'function' ? content(hit) : content
  return typeof text === 'string' ? text.split(WORD_STARTS) : text
}

function countUsage(deltas: readonly string[]): WireUsage {
  const tokens = deltas.length
  return { prompt_tokens: 10, completion_tokens: tokens, total_tokens: 10 + tokens }
}
