import { expectStream } from '../core/options/validate.ts'
import type { KeptEvents } from './frames.ts'
import type { SinkOptions } from './sink-options.ts'

/** What a response streams. */
export interface ResponseSource {
  readonly events: KeptEvents
  readonly options: SinkOptions
  /** Tells the body that it will not be read. */
  readonly release: () => void
}

const sources = new WeakMap<Response, ResponseSource>()

/**
 * Takes the one reader that a stream has, for the body of a response and for its source: only one of the two is read.
 *
 * @throws TypeError when the stream has a reader already
 */
export function takeEvents(events: KeptEvents): KeptEvents {
  expectStream('events', events)
  const { acknowledged } = events
  const iterator = events[Symbol.asyncIterator]()
  return { ...(acknowledged && { acknowledged }), [Symbol.asyncIterator]: () => iterator }
}

/** Remembers what a response streams, so that a Node server can write it without the detour over a web stream. */
export function rememberSource(response: Response, source: ResponseSource): Response {
  sources.set(response, source)
  return response
}

/** What a response streams; nothing when it is another one, or was read already. */
export function takeSource(response: Response): ResponseSource | undefined {
  const source = response.bodyUsed ? undefined : sources.get(response)
  sources.delete(response)
  source?.release()
  return source
}
