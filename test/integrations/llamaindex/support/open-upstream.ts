import { OpenAI as LlamaIndexOpenAI, OpenAIEmbedding } from '@llamaindex/openai'
import OpenAI from 'openai'
import { Document, Settings, VectorStoreIndex } from 'llamaindex'
import { abortableSession } from '../../../../src/llamaindex.ts'
import { createFaultServer, type FaultBehaviour } from '../../../../src/testing.ts'

const ANIMALS = ['cat', 'dog', 'cow', 'owl'] as const

/** The models of LlamaIndex over a fault server, with an abortable session. */
export async function openUpstream(behaviour?: FaultBehaviour, options: { readonly maxRetries?: number } = {}) {
  const server = await createFaultServer(behaviour && { behaviour })
  const client = new OpenAI({ baseURL: server.baseURL, apiKey: 'key', ...options })
  const llm = new LlamaIndexOpenAI({ model: 'gpt-4o', session: abortableSession(client) })
  const embedding = new OpenAIEmbedding({ model: 'text-embedding-3-small', session: abortableSession(client) })
  // Some engines have no option for their model.
  Settings.llm = llm
  Settings.embedModel = embedding
  return { server, llm, embedding, [Symbol.asyncDispose]: server.close }
}

/** An index with one document for each animal. */
export function animalIndex(): Promise<VectorStoreIndex> {
  const documents = ANIMALS.map((animal) => {
    const metadata = { title: `The ${animal}`, url: `https://a.example/${animal}`, secret: 'sk-canary-0000' }
    return new Document({ id_: animal, text: `All about the ${animal}.`, metadata })
  })
  return VectorStoreIndex.fromDocuments(documents)
}

/** Collects unhandled rejections until it is disposed. */
export function watchRejections() {
  const seen: unknown[] = []
  const onRejection = (reason: unknown): void => {
    seen.push(reason)
  }
  process.on('unhandledRejection', onRejection)
  return { seen, [Symbol.dispose]: () => process.off('unhandledRejection', onRejection) }
}
