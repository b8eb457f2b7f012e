import { openaiChat } from '../../../src/openai-chat.ts'
import type { Form } from './form.ts'

const dialect = openaiChat()

/** Chat completions of OpenAI. */
export const OPENAI_CHAT: Form = {
  name: 'OpenAI chat completions',
  path: '/v1/chat/completions',
  dialect,
  opening: dialect.opening,
  keepAlive: dialect.keepAlive,
  end: 'data: [DONE]',
  failure: '{"error":{"message":',
  stopped: '"finish_reason":"stop"',
  ignoresUnknownFields: true,
  runIdOf: (text) => /"id":"chatcmpl-([^"]+)"/.exec(text)?.[1],
  token: (delta) => `"content":"${delta}"`,
  body: (content) => ({ model: 'ragwire', stream: true, messages: [{ role: 'user', content }] }),
}
