export { cachedHistoryStore } from './integrations/redis/cached-history-store.ts'
export { redisHistoryStore } from './integrations/redis/history-store.ts'
export { redisRunStore } from './integrations/redis/run-store.ts'

export type { CachedHistoryStoreOptions } from './integrations/redis/turn-cache.ts'
export type { RedisHistoryStoreOptions } from './integrations/redis/history-store.ts'
export type { RedisRunStoreOptions } from './integrations/redis/run-store.ts'
export type {
  IoredisClient,
  IoredisSubscriber,
  NodeRedisClient,
  NodeRedisSubscriber,
  RedisClient,
  RedisSubscriber,
} from './integrations/redis/client.ts'
