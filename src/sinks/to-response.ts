import { toBody } from './to-readable-stream.ts'
import type { ChatEvent } from '../core/vocabulary/events.ts'
import type { OptionNames } from '../core/options/expect-options.ts'
import { expectStatus } from './expect-status.ts'
import { pulledFrames } from './pulled-frames.ts'
import { resolveSinkOptions, SINK_OPTIONS, type ResolvedSinkOptions, type SinkOptions } from './sink-options.ts'

/** Options of {@link toResponse}. */
export interface ResponseOptions extends SinkOptions {
  /** The status. @defaultValue 200 */
  readonly status?: number | undefined
  /** Headers. They override those of the dialect. */
  // Not `HeadersInit`: only the types of a browser have that name.
  readonly headers?: ConstructorParameters<typeof Headers>[0]
}

const RESPONSE_OPTIONS: OptionNames<ResponseOptions> = { ...SINK_OPTIONS, status: true, headers: true }

/**
 * Creates a `Response` that streams the events, for Hono, Fastify, Next.js and every other framework that takes a
 * `Response`. When the client leaves, the framework cancels the body, and that stops the run: no signal is needed. A
 * server that does not cancel bodies, such as h3 1, needs `signal`.
 *
 * @throws TypeError when the stream has a reader already
 */
export function toResponse(events: AsyncIterable<ChatEvent>, options: ResponseOptions = {}): Response {
  const resolved = resolveSinkOptions(options, 'toResponse', RESPONSE_OPTIONS)
  return createStreamResponse(events, resolved, { status: expectStatus(options.status), headers: options.headers })
}

/** Creates a `Response` with options that are complete and checked, as {@link toResponse} does. */
export function createStreamResponse(
  events: AsyncIterable<ChatEvent>,
  options: ResolvedSinkOptions,
  head: Pick<ResponseOptions, 'status' | 'headers'>,
): Response {
  const headers = new Headers(head.headers)
  for (const [name, value] of Object.entries(options.dialect.headers)) {
    if (!headers.has(name)) headers.set(name, value)
  }
  return new Response(toBody(pulledFrames(events, options)), { status: head.status ?? 200, headers })
}
