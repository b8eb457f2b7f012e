import type { ChatEvent } from '../../core/vocabulary/events.ts'
import { createChunkEncoder } from '../../dialects/ai-sdk/create-chunk-encoder.ts'
import { findReplaced, mayReplace, type AskedMessage } from '../../dialects/ai-sdk/find-replaced.ts'
import { textOfParts } from '../../dialects/text-of-parts.ts'
import type { RagwireUIMessageChunk } from '../../dialects/ai-sdk/ui-message.ts'
import type { ChatClient, ClientRun } from '../chat-client.ts'
import type { ChatClientOptions } from '../client-options.ts'
import { ChatClientError, type ChatFailure } from '../client-error.ts'
import { createChatClient } from '../create-chat-client.ts'

/** A message of the page, as far as a transport reads it. */
export interface ClientUIMessage {
  /** Id of the message. */
  readonly id: string
  /** The speaker. */
  readonly role: 'user' | 'assistant' | 'system'
  /** The parts. The text parts of the last message are the question. */
  readonly parts: readonly { readonly type: string; readonly text?: string }[]
}

/** The options that the AI SDK gives to both methods of a transport. */
interface RequestOptions {
  /** Id of the chat, which is the id of the conversation. */
  readonly chatId: string
  /** Headers of this request, beside those of the transport. */
  readonly headers?: Record<string, string> | Headers | undefined
  /** Further fields. Only `filter` is used. */
  readonly body?: object | undefined
  /** Not used. */
  readonly metadata?: unknown
}

/** The options of {@link RagwireTransport.sendMessages}, as the AI SDK gives them. */
export interface SendMessagesOptions extends RequestOptions {
  /** The reason of the request. */
  readonly trigger: 'submit-message' | 'regenerate-message'
  /** The message to answer again, or the edited question. */
  readonly messageId: string | undefined
  /** The messages of the page, the question last. */
  readonly messages: readonly ClientUIMessage[]
  /** Stops the run on the server, and ends the stream. */
  readonly abortSignal: AbortSignal | undefined
}

/** The options of {@link RagwireTransport.reconnectToStream}, as the AI SDK gives them. */
export interface ReconnectToStreamOptions extends RequestOptions {
  /** Stops the run on the server and ends the stream, unless a newer call has taken the place of this one. */
  readonly abortSignal?: AbortSignal | undefined
}

/** A `ChatTransport` of the AI SDK, version 5, 6 and 7. */
export interface RagwireTransport {
  /** Tells version 7 that a resumed stream has the answer from its start. */
  readonly resumeStreamIsReplay: true
  /** Asks the last message, and returns the answer as a stream of chunks. */
  sendMessages(options: SendMessagesOptions): Promise<ReadableStream<RagwireUIMessageChunk>>
  /** Returns the active answer of a chat from its start; `null` if there is none. */
  reconnectToStream(options: ReconnectToStreamOptions): Promise<ReadableStream<RagwireUIMessageChunk> | null>
}

/**
 * Creates a transport of the AI SDK that speaks the native protocol with a chat handler, which needs no dialect for it.
 * After a break it connects again and continues, and the `stop()` of the page stops the run on the server. The options are
 * those of `createChatClient`.
 *
 * Follow-up questions need a handler with a history, because the native protocol does not send the conversation.
 *
 * @experimental May change until version 1.0.
 *
 * @throws TypeError or RangeError that names the wrong option
 *
 * @example
 * ```ts
 * import { ragwireTransport } from 'ragwire/ai-sdk'
 * const transport = ragwireTransport({ url: '/api' })
 * ```
 */
