import { chunksWith, events, usageOf, type Vendor } from './vendor.ts'

const { delta, root } = chunksWith({
  id: 'chatcmpl-9fbc092d919f9e51',
  object: 'chat.completion.chunk',
  created: 1766599479,
  model: 'Qwen/Qwen3-8B',
})

const role = delta({ role: 'assistant', content: '' }, { logprobs: null }, { prompt_token_ids: null })
const text = (content: string) => delta({ content }, { logprobs: null, token_ids: null })
const stop = delta({ content: '' }, { logprobs: null, finish_reason: 'stop', stop_reason: null, token_ids: null })

/** vLLM. */
export const vllm: Vendor = {
  name: 'vLLM',
  model: 'Qwen/Qwen3-8B',
  extraBody: { chat_template_kwargs: { enable_thinking: false } },
  replays: {
    answer: {
      source: 'docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
      wire: events(role, text('They sleep'), text(' 16 hours [1].'), stop, root(usageOf(20, 9)), '[DONE]'),
      expected: { text: 'They sleep 16 hours [1].', finishReason: 'stop', usage: [20, 9, 29] },
    },
    reasoning: {
      source: 'azrtydxb/Fastllm-proxy 23; BerriAI/litellm PR 22573',
      wire: events(
        role,
        delta({ reasoning: 'Here' }),
        delta({ reasoning: "'s why" }),
        text('16 hours.'),
        stop,
        '[DONE]',
      ),
      expected: { text: '16 hours.', finishReason: 'stop', thinks: true },
    },
    'reasoning-content': {
      source: 'langchain-ai/langchain PR 34152',
      wire: events(role, delta({ reasoning_content: 'Here' }), text('16 hours.'), stop, '[DONE]'),
      expected: { text: '16 hours.', finishReason: 'stop', thinks: true },
    },
    'error-in-stream': {
      source: 'block/goose 8031',
      wire: events(
        role,
        text('They'),
        { error: { message: 'EngineCore encountered an issue.', type: 'InternalServerError', param: null, code: 500 } },
        '[DONE]',
      ),
      expected: { code: 'upstream-unavailable', cause: 'EngineCore' },
    },
    'flat-error': {
      source: 'voideditor/void 128 (the same object as a status 400)',
      wire: events(
        role,
        text('They'),
        { object: 'error', message: 'The engine is dead', type: 'InternalServerError', param: null, code: 500 },
        '[DONE]',
      ),
      expected: { code: 'upstream-unavailable', cause: 'The engine is dead' },
    },
    abort: {
      source: 'vllm-project/vllm 57082',
      wire: events(role, text('They'), delta({ content: '' }, { finish_reason: 'abort' }), '[DONE]'),
      expected: { code: 'upstream-unavailable', cause: 'abort' },
    },
  },
  rules: {
    'max-completion-tokens': {
      source: 'voideditor/void 128; 1Panel-dev/MaxKB 2912 (older versions)',
      example: { max_completion_tokens: 800 },
      refuse({ max_completion_tokens: limit }) {
        if (limit === undefined) return undefined
        const message = `[{'type': 'extra_forbidden', 'loc': ('body', 'max_completion_tokens'), 'msg': 'Extra inputs are not permitted', 'input': ${JSON.stringify(limit)}}]`
        return { status: 400, body: { object: 'error', message, type: 'BadRequestError', param: null, code: 400 } }
      },
    },
  },
}
