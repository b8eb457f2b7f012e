import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../../src/openai-chat.ts'
import { openBench } from '../../http/support/bench.ts'
import { parseChunks, textOf } from './support/chunks.ts'

const QUESTION = 'How long do cats sleep?'

// Bodies as the front ends send them: the fields are from their sources, the values are made up.
const BODIES: readonly (readonly [string, object])[] = [
  [
    'Open WebUI, with its built-in tools and the settings of a model',
    {
      stream: true,
      model: 'ragwire',
      messages: [
        { role: 'system', content: 'You are helpful.' },
        { role: 'user', content: 'Do cats sleep?' },
        { role: 'assistant', content: 'They do [1].' },
        { role: 'user', content: QUESTION },
      ],
      stream_options: { include_usage: true },
      tools: [{ type: 'function', function: { name: 'search_web', description: '', parameters: {} } }],
      temperature: 0.7,
      top_k: 40,
      min_p: 0,
      repeat_penalty: 1.1,
      logit_bias: { 7: 1 },
      reasoning_effort: 'low',
    },
  ],
  [
    'Open WebUI, with a text and an attachment that it has read itself',
    {
      stream: true,
      model: 'ragwire',
      messages: [{ role: 'user', content: [{ type: 'text', text: QUESTION }] }],
    },
  ],
  [
    'Open WebUI, for a title without its header',
    {
      model: 'ragwire',
      messages: [{ role: 'user', content: '### Task:\nGenerate a concise title.\n<chat_history>…</chat_history>' }],
      stream: false,
      max_completion_tokens: 1_000,
    },
  ],
  [
    'LibreChat, by the client of LangChain',
    {
      model: 'ragwire',
      temperature: 1,
      top_p: 1,
      frequency_penalty: 0,
      presence_penalty: 0,
      n: 1,
      user: '6601f0d2c5a6e0b6a0b1c2d3',
      stream: true,
      stream_options: { include_usage: true },
      messages: [
        { role: 'system', content: 'You are helpful.', name: 'instructions' },
        { role: 'user', content: [{ type: 'text', text: QUESTION }] },
      ],
    },
  ],
  [
    'LobeChat, with empty settings',
    {
      messages: [{ role: 'user', content: QUESTION }],
      model: 'ragwire',
      stream: true,
      stream_options: { include_usage: true },
      temperature: 1,
      tools: null,
      tool_choice: null,
      response_format: null,
      n: null,
    },
  ],
  [
    'Continue, with the prompt cache of its provider',
    {
      messages: [{ role: 'user', content: QUESTION, cache_control: { type: 'ephemeral' } }],
      model: 'ragwire',
      max_tokens: 2_048,
      stream: true,
      parallel_tool_calls: false,
      prediction: null,
      stop: null,
    },
  ],
]

describe('the body of a front end', () => {
  it.each(BODIES)('is answered: %s', async (_name, body) => {
    const { open, model, errors } = openBench({
      dialects: [openaiChat()],
      history: undefined,
      answering: { condenser: false },
    })
    const { response } = await open('POST', '/v1/chat/completions', { body })
    const text = await response.text()
    expect([response.status, errors]).toEqual([200, []])
    const answer: unknown =
      'stream' in body && body.stream ? textOf(parseChunks(text)) : JSON.parse(text).choices[0].message.content
    expect(answer).toBe('They sleep 16 hours [1].')
    expect(model.calls).toHaveLength(1)
    expect(JSON.stringify(model.calls[0]?.request)).not.toContain('You are helpful')
  })
})
