export { extractiveChatModel, type ExtractiveChatModelOptions } from './knowledge/local/extractive-chat-model.ts'
export { localCondenser } from './knowledge/local/local-condenser.ts'
export type { LocalDocument } from './knowledge/local/local-documents.ts'
export { localRetriever, type LocalFilter, type LocalRetrieverOptions } from './knowledge/local/local-retriever.ts'
