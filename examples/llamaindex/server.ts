// node examples/llamaindex/server.ts
// curl -N http://127.0.0.1:3000/chat --json '{"question":"How long is the warranty of a kettle?"}'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import express, { type ErrorRequestHandler } from 'express'
import type { ChatEvent, TurnOptions } from 'ragwire'
import { parseChatRequest } from 'ragwire/server'
import { encodeSse, SSE_HEADERS } from 'ragwire/sse'
import { streamAnswer } from './service.ts'
import { countTasks, startTask, stopTasks } from './tasks.ts'

export const app = express()

app.post('/chat', express.json({ limit: '1mb' }), async (request, response) => {
  const { question, threadId } = parseChatRequest(request.body)
  // Use the user of your session as the scope. No request sees the data of another scope.
  await sendAnswer({ question, scope: 'everybody', ...(threadId !== undefined && { threadId }) }, response)
})

app.get('/tasks', (_request, response) => {
  response.json({ running: countTasks() })
})

// By default Express would answer with a page, and show the stack trace unless NODE_ENV is `production`.
const refuse: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent || !(error.status < 500)) return next(error)
  const { status, code, field, message } = error
  response.status(status).json({ code, field, message })
}
app.use(refuse)

async function sendAnswer(turn: TurnOptions, response: ServerResponse): Promise<void> {
  const task = startTask()
  // A closed tab stops the model. A generator alone would not, while it waits for the next event.
  response.once('close', task.stop)
  response.writeHead(200, SSE_HEADERS)
  try {
    // The pipeline waits when the reader is slow.
    await pipeline(Readable.from(messagesOf({ ...turn, signal: task.signal })), response)
  } catch (error) {
    if (!task.signal.aborted) throw error
  } finally {
    task.end()
  }
}

/** Yields each message as an event stream, and at last the complete answer. */
async function* messagesOf(turn: TurnOptions): AsyncGenerator<string> {
  const answer = streamAnswer(turn)
  let next = await answer.next()
  for (; !next.done; next = await answer.next()) {
    const message = toMessage(next.value)
    if (message) yield encodeMessage(message)
  }
  yield encodeMessage({ type: 'result', data: next.value })
}

interface Message {
  readonly type: string
  readonly data: unknown
}

function toMessage(event: ChatEvent): Message | undefined {
  switch (event.type) {
    case 'source':
      return { type: 'source', data: event.source }
    case 'token':
      return { type: 'token', data: event.delta }
    case 'citation':
      return { type: 'citation', data: event.citation }
    case 'error':
      return { type: 'error', data: { code: event.code, message: event.message } }
    default:
      return undefined
  }
}

function encodeMessage(message: Message): string {
  return encodeSse({ event: message.type, data: JSON.stringify(message) })
}

if (process.argv[1] === import.meta.filename) {
  const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => console.log(server.address()))
  process.once('SIGTERM', () => {
    stopTasks()
    server.close()
  })
}
