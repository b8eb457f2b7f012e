import { chunksWith, events, usageOf, type Vendor } from './vendor.ts'

const { delta, root } = chunksWith({
  id: 'chatcmpl-509',
  object: 'chat.completion.chunk',
  created: 1742481679,
  model: 'llama3.2',
  system_fingerprint: 'fp_ollama',
})

const text = (content: string, choice: object = {}) => delta({ role: 'assistant', content }, choice)

/** Ollama, by `/v1`. */
export const ollama: Vendor = {
  name: 'Ollama',
  model: 'llama3.2',
  replays: {
    answer: {
      source: 'ollama/ollama middleware/openai.go, openai/openai.go',
      wire: events(
        text('They sleep'),
        text(' 16 hours [1].'),
        text('', { finish_reason: 'stop' }),
        root(usageOf(33, 8)),
        '[DONE]',
      ),
      expected: { text: 'They sleep 16 hours [1].', finishReason: 'stop', usage: [33, 8, 41] },
    },
    reasoning: {
      source: 'dirac-run/dirac PR 227; jeremychone/rust-genai 106',
      wire: events(
        delta({ role: 'assistant', content: '', reasoning: 'We' }),
        delta({ role: 'assistant', content: '', reasoning: ' need 16.' }),
        text('16 hours.'),
        text('', { finish_reason: 'stop' }),
        '[DONE]',
      ),
      expected: { text: '16 hours.', finishReason: 'stop', thinks: true },
    },
    'error-line': {
      source: 'ollama/ollama docs/api/errors.mdx; use-agent-os/agent-os 2214',
      wire: events(text('They'), { error: 'an error was encountered while running the model' }),
      expected: { code: 'upstream-unavailable', cause: 'an error was encountered' },
    },
    'broken-off': {
      // An error mid-stream becomes a chunk without text, and neither a finish reason nor [DONE] follows.
      source: 'ollama/ollama middleware/openai.go (ChatWriter)',
      wire: events(text('They'), text('')),
      expected: { code: 'upstream-incomplete' },
    },
  },
}
