import { createDeadline } from '../../core/async/deadline.ts'
import { DONE } from '../../core/async/iterators.ts'
import { linkSignal } from '../../core/async/link-signal.ts'
import { systemClock } from '../../core/clock.ts'
import { ChatError, invalidInput, isChatError } from '../../core/errors.ts'
import type { ChatModel, ChatModelEvent, ChatModelRequest } from '../../core/generation/chat-model.ts'
import { expectOptions, type OptionNames } from '../../core/expect-options.ts'
import { expectCount, expectFunction, expectMethods } from '../../core/validate.ts'
import { openByteReader, type ByteReader } from '../../encoders/read-bytes.ts'
import { createSseParser, DEFAULT_MAX_EVENT_BYTES, type SseMessage } from '../../encoders/sse-parser.ts'
import { createChunkReader } from './openai-chunk.ts'
import type { OpenAIChatBody, OpenAIChatClient } from './openai-client.ts'
import { fromOpenAIError } from './openai-error.ts'

/** What {@link openaiChatModel} takes. */
export interface OpenAIChatModelOptions {
  /** A client of the official `openai` package, major 6 or 7, with whatever base URL, key and `fetch` it was given. */
  readonly client: OpenAIChatClient
  /** The model's name, as the server knows it. */
  readonly model: string
  /** Most characters of one event of the stream. @defaultValue 1 MiB */
  readonly maxEventBytes?: number | undefined
  /**
   * Fields of the request body that this library does not set, such as `reasoning_effort` or `seed`. They win over its
   * own: `{ stream_options: undefined }` serves a server that refuses the usage option.
   */
  readonly extraBody?: Readonly<Record<string, unknown>> | undefined
}

const OPTIONS: OptionNames<OpenAIChatModelOptions> = {
  client: true,
  model: true,
  maxEventBytes: true,
  extraBody: true,
}

/**
 * A {@link ChatModel} over the chat completions of OpenAI or any server that speaks like it. The client makes the
 * request (address, key, headers), with its retries off; the raw body is decoded here, because the client reports a
 * cut stream, an HTML page and a JSON error as success.
 *
 * @example
 * ```ts
 * import OpenAI from 'openai'
 * import { openaiChatModel } from 'ragwire/openai'
 * const model = openaiChatModel({ client: new OpenAI({ apiKey: 'key' }), model: 'gpt-5-mini' })
 * ```
 */
export function openaiChatModel(options: OpenAIChatModelOptions): ChatModel {
  expectOptions(options, OPTIONS, { of: 'openaiChatModel' })
  const { client, model, extraBody = {} } = options
  expectMethods('client', client, 'a client of the openai package', [])
  expectFunction('client.chat.completions.create', client.chat?.completions?.create)
  expectMethods('extraBody', extraBody, 'an object', [])
  if (typeof model !== 'string' || model === '') throw invalidInput('model', 'Cannot use model: it must be a name')
  const maxEventBytes = expectCount('maxEventBytes', options.maxEventBytes, DEFAULT_MAX_EVENT_BYTES)
  return {
    stream(request, { signal }) {
      const open = async (signal: AbortSignal): Promise<Response> => {
        const body = { ...toBody(model, request), ...extraBody }
        return client.chat.completions.create(body, { signal, maxRetries: 0 }).asResponse()
      }
      return readCompletion(open, { signal, maxEventBytes })
    },
  }
}

function toBody(model: string, request: ChatModelRequest): OpenAIChatBody {
  const { messages, temperature, maxOutputTokens } = request
  return {
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    stream: true,
    stream_options: { include_usage: true },
    ...(temperature !== undefined && { temperature }),
    ...(maxOutputTokens !== undefined && { max_completion_tokens: maxOutputTokens }),
  }
}

type OpenResponse = (signal: AbortSignal) => Promise<Response>

interface ReadCompletionOptions {
  readonly signal: AbortSignal
  readonly maxEventBytes: number
}

type Result = IteratorResult<ChatModelEvent, undefined>

/**
 * Reads one completion. It is written by hand and without `async`, because it stands in the path of every token: what
 * arrived together costs no promise for each piece, and what arrives alone costs one.
 */
