export { chatkit } from './dialects/chatkit/chatkit-dialect.ts'

export type { ChatKitDialectOptions, ChatKitLabels } from './dialects/chatkit/options.ts'
