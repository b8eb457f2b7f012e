export { openaiChatModel } from './integrations/openai/openai-chat-model.ts'
export { openaiEmbedder } from './integrations/openai/openai-embedder.ts'

export type { OpenAIChatModelOptions } from './integrations/openai/openai-chat-model.ts'
export type { ThinkingMode } from './integrations/openai/thinking-memory.ts'
export type { OpenAIEmbedderOptions } from './integrations/openai/openai-embedder.ts'
export type {
  OpenAIChatBody,
  OpenAIChatClient,
  OpenAIEmbeddingClient,
  OpenAIRequestOptions,
} from './integrations/openai/openai-client.ts'
