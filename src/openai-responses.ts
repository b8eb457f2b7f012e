export { openaiResponses } from './dialects/openai-responses/openai-responses-dialect.ts'

export type { OpenAIResponsesOptions } from './dialects/openai-responses/options.ts'
export type { FileSearchTool } from './dialects/openai-responses/request.ts'
