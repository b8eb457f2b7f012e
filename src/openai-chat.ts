export { openaiChat } from './dialects/openai-chat/openai-chat-dialect.ts'

export type { OpenAIChatOptions, OpenAIChatSources } from './dialects/openai-chat/options.ts'
export type { Dialect } from './dialects/dialect.ts'