function readCompletion(
  open: OpenResponse,
  options: ReadCompletionOptions,
): AsyncIterableIterator<ChatModelEvent, undefined> {
  const chunks = createChunkReader()
  const parser = createSseParser(options)
  const body = createBody(open, options.signal)
  let messages: readonly SseMessage[] = []
  let position = 0
  let ended = false

  function next(): Promise<Result> {
    try {
      const ready = ended ? DONE : takeEvent()
      return ready ? Promise.resolve(ready) : body.read().then(onBytes, onBroken)
    } catch (thrown) {
      return Promise.reject(thrown)
    }
  }

  function onBytes({ done, value }: Awaited<ReturnType<ByteReader['read']>>): Result | Promise<Result> {
    if (ended) return DONE
    if (value) parser.feed(value)
    if (done) parser.complete()
    messages = parser.take()
    position = 0
    return takeEvent() ?? (done || parser.failure ? atEnd() : next())
  }

  /** The next event among the messages that have arrived. */
  function takeEvent(): Result | undefined {
    for (let message = messages[position]; message; message = messages[position]) {
      position += 1
      if (message.data === '[DONE]') return finish()
      const event = readChunk(message)
      if (event) return { value: event, done: false }
    }
    return undefined
  }

  function readChunk(message: SseMessage): ChatModelEvent | undefined {
    try {
      return chunks.read(message)
    } catch (thrown) {
      throw fail(thrown)
    }
  }

  function atEnd(): Result {
    if (parser.failure) throw fail(parser.failure)
    if (chunks.finished) return finish()
    throw fail(new ChatError('The stream of the model ended without a finish reason', { code: 'upstream-incomplete' }))
  }

  function onBroken(thrown: unknown): Result {
    if (ended) return DONE
    if (isChatError(thrown)) throw fail(thrown)
    // A server that said why it stopped has said everything, however its connection ended.
    if (chunks.finished) return finish()
    throw fail(new ChatError('The connection to the model broke', { code: 'upstream-disconnected', cause: thrown }))
  }

  function finish(): Result {
    ended = true
    body.release()
    return { value: chunks.finish(), done: false }
  }

  // Nobody returns an iterator that has thrown.
  function fail(thrown: unknown): unknown {
    stop()
    return thrown
  }

  function stop(): void {
    ended = true
    body.cancel()
  }

  return {
    next,
    return() {
      if (!ended) stop()
      return Promise.resolve(DONE)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

interface Body extends ByteReader {
  /** Gives back a body that has said all that matters: its connection is used again, where the server ends it in time. */
  release(): void
}

// A server ends its response directly after the end of a completion, as a rule. One that goes on is cut off.
const LONGEST_REST_MS = 1_000
const MOST_REST_READS = 100

/** The body of the response: the request is made by the first read, and `cancel()` gives up whatever it has come to. */
function createBody(open: OpenResponse, signal: AbortSignal): Body {
  // A signal of this call alone: some versions of the client never take their listeners off again.
  const controller = new AbortController()
  let unlink = (): void => {}
  let reader: ByteReader | undefined

  async function openAndRead(): ReturnType<ByteReader['read']> {
    unlink = linkSignal(signal, (reason) => controller.abort(reason))
    reader = openByteReader(await openBody(() => open(controller.signal)))
    return reader.read()
  }

  function cancel(): void {
    unlink()
    reader?.cancel()
    controller.abort(new DOMException('The reader of the model has left', 'AbortError'))
  }

  async function readRest(rest: ByteReader): Promise<void> {
    const limit = createDeadline(cancel, systemClock)
    limit.set(LONGEST_REST_MS)
    try {
      for (let reads = 0; reads < MOST_REST_READS; reads++) if ((await rest.read()).done) return
      cancel()
    } catch {
      // The answer is complete, and a connection that breaks now is only not used again.
    } finally {
      limit.dispose()
    }
  }

  return {
    read: () => reader?.read() ?? openAndRead(),
    release() {
      unlink()
      if (reader) void readRest(reader)
    },
    cancel,
  }
}

async function openBody(open: () => Promise<Response>): Promise<ReadableStream<Uint8Array>> {
  const response = await open().catch((thrown: unknown) => {
    throw fromOpenAIError(thrown)
  })
  const type = response.headers.get('content-type') ?? 'text/event-stream'
  if (response.body && !/html|application\/json/iu.test(type)) return response.body
  throw new ChatError(`The model answered with ${type} and no event stream`, { code: 'upstream-bad-response' })
}
