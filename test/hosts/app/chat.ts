// Replaces the `chat.ts` of the guide: the options are the defaults, and the question chooses the behaviour of the
// model.
import OpenAI from 'openai'
import type { ChatModel, Retriever } from 'ragwire'
import { openaiChatModel } from 'ragwire/openai'
import { createChatHandler } from 'ragwire/server'

const client = new OpenAI({ apiKey: 'key', baseURL: process.env['MODEL_URL'] ?? '' })

const chunk = { chunkId: '1', documentId: 'cats', text: 'Cats sleep for sixteen hours a day.' }

export const retriever: Retriever = { retrieve: async () => [{ chunk, score: 1 }] }

export const model: ChatModel = {
  stream(request, options) {
    const [fault = ''] = request.question.split(' ')
    return openaiChatModel({ client, model: fault }).stream(request, options)
  },
}

export const handler = createChatHandler({
  retriever,
  model,
  // Each test is a separate user, because a user may have only a few runs at a time.
  scope: ({ headers }) => headers.get('x-user') ?? 'nobody',
})
