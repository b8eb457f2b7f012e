import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { basename, extname } from 'node:path'
import { memoryHistoryStore } from 'ragwire'
import { extractiveChatModel, localRetriever } from 'ragwire/local'
import { answerNodeRequest } from 'ragwire/node'
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
  // The answer goes on while the page is reloaded.
  runs: createRunRegistry({ onDisconnect: { continueForMs: 30_000 } }),
  basePath: '/api',
  // Return the user of your session here.
  scope: () => 'everybody',
})

const PAGE = new URL('page/', import.meta.url)
const CLIENT = new URL('.', import.meta.resolve('ragwire/client'))
const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript' }

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost')
  if (pathname.startsWith('/api/')) return answerNodeRequest(handler, request, response)
  const file = new URL(basename(pathname) || 'index.html', pathname.startsWith('/ragwire/') ? CLIENT : PAGE)
  try {
    const body = await readFile(file)
    response.setHeader('content-security-policy', "default-src 'self'; img-src 'self' data:")
    response.setHeader('content-type', TYPES[extname(file.pathname)] ?? 'application/octet-stream').end(body)
  } catch {
    response.writeHead(404).end()
  }
})

server.listen(3000, '127.0.0.1', () => console.log('http://127.0.0.1:3000'))
