import type { AiSdkModel } from '../../../src/ai-sdk.ts'
import { dataEvent, type Provider } from './provider.ts'

interface CreateProvider {
  (settings: { readonly apiKey: string; readonly baseURL: string }): (modelId: string) => AiSdkModel
}

/** The Messages API of Anthropic. Source: docs.claude.com/en/docs/build-with-claude/streaming */
export function anthropicProvider(name: string, createAnthropic: CreateProvider): Provider {
  return {
    name,
    model: (baseURL) => createAnthropic({ apiKey: 'key', baseURL })('claude-sonnet-4-5'),
    path: '/v1/messages',
    start: `${wireEvent('message_start', { message: MESSAGE })}${block('start', { type: 'text', text: '' })}${wireEvent('ping', {})}`,
    text: (text) => block('delta', { type: 'text_delta', text }),
    thought: (thinking) =>
      [
        block('start', { type: 'thinking', thinking: '', signature: '' }, 1),
        block('delta', { type: 'thinking_delta', thinking }, 1),
        block('delta', { type: 'signature_delta', signature: 'c2lnbmF0dXJl' }, 1),
        wireEvent('content_block_stop', { index: 1 }),
      ].join(''),
    finish: (reason = 'end_turn') =>
      [
        wireEvent('content_block_stop', { index: 0 }),
        wireEvent('message_delta', {
          delta: { stop_reason: reason, stop_sequence: null },
          usage: { input_tokens: 25, output_tokens: 15 },
        }),
        wireEvent('message_stop', {}),
      ].join(''),
    overloaded: wireEvent('error', { error: { type: 'overloaded_error', message: 'sk-canary-0000' } }),
    failure: (status, message) => ({ type: 'error', error: { type: TYPES.get(status) ?? 'api_error', message } }),
    reasons: [
      ['end_turn', 'stop'],
      ['stop_sequence', 'stop'],
      ['max_tokens', 'length'],
      ['tool_use', 'other'],
      ['refusal', 'content-filter'],
    ],
  }
}

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 25, output_tokens: 1 },
}

const TYPES: ReadonlyMap<number, string> = new Map([
  [400, 'invalid_request_error'],
  [401, 'authentication_error'],
  [403, 'permission_error'],
  [429, 'rate_limit_error'],
  [529, 'overloaded_error'],
])

function wireEvent(type: string, fields: object): string {
  return dataEvent({ type, ...fields }, type)
}

function block(type: 'start' | 'delta', content: object, index = 0): string {
  return wireEvent(`content_block_${type}`, { index, [type === 'start' ? 'content_block' : 'delta']: content })
}
