export { honoChat, type HonoChat, type HonoChatContext, type HonoChatOptions } from './frameworks/hono.ts'
export type { ScopeOf } from './frameworks/scope-of.ts'
