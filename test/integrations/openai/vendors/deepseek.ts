import { chunksWith, events, usageOf, type Vendor } from './vendor.ts'

const COMMON = {
  id: '1f633d8bfc032625086f14113c411638',
  object: 'chat.completion.chunk',
  created: 1718345013,
  system_fingerprint: 'fp_a49d71b8a1',
}
const { delta } = chunksWith({ ...COMMON, model: 'deepseek-chat' })
const r1 = chunksWith({ ...COMMON, model: 'deepseek-ai/DeepSeek-R1' })

const KEEP_ALIVE = ': keep-alive\n\n'
const role = delta({ role: 'assistant', content: null, reasoning_content: '' }, { logprobs: null })
const thought = (words: string) => delta({ content: null, reasoning_content: words }, { logprobs: null })
const text = (content: string) => delta({ content, reasoning_content: null }, { logprobs: null })

/** DeepSeek, which sends its reasoning, and comments as keep-alives. */
export const deepseek: Vendor = {
  name: 'DeepSeek',
  model: 'deepseek-chat',
  replays: {
    answer: {
      source: 'api-docs.deepseek.com/api/create-chat-completion',
      wire: events(
        role,
        text('They sleep'),
        text(' 16 hours [1].'),
        delta({ content: '', reasoning_content: null }, { logprobs: null, finish_reason: 'stop' }, usageOf(17, 9)),
        '[DONE]',
      ),
      expected: { text: 'They sleep 16 hours [1].', finishReason: 'stop', usage: [17, 9, 26] },
    },
    'keep-alive': {
      source: 'api-docs.deepseek.com/quick_start/rate_limit',
      wire: `${KEEP_ALIVE.repeat(3)}\n\n${events(role, text('Hi'))}${KEEP_ALIVE}${events(delta({ content: '' }, { finish_reason: 'stop' }), '[DONE]')}`,
      expected: { text: 'Hi', finishReason: 'stop' },
    },
    reasoning: {
      source: 'api-docs.deepseek.com/guides/reasoning_model',
      wire: events(
        role,
        thought('The source'),
        thought(' says 16.'),
        text('16 hours.'),
        delta({ content: '', reasoning_content: null }, { finish_reason: 'stop' }, usageOf(17, 30)),
        '[DONE]',
      ),
      expected: { text: '16 hours.', finishReason: 'stop', usage: [17, 30, 47], thinks: true },
    },
    'no-resources': {
      source: 'api-docs.deepseek.com/api/create-chat-completion (finish_reason)',
      wire: events(
        role,
        text('They sle'),
        delta({ content: '' }, { finish_reason: 'insufficient_system_resource' }),
        '[DONE]',
      ),
      expected: { code: 'upstream-unavailable', cause: 'insufficient_system_resource' },
    },
    'think-in-text': {
      source: 'deepseek-ai/DeepSeek-R1 352',
      wire: events(
        r1.delta({ role: 'assistant', content: 'The source says 16.\n' }),
        r1.delta({ content: '</think>\n\n' }),
        r1.delta({ content: '16 hours.' }),
        r1.delta({ content: '' }, { finish_reason: 'stop' }),
        '[DONE]',
      ),
      expected: { text: '16 hours.', finishReason: 'stop', thinks: true },
    },
  },
}
