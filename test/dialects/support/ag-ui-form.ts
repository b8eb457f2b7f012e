import { agUi } from '../../../src/ag-ui.ts'
import type { Form } from './form.ts'

const dialect = agUi()

/** The events of AG-UI. */
export const AG_UI: Form = {
  name: 'AG-UI',
  path: '/ag-ui',
  dialect,
  opening: dialect.opening,
  keepAlive: dialect.keepAlive,
  end: '{"type":"RUN_FINISHED"',
  failure: '{"type":"RUN_ERROR"',
  stopped: '"finishReason":"abort"',
  ignoresUnknownFields: true,
  takesAnyRunId: true,
  allow: 'POST, GET',
  token: (delta) => `"delta":"${delta}"`,
  body: (question, runId = crypto.randomUUID()) => ({
    threadId: crypto.randomUUID(),
    runId,
    messages: [{ id: 'm1', role: 'user', content: question }],
  }),
}
