import { chunksWith, events, usageOf, type Vendor } from './vendor.ts'

const { delta, root } = chunksWith({
  object: 'chat.completion.chunk',
  usage: null,
  created: 1742983020,
  system_fingerprint: null,
  model: 'qwen-plus',
  id: 'chatcmpl-ab4f3963-2c2a-9291-bda2-65d5b325f435',
})

/** DashScope of Alibaba Cloud, in its compatible mode. */
export const dashscope: Vendor = {
  name: 'Qwen on DashScope',
  model: 'qwen-plus',
  extraBody: { enable_thinking: false },
  replays: {
    answer: {
      source: 'alibabacloud.com/help/en/model-studio/stream',
      wire: events(
        delta({ content: '', role: 'assistant' }, { logprobs: null }),
        delta({ content: 'They sleep' }, { logprobs: null }),
        delta({ content: ' 16 hours [1].' }, { logprobs: null }),
        delta({ content: '' }, { finish_reason: 'stop', logprobs: null }),
        root(usageOf(22, 17)),
        '[DONE]',
      ),
      expected: { text: 'They sleep 16 hours [1].', finishReason: 'stop', usage: [22, 17, 39] },
    },
    thinking: {
      source: 'alibabacloud.com/help/en/model-studio/deep-thinking',
      wire: events(
        delta({ content: null, role: 'assistant', reasoning_content: '' }, { logprobs: null }),
        delta({ content: null, reasoning_content: '好的' }, { logprobs: null }),
        delta({ content: null, reasoning_content: '，' }, { logprobs: null }),
        delta({ content: '十六', reasoning_content: null }, { logprobs: null }),
        delta({ content: '小时。', reasoning_content: null }, { logprobs: null }),
        delta({ content: '', reasoning_content: null }, { finish_reason: 'stop', logprobs: null }),
        root(usageOf(22, 40)),
        '[DONE]',
      ),
      expected: { text: '十六小时。', finishReason: 'stop', usage: [22, 40, 62], thinks: true },
    },
  },
}
