import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { nodeFetch } from '../../../src/node.ts'
import { dataEvent, type Provider } from './provider.ts'

const COMPLETION = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model: 'any' }

const OPTIONS = { name: 'any', apiKey: 'key', includeUsage: true }

/** Chat completions of a server that is compatible with OpenAI. Source: platform.openai.com/docs/api-reference/chat-streaming */
export const compatibleProvider: Provider = {
  name: '@ai-sdk/openai-compatible 3',
  model: (baseURL) => createOpenAICompatible({ ...OPTIONS, baseURL })('any'),
  path: '/v1/chat/completions',
  start: chunk({ role: 'assistant', content: '' }),
  text: (content) => chunk({ content }),
  thought: (thought) => chunk({ reasoning_content: thought }),
  finish: (reason = 'stop') => `${chunk({}, reason)}${usage()}data: [DONE]\n\n`,
  overloaded: dataEvent({ error: { message: 'sk-canary-0000', type: 'server_error', code: '503' } }),
  failure: (status, message) => ({ error: { message, type: 'any_error', code: String(status) } }),
  reasons: [
    ['stop', 'stop'],
    ['length', 'length'],
    ['content_filter', 'content-filter'],
    ['tool_calls', 'other'],
  ],
}

const send = nodeFetch()

/** The same over `nodeFetch`. */
export const providerOverNodeFetch: Provider = {
  ...compatibleProvider,
  name: `${compatibleProvider.name} over nodeFetch`,
  model: (baseURL) => createOpenAICompatible({ ...OPTIONS, baseURL, fetch: send })('any'),
}

function chunk(delta: object, reason: string | null = null): string {
  return dataEvent({ ...COMPLETION, choices: [{ index: 0, delta, finish_reason: reason }] })
}

function usage(): string {
  const counts = { prompt_tokens: 25, completion_tokens: 15, total_tokens: 40 }
  return dataEvent({ ...COMPLETION, choices: [], usage: counts })
}
