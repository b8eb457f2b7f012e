import { chatkit } from '../../../src/chatkit.ts'
import type { Form } from './form.ts'

const dialect = chatkit()

/** OpenAI ChatKit. */
export const CHATKIT: Form = {
  name: 'OpenAI ChatKit',
  path: '/chatkit',
  dialect,
  opening: dialect.opening,
  keepAlive: dialect.keepAlive,
  end: '"type":"thread.item.done","item":{"type":"assistant_message"',
  failure: '"type":"error"',
  stopped: 'The answer was stopped',
  ignoresUnknownFields: true,
  runIdOf: (text) => /"id":"answer_([^"]+)"/.exec(text)?.[1],
  token: (delta) => `"delta":"${delta}"`,
  body: (text) => ({
    type: 'threads.create',
    params: { input: { content: [{ type: 'input_text', text }], attachments: [], inference_options: {} } },
  }),
}
