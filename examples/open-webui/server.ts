// node examples/open-webui/server.ts
// Then connect Open WebUI to http://127.0.0.1:3000/v1, see README.md
import { createServer } from 'node:http'
import { createChat } from 'ragwire'
import { extractiveChatModel, localRetriever } from 'ragwire/local'
import { toNodeHandler } from 'ragwire/node'
import { openaiChat } from 'ragwire/openai-chat'
import { createChatHandler } from 'ragwire/server'

// Open WebUI keeps the conversations and sends all messages, so the chat needs no history.
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
  // Replace it with a model of yours, see docs/guides/models.md.
  model: extractiveChatModel(),
})

const API_KEY = process.env['API_KEY'] ?? 'local-key'

const handler = createChatHandler({
  chat,
  dialects: [openaiChat({ models: ['shop-docs'], sources: { openWebUI: true } })],
  scope({ headers }) {
    if (headers.get('authorization') !== `Bearer ${API_KEY}`) throw new Response('Wrong API key', { status: 401 })
    // With ENABLE_FORWARD_USER_INFO_HEADERS, Open WebUI sends its user. Trust the header only after the key was checked.
    return headers.get('x-openwebui-user-id') ?? 'everybody'
  },
  onError: console.error,
})

export const server = createServer(toNodeHandler(handler))

if (process.argv[1] === import.meta.filename) {
  // In a container, Open WebUI reaches this server by the address of the host, so it must listen on more than loopback.
  const hostname = process.env['HOST'] ?? '127.0.0.1'
  server.listen(Number(process.env['PORT'] ?? 3000), hostname, () => console.log(server.address()))
}
