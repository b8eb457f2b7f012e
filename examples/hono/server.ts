// node examples/hono/server.ts
// curl -N http://127.0.0.1:3000/chat --json '{"question":"How long can I return an item?"}'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { streamChat } from 'ragwire'
import { extractiveChatModel, localRetriever } from 'ragwire/local'
import { parseChatRequest } from 'ragwire/server'
import { toResponse } from 'ragwire/web'

const model = extractiveChatModel()
const retriever = localRetriever([
  { documentId: 'returns', title: 'Returns', text: 'Unused items can be returned within thirty days of delivery.' },
  {
    documentId: 'shipping',
    title: 'Shipping',
    text: 'Orders are shipped on the next working day, free from 50 euros.',
  },
])

export const app = new Hono()

app.post('/chat', bodyLimit({ maxSize: 1024 * 1024 }), async ({ req }) => {
  // A bad body is a 400 that names the field; one that is no JSON is no body.
  const body = parseChatRequest(await req.json().catch(() => undefined))
  // When the client leaves, this stops the model: nothing else has to be wired.
  return toResponse(streamChat({ ...body, retriever, model, onError: console.error }))
})

if (process.argv[1] === import.meta.filename) {
  serve({ fetch: app.fetch, port: Number(process.env['PORT'] ?? 3000), hostname: '127.0.0.1' }, console.log)
}
