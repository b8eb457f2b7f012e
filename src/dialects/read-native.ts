import { abortable } from '../core/async/abortable.ts'
import { askToReturn, DONE, toIterator } from '../core/async/iterators.ts'
import { ChatError, isChatError } from '../core/vocabulary/chat-error.ts'
import { invalidInput } from '../core/vocabulary/invalid-input.ts'
import { isTerminalEvent, type ChatEvent } from '../core/vocabulary/events.ts'
import { describeValue, expectOptions, type OptionNames } from '../core/options/expect-options.ts'
import { countOption } from '../core/options/options-with-defaults.ts'
import { expectSignal } from '../core/options/validate.ts'
import { decodeLines } from '../encoders/decode-lines.ts'
import { decodeSse } from '../encoders/decode-sse.ts'
import type { ByteSource } from '../core/async/byte-reader.ts'
import { isKnownType } from './native-sse.ts'

/**
 * Default of `maxEventBytes`. The last event has the whole result: an answer of 262,144 characters, each of which may
 * need six in JSON, and 4 MiB each for citations, their checks and sources.
 */
const MAX_EVENT_CHARS = 2 ** 24

/** Options of a reader. */
export interface ReadOptions {
  /** An abort rejects the pending read with the reason, and cancels the body. */
  readonly signal?: AbortSignal | undefined
  /**
   * Maximum length of one event, in UTF-16 code units. The default is above the largest event of a run with default
   * limits. Raise it for a server with a higher `maxAnswerChars` or `contextTokens`.
   * @defaultValue 16777216
   */
  readonly maxEventBytes?: number | undefined
}

/**
 * Reads the events of a server-sent event stream, such as `response.body` of a fetch. Event types that this version
 * does not know are skipped, as the protocol requires.
 *
 * @throws ChatError while it is read: `upstream-incomplete` when the stream ended without a terminal event,
 * `upstream-disconnected` when the connection broke, `upstream-bad-response` when the body is not a stream of events,
 * or an event is too long
 */
export function readSse(body: ByteSource, options: ReadOptions = {}): AsyncIterable<ChatEvent> {
  const { signal, maxEventBytes } = resolveReadOptions(body, options, 'readSse')
  return readEvents(decodeSse(body, { maxEventBytes }), { signal, toJson: (message) => message.data })
}

/** Reads the events of a stream of JSON lines; otherwise as {@link readSse}. */
export function readNdjson(body: ByteSource, options: ReadOptions = {}): AsyncIterable<ChatEvent> {
  const { signal, maxEventBytes } = resolveReadOptions(body, options, 'readNdjson')
  return readEvents(decodeLines(body, { maxEventBytes }), { signal, toJson: (line) => line })
}

const READ_OPTIONS: OptionNames<ReadOptions> = { signal: true, maxEventBytes: true }

function resolveReadOptions(body: ByteSource, options: ReadOptions, of: string) {
  expectOptions(options, READ_OPTIONS, { of })
  expectBody(body)
  return {
    signal: expectSignal('signal', options.signal),
    maxEventBytes: countOption('maxEventBytes', options.maxEventBytes, MAX_EVENT_CHARS),
  }
}

function expectBody(body: unknown): void {
  const isSource = typeof body === 'object' && body !== null && ('getReader' in body || Symbol.asyncIterator in body)
  if (isSource) return
  const message = `it must be a stream of bytes such as response.body, and it is ${describeValue(body)}`
  throw invalidInput('body', `Cannot read body: ${message}`)
}

interface ReadEventsOptions<Item> {
  readonly signal: AbortSignal | undefined
  readonly toJson: (item: Item) => string
}

function readEvents<Item>(
  batches: AsyncIterableIterator<readonly Item[], undefined>,
  options: ReadEventsOptions<Item>,
): AsyncIterableIterator<ChatEvent, undefined> {
  let source: AsyncIterator<readonly Item[], undefined> | undefined
  let items: Iterator<Item> = [].values()
  let ended = false

  async function next(): Promise<IteratorResult<ChatEvent, undefined>> {
    try {
      return await readEvent()
    } catch (thrown) {
      // `for await` does not call `return()` after a throw of its iterator.
      stop()
      throw thrown
    }
  }

  async function readEvent(): Promise<IteratorResult<ChatEvent, undefined>> {
    while (!ended) {
      const { done, value: item } = items.next()
      const event = done ? undefined : parseEvent(options.toJson(item))
      if (done) items = (await readBatch()).values()
      if (!event) continue
      if (isTerminalEvent(event)) stop()
      return { value: event, done: false }
    }
    return DONE
  }

  async function readBatch(): Promise<readonly Item[]> {
    source ??= options.signal ? abortable(batches, options.signal) : batches
    const { done, value } = await source.next().catch((thrown: unknown) => {
      options.signal?.throwIfAborted()
      throw isChatError(thrown) ? thrown : disconnected(thrown)
    })
    if (done) throw new ChatError('The stream ended without a terminal event', { code: 'upstream-incomplete' })
    return value
  }

  function stop(): void {
    ended = true
    // The first call removes the listener from the signal. The second cancels the body, even if it was never read.
    askToReturn(source)
    askToReturn(batches)
  }

  return toIterator(next, stop)
}

function disconnected(cause: unknown): ChatError {
  return new ChatError('The connection broke before the terminal event', { code: 'upstream-disconnected', cause })
}

function parseEvent(json: string): ChatEvent | undefined {
  let event: unknown
  try {
    event = JSON.parse(json)
  } catch (cause) {
    throw new ChatError('An event of the stream is not JSON', { code: 'upstream-bad-response', cause })
  }
  const isEvent = typeof event === 'object' && event !== null && 'type' in event && typeof event.type === 'string'
  if (!isEvent) throw new ChatError('An event of the stream has no type', { code: 'upstream-bad-response' })
  // Only the type is checked: the reader trusts the server for the fields.
  return isKnownType((event as ChatEvent).type) ? (event as ChatEvent) : undefined
}
