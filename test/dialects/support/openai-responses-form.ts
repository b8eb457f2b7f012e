import { openaiResponses } from '../../../src/openai-responses.ts'
import type { Form } from './form.ts'

/** The Responses API of OpenAI. */
export const OPENAI_RESPONSES: Form = {
  name: 'the Responses API',
  path: '/v1/responses',
  dialect: openaiResponses(),
  opening: ': ragwire\n\n',
  keepAlive: ':\n\n',
  end: 'event: response.completed',
  failure: 'event: error',
  stopped: '"status":"cancelled"',
  takesAnyRunId: true,
  token: (delta) => `"delta":"${delta}"`,
  body: (input) => ({ input, stream: true }),
  headers: (runId) => ({ 'idempotency-key': runId }),
}
