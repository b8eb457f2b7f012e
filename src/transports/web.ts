import type { ChatEvent } from '../core/events.ts'
import type { OptionNames } from '../core/expect-options.ts'
import { expectStatus } from './node-status.ts'
import { pulledFrames, type PulledFrames } from './pulled-frames.ts'
import { rememberSource, takeEvents } from './response-source.ts'
import { resolveSinkOptions, SINK_OPTIONS, type SinkOptions } from './sink-options.ts'

/** What {@link toResponse} takes beside the format: status and headers, where yours win. */
export interface ResponseOptions extends SinkOptions {
  /** @defaultValue 200 */
  readonly status?: number | undefined
  readonly headers?: HeadersInit | undefined
}

/**
 * Turns a stream into a web stream of bytes. It pulls: nothing runs before the first read, nothing is read ahead, and
 * `cancel()` stops the run, as does a reader who takes nothing for `stallMs`.
 *
 * @throws TypeError when the stream has a reader already
 */
export function toReadableStream(
  events: AsyncIterable<ChatEvent>,
  options: SinkOptions = {},
): ReadableStream<Uint8Array> {
  return toBody(pulledFrames(events, resolveSinkOptions(options, 'toReadableStream')))
}

function toBody(source: PulledFrames): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await source.next()
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
      async cancel() {
        await source.return()
      },
    },
    // The default of 1 would start the run before anybody reads.
    { highWaterMark: 0 },
  )
}

const RESPONSE_OPTIONS: OptionNames<ResponseOptions> = { ...SINK_OPTIONS, status: true, headers: true }

/**
 * Answers a request with a stream: Hono, Fastify, Next.js and every other framework that takes a `Response`. When the
 * client leaves, the framework cancels the body, and that stops the run: no signal has to be wired. A server that does
 * not cancel bodies, such as h3 1, needs `signal`.
 *
 * @throws TypeError when the stream has a reader already
 */
export function toResponse(events: AsyncIterable<ChatEvent>, options: ResponseOptions = {}): Response {
  const resolved = resolveSinkOptions(options, 'toResponse', RESPONSE_OPTIONS)
  const headers = new Headers(options.headers)
  for (const [name, value] of Object.entries(resolved.dialect.headers)) {
    if (!headers.has(name)) headers.set(name, value)
  }
  const taken = takeEvents(events)
  const source = pulledFrames(taken, resolved)
  const response = new Response(toBody(source), { status: expectStatus(options.status) ?? 200, headers })
  const { status: _status, headers: _headers, ...sink } = options
  return rememberSource(response, { events: taken, options: sink, release: source.release })
}
