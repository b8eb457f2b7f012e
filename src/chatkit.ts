export { chatkit } from './dialects/chatkit/chatkit-dialect.ts'

export type { ChatKitOptions, ChatKitLabels } from './dialects/chatkit/options.ts'
