import { agUi } from '../../../src/ag-ui.ts'
import { aiSdk } from '../../../src/ai-sdk.ts'
import { chatkit } from '../../../src/chatkit.ts'
import { openaiChat } from '../../../src/openai-chat.ts'
import { openaiResponses } from '../../../src/openai-responses.ts'
import type { Dialect } from '../../../src/server.ts'

/** A protocol whose requests are tested with bodies that cannot be served. */
export interface Protocol {
  readonly name: string
  readonly dialect: Dialect
  readonly path: string
  /** A body that is served; `question` may be anything. */
  body(question: unknown): object
  /** A body with this number of messages; absent if clients send only the last one. */
  conversation?(count: number): object
  /** The words of a refusal, or `undefined` if the text does not have the form of the protocol. */
  messageOf(text: string): string | undefined
  /** Bodies of its own that cannot be served. */
  readonly bad: Readonly<Record<string, object>>
}

const QUESTION = 'How long do cats sleep?'

const IMAGE = 'https://docs.test/cat.png'

const UNKNOWN = '0197c0de-0000-7000-8000-000000000000'

const openAIMessage = (text: string): string | undefined => {
  const { error } = JSON.parse(text) as { readonly error?: Readonly<Record<string, unknown>> }
  const { message, type, code } = error ?? {}
  return type === 'invalid_request_error' && typeof code === 'string' ? String(message) : undefined
}

const repeated = <T>(count: number, message: T): readonly T[] => Array<T>(count).fill(message)

const uiMessage = (text: unknown, more: object = {}) => ({
  id: 'm1',
  role: 'user',
  parts: [{ type: 'text', text }],
  ...more,
})

const AI_SDK: Protocol = {
  name: 'AI SDK',
  dialect: aiSdk(),
  path: '/ai-sdk',
  body: (text) => ({ id: 'chat', trigger: 'submit-message', messages: [uiMessage(text)] }),
  conversation: (count) => ({ id: 'chat', trigger: 'submit-message', messages: repeated(count, uiMessage('Why?')) }),
  messageOf: (text) => (text.startsWith('{') ? undefined : text),
  bad: {
    'an image': {
      messages: [uiMessage('', { parts: [{ type: 'file', mediaType: 'image/png', url: IMAGE }] })],
    },
    'tools of the page': { messages: [uiMessage(QUESTION)], tools: { search: {} } },
    'an answer as the last message': { messages: [uiMessage('Because', { role: 'assistant' })] },
    'an unknown role': { messages: [uiMessage(QUESTION, { role: '__proto__' })] },
    'an unknown trigger': { messages: [uiMessage(QUESTION)], trigger: 'delete-message' },
    'a run id that is no UUID': { messages: [uiMessage(QUESTION)], runId: 'one' },
  },
}

const RESPONSES: Protocol = {
  name: 'OpenAI Responses',
  dialect: openaiResponses(),
  path: '/v1/responses',
  body: (input) => ({ model: 'ragwire', input }),
  conversation: (count) => ({ model: 'ragwire', input: repeated(count, { role: 'user', content: 'Why?' }) }),
  messageOf: openAIMessage,
  bad: {
    'an image': { model: 'ragwire', input: [{ role: 'user', content: [{ type: 'input_image', image_url: IMAGE }] }] },
    'a result of a tool': {
      model: 'ragwire',
      input: [{ type: 'function_call_output', call_id: 'x', output: '7' }],
    },
    'a function': { model: 'ragwire', input: QUESTION, tools: [{ type: 'function', name: 'x', parameters: {} }] },
    'JSON as the format': { model: 'ragwire', input: QUESTION, text: { format: { type: 'json_object' } } },
    'a model that is not served': { model: 'gpt-5', input: QUESTION },
    'an unknown response': { model: 'ragwire', input: QUESTION, previous_response_id: `resp_${UNKNOWN}` },
    'a response id of another form': { model: 'ragwire', input: QUESTION, previous_response_id: '../../etc' },
  },
}

const chat = (message: object, more: object = {}) => ({ model: 'ragwire', messages: [message], ...more })

