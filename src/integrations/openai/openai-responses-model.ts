import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import type { ChatModel } from '../../core/vocabulary/chat-model.ts'
import { MODEL_OPTIONS, resolveModelOptions, type ModelOptions } from './model-options.ts'
import type { OpenAIResponsesBody, OpenAIResponsesClient } from './openai-client.ts'
import { createEventReader } from './responses/event-reader.ts'
import { RESPONSES_PARAMETERS, toResponsesBody } from './responses/responses-body.ts'
import { readAnswer } from './transport/read-answer.ts'
import { createRequestAnswer } from './transport/request-answer.ts'

/** The options of {@link openaiResponsesModel}. */
export interface OpenAIResponsesModelOptions extends ModelOptions {
  /**
   * A client of the official `openai` package, major 6 or 7. It may be wrapped for tracing and return parsed events.
   */
  readonly client: OpenAIResponsesClient
  /**
   * Maximum number of characters of one event of the stream. The last events repeat the whole answer.
   * @defaultValue 1 MiB
   */
  readonly maxEventBytes?: number | undefined
  /**
   * Additional fields of the request body, such as `reasoning` or `text`. They override the fields of this library and are
   * sent unchanged: `{ store: true }` lets the server store the response.
   */
  readonly extraBody?: Readonly<Record<string, unknown>> | undefined
}

const OPTIONS: OptionNames<OpenAIResponsesModelOptions> = { ...MODEL_OPTIONS, client: true }

/**
 * Creates a {@link ChatModel} over the Responses API of OpenAI or a compatible server (`POST /responses`). It has the
 * guarantees of {@link openaiChatModel}: one request without retries, whose raw body is decoded here. Nothing is stored on
 * the server. Reasoning counts as activity and is not part of the answer. A stream without `response.completed` or another
 * last event fails as `upstream-incomplete`.
 *
 * @example
 * ```ts
 * import OpenAI from 'openai'
 * import { openaiResponsesModel } from 'ragwire/openai'
 * const model = openaiResponsesModel({ client: new OpenAI({ apiKey: 'key' }), model: 'gpt-5-pro' })
 * ```
 */
export function openaiResponsesModel(options: OpenAIResponsesModelOptions): ChatModel {
  expectOptions(options, OPTIONS, { of: 'openaiResponsesModel' })
  const { client } = options
  const name = 'client.responses.create'
  const { model, maxEventBytes, extraBody, thinking } = resolveModelOptions(options, {
    name,
    value: client?.responses?.create,
  })
  const requestAnswer = createRequestAnswer<OpenAIResponsesBody>({
    method: {
      name,
      call: (body, options) => client.responses.create(body, options),
      isWhole: (value) => 'output' in value,
    },
    parameters: RESPONSES_PARAMETERS,
    extraBody,
  })
  return {
    stream(request, { signal }) {
      const open = (signal: AbortSignal) => requestAnswer(toResponsesBody(model, request), signal)
      return readAnswer(open, { signal, maxEventBytes, reader: createEventReader(thinking) })
    },
  }
}
