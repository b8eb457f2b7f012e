import type { HistoryStore, ThreadKey } from '../../core/vocabulary/history-store.ts'
import { expectMethods } from '../../core/options/validate.ts'
import { createTurnCache, type CachedHistoryStoreOptions } from './turn-cache.ts'

// A thread is kept once for each: the numbers that clients ask for must not fill the cache with copies.
const SIZES = [50, 100, 1_000] as const

/**
 * Puts a cache in Redis before a database, for any number of servers. Writes go to the database; `load` is served from
 * the cache where it can be. What a load finds is only cached when no write began meanwhile (the leases of R. Nishtala
 * et al., "Scaling Memcache at Facebook", NSDI 2013, §3.2.1), and nothing is cached while a write is under way: a load
 * that begins after a write sees it, on every server.
 *
 * A cache that fails or is slow never fails a call: the database answers. Only a server that could not reach Redis
 * around a write can leave the others with an entry from before, for `ttlMs` at most; it sets that right itself as soon
 * as it uses the thread again.
 *
 * @throws TypeError or RangeError when an option cannot be used
 *
 * @example
 * ```ts
 * import type { HistoryStore } from 'ragwire'
 * import { cachedHistoryStore, type RedisClient } from 'ragwire/redis'
 * declare const database: HistoryStore
 * declare const client: RedisClient
 * const history = cachedHistoryStore(database, { client })
 * ```
 */
export function cachedHistoryStore(store: HistoryStore, options: CachedHistoryStoreOptions): HistoryStore {
  expectMethods('store', store, 'the history store that is cached', ['beginTurn', 'finishTurn', 'load'])
  const cache = createTurnCache(options)

  async function write<T>(thread: ThreadKey, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const endWrite = await cache.beginWrite(thread, { signal })
    const outcome = await work()
    // Not after a failure: a write that nobody waits for any more may still arrive.
    endWrite()
    return outcome
  }

  return {
    beginTurn: (turn, options) => write(turn, options.signal, () => store.beginTurn(turn, options)),
    finishTurn: (turn, options) => write(turn, options.signal, () => store.finishTurn(turn, options)),
    async load(thread, options) {
      const limit = SIZES.find((size) => options.limit <= size)
      if (limit === undefined) return store.load(thread, options)
      const sized = { ...options, limit }
      const found = await cache.lookUp(thread, sized)
      const turns = found.turns ?? (await store.load(thread, sized))
      if (!found.turns) found.fill(turns)
      return turns.slice(Math.max(0, turns.length - options.limit))
    },
    // Not cached: it is asked for a run that is older than what a load gives.
    ...(store.find && { find: (run, options) => store.find?.(run, options) ?? Promise.resolve(undefined) }),
    list: (scope, options) => store.list(scope, options),
    delete: (thread, options) => write(thread, options.signal, () => store.delete(thread, options)),
  }
}
