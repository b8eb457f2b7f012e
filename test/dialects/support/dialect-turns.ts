import { agUi } from '../../../src/ag-ui.ts'
import { aiSdk } from '../../../src/ai-sdk.ts'
import { chatkit } from '../../../src/chatkit.ts'
import { openaiChat } from '../../../src/openai-chat.ts'
import { openaiResponses } from '../../../src/openai-responses.ts'
import type { Dialect } from '../../../src/server.ts'

/** The time of every turn, in milliseconds since 1970. */
export const TURN_TIME = Date.UTC(2030, 0, 2, 3, 4, 5, 678)

/** A dialect, and the request for one turn in it. */
export interface DialectTurn {
  /** Names the golden files. */
  readonly name: string
  /** The dialect to mount; absent for a native one. */
  readonly dialect?: Dialect
  readonly path: string
  readonly accept?: string
  body(question: string): object
  /** True for a dialect that needs a history store. */
  readonly needsHistory?: true
}

const native = (name: string, accept: string): DialectTurn => ({
  name,
  path: '/chat',
  accept,
  body: (question) => ({ question }),
})

/** Every dialect of the package. */
export const DIALECT_TURNS: readonly DialectTurn[] = [
  native('native-sse', 'text/event-stream'),
  native('native-ndjson', 'application/x-ndjson'),
  native('native-json', 'application/json'),
  native('native-text', 'text/plain'),
  {
    name: 'ai-sdk',
    dialect: aiSdk(),
    path: '/ai-sdk',
    body: (question) => ({
      id: 'thread-1',
      messages: [{ id: 'question-1', role: 'user', parts: [{ type: 'text', text: question }] }],
      trigger: 'submit-message',
    }),
  },
  {
    name: 'openai-responses',
    dialect: openaiResponses(),
    path: '/v1/responses',
    body: (input) => ({ model: 'ragwire', input, stream: true }),
  },
  {
    name: 'openai-chat',
    dialect: openaiChat({ now: () => TURN_TIME }),
    path: '/v1/chat/completions',
    body: (content) => ({
      model: 'ragwire',
      messages: [{ role: 'user', content }],
      stream: true,
      stream_options: { include_usage: true },
    }),
  },
  {
    name: 'ag-ui',
    dialect: agUi(),
    path: '/ag-ui',
    body: (content) => ({
      threadId: 'thread-1',
      runId: 'run-1',
      protocolVersion: '1.0',
      state: {},
      messages: [{ id: 'question-1', role: 'user', content }],
      tools: [],
      context: [],
      forwardedProps: {},
    }),
  },
  {
    name: 'chatkit',
    dialect: chatkit(),
    path: '/chatkit',
    needsHistory: true,
    body: (text) => ({
      type: 'threads.create',
      params: {
        input: {
          content: [{ type: 'input_text', text }],
          attachments: [],
          quoted_text: null,
          inference_options: {},
        },
      },
    }),
  },
]
