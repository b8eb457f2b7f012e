import { chunksWith, events, unsupported, usageOf, type Rule, type Vendor } from './vendor.ts'

const { delta, root } = chunksWith({
  id: 'chatcmpl-C1',
  object: 'chat.completion.chunk',
  created: 1741569952,
  model: 'gpt-5-mini-2025-08-07',
  service_tier: 'default',
  system_fingerprint: null,
})

const text = (content: string, obfuscation: string) =>
  delta({ content }, { logprobs: null }, { usage: null, obfuscation })
const role = delta({ role: 'assistant', content: '', refusal: null }, { logprobs: null }, { usage: null })

/** Parameters that current OpenAI models reject, on Azure too. */
export const reasoningModelRules: Readonly<Record<string, Rule>> = {
  temperature: {
    source: 'tmc/langchaingo 1355',
    example: { temperature: 0 },
    refuse({ temperature }) {
      if (temperature === undefined || temperature === 1) return undefined
      const message =
        `Unsupported value: 'temperature' does not support ${JSON.stringify(temperature)} with this model. ` +
        'Only the default (1) value is supported.'
      return unsupported('temperature', message, 'unsupported_value')
    },
  },
  'max-tokens': {
    source: 'platform.openai.com/docs/api-reference/chat/create',
    example: { max_tokens: 500 },
    refuse({ max_tokens: maxTokens }) {
      if (maxTokens === undefined) return undefined
      const message =
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
      return unsupported('max_tokens', message, 'unsupported_parameter')
    },
  },
}

/** OpenAI itself. */
export const openai: Vendor = {
  name: 'OpenAI',
  model: 'gpt-5-mini',
  extraBody: { reasoning_effort: 'low' },
  replays: {
    answer: {
      source: 'platform.openai.com/docs/api-reference/chat-streaming',
      wire: events(
        role,
        text('They sleep', 'a8XkQ'),
        text(' 16 hours', 'q'),
        text(' [1].', 'Zp0'),
        delta({}, { finish_reason: 'stop' }, { usage: null, obfuscation: 'k9' }),
        root(usageOf(120, 200, { completion_tokens_details: { reasoning_tokens: 192 } })),
        '[DONE]',
      ),
      expected: { text: 'They sleep 16 hours [1].', finishReason: 'stop', usage: [120, 200, 320] },
    },
    refusal: {
      source: 'platform.openai.com/docs/api-reference/chat-streaming',
      wire: events(
        role,
        delta({ refusal: "I'm sorry," }),
        delta({ refusal: ' I cannot help with that.' }),
        delta({}, { finish_reason: 'stop' }),
        '[DONE]',
      ),
      expected: { text: "I'm sorry, I cannot help with that.", finishReason: 'stop' },
    },
    'error-in-stream': {
      source: 'coder/coder aibridge/fixtures/openai/chatcompletions/stream_error.txtar',
      wire: events(role, text('The question', 'x'), {
        error: {
          message: 'The server had an error while processing your request. Sorry about that!',
          type: 'server_error',
        },
      }),
      expected: { code: 'upstream-unavailable', cause: 'The server had an error' },
    },
    'all-thought': {
      source: 'NousResearch/hermes-agent 46131',
      wire: events(
        role,
        delta({}, { finish_reason: 'length' }),
        root(usageOf(120, 256, { completion_tokens_details: { reasoning_tokens: 256 } })),
        '[DONE]',
      ),
      expected: { code: 'upstream-incomplete' },
    },
    quota: {
      source: 'langchain-ai/langchainjs 1929',
      status: 429,
      contentType: 'application/json',
      wire: JSON.stringify({
        error: {
          message: 'You exceeded your current quota, please check your plan and billing details.',
          type: 'insufficient_quota',
          param: null,
          code: 'insufficient_quota',
        },
      }),
      expected: { code: 'upstream-rate-limited', cause: 'exceeded your current quota' },
    },
  },
  rules: reasoningModelRules,
}
