// node examples/node-http/server.ts
// curl -N http://127.0.0.1:3000/chat --json '{"question":"How long can I return an item?"}'
import { createServer } from 'node:http'
import { createChat, memoryHistoryStore } from 'ragwire'
import { extractiveChatModel, localRetriever } from 'ragwire/local'
import { toNodeHandler } from 'ragwire/node'
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

export const server = createServer(toNodeHandler(handler))

if (process.argv[1] === import.meta.filename) {
  server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => console.log(server.address()))
}
