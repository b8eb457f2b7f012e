import { withTimeout } from '../../core/async/with-timeout.ts'
import { systemClock, type Clock } from '../../core/async/clock.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { HISTORY_RECORD_VERSION, type StoredTurn } from '../../core/vocabulary/stored-turn.ts'
import type { StoreCallOptions, ThreadKey } from '../../core/vocabulary/history-store.ts'
import { callHook } from '../../core/observe/call-hook.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { clockOption, durationOption } from '../../core/options/options-with-defaults.ts'
import { expectOptionalFunction } from '../../core/options/validate.ts'
import { decodeResult, encodeResult } from '../../records/stored-result.ts'
import { BEGIN_WRITE, END_WRITE, FILL, LOOK_UP } from './cache-commands.ts'
import { createPendingInvalidations } from './pending-invalidations.ts'
import type { RedisClient } from './client.ts'
import { createRedisKeys } from './names.ts'
import { createScriptRunner } from './connection.ts'
import { toRedisNumber, type RedisScript } from './script.ts'

/** The options of `cachedHistoryStore`. */
export interface CachedHistoryStoreOptions {
  /** A client of the packages `redis` or `ioredis`. The cache never closes it. */
  readonly client: RedisClient
  /** Prefix of all keys. @defaultValue `ragwire` */
  readonly prefix?: string | undefined
  /** Lifetime of a cached thread, in milliseconds. @defaultValue 300,000 */
  readonly ttlMs?: number | undefined
  /** Maximum wait for one call to the cache, in milliseconds; then the database is used. @defaultValue 100 */
  readonly cacheMs?: number | undefined
  /** Called for each failure of the cache. Nothing else reports it, because the call succeeds. */
  readonly onError?: ((error: ChatError) => void) | undefined
  /** Measures `cacheMs` and `ttlMs`; tests pass their own. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined
}

/** The answer of the cache for a thread. */
export interface CachedTurns {
  /** The cached turns; absent if they must be loaded. */
  readonly turns?: readonly StoredTurn[]
  /** Caches the loaded turns, unless they may be stale. Returns at once. */
  fill(turns: readonly StoredTurn[]): void
}

/** A cache of the turns of threads. Its methods reject only after an abort. */
export interface TurnCache {
  /** Looks up the latest `limit` turns of a thread. */
  lookUp(thread: ThreadKey, options: StoreCallOptions & { readonly limit: number }): Promise<CachedTurns>
  /** Invalidates a thread and blocks caching it; resolves with the function that ends the block. */
  beginWrite(thread: ThreadKey, options: StoreCallOptions): Promise<() => void>
}

const OPTIONS: OptionNames<CachedHistoryStoreOptions> = {
  client: true,
  prefix: true,
  ttlMs: true,
  cacheMs: true,
  onError: true,
  clock: true,
}

/** Creates a cache in Redis. */
export function createTurnCache(options: CachedHistoryStoreOptions): TurnCache {
  expectOptions(options, OPTIONS, { of: 'cachedHistoryStore' })
  const onError = expectOptionalFunction('onError', options.onError)
  const clock = clockOption('clock', options.clock, systemClock)
  const ttlMs = toRedisNumber(durationOption('ttlMs', options.ttlMs, 300_000))
  const cacheMs = durationOption('cacheMs', options.cacheMs, 100)
  const keysOf = createRedisKeys(options.prefix)
  const runScript = createScriptRunner(options.client)
  // Threads whose invalidation may not have reached Redis.
  const invalidations = createPendingInvalidations({ keepMs: ttlMs, clock })
  let callsInProgress = 0

  /** Resolves with the reply of Redis, without a time limit. */
  async function send(
    script: RedisScript,
    { scope, threadId }: ThreadKey,
    args: readonly (string | number)[],
  ): Promise<readonly unknown[]> {
    if (callsInProgress >= MAX_CALLS) throw new Error(`${callsInProgress} calls to the cache are in progress already`)
    const keys = ['entry', 'permit', 'writers'].map((kind) => keysOf(scope, `cache-${kind}`, threadId))
    callsInProgress += 1
    try {
      return await runScript(script, { keys, args }, new AbortController())
    } finally {
      callsInProgress -= 1
    }
  }

  /** Waits for the cache, at most `cacheMs`; resolves with `undefined` if it failed. */
  async function attempt<T>(work: () => Promise<T>, { signal }: StoreCallOptions): Promise<T | undefined> {
    const onTimeout = (): Error => new Error(`No answer within ${cacheMs} ms (cacheMs)`)
    try {
      return await withTimeout(work, { ms: cacheMs, clock, signal, onTimeout })
    } catch (cause) {
      signal.throwIfAborted()
      callHook(onError, new ChatError('The cache of the history failed', { code: 'store-unavailable', cause }))
      return undefined
    }
  }

  /** Invalidates a thread; resolves with false if that may have failed. */
  async function invalidate(
    thread: ThreadKey,
    signal: AbortSignal,
    command: { readonly script: RedisScript; readonly args: readonly (string | number)[] },
  ): Promise<boolean> {
    const { succeed, fail } = invalidations.begin(keyOfThread(thread))
    const work = async (): Promise<true> => {
      await send(command.script, thread, command.args)
      succeed()
      return true
    }
    const isCertain = await attempt(work, { signal })
    if (!isCertain) fail()
    return isCertain === true
  }

  return {
    async lookUp(thread, { signal, limit }) {
      const isPending = invalidations.has(keyOfThread(thread))
      if (isPending && !(await invalidate(thread, signal, { script: END_WRITE, args: [''] }))) return NOTHING
      const found = await attempt(
        async () => {
          const reply = await send(LOOK_UP, thread, [limit, crypto.randomUUID(), PERMIT_MS])
          return toFound(reply)
        },
        { signal },
      )
      const { turns, permit } = found ?? {}
      if (permit === undefined) return { ...NOTHING, ...(turns && { turns }) }
      const fill = (turns: readonly StoredTurn[]): void =>
        void attempt(() => send(FILL, thread, [limit, permit, encodeTurns(turns), ttlMs]), new AbortController())
      return { fill }
    },
    async beginWrite(thread, { signal }) {
      const write = crypto.randomUUID()
      await invalidate(thread, signal, { script: BEGIN_WRITE, args: [write, WRITE_MS] })
      return () => void invalidate(thread, new AbortController().signal, { script: END_WRITE, args: [write] })
    },
  }
}

const NOTHING: CachedTurns = { fill: () => {} }

// Longer than the time limit of any call to a database.
const WRITE_MS = 60_000
const PERMIT_MS = 60_000

// Bounds the commands that a client queues while the server is unreachable.
const MAX_CALLS = 1_000

// JSON, because no separator is safe between two arbitrary strings.
function keyOfThread({ scope, threadId }: ThreadKey): string {
  return JSON.stringify([scope, threadId])
}

function toFound([outcome, value]: readonly unknown[]): { turns?: readonly StoredTurn[]; permit?: string } {
  if (outcome === 'miss') return { permit: String(value) }
  const turns = outcome === 'hit' ? decodeTurns(String(value)) : undefined
  return turns ? { turns } : {}
}

interface CacheEntry {
  readonly v: number
  readonly turns: readonly (readonly [turn: Omit<StoredTurn, 'result'>, result?: string])[]
}

function encodeTurns(turns: readonly StoredTurn[]): string {
  const entry: CacheEntry = {
    v: HISTORY_RECORD_VERSION,
    turns: turns.map(({ result, ...turn }) => (result ? [turn, encodeResult(result)] : [turn])),
  }
  return JSON.stringify(entry)
}

/** Returns the turns of an entry, or `undefined` for an entry of another version, which counts as a miss. */
function decodeTurns(text: string): readonly StoredTurn[] | undefined {
  // Written by `encodeTurns`, of this version or another.
  const { v, turns } = JSON.parse(text) as CacheEntry
  if (v !== HISTORY_RECORD_VERSION) return undefined
  return turns.map(([turn, result]) => (result === undefined ? turn : { ...turn, result: decodeResult(result) }))
}
