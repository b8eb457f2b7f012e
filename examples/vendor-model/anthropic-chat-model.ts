import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream'
import { ChatError, type ChatModel, type ErrorCode, type ModelFinishReason } from 'ragwire'

/** Options of {@link anthropicChatModel}. */
export interface AnthropicChatModelOptions {
  readonly apiKey: string
  readonly model: string
  /** @defaultValue `https://api.anthropic.com` */
  readonly baseURL?: string
}

/** Makes a model of the Messages API of Anthropic, as an example for any other vendor.
 *
 * @example
 * ```ts
 * import { anthropicChatModel } from './anthropic-chat-model.ts'
 * const model = anthropicChatModel({ apiKey: 'key', model: 'claude-sonnet-4-5' })
 * ```
 */
export function anthropicChatModel(options: AnthropicChatModelOptions): ChatModel {
  const { apiKey, model, baseURL = 'https://api.anthropic.com' } = options
  return {
    async *stream({ messages, maxOutputTokens = 4096, temperature }, { signal }) {
      const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content)
      const response = await fetch(`${baseURL}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', 'x-api-key': apiKey },
        body: JSON.stringify({
          model,
          stream: true,
          max_tokens: maxOutputTokens,
          temperature,
          system: system.join('\n\n'),
          messages: messages.filter(({ role }) => role !== 'system'),
        }),
        signal,
      })
      if (!response.ok) throw fromStatus(response)
      let inputTokens = 0
      for await (const { data } of readEvents(response)) {
        // Typed as documented; events of other types come as well, and are ignored.
        const event = JSON.parse(data) as MessagesEvent
        switch (event.type) {
          case 'message_start':
            inputTokens = event.message.usage.input_tokens
            break
          case 'content_block_delta':
            // A delta without text, such as thinking, resets the timers.
            yield event.delta.type === 'text_delta' ? { type: 'text', delta: event.delta.text } : { type: 'reasoning' }
            break
          case 'message_delta': {
            const outputTokens = event.usage.output_tokens
            const usage = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens }
            yield { type: 'finish', finishReason: FINISH_REASONS.get(event.delta.stop_reason) ?? 'other', usage }
            break
          }
          case 'error':
            throw fromErrorEvent(event.error)
        }
      }
    },
  }
}

type MessagesEvent =
  | { readonly type: 'message_start'; readonly message: { readonly usage: { readonly input_tokens: number } } }
  | { readonly type: 'content_block_delta'; readonly delta: TextDelta | { readonly type: 'thinking_delta' } }
  | {
      readonly type: 'message_delta'
      readonly delta: { readonly stop_reason: string }
      readonly usage: { readonly output_tokens: number }
    }
  | { readonly type: 'error'; readonly error: { readonly type: string } }

interface TextDelta {
  readonly type: 'text_delta'
  readonly text: string
}

const FINISH_REASONS: ReadonlyMap<string, ModelFinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['refusal', 'content-filter'],
])

function readEvents({ body, headers }: Response): ReadableStream<EventSourceMessage> {
  if (!body || !headers.get('content-type')?.startsWith('text/event-stream')) {
    throw new ChatError('The model answered with something other than a stream', { code: 'upstream-bad-response' })
  }
  return body
    .pipeThrough(new TextDecoderStream('utf-8', { ignoreBOM: true }))
    .pipeThrough(new EventSourceParserStream({ maxBufferSize: 2 ** 20 }))
}

function fromStatus({ status, headers }: Response): ChatError {
  const code = CODES.get(status) ?? (status >= 500 ? 'upstream-unavailable' : 'upstream-rejected')
  const retryAfterMs = Number(headers.get('retry-after') ?? Number.NaN) * 1000
  return new ChatError(`The model answered with status ${status}`, { code, ...(retryAfterMs >= 0 && { retryAfterMs }) })
}

function fromErrorEvent(error: { readonly type: string }): ChatError {
  const code = error.type === 'rate_limit_error' ? 'upstream-rate-limited' : 'upstream-unavailable'
  return new ChatError('The model reported an error in its stream', { code, cause: error })
}

const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [401, 'upstream-auth'],
  [403, 'upstream-auth'],
  [429, 'upstream-rate-limited'],
])
