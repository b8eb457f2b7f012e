export { honoChat, type HonoChat, type HonoChatContext } from './frameworks/hono.ts'
