import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { memoryHistoryStore } from 'ragwire'
import { aiSdk } from 'ragwire/ai-sdk'
import { honoChat } from 'ragwire/hono'
import { extractiveChatModel, localRetriever } from 'ragwire/local'
import { createChatHandler, createRunRegistry } from 'ragwire/server'

const handler = createChatHandler({
  retriever: localRetriever([
    {
      documentId: 'returns',
      title: 'Returns',
      text: 'Unused items can be returned within thirty days of delivery. The refund is paid five working days later.',
    },
    {
      documentId: 'shipping',
      title: 'Shipping',
      text: 'Orders are shipped on the next working day. Shipping is free for orders above 50 euros.',
    },
  ]),
  model: extractiveChatModel(),
  history: memoryHistoryStore(),
  // The answer continues while the page is reloaded.
  runs: createRunRegistry({ onDisconnect: { continueForMs: 30_000 } }),
  // Adds POST /api/ai-sdk, and the routes to resume, to stop and to load a chat.
  dialects: [aiSdk()],
  // Return the user of your session here.
  scope: () => 'everybody',
})

const app = new Hono()
app.all('/api/*', honoChat(handler))
serve({ fetch: app.fetch, port: 3000, hostname: '127.0.0.1' })
