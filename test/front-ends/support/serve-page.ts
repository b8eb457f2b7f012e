import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { memoryHistoryStore } from '../../../src/index.ts'
import { localRetriever } from '../../../src/local.ts'
import { answerNodeRequest } from '../../../src/node.ts'
import { createChatHandler, createRunRegistry } from '../../../src/server.ts'
import { listenOnLoopback } from '../../../src/testing/listen-on-loopback.ts'
import { model } from '../app/scripted-model.ts'
import type { RunningPage } from './start-example.ts'

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' }

const DOCUMENTS = [
  { documentId: 'returns', title: 'Returns', text: 'Unused items can be returned within thirty days of delivery.' },
  { documentId: 'shipping', title: 'Shipping', text: 'Orders are shipped on the next working day.' },
]

/** Serves a folder under the strictest content security policy, and the chat handler with the scripted model below `/api`. */
export async function servePage(folder: string): Promise<RunningPage> {
  const handler = createChatHandler({
    retriever: localRetriever(DOCUMENTS),
    model,
    history: memoryHistoryStore(),
    runs: createRunRegistry({ onDisconnect: { continueForMs: 30_000 }, onError: () => {} }),
    basePath: '/api',
    scope: () => 'everybody',
    onError: () => {},
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname.startsWith('/api/')) return answerNodeRequest(handler, request, response)
    const file = join(folder, pathname === '/' ? 'index.html' : pathname)
    const body = await readFile(file).catch(() => undefined)
    response.setHeader('content-security-policy', "default-src 'self'; img-src 'self' data:")
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
    response.writeHead(body ? 200 : 404).end(body)
  }

  const server = createServer((request, response) => void answer(request, response))
  const port = await listenOnLoopback(server)
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}
