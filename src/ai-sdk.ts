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
export { aiSdk } from './dialects/ai-sdk/ai-sdk-dialect.ts'
export { toUiMessages } from './dialects/ai-sdk/to-ui-messages.ts'
export { ragwireTransport } from './client/ai-sdk/ragwire-transport.ts'

export type { AiSdkOptions } from './dialects/ai-sdk/options.ts'
export type {
  JsonValue,
  RagwireCitationPart,
  RagwireDataParts,
  RagwireErrorMetadata,
  RagwireMetadata,
  RagwirePart,
  RagwireSourceDocument,
  RagwireSourceMetadata,
  RagwireSourceNode,
  RagwireSourcesPart,
  RagwireSourceUrl,
  RagwireUIMessage,
  RagwireUIMessageChunk,
  UIFinishReason,
} from './dialects/ai-sdk/ui-message.ts'
export type {
  ClientUIMessage,
  RagwireTransport,
  ReconnectToStreamOptions,
  SendMessagesOptions,
} from './client/ai-sdk/ragwire-transport.ts'
