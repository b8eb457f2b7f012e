// node examples/fastify/server.ts
// curl -N http://127.0.0.1:3000/chat --json '{"question":"How long can I return an item?"}'
import fastify from 'fastify'
import { streamChat } from 'ragwire'
import { extractiveChatModel, localRetriever } from 'ragwire/local'
import { parseChatRequest } from 'ragwire/server'
import { toResponse } from 'ragwire/web'

const model = extractiveChatModel()
const retriever = localRetriever([
  { documentId: 'returns', title: 'Returns', text: 'Unused items can be returned within thirty days of delivery.' },
  {
    documentId: 'shipping',
    title: 'Shipping',
    text: 'Orders are shipped on the next working day, free from 50 euros.',
  },
])

export const app = fastify()

app.post('/chat', (request, reply) => {
  // A bad body is a 400 that names the field.
  const body = parseChatRequest(request.body)
  // When the client leaves, this stops the model. `request.signal` would stop it too early.
  return reply.send(toResponse(streamChat({ ...body, retriever, model, onError: console.error })))
})

if (process.argv[1] === import.meta.filename) {
  console.log(await app.listen({ port: Number(process.env['PORT'] ?? 3000), host: '127.0.0.1' }))
}
