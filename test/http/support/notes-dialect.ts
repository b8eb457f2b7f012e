import { invalidInput, type Dialect, type DialectCall, type DialectHistory } from '../../../src/server.ts'
import { SSE_HEADERS } from '../../../src/sse.ts'

const RUN_SCHEMA = { type: 'object', properties: { runId: { type: 'string' } } }

/** A protocol with routes and errors of its own: notes are asked for, read, stopped and listed by their own ids. */
export const notesDialect: Dialect = {
  name: 'notes',
  mediaType: 'text/event-stream',
  headers: SSE_HEADERS,
  opening: ': notes\n\n',
  keepAlive: ':\n\n',
  breaksOnError: false,
  encodeFailure: ({ status, code, message, field, runId }) => ({ problem: { status, code, message, field, runId } }),
  routes: [
    { method: 'POST', path: '/notes', summary: 'Asks', request: { type: 'object' }, answer: ask },
    { method: 'GET', path: '/notes/{noteId}', summary: 'Reads a note', answer: read },
    { method: 'POST', path: '/notes/{noteId}/stop', summary: 'Stops', response: RUN_SCHEMA, answer: stop },
    { method: 'GET', path: '/notes/of/{threadId}', summary: 'Lists', response: { type: 'array' }, answer: list },
    { method: 'DELETE', path: '/notes/of/{threadId}', summary: 'Deletes', response: RUN_SCHEMA, answer: remove },
    { method: 'PATCH', path: '/notes/of/{threadId}', summary: 'Renames', response: RUN_SCHEMA, answer: rename },
    { method: 'PUT', path: '/notes/{noteId}/praise', summary: 'Praises', response: RUN_SCHEMA, answer: praise },
    { method: 'PUT', path: '/notes', summary: 'Answers with a Response', answer: respond },
    { method: 'GET', path: '/notes-hello', summary: 'Greets', answer: async () => ({ body: 'hello' }) },
  ],
  open: () => (event) => {
    if (event.type === 'token') return `data: ${JSON.stringify({ text: event.delta })}\n\n`
    if (event.type === 'error') return `data: ${JSON.stringify({ failed: event.code })}\n\n`
    return event.type === 'done' ? `data: ${JSON.stringify({ end: event.finishReason })}\n\n` : ''
  },
}

interface Body {
  readonly text?: unknown
  readonly before?: readonly string[]
  readonly whole?: boolean
  readonly noteId?: string
  readonly threadId?: string
}

async function ask(call: DialectCall) {
  const { text, before = [], whole = false, noteId, threadId } = (await call.readJson()) as Body
  if (typeof text !== 'string') throw invalidInput('text', 'Cannot use text: it must be a string')
  const run = await call.ask({
    question: text,
    messages: before.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content })),
    ...(noteId !== undefined && { runId: noteId }),
    ...(threadId !== undefined && { threadId }),
  })
  if (!whole)
    return { events: run.read(), encoding: { ...notesDialect, headers: { ...SSE_HEADERS, 'x-note': run.runId } } }
  const { answer, finishReason } = await call.resultOf(run.read())
  return { headers: { 'x-note': run.runId }, body: { answer, finishReason } }
}

async function read(call: DialectCall) {
  const found = await call.open(call.id)
  if (!found) return { status: 404, body: { problem: 'no such note' } }
  return {
    events: found.events,
    encoding: { ...notesDialect, headers: { ...SSE_HEADERS, 'x-rebuilt': String(found.rebuilt) } },
  }
}

async function stop(call: DialectCall) {
  return { status: 202, body: await call.stop(call.id) }
}

/** Answers with the events of a run as a `Response`, which reads them when it is read itself. */
async function respond(call: DialectCall) {
  const { text } = (await call.readJson()) as Body
  call.report(new Error(`asked by ${await call.scope()}`))
  if (typeof text !== 'string') return Response.json({ problem: 'no text' }, { status: 422 })
  const reader = (await call.ask({ question: text })).read()[Symbol.asyncIterator]()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.next()
        if (done) controller.close()
        else controller.enqueue(new TextEncoder().encode(`${value.type}\n`))
      },
      async cancel() {
        await reader.return?.()
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { status: 203, headers: { 'content-type': 'text/plain', 'x-scope': await call.scope() } })
}

async function list(call: DialectCall) {
  const turns = await historyOf(call).load(call.id, { limit: 10 })
  const active = await call.findActiveRun(call.id)
  return { body: { active: active ?? null, notes: turns.map(({ runId, question }) => ({ runId, question })) } }
}

async function remove(call: DialectCall) {
  return { status: (await historyOf(call).delete(call.id)) ? 204 : 404 }
}

async function rename(call: DialectCall) {
  const isKnown = await historyOf(call).rename(call.id, 'Cats')
  const { threads } = await historyOf(call).list({ limit: 10 })
  return { body: { isKnown, titles: threads.map(({ title }) => title) } }
}

async function praise(call: DialectCall) {
  await historyOf(call).setFeedback(call.id, { rating: 'up' })
  const turn = await historyOf(call).find(call.id)
  return { body: { rating: turn?.feedback?.rating ?? null } }
}

function historyOf({ history }: DialectCall): DialectHistory {
  if (!history) throw invalidInput('history', 'Cannot list notes: this server stores none')
  return history
}
