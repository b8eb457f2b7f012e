import { createServer } from 'node:http'
import { memoryHistoryStore } from 'ragwire'
import { agUi } from 'ragwire/ag-ui'
import { extractiveChatModel, localRetriever } from 'ragwire/local'
import { toNodeHandler } from 'ragwire/node'
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
  // The stop button of CopilotKit closes the connection, which then ends the run.
  runs: createRunRegistry({ onDisconnect: 'abort' }),
  basePath: '/api',
  dialects: [agUi()],
  // Return the user of your session here.
  scope: () => 'everybody',
})

createServer(toNodeHandler(handler)).listen(3000, '127.0.0.1')
