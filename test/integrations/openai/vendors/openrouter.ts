import { chunksWith, events, usageOf, type Vendor } from './vendor.ts'

const { delta, root } = chunksWith({
  id: 'gen-1741569952-abc',
  provider: 'OpenAI',
  model: 'openai/gpt-5-mini',
  object: 'chat.completion.chunk',
  created: 1741569952,
})

const PROCESSING = ': OPENROUTER PROCESSING\n\n'

/** OpenRouter, a proxy for many other vendors. */
export const openrouter: Vendor = {
  name: 'OpenRouter',
  model: 'openai/gpt-5-mini',
  replays: {
    answer: {
      source: 'openrouter.ai/docs/api-reference/streaming',
      wire: `${PROCESSING}${PROCESSING}${events(
        delta({ role: 'assistant', content: 'They sleep' }, { native_finish_reason: null, logprobs: null }),
        delta({ role: 'assistant', content: ' 16 hours [1].' }, { native_finish_reason: null }),
        delta({ role: 'assistant', content: '' }, { finish_reason: 'stop', native_finish_reason: 'completed' }),
        root(usageOf(10, 6, { cost: 0.00014 })),
        '[DONE]',
      )}`,
      expected: { text: 'They sleep 16 hours [1].', finishReason: 'stop', usage: [10, 6, 16] },
    },
    reasoning: {
      source: 'openrouter.ai/docs/use-cases/reasoning-tokens',
      wire: events(
        delta({
          role: 'assistant',
          content: '',
          reasoning: 'The source',
          reasoning_details: [{ type: 'reasoning.text', text: 'The source', format: 'unknown', index: 0 }],
        }),
        delta({
          role: 'assistant',
          content: '',
          reasoning_details: [
            { type: 'reasoning.encrypted', data: 'gAAAAAB', format: 'openai-responses-v1', index: 0 },
          ],
        }),
        delta({ role: 'assistant', content: '16 hours.' }),
        delta({ role: 'assistant', content: '' }, { finish_reason: 'stop' }),
        '[DONE]',
      ),
      expected: { text: '16 hours.', finishReason: 'stop', thinks: true },
    },
    'error-chunk': {
      source: 'openrouter.ai/docs/api-reference/streaming; damianvtran/local-operator PR 223',
      wire: events(
        delta({ content: 'They' }),
        delta(
          { content: '' },
          { finish_reason: 'error' },
          { error: { code: 'server_error', message: 'Provider disconnected unexpectedly' } },
        ),
        '[DONE]',
      ),
      expected: { code: 'upstream-unavailable', cause: 'Provider disconnected' },
    },
    'error-without-choices': {
      source: 'diegosouzapw/OmniRoute PR 8210',
      wire: `${PROCESSING}${events(
        root({ error: { code: 502, message: 'Worker local total request limit reached (33/32)' } }),
        '[DONE]',
      )}`,
      expected: { code: 'upstream-unavailable', cause: 'request limit reached' },
    },
    'no-credits': {
      source: 'openrouter.ai/docs/api/reference/errors-and-debugging',
      status: 402,
      contentType: 'application/json',
      wire: JSON.stringify({ error: { code: 402, message: 'Your account or API key has insufficient credits.' } }),
      expected: { code: 'upstream-rejected', cause: 'insufficient credits' },
    },
  },
}
