import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { expectMethods, expectOptionalFunction } from '../../core/options/validate.ts'
import type { ChatModel, ChatModelEvent, ChatModelRequest, Message } from '../../core/vocabulary/chat-model.ts'
import { badResponse } from './llamaindex-error.ts'
import { createRawChunks } from './raw-chunk.ts'
import { readChunks, type ChunkSource } from './read-chunks.ts'

/** A chunk of the answer of a LlamaIndex LLM. */
export interface LlamaIndexChunk {
  /** The text to append; empty in the last chunk. */
  readonly delta: string
  /** The chunk of the provider. */
  readonly raw?: unknown
}

/** The used part of a LlamaIndex LLM. The type is structural, so that the package is not needed. */
export interface LlamaIndexModel {
  /** Resolves with the stream of the answer. */
  chat(params: {
    messages: { role: Message['role']; content: string }[]
    stream: true
    additionalChatOptions?: object
  }): Promise<AsyncIterable<LlamaIndexChunk>>
}

/** The options of {@link fromLlamaIndexModel}. */
export interface FromLlamaIndexModelOptions {
  /**
   * Returns the `additionalChatOptions` of a request in the form of the provider, such as
   * `({ maxOutputTokens }) => ({ max_tokens: maxOutputTokens })`. Without it, the settings of the LLM apply, and
   * `temperature` and `maxOutputTokens` of the run are not sent.
   */
  readonly chatOptions?: ((request: ChatModelRequest) => object | undefined) | undefined
}

const OPTIONS: OptionNames<FromLlamaIndexModelOptions> = { chatOptions: true }

/**
 * Adapts an LLM of LlamaIndex.TS, such as `new OpenAI()` of `@llamaindex/openai`. The finish reason and the usage are
 * read from the chunks of the provider. An abort ends the stream at once. The provider's request continues unless the LLM
 * has an `abortableSession`, which also turns off the retries of the client (10 by default): the core retries.
 */
export function fromLlamaIndexModel(model: LlamaIndexModel, options: FromLlamaIndexModelOptions = {}): ChatModel {
  expectMethods('model', model, 'an LLM such as new OpenAI()', ['chat'])
  expectOptions(options, OPTIONS, { of: 'fromLlamaIndexModel' })
  const chatOptions = expectOptionalFunction('chatOptions', options.chatOptions)

  function openAnswer(request: ChatModelRequest): Promise<AsyncIterable<LlamaIndexChunk>> {
    const messages = request.messages.map(({ role, content }) => ({ role, content }))
    const additionalChatOptions = chatOptions?.(request)
    return model.chat({ messages, stream: true, ...(additionalChatOptions && { additionalChatOptions }) })
  }

  return {
    stream: (request, { signal }) =>
      readChunks(
        answerOf(() => openAnswer(request)),
        signal,
      ),
  }
}

function answerOf(open: () => Promise<AsyncIterable<LlamaIndexChunk>>): ChunkSource<LlamaIndexChunk, ChatModelEvent> {
  const raw = createRawChunks()
  return {
    maxRetries: 0,
    open,
    read(chunk) {
      const { delta } = chunk
      if (typeof delta !== 'string') throw badResponse('The LLM sent a chunk without a delta', chunk)
      raw.read(chunk.raw)
      // An empty chunk shows that the model is active.
      return [delta === '' ? { type: 'reasoning' } : { type: 'text', delta }]
    },
    isComplete: () => raw.isFinished,
    end: () => [raw.finish()],
  }
}
