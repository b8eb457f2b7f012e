// node examples/hand-written/server.ts
// curl -N http://127.0.0.1:3000/chat --json '{"question":"How long can I return an item?"}'
import express, { type ErrorRequestHandler } from 'express'
import { streamChat } from 'ragwire'
import { extractiveChatModel, localRetriever } from 'ragwire/local'
import { sendToNode } from 'ragwire/node'
import { parseChatRequest } from 'ragwire/server'

const model = extractiveChatModel()
const retriever = localRetriever([
  { documentId: 'returns', title: 'Returns', text: 'Unused items can be returned within thirty days of delivery.' },
  {
    documentId: 'shipping',
    title: 'Shipping',
    text: 'Orders are shipped on the next working day, free from 50 euros.',
  },
])

// One route of your own, instead of the handler with all routes.
export const app = express()

app.post('/chat', express.json({ limit: '1mb' }), async (request, response) => {
  const body = parseChatRequest(request.body)
  // When the client leaves, this also stops the model.
  await sendToNode(streamChat({ ...body, retriever, model, onError: console.error }), response)
})

// By default Express would answer with a page, and show the stack trace unless NODE_ENV is `production`.
const refuse: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent || !(error.status < 500)) return next(error)
  const { status, code, field, message } = error
  response.status(status).json({ code, field, message })
}
app.use(refuse)

if (process.argv[1] === import.meta.filename) {
  const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => console.log(server.address()))
}
