export { aiSdkChatModel, type AiSdkChatModelOptions } from './integrations/ai-sdk/ai-sdk-chat-model.ts'
export type {
  AiSdkCallOptions,
  AiSdkJson,
  AiSdkMessage,
  AiSdkModel,
  AiSdkProviderOptions,
  AiSdkStreamPart,
  AiSdkStreamResult,
} from './integrations/ai-sdk/ai-sdk-model.ts'
