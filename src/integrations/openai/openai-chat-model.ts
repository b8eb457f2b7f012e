import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import type { ChatModel, ChatModelRequest } from '../../core/vocabulary/chat-model.ts'
import { countOption } from '../../core/options/options-with-defaults.ts'
import { expectFunction, expectMethods, expectOneOf } from '../../core/options/validate.ts'
import { DEFAULT_MAX_EVENT_BYTES } from '../../encoders/sse-parser.ts'
import type { OpenAIChatBody, OpenAIChatClient } from './openai-client.ts'
import { readCompletion } from './read-completion.ts'
import { createRequestCompletion } from './request-completion.ts'
import { createThinkingMemory, THINKING_MODES, type ThinkingMode } from './thinking-memory.ts'

/** The options of {@link openaiChatModel}. */
export interface OpenAIChatModelOptions {
  /**
   * A client of the official `openai` package, major 6 or 7. It may be wrapped for tracing and return parsed chunks.
   */
  readonly client: OpenAIChatClient
  /** Name of the model on the server. */
  readonly model: string
  /** Maximum number of characters of one event of the stream. @defaultValue 1 MiB */
  readonly maxEventBytes?: number | undefined
  /**
   * Additional fields of the request body, such as `reasoning_effort` or `seed`. They override the fields of this library
   * and are sent unchanged: `{ stream_options: undefined }` never requests the usage.
   */
  readonly extraBody?: Readonly<Record<string, unknown>> | undefined
  /**
   * Handling of thoughts that a model writes into its text, between tags such as `<think>` at the beginning. They are
   * removed from the answer but count as activity. `auto` also recognises models whose prompt template has the opening tag:
   * by their name (such as `deepseek-r1` or `qwq`), by an earlier answer, or by the first words of a thought ("Okay, the
   * user …"). Their text is held back until the closing tag. `opened` assumes this for every model; `keep` treats all text
   * as the answer.
   * @defaultValue `auto`
   */
  readonly thinking?: ThinkingMode | undefined
}

const OPTIONS: OptionNames<OpenAIChatModelOptions> = {
  client: true,
  model: true,
  maxEventBytes: true,
  extraBody: true,
  thinking: true,
}

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
  const { client, model, extraBody = {} } = options
  expectMethods('client', client, 'a client of the openai package', [])
  expectFunction('client.chat.completions.create', client.chat?.completions?.create)
  expectMethods('extraBody', extraBody, 'an object', [])
  if (typeof model !== 'string' || model === '')
    throw invalidInput('model', 'Cannot use model: it must be the name of a model, which is not empty')
  const maxEventBytes = countOption('maxEventBytes', options.maxEventBytes, DEFAULT_MAX_EVENT_BYTES)
  const mode = expectOneOf('thinking', options.thinking ?? 'auto', THINKING_MODES)
  const thinking = mode === 'keep' ? undefined : createThinkingMemory(mode, model)
  const requestCompletion = createRequestCompletion(client, extraBody)
  return {
    stream(request, { signal }) {
      const open = (signal: AbortSignal) => requestCompletion(toBody(model, request), signal)
      return readCompletion(open, { signal, maxEventBytes, thinking })
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
