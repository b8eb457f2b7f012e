import { aiSdk } from '../../../src/ai-sdk.ts'
import type { Form } from './form.ts'

const dialect = aiSdk()

/** The UI message stream of the AI SDK. */
export const AI_SDK: Form = {
  name: 'the UI message stream',
  path: '/ai-sdk',
  dialect,
  opening: dialect.opening,
  keepAlive: dialect.keepAlive,
  end: 'data: [DONE]',
  failure: '{"type":"error","errorText":"',
  stopped: '{"type":"abort"}',
  ignoresUnknownFields: true,
  hasPlainFailures: true,
  token: (delta) => `"delta":"${delta}"`,
  body: (question, runId) => ({
    id: crypto.randomUUID(),
    messages: [{ id: 'm1', role: 'user', parts: [{ type: 'text', text: question }] }],
    trigger: 'submit-message',
    runId,
  }),
}
