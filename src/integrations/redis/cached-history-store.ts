import type { HistoryStore, SetFeedbackOutcome, ThreadKey } from '../../core/vocabulary/history-store.ts'
import { expectMethods } from '../../core/options/validate.ts'
import { createTurnCache, type CachedHistoryStoreOptions } from './turn-cache.ts'

type SetFeedbackCall = Parameters<NonNullable<HistoryStore['setFeedback']>>

// A limit is rounded up to one of these, so that a thread has at most three entries.
const SIZES = [50, 100, 1_000] as const

/**
 * Adds a cache in Redis to a database, for any number of servers. Writes go to the database; `load` is served from the
 * cache if possible. A load fills the cache only if no write began meanwhile (the leases of R. Nishtala et al., "Scaling
 * Memcache at Facebook", NSDI 2013, §3.2.1), and no load fills it during a write. So a load that begins after a write
 * sees it, on every server.
 *
 * If the cache fails or is slow, the database answers and the call succeeds. An entry can only be stale if a server
 * could not reach Redis during a write. It is stale for at most `ttlMs`; that server invalidates it when it next uses
 * the thread. Feedback needs `find` and `setFeedback` of the database.
 *
 * @throws TypeError or RangeError when an option is invalid
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
    // Not after a failure: a write that timed out may still reach the database.
    endWrite()
    return outcome
  }

  /** The thread must be known before the write, so that it is invalidated even if this process stops during it. */
  async function setFeedback(...[run, options]: SetFeedbackCall): Promise<SetFeedbackOutcome | undefined> {
    const turn = await store.find?.(run, options)
    if (!turn) return undefined
    const thread = { scope: run.scope, threadId: turn.threadId }
    return write(thread, options.signal, async () => store.setFeedback?.(run, options))
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
    // Not cached: it is only called for runs that the run store no longer has.
    ...(store.find && { find: (run, options) => store.find?.(run, options) ?? Promise.resolve(undefined) }),
    list: (scope, options) => store.list(scope, options),
    delete: (thread, options) => write(thread, options.signal, () => store.delete(thread, options)),
    // A title is not cached, because only `list` returns it.
    ...(store.rename && { rename: (thread, options) => store.rename?.(thread, options) ?? Promise.resolve(false) }),
    ...(store.find && store.setFeedback && { setFeedback }),
  }
}
