import { Hono } from 'hono'
import { streamChat, type ChatModel, type Retriever } from '../../../src/index.ts'
import { honoChat } from '../../../src/hono.ts'
import { createChatHandler } from '../../../src/server.ts'
import { createVectorIndex } from '../../../src/knowledge/search/vector-index.ts'
import { createWasmRowScanner } from '../../../src/knowledge/search/wasm-row-scanner.ts'
import { toResponse } from '../../../src/web.ts'

const retriever: Retriever = {
  retrieve: async () => [{ chunk: { chunkId: '1', documentId: '1', title: 'Document 1', text: 'It is so.' } }],
}

const model: ChatModel = {
  async *stream({ question }, { signal }) {
    yield { type: 'text', delta: `You asked: ${question}` }
    if (question === 'forever') await untilAborted(signal)
    if (question === 'talk') yield* talkUntilAborted(signal)
    yield { type: 'finish', finishReason: 'stop' }
  },
}

let stopped = 0

const handler = createChatHandler({ retriever, model, scope: () => 'everybody' })

const app = new Hono()

app.post('/plain', async ({ req }) => {
  const { question } = await req.json<{ question: string }>()
  return toResponse(streamChat({ question, retriever, model }))
})

app.get('/stopped', (context) => context.text(String(stopped)))

app.get('/nearest', (context) => {
  const index = createVectorIndex({ dimensions: 2 })
  index.add(1, Float32Array.of(1, 0))
  index.add(2, Float32Array.of(0, 1))
  const hits = index.search(Float32Array.of(0, 1), { topK: 1 })
  return context.json({ hits, compiles: createWasmRowScanner() !== undefined })
})

app.all('/api/*', honoChat(handler))

interface ExecutionContext {
  waitUntil(work: Promise<unknown>): void
  passThroughOnException(): void
  readonly props: unknown
}

/** A worker as it would be deployed: without Node modules, and without work before the first request. */
export const worker = {
  fetch(request: Request, env: object, context: ExecutionContext): Response | Promise<Response> {
    if (new URL(request.url).pathname === '/chat') {
      return handler(request, { waitUntil: (work) => context.waitUntil(work) })
    }
    return app.fetch(request, env, context)
  },
}

async function* talkUntilAborted(signal: AbortSignal) {
  signal.addEventListener('abort', () => (stopped += 1))
  for (;;) {
    yield { type: 'text', delta: ' and so on' } as const
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      stopped += 1
      reject(signal.reason)
    })
  })
}