export function ragwireTransport(options: ChatClientOptions): RagwireTransport {
  // Checks the options before the first question.
  createChatClient(options)
  const resuming = new Map<string, symbol>()

  return {
    resumeStreamIsReplay: true,
    async sendMessages({ chatId, trigger, messageId, messages, abortSignal, headers, body }) {
      const client = createChatClient(withHeaders(options, headers))
      const asked: AskedMessage = { ...toQuestion(messages), trigger, messageId }
      const replaces = mayReplace(asked) ? await findRunToReplace(client, chatId, asked) : undefined
      // Nothing was asked yet, so nothing needs to be stopped.
      abortSignal?.throwIfAborted()
      const filter = body && 'filter' in body ? body.filter : undefined
      const run = client.ask({ question: asked.question, threadId: chatId, replaces, filter })
      return toChunkStream(run, { signal: abortSignal, stop: () => void run.stop().catch(() => {}) })
    },
    async reconnectToStream({ chatId, abortSignal, headers }) {
      // The AI SDK aborts a call when a newer one begins, which must not stop the run.
      const call = Symbol(chatId)
      resuming.set(chatId, call)
      const isLatest = () => resuming.get(chatId) === call
      const end = () => void (isLatest() && resuming.delete(chatId))
      try {
        const client = createChatClient(withHeaders(options, headers))
        const runs = await client.runs()
        const active = runs.find(({ threadId }) => threadId === chatId)
        if (!active) {
          end()
          return null
        }
        const run = client.follow({ runId: active.runId, threadId: chatId })
        const stopIfLatest = () => {
          if (isLatest()) run.stop().catch(() => {})
          end()
        }
        return toChunkStream(run, { signal: abortSignal, stop: () => queueMicrotask(stopIfLatest), end })
      } catch (thrown) {
        end()
        throw thrown
      }
    },
  }
}

function withHeaders(options: ChatClientOptions, added: RequestOptions['headers']): ChatClientOptions {
  if (!added) return options
  const { headers: own } = options
  return {
    ...options,
    headers: async () => ({
      ...(typeof own === 'function' ? await own() : own),
      ...Object.fromEntries(new Headers(added)),
    }),
  }
}

function toQuestion(messages: readonly ClientUIMessage[]): Pick<AskedMessage, 'question' | 'answerIds'> {
  const last = messages.at(-1)
  if (last?.role !== 'user') throw new TypeError('Cannot ask: the last message must be the question of the user')
  const other = last.parts.find(({ type }) => type !== 'text' && !type.startsWith('data-'))
  if (other) throw new TypeError(`Cannot ask with a part of the type ${other.type}: a question is text`)
  return {
    question: textOfParts(last.parts),
    answerIds: messages.flatMap(({ role, id }) => (role === 'assistant' ? [id] : [])),
  }
}

const UNKNOWN_MESSAGE: ChatFailure = {
  code: 'not-found',
  message: 'There is no such message in the chat',
  retryable: false,
}

// The number of turns that the native route returns.
const MOST_TURNS = 100

/** A server without a history has no turns, so nothing is replaced there. */
async function findRunToReplace(client: ChatClient, threadId: string, asked: AskedMessage) {
  const turns = await client.turns(threadId)
  if (turns.length === 0) return undefined
  const replaced = findReplaced(asked, turns, { isWhole: turns.length < MOST_TURNS })
  if (replaced.outcome === 'unknown') throw new ChatClientError(UNKNOWN_MESSAGE)
  return replaced.outcome === 'found' ? replaced.runId : undefined
}

interface ChunkStreamOptions {
  readonly signal: AbortSignal | undefined
  readonly stop: () => void
  /** Called when the stream has ended without `stop`. */
  readonly end?: () => void
}

/** Reads a run as a stream of chunks. When `signal` fires, the stream ends with its reason, and the run is stopped. */
function toChunkStream(
  run: ClientRun,
  { signal, stop, end }: ChunkStreamOptions,
): ReadableStream<RagwireUIMessageChunk> {
  const toChunks = createChunkEncoder()
  const events: AsyncIterator<ChatEvent> = run[Symbol.asyncIterator]()
  let unlink = (): void => {}
  const leave = (): void => {
    unlink()
    end?.()
  }

  return new ReadableStream<RagwireUIMessageChunk>({
    start(controller) {
      const abort = (): void => {
        stop()
        run.disconnect()
        controller.error(signal?.reason)
      }
      if (signal?.aborted) return abort()
      signal?.addEventListener('abort', abort)
      unlink = () => signal?.removeEventListener('abort', abort)
    },
    async pull(controller) {
      try {
        // Some events have no chunk.
        let chunks: readonly RagwireUIMessageChunk[] = []
        while (chunks.length === 0) {
          const { done, value: event } = await events.next()
          if (signal?.aborted) return
          if (done) {
            leave()
            return controller.close()
          }
          chunks = toChunks(event)
        }
        for (const chunk of chunks) controller.enqueue(chunk)
      } catch (thrown) {
        if (signal?.aborted) return
        leave()
        controller.error(thrown)
      }
    },
    cancel() {
      leave()
      run.disconnect()
    },
  })
}
