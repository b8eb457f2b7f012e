import type { OpenAIChatBody } from '../openai-client.ts'
import type { OptionalParameters } from '../transport/refused-parameters.ts'

/**
 * The parameters of a chat completion that servers may reject. The token limit is never dropped, because it limits the
 * cost: it is sent under its other name.
 */
export const CHAT_PARAMETERS: OptionalParameters<OpenAIChatBody> = {
  // The name of the token limit differs most between servers.
  names: ['max_completion_tokens', 'stream_options', 'temperature'],
  without(body, refused) {
    const { temperature, stream_options: streamOptions, max_completion_tokens: maxTokens, ...rest } = body
    return {
      ...rest,
      ...(streamOptions !== undefined && !refused.has('stream_options') && { stream_options: streamOptions }),
      ...(temperature !== undefined && !refused.has('temperature') && { temperature }),
      ...(maxTokens !== undefined &&
        (refused.has('max_completion_tokens') ? { max_tokens: maxTokens } : { max_completion_tokens: maxTokens })),
    }
  },
}
