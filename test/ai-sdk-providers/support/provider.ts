import type { FinishReason } from '../../../src/index.ts'
import type { AiSdkModel } from '../../../src/ai-sdk.ts'

/** A provider of the AI SDK, and the bytes that the server of its vendor sends, as the vendor documents them. */
export interface Provider {
  /** Package and major. */
  readonly name: string
  /** Creates the model for a server at `baseURL`. */
  model(baseURL: string): AiSdkModel
  /** The path of its requests. */
  readonly path: string
  /** The events before the answer. */
  readonly start: string
  /** An event with text. */
  text(delta: string): string
  /** An event with a thought. */
  thought(delta: string): string
  /** The events at the end. They count 25 tokens of input and 15 of output. */
  finish(reason?: string): string
  /** An event that reports that the server is overloaded. */
  readonly overloaded: string
  /** The body of a response with a status that means a failure. */
  failure(status: number, message: string): unknown
  /** The finish reasons of the vendor, with what they become. */
  readonly reasons: readonly (readonly [reason: string, expected: FinishReason])[]
}

/** Returns an event of an event stream with `value` as its JSON data. */
export function dataEvent(value: unknown, event?: string): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(value)}\n\n`
}
