export { extractiveChatModel, type ExtractiveChatModelOptions } from './knowledge/extractive-chat-model.ts'
export { localCondenser } from './knowledge/local-condenser.ts'
export type { LocalDocument } from './knowledge/local-documents.ts'
export { localRetriever, type LocalFilter, type LocalRetrieverOptions } from './knowledge/local-retriever.ts'
