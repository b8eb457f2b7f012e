export { honoChat, type HonoChat, type HonoChatContext, type HonoChatOptions } from './frameworks/hono.ts'
