// node examples/node-http/server.ts
// curl -N http://127.0.0.1:3000/chat -d '{"question":"How long can I return an item?"}'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { streamChat } from 'ragwire'
import { extractiveChatModel, localRetriever } from 'ragwire/local'
import { sendToNode } from 'ragwire/node'
import { parseChatRequest } from 'ragwire/server'

const MAX_BODY_CHARS = 1024 * 1024

const model = extractiveChatModel()
const retriever = localRetriever([
  { documentId: 'returns', title: 'Returns', text: 'Unused items can be returned within thirty days of delivery.' },
  {
    documentId: 'shipping',
    title: 'Shipping',
    text: 'Orders are shipped on the next working day, free from 50 euros.',
  },
])

export const server = createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/chat') void chat(request, response)
  else response.writeHead(404).end()
})

async function chat(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = parseChatRequest(await readJson(request))
    // When the client leaves, this stops the model: nothing else has to be wired.
    await sendToNode(streamChat({ ...body, retriever, model, onError: console.error }), response)
  } catch (thrown) {
    refuse(response, thrown)
  }
}

/** What is no JSON, or too long to be kept, is nothing: `parseChatRequest` refuses it. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const piece of request.setEncoding('utf8')) {
    if (text.length < MAX_BODY_CHARS) text += piece
  }
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refuse(response: ServerResponse, thrown: unknown): void {
  // Anything but a bad request is a client that left while it was sending.
  if (!(thrown instanceof Error && 'field' in thrown)) return void response.destroy()
  const { field, message } = thrown
  response.writeHead(400, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ code: 'invalid-input', field, message }))
}

if (process.argv[1] === import.meta.filename) {
  server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => console.log(server.address()))
}
