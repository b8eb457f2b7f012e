import { askToReturn, DONE } from '../../core/async/iterators.ts'
import { linkSignal } from '../../core/async/link-signal.ts'
import { ChatError, invalidInput, isChatError } from '../../core/errors.ts'
import type { ChatModel, ChatModelEvent, ChatModelRequest } from '../../core/generation/chat-model.ts'
import { expectCount, expectFunction } from '../../core/validate.ts'
import { decodeSse, DEFAULT_MAX_EVENT_BYTES, type SseMessage } from '../../encoders/decode-sse.ts'
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
  readonly maxEventBytes?: number
  /**
   * Fields of the request body that this library does not set, such as `reasoning_effort` or `seed`. They win over its
   * own: `{ stream_options: undefined }` serves a server that refuses the usage option.
   */
  readonly extraBody?: Readonly<Record<string, unknown>>
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
  const { client, model } = options
  expectFunction('client.chat.completions.create', client?.chat?.completions?.create)
  if (typeof model !== 'string' || model === '') throw invalidInput('model', 'Cannot use model: it must be a name')
  const maxEventBytes = expectCount('maxEventBytes', options.maxEventBytes, DEFAULT_MAX_EVENT_BYTES)
  return {
    stream(request, { signal }) {
      const open = async (signal: AbortSignal): Promise<Response> => {
        const body = { ...toBody(model, request), ...options.extraBody }
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

/** Reads one completion; written by hand so that what arrived together costs no promise for each piece. */
function readCompletion(
  open: OpenResponse,
  options: ReadCompletionOptions,
): AsyncIterableIterator<ChatModelEvent, undefined> {
  const chunks = createChunkReader()
  const batches = readMessages(open, options)
  let messages: Iterator<SseMessage> = [].values()
  let ended = false

  async function next(): Promise<IteratorResult<ChatModelEvent, undefined>> {
    try {
      while (!ended) {
        const { done, value: message } = messages.next()
        if (done) {
          const batch = await readBatch()
          if (!batch) return ended ? DONE : atEnd()
          messages = batch.values()
        } else if (message.data === '[DONE]') return finish()
        else {
          const event = chunks.read(message)
          if (event) return { value: event, done: false }
        }
      }
      return DONE
    } catch (thrown) {
      if (ended) return DONE
      // Nobody returns an iterator that has thrown.
      stop()
      throw thrown
    }
  }

  async function readBatch(): Promise<readonly SseMessage[] | undefined> {
    try {
      const { done, value } = await batches.next()
      return done ? undefined : value
    } catch (thrown) {
      if (isChatError(thrown)) throw thrown
      // A server that said why it stopped has said everything, however its connection ended.
      if (chunks.finished) return undefined
      throw new ChatError('The connection to the model broke', { code: 'upstream-disconnected', cause: thrown })
    }
  }

  function atEnd(): IteratorResult<ChatModelEvent, undefined> {
    if (chunks.finished) return finish()
    throw new ChatError('The stream of the model ended without a finish reason', { code: 'upstream-incomplete' })
  }

  function finish(): IteratorResult<ChatModelEvent, undefined> {
    stop()
    return { value: chunks.finish(), done: false }
  }

  function stop(): void {
    ended = true
    askToReturn(batches)
  }

  return {
    next,
    return() {
      stop()
      return Promise.resolve(DONE)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** Makes the request at the first read, and decodes the response. `return()` gives up whatever it has come to. */
function readMessages(
  open: OpenResponse,
  { signal, maxEventBytes }: ReadCompletionOptions,
): AsyncIterator<readonly SseMessage[], undefined> {
  // A signal of this call alone: some versions of the client never take their listeners off again.
  const controller = new AbortController()
  let unlink = (): void => {}
  let batches: AsyncIterator<readonly SseMessage[], undefined> | undefined
  return {
    async next() {
      if (!batches) {
        unlink = linkSignal(signal, (reason) => controller.abort(reason))
        const body = await openBody(() => open(controller.signal))
        batches = decodeSse(body, { maxEventBytes, atEnd: 'complete' })
      }
      return batches.next()
    },
    return() {
      unlink()
      askToReturn(batches)
      controller.abort(new DOMException('The reader of the model has left', 'AbortError'))
      return Promise.resolve(DONE)
    },
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
