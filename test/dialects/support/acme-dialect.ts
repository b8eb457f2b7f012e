import { invalidInput, type Dialect } from '../../../src/server.ts'
import { SSE_HEADERS } from '../../../src/sse.ts'

/** A dialect as an application would write one: an event stream of its own words, at a path and with a body of its own. */
export const acmeDialect: Dialect = {
  name: 'acme',
  mediaType: 'text/event-stream',
  headers: SSE_HEADERS,
  opening: ': acme\n\n',
  keepAlive: ': acme waits\n\n',
  breaksOnError: false,
  path: '/v1/acme/answers',
  request: {
    schema: {
      type: 'object',
      properties: { input: { type: 'string' }, run: { type: 'string', format: 'uuid' } },
      required: ['input'],
      additionalProperties: false,
    },
    toChatRequest(body) {
      if (typeof body !== 'object' || body === null || !('input' in body) || typeof body.input !== 'string') {
        throw invalidInput('input', 'Cannot use the input: it must be a string')
      }
      const { input, ...rest } = body
      const { run: runId, ...unknown } = { run: undefined, ...rest }
      return { question: input, ...(runId !== undefined && { runId: String(runId) }), ...unknown }
    },
  },
  schema: { type: 'string', description: 'Each `data` is an object of Acme.' },
  open() {
    let pieces = 0
    return (event) => {
      switch (event.type) {
        case 'token':
          pieces += 1
          return frame({ piece: pieces, text: event.delta })
        case 'error':
          return frame({ failed: event.code, message: event.message })
        case 'done':
          return frame({ end: event.finishReason, pieces })
        default:
          return ''
      }
    }
  },
}

function frame(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`
}
