import { chunksWith, events, usageOf, type Vendor } from './vendor.ts'

const { delta, root } = chunksWith({
  created: 1758777189,
  id: 'chatcmpl-L2v2Gl6NZl443MjXX2LtUNcR6eoUYusk',
  model: 'qwen3.gguf',
  system_fingerprint: 'b6510-703f9e32',
  object: 'chat.completion.chunk',
})

const role = delta({ role: 'assistant', content: null })
const text = (content: string) => delta({ content })
const stop = delta({}, { finish_reason: 'stop' })
const TOO_LONG = {
  code: 400,
  message: 'the request exceeds the available context size. try increasing the context size or enable context shift',
  type: 'invalid_request_error',
}

/** The server of llama.cpp. */
export const llamaCpp: Vendor = {
  name: 'llama.cpp',
  model: 'local',
  replays: {
    answer: {
      source: 'ggml-org/llama.cpp 14268; strands-agents/harness-sdk PR 3955',
      wire: events(
        role,
        text('They sleep'),
        text(' 16 hours [1].'),
        stop,
        root({
          ...usageOf(1350, 61),
          timings: { cache_n: 1100, prompt_n: 250, prompt_ms: 277.8, predicted_n: 61, predicted_ms: 1605.3 },
        }),
        '[DONE]',
      ),
      expected: { text: 'They sleep 16 hours [1].', finishReason: 'stop', usage: [1350, 61, 1411] },
    },
    'done-without-blank-line': {
      source: 'darshi1337/apogee PR 139',
      wire: `${events(role, text('Hi'), stop)}data: [DONE]`,
      expected: { text: 'Hi', finishReason: 'stop' },
    },
    'reasoning-content': {
      source: 'ahwurm/localharness 142',
      wire: events(role, delta({ reasoning_content: 'Okay' }), text('16 hours.'), stop, '[DONE]'),
      expected: { text: '16 hours.', finishReason: 'stop', thinks: true },
    },
    'error-field': {
      source: 'ggml-org/llama.cpp 16104; coddy-project/coddy-agent PR 106',
      wire: `error: ${JSON.stringify(TOO_LONG)}\n\n${events('[DONE]')}`,
      expected: { code: 'upstream-rejected', cause: 'available context size' },
    },
    'error-in-stream': {
      source: 'ggml-org/llama.cpp PR 16109, 14566',
      wire: events({ error: TOO_LONG }, '[DONE]'),
      expected: { code: 'upstream-rejected', cause: 'available context size' },
    },
  },
  rules: {
    'system-message': {
      source: 'ggml-org/llama.cpp 20733; anomalyco/opencode 15059',
      example: {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Hi' },
          { role: 'system', content: 'Be kind.' },
        ],
      },
      refuse({ messages }) {
        const roles = Array.isArray(messages)
          ? messages.map((message: { readonly role?: unknown }) => message.role)
          : []
        if (roles.lastIndexOf('system') <= 0) return undefined
        const message = 'Error: Jinja Exception: System message must be at the beginning.'
        return { status: 400, body: { error: { code: 400, message, type: 'invalid_request_error' } } }
      },
    },
  },
}
