// This library, as an application mounts it.
import OpenAI from 'openai'
import { streamChat, type Retriever } from 'ragwire'
import { sendToNode } from 'ragwire/node'
import { openaiChatModel } from 'ragwire/openai'
import { PASSAGES, QUESTION, upstreamUrl } from '../workload.ts'
import { serve } from './serve.ts'

const client = new OpenAI({ baseURL: upstreamUrl(Number(process.argv[2])), apiKey: 'none' })
const model = openaiChatModel({ client, model: 'bench' })
const retriever: Retriever = {
  retrieve: async () =>
    PASSAGES.map(({ id, ...chunk }) => ({ chunk: { ...chunk, chunkId: id, documentId: id }, score: 1 })),
}

await serve((_request, response) => void sendToNode(streamChat({ question: QUESTION, retriever, model }), response))
