import OpenAI from 'openai'
import type { ChatModel, Condenser, Embedder } from 'ragwire'
import { extractiveChatModel, localCondenser } from 'ragwire/local'
import { nodeFetch } from 'ragwire/node'
import { openaiChatModel, openaiEmbedder } from 'ragwire/openai'

export interface Models {
  /** Writes the answers. */
  readonly model: ChatModel
  /** Rewrites a follow-up as a question that can be searched for. By default, the model does so. */
  readonly condenser?: Condenser
  /** Finds documents by their meaning. Without one, they are found by their words. */
  readonly embedder?: Embedder
}

/** Chooses models of OpenAI or of a compatible server. Without a key, the built-in model quotes the documents. */
export function chooseModels(env: Readonly<Record<string, string | undefined>>): Models {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseURL } = env
  if (!apiKey && !baseURL) return { model: extractiveChatModel(), condenser: localCondenser() }
  // A local server such as Ollama needs no key, but the client does.
  const client = new OpenAI({ apiKey: apiKey || 'none', baseURL: baseURL || undefined, fetch: nodeFetch() })
  const model = openaiChatModel({ client, model: env.OPENAI_MODEL || 'gpt-5-mini' })
  // Not every compatible server has embeddings.
  const embeddings = env.OPENAI_EMBEDDING_MODEL || (baseURL ? '' : 'text-embedding-3-small')
  return embeddings ? { model, embedder: openaiEmbedder({ client, model: embeddings }) } : { model }
}
