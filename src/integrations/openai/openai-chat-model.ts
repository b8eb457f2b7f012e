import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import type { ChatModel, ChatModelRequest } from '../../core/vocabulary/chat-model.ts'
import { CHAT_PARAMETERS } from './chat/chat-parameters.ts'
import { createChunkReader } from './chat/chunk-reader.ts'
import { MODEL_OPTIONS, resolveModelOptions, type ModelOptions } from './model-options.ts'
import type { OpenAIChatBody, OpenAIChatClient } from './openai-client.ts'
import { readAnswer } from './transport/read-answer.ts'
import { createRequestAnswer } from './transport/request-answer.ts'

/** The options of {@link openaiChatModel}. */
export interface OpenAIChatModelOptions extends ModelOptions {
  /**
   * A client of the official `openai` package, major 6 or 7. It may be wrapped for tracing and return parsed chunks.
   */
  readonly client: OpenAIChatClient
  /**
   * Additional fields of the request body, such as `reasoning_effort` or `seed`. They override the fields of this library
   * and are sent unchanged: `{ stream_options: undefined }` never requests the usage.
   */
  readonly extraBody?: Readonly<Record<string, unknown>> | undefined
}

const OPTIONS: OptionNames<OpenAIChatModelOptions> = { ...MODEL_OPTIONS, client: true }

/**
 * Creates a {@link ChatModel} over the chat completions API of OpenAI or a compatible server. The client sends the request
 * (address, key, headers), without retries. The raw body is decoded here, because the client reports a cut stream, an HTML
 * page and a JSON error as success.
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
  const { client } = options
  const name = 'client.chat.completions.create'
  const { model, maxEventBytes, extraBody, thinking } = resolveModelOptions(options, {
    name,
    value: client?.chat?.completions?.create,
  })
  const requestAnswer = createRequestAnswer<OpenAIChatBody>({
    method: {
      name,
      call: (body, options) => client.chat.completions.create(body, options),
      isWhole: (value) => 'choices' in value,
    },
    parameters: CHAT_PARAMETERS,
    extraBody,
  })
  return {
    stream(request, { signal }) {
      const open = (signal: AbortSignal) => requestAnswer(toBody(model, request), signal)
      return readAnswer(open, { signal, maxEventBytes, reader: createChunkReader(thinking) })
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
