import { invalidInput } from '../core/errors.ts'
import type { ChatEvent } from '../core/events.ts'
import type { OptionNames } from '../core/expect-options.ts'
import { pulledFrames } from './pulled-frames.ts'
import { rememberSource, takeEvents } from './response-source.ts'
import { resolveSinkOptions, SINK_OPTIONS, type ResolvedSinkOptions, type SinkOptions } from './sink-options.ts'

/** What {@link toResponse} takes beside the format: status and headers, where yours win. */
export interface ResponseOptions extends SinkOptions {
  /** @defaultValue 200 */
  readonly status?: number | undefined
  // Not `HeadersInit`, a name that only the types of a browser have.
  readonly headers?: ConstructorParameters<typeof Headers>[0]
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
  return toBody(events, resolveSinkOptions(options, 'toReadableStream'))
}

function toBody(events: AsyncIterable<ChatEvent>, options: ResolvedSinkOptions): ReadableStream<Uint8Array> {
  const source = pulledFrames(events, options)
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await source.next()
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
      async cancel() {
        await source.return?.()
      },
    },
    // The default of 1 would start the run before anybody reads.
    { highWaterMark: 0 },
  )
}

const RESPONSE_OPTIONS: OptionNames<ResponseOptions> = { ...SINK_OPTIONS, status: true, headers: true }

function resolveStatus(status = 200): number {
  if (Number.isInteger(status) && status >= 200 && status <= 599) return status
  throw invalidInput('status', `Cannot use status ${String(status)}: it must be a whole number from 200 to 599`)
}

/**
 * Answers a request with a stream: Hono, Fastify, Next.js and every other framework that takes a `Response`. When the
 * client leaves, the framework cancels the body, and that stops the run: no signal has to be wired.
 *
 * @throws TypeError when the stream has a reader already
 */
export function toResponse(events: AsyncIterable<ChatEvent>, options: ResponseOptions = {}): Response {
  const resolved = resolveSinkOptions(options, 'toResponse', RESPONSE_OPTIONS)
  const { dialect } = resolved
  const headers = new Headers(options.headers)
  for (const [name, value] of Object.entries(dialect.headers)) {
    if (!headers.has(name)) headers.set(name, value)
  }
  const taken = takeEvents(events)
  const response = new Response(toBody(taken, resolved), { status: resolveStatus(options.status), headers })
  const { status: _status, headers: _headers, ...sink } = options
  return rememberSource(response, { events: taken, options: sink })
}
