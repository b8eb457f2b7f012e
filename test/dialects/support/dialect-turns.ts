import { openaiChat } from '../../../src/openai-chat.ts'
import type { Dialect } from '../../../src/server.ts'

/** A dialect, and the request for one turn in it. */
export interface DialectTurn {
  /** Names the golden files. */
  readonly name: string
  /** The dialect to mount; absent for a native one. */
  readonly dialect?: Dialect
  readonly path: string
  readonly accept?: string
  body(question: string): object
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
    name: 'openai-chat',
    dialect: openaiChat({ now: () => 1_893_553_445_678 }),
    path: '/v1/chat/completions',
    body: (content) => ({
      model: 'ragwire',
      messages: [{ role: 'user', content }],
      stream: true,
      stream_options: { include_usage: true },
    }),
  },
]