const CHAT: Protocol = {
  name: 'OpenAI chat completions',
  dialect: openaiChat(),
  path: '/v1/chat/completions',
  body: (content) => chat({ role: 'user', content }),
  conversation: (count) => ({ model: 'ragwire', messages: repeated(count, { role: 'user', content: 'Why?' }) }),
  messageOf: openAIMessage,
  bad: {
    'an image': chat({ role: 'user', content: [{ type: 'image_url', image_url: { url: IMAGE } }] }),
    'a result of a tool': chat({ role: 'tool', tool_call_id: 'x', content: '7' }),
    'a tool that is demanded': chat({ role: 'user', content: QUESTION }, { tool_choice: 'required' }),
    'several answers': chat({ role: 'user', content: QUESTION }, { n: 2 }),
    'JSON as the format': chat({ role: 'user', content: QUESTION }, { response_format: { type: 'json_object' } }),
    'a model that is not served': chat({ role: 'user', content: QUESTION }, { model: 'gpt-5' }),
  },
}

const agUiBody = (message: object, more: object = {}) => ({
  threadId: 'thread',
  runId: 'run',
  messages: [{ id: 'm1', ...message }],
  tools: [],
  context: [],
  state: {},
  forwardedProps: {},
  ...more,
})

const AG_UI: Protocol = {
  name: 'AG-UI',
  dialect: agUi(),
  path: '/ag-ui',
  body: (content) => agUiBody({ role: 'user', content }),
  conversation: (count) => agUiBody({}, { messages: repeated(count, { id: 'm1', role: 'user', content: 'Why?' }) }),
  messageOf(text) {
    const { type, message, code } = JSON.parse(text) as Readonly<Record<string, unknown>>
    return type === 'RUN_ERROR' && typeof code === 'string' ? String(message) : undefined
  },
  bad: {
    'an image': agUiBody({ role: 'user', content: [{ type: 'binary', mimeType: 'image/png', url: IMAGE }] }),
    'a call of a tool': agUiBody(
      {},
      {
        messages: [
          { id: 'm1', role: 'assistant', toolCalls: [{ id: 'x', type: 'function', function: { name: 'x' } }] },
          { id: 'm2', role: 'user', content: QUESTION },
        ],
      },
    ),
    'a result of a tool': agUiBody({ role: 'tool', toolCallId: 'x', content: '7' }),
    'an answer to an interrupt': agUiBody({ role: 'user', content: QUESTION }, { resume: [{ interruptId: 'x' }] }),
    'another version of the protocol': agUiBody({ role: 'user', content: QUESTION }, { protocolVersion: '2.0' }),
    'an answer as the last message': agUiBody({ role: 'assistant', content: 'Because' }),
  },
}

const chatkitInput = (content: unknown, more: object = {}) => ({
  content,
  attachments: [],
  inference_options: {},
  ...more,
})

const QUESTION_PARTS = [{ type: 'input_text', text: QUESTION }]

const CHATKIT: Protocol = {
  name: 'OpenAI ChatKit',
  dialect: chatkit(),
  path: '/chatkit',
  body: (text) => ({ type: 'threads.create', params: { input: chatkitInput([{ type: 'input_text', text }]) } }),
  messageOf(text) {
    const { type, message } = JSON.parse(text) as Readonly<Record<string, unknown>>
    return type === 'error' ? String(message) : undefined
  },
  bad: {
    'an attachment': {
      type: 'threads.create',
      params: { input: chatkitInput(QUESTION_PARTS, { attachments: ['file'] }) },
    },
    'another model': {
      type: 'threads.create',
      params: { input: chatkitInput(QUESTION_PARTS, { inference_options: { model: 'gpt-5' } }) },
    },
    'an unknown request': { type: '__proto__', params: {} },
    'a result of a tool': { type: 'threads.add_client_tool_output', params: { thread_id: 'thread', result: {} } },
    'a question in an unknown thread': {
      type: 'threads.add_user_message',
      params: { thread_id: UNKNOWN, input: chatkitInput(QUESTION_PARTS) },
    },
    'another answer in an unknown thread': {
      type: 'threads.retry_after_item',
      params: { thread_id: UNKNOWN, item_id: `question_${UNKNOWN}` },
    },
  },
}

/** Every protocol of the package that has a body of its own. */
export const PROTOCOLS: readonly Protocol[] = [AI_SDK, RESPONSES, CHAT, AG_UI, CHATKIT]
