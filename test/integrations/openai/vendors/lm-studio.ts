import { chunksWith, events, usageOf, type Vendor } from './vendor.ts'

const { delta, root } = chunksWith({
  id: 'chatcmpl-2k5wzwxqjydl0ivfyh8rn',
  object: 'chat.completion.chunk',
  created: 1741569952,
  model: 'qwen3-8b',
  system_fingerprint: 'qwen3-8b',
})

const text = (content: string) => delta({ role: 'assistant', content }, { logprobs: null })
const stop = delta({}, { finish_reason: 'stop', logprobs: null })
const WORDS = 'Trying to keep the first 15857 tokens when context the overflows.'

/** LM Studio. */
export const lmStudio: Vendor = {
  name: 'LM Studio',
  model: 'qwen3-8b',
  replays: {
    answer: {
      source: 'lmstudio.ai/docs/developer/openai-compat',
      wire: events(text('They sleep'), text(' 16 hours [1].'), stop, root(usageOf(20, 9)), '[DONE]'),
      expected: { text: 'They sleep 16 hours [1].', finishReason: 'stop', usage: [20, 9, 29] },
    },
    'error-event': {
      source: 'nugget/thane-ai-agent PR 1395; lmstudio-ai/lmstudio-bug-tracker 237, 2322',
      wire: `event: error\n${events({ error: { message: WORDS }, message: WORDS })}`,
      expected: { code: 'upstream-unavailable', cause: 'context the overflows' },
    },
    'empty-answer': {
      source: 'lmstudio-ai/lmstudio-bug-tracker 2339',
      wire: events(delta({ role: 'assistant', content: '' }), stop, root(usageOf(36_000, 0)), '[DONE]'),
      expected: { code: 'upstream-incomplete' },
    },
  },
}
