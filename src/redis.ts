export { cachedHistoryStore } from './integrations/redis/cached-history-store.ts'
export { redisHistoryStore } from './integrations/redis/redis-history-store.ts'
export { redisRunStore } from './integrations/redis/redis-run-store.ts'

export type { CachedHistoryStoreOptions } from './integrations/redis/turn-cache.ts'
export type { RedisHistoryStoreOptions } from './integrations/redis/redis-history-store.ts'
export type { RedisRunStoreOptions } from './integrations/redis/redis-run-store.ts'
export type {
  IoredisClient,
  IoredisSubscriber,
  NodeRedisClient,
  NodeRedisSubscriber,
  RedisClient,
  RedisSubscriber,
} from './integrations/redis/redis-client.ts'
