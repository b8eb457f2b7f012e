// node examples/hono/server.ts
// curl -N http://127.0.0.1:3000/api/chat --json '{"question":"How long can I return an item?"}'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { createChat, memoryHistoryStore } from 'ragwire'
import { honoChat } from 'ragwire/hono'
import { extractiveChatModel, localRetriever } from 'ragwire/local'
import { createChatHandler } from 'ragwire/server'

const chat = createChat({
  retriever: localRetriever([
    { documentId: 'returns', title: 'Returns', text: 'Unused items can be returned within thirty days of delivery.' },
    {
      documentId: 'shipping',
      title: 'Shipping',
      text: 'Orders are shipped on the next working day, free from 50 euros.',
    },
  ]),
  model: extractiveChatModel(),
  history: memoryHistoryStore(),
})

const handler = createChatHandler({
  chat,
  // Return the user of your session here. No request sees the data of another scope.
  scope: () => 'everybody',
  onError: console.error,
})

export const app = new Hono()

app.all('/api/*', honoChat(handler))

if (process.argv[1] === import.meta.filename) {
  serve({ fetch: app.fetch, port: Number(process.env['PORT'] ?? 3000), hostname: '127.0.0.1' }, console.log)
}
