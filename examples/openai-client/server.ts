// node examples/openai-client/server.ts
import { createServer } from 'node:http'
import { createChat, memoryHistoryStore } from 'ragwire'
import { extractiveChatModel, localRetriever } from 'ragwire/local'
import { toNodeHandler } from 'ragwire/node'
import { openaiResponses } from 'ragwire/openai-responses'
import { createChatHandler, createRunRegistry } from 'ragwire/server'

const chat = createChat({
  retriever: localRetriever([
    {
      documentId: 'returns',
      title: 'Returns',
      url: 'https://shop.example/returns',
      text: 'Unused items can be returned within thirty days of delivery.',
    },
    {
      documentId: 'shipping',
      title: 'Shipping',
      text: 'Orders are shipped on the next working day, free from 50 euros.',
    },
  ]),
  // Slow enough for a client to stop an answer.
  model: extractiveChatModel({ wordsPerSecond: 50 }),
  history: memoryHistoryStore(),
})

const handler = createChatHandler({
  chat,
  // The client sends its key as `authorization: Bearer …`. Return the user of that key here.
  scope: ({ headers }) => headers.get('authorization') ?? 'everybody',
  // An answer goes on without its reader, so that the client can resume it.
  runs: createRunRegistry({ onDisconnect: { continueForMs: 30_000 } }),
  dialects: [openaiResponses({ models: ['shop'] })],
  onError: console.error,
})

export const server = createServer(toNodeHandler(handler))

if (process.argv[1] === import.meta.filename) {
  server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => console.log(server.address()))
}
