export { openaiChatModel } from './integrations/openai/openai-chat-model.ts'
export { openaiResponsesModel } from './integrations/openai/openai-responses-model.ts'
export { openaiEmbedder } from './integrations/openai/openai-embedder.ts'

export type { OpenAIChatModelOptions } from './integrations/openai/openai-chat-model.ts'
export type { OpenAIResponsesModelOptions } from './integrations/openai/openai-responses-model.ts'
export type { ThinkingMode } from './integrations/openai/text/thinking-memory.ts'
export type { OpenAIEmbedderOptions } from './integrations/openai/openai-embedder.ts'
export type {
  OpenAIChatBody,
  OpenAIChatClient,
  OpenAIEmbeddingClient,
  OpenAIRequestOptions,
  OpenAIResponsesBody,
  OpenAIResponsesClient,
} from './integrations/openai/openai-client.ts'
