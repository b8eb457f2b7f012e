export {
  fastifyChat,
  type FastifyChatInstance,
  type FastifyChatOptions,
  type FastifyChatReply,
  type FastifyChatRequest,
  type FastifyChatRoute,
} from './frameworks/fastify.ts'
export type { ScopeOf } from './frameworks/scope-of.ts'
