export { parseChatRequest } from './protocols/chat-request.ts'

export type { BadRequestError, ChatRequest, ParseChatRequestOptions } from './protocols/chat-request.ts'
