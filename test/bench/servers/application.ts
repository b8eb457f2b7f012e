// The model and the retriever of an application of this library.
import OpenAI from 'openai'
import type { Retriever } from 'ragwire'
import * as ragwireNode from 'ragwire/node'
import { openaiChatModel } from 'ragwire/openai'
import { PASSAGES, upstreamUrl } from '../workload.ts'

// Versions that have no `nodeFetch` are measured, too.
const { nodeFetch } = ragwireNode as { readonly nodeFetch?: () => typeof fetch }

const client = new OpenAI({
  baseURL: upstreamUrl(Number(process.argv[2])),
  apiKey: 'none',
  fetch: nodeFetch?.() ?? fetch,
})

export const model = openaiChatModel({ client, model: 'bench' })

export const retriever: Retriever = {
  retrieve: async () =>
    PASSAGES.map(({ id, ...chunk }) => ({ chunk: { ...chunk, chunkId: id, documentId: id }, score: 1 })),
}
