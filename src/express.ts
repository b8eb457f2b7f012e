export { expressChat, type ExpressChat, type ExpressChatOptions, type ExpressRequest } from './frameworks/express.ts'
export type { ScopeOf } from './frameworks/scope-of.ts'
