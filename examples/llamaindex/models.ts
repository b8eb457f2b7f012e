import { OpenAI as LlamaIndexOpenAI, OpenAIEmbedding } from '@llamaindex/openai'
import type { BaseEmbedding } from 'llamaindex'
import OpenAI from 'openai'
import type { ChatModel, Condenser } from 'ragwire'
import { abortableSession, fromLlamaIndexModel } from 'ragwire/llamaindex'
import { extractiveChatModel, localCondenser } from 'ragwire/local'
import { nodeFetch } from 'ragwire/node'
import { HashedEmbedding } from './hashed-embedding.ts'

/** The models of the chain. */
export interface Models {
  readonly model: ChatModel
  /** Makes a stand-alone question of a follow-up, if the model itself cannot. */
  readonly condenser?: Condenser
  readonly embedding: BaseEmbedding
}

/** Returns the models of LlamaIndex over OpenAI if there is a key, else models that need no key. */
export function chooseModels(env: NodeJS.ProcessEnv): Models {
  if (!env['OPENAI_API_KEY']) {
    return { model: extractiveChatModel(), condenser: localCondenser(), embedding: new HashedEmbedding() }
  }
  // It reads OPENAI_API_KEY and OPENAI_BASE_URL.
  const client = new OpenAI({ fetch: nodeFetch() })
  return {
    // A plain LlamaIndex LLM would generate on after its reader has left.
    model: fromLlamaIndexModel(new LlamaIndexOpenAI({ model: 'gpt-4o-mini', session: abortableSession(client) })),
    embedding: new OpenAIEmbedding({ model: 'text-embedding-3-small', session: abortableSession(client) }),
  }
}
