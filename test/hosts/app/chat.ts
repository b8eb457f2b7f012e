// Stands in the place of the guide's `chat.ts`: the options are the defaults, and the question names what the model does.
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
  // Each test is a user of its own, because a user may have only a few runs at a time.
  scope: ({ headers }) => headers.get('x-user') ?? 'nobody',
  ...(process.env['BASE_PATH'] && { basePath: process.env['BASE_PATH'] }),
})
