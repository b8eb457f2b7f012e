import { invalidInput } from '../../core/vocabulary/invalid-input.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import type { ChatModel, ChatModelRequest } from '../../core/vocabulary/chat-model.ts'
import { countOption, expectFunction, expectMethods, expectOneOf } from '../../core/options/validate.ts'
import { DEFAULT_MAX_EVENT_BYTES } from '../../encoders/sse-parser.ts'
import type { OpenAIChatBody, OpenAIChatClient } from './openai-client.ts'
import { readCompletion } from './read-completion.ts'
import { createRequestCompletion } from './request-completion.ts'
import { createThinkingMemory, type ThinkingMode } from './thinking-memory.ts'

/** What {@link openaiChatModel} takes. */
export interface OpenAIChatModelOptions {
  /**
   * A client of the official `openai` package, major 6 or 7, with whatever base URL, key and `fetch` it was given. It may
   * be wrapped for tracing, so that it answers with chunks that it has parsed.
   */
  readonly client: OpenAIChatClient
  /** The model's name, as the server knows it. */
  readonly model: string
  /** Most characters of one event of the stream. @defaultValue 1 MiB */
  readonly maxEventBytes?: number | undefined
  /**
   * Fields of the request body that this library does not set, such as `reasoning_effort` or `seed`. They win over its
   * own, and are sent as they are: `{ stream_options: undefined }` never asks for the usage.
   */
  readonly extraBody?: Readonly<Record<string, unknown>> | undefined
  /**
   * Thoughts that a model writes into its text, between tags such as `<think>` at the beginning. They count as a sign
   * of life and are no answer. `auto` also recognises models whose prompt template writes the opening tag, by their
   * name (such as `deepseek-r1` or `qwq`), from an earlier answer, or by how a thought begins ("Okay, the user …"): their
   * text is held back until the closing tag comes.
   * `opened` expects that of any model, and `keep` takes everything for the answer.
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
  const maxEventBytes = countOption('maxEventBytes', options.maxEventBytes, DEFAULT_MAX_EVENT_BYTES)
  const mode = expectOneOf('thinking', options.thinking ?? 'auto', ['auto', 'opened', 'keep'])
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
