import { withTimeout } from '../../core/async/with-timeout.ts'
import { systemClock, type Clock } from '../../core/async/clock.ts'
import { ChatError } from '../../core/vocabulary/chat-error.ts'
import {
  HISTORY_RECORD_VERSION,
  type StoreCallOptions,
  type StoredTurn,
  type ThreadKey,
} from '../../core/vocabulary/history-store.ts'
import { callHook } from '../../core/observe/hooks.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { expectClock, expectDuration, expectOptionalFunction } from '../../core/options/validate.ts'
import { decodeResult, encodeResult } from '../../records/stored-result.ts'
import { BEGIN_WRITE, END_WRITE, FILL, LOOK_UP } from './cache-scripts.ts'
import { createDebts } from './debts.ts'
import type { RedisClient } from './redis-client.ts'
import { createRedisKeys } from './redis-keys.ts'
import { createScriptRunner, toRedisNumber, type RedisScript } from './redis-script.ts'

/** How `cachedHistoryStore` caches. */
export interface CachedHistoryStoreOptions {
  readonly client: RedisClient
  /** How all keys begin. @defaultValue `ragwire` */
  readonly prefix?: string | undefined
  /** How long a thread is served from the cache before it is loaded again, in milliseconds. @defaultValue 300,000 */
  readonly ttlMs?: number | undefined
  /** How long one call may wait for the cache, in milliseconds; then it does without. @defaultValue 100 */
  readonly cacheMs?: number | undefined
  /** Told of each time that the cache failed, which nothing else shows. */
  readonly onError?: ((error: ChatError) => void) | undefined
  /** @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined
}

/** What the cache knows of a thread. */
export interface CachedTurns {
  /** Absent when they must be loaded. */
  readonly turns?: readonly StoredTurn[]
  /** Caches what was loaded, unless it may be out of date by now. It does not wait. */
  fill(turns: readonly StoredTurn[]): void
}

/** A cache of the turns of threads. Its methods fail only by an abort. */
export interface TurnCache {
  lookUp(thread: ThreadKey, options: StoreCallOptions & { readonly limit: number }): Promise<CachedTurns>
  /** Empties the cache of a thread, and keeps it so until the function that it resolves with is called. */
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
  const clock = expectClock('clock', options.clock, systemClock)
  const ttlMs = toRedisNumber(expectDuration('ttlMs', options.ttlMs, 300_000))
  const cacheMs = expectDuration('cacheMs', options.cacheMs, 100)
  const keysOf = createRedisKeys(options.prefix)
  const runScript = createScriptRunner(options.client)
  // Threads of which the cache could not be told that they changed.
  const debts = createDebts({ keepMs: ttlMs, clock })
  let pending = 0

  /** Resolves with what Redis says, whoever is still waiting for it. */
  async function send(
    script: RedisScript,
    { scope, threadId }: ThreadKey,
    args: readonly (string | number)[],
  ): Promise<readonly unknown[]> {
    if (pending >= MAX_PENDING) throw new Error(`${pending} calls to the cache are waiting already`)
    const keys = ['entry', 'permit', 'writers'].map((kind) => keysOf(scope, `cache-${kind}`, threadId))
    pending += 1
    try {
      return await runScript(script, { keys, args }, new AbortController())
    } finally {
      pending -= 1
    }
  }

  /** Waits for the cache as long as a call may; resolves with `undefined` when it failed. */
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

  /** Empties the cache of a thread; resolves with whether it is certain that it did. */
  async function empty(
    thread: ThreadKey,
    signal: AbortSignal,
    command: { readonly script: RedisScript; readonly args: readonly (string | number)[] },
  ): Promise<boolean> {
    const { succeed, fail } = debts.begin(debtorOf(thread))
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
      const isOwed = debts.has(debtorOf(thread))
      if (isOwed && !(await empty(thread, signal, { script: END_WRITE, args: [''] }))) return NOTHING
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
      await empty(thread, signal, { script: BEGIN_WRITE, args: [write, WRITE_MS] })
      return () => void empty(thread, new AbortController().signal, { script: END_WRITE, args: [write] })
    },
  }
}

const NOTHING: CachedTurns = { fill: () => {} }

// Longer than any call to a database is waited for.
const WRITE_MS = 60_000
const PERMIT_MS = 60_000

// What a client keeps for a server that is away must have an end.
const MAX_PENDING = 1_000

// JSON, because no separator is safe between two strings that may hold anything.
function debtorOf({ scope, threadId }: ThreadKey): string {
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

/** What an entry holds; nothing for one of another version, which is as good as none. */
function decodeTurns(text: string): readonly StoredTurn[] | undefined {
  // Written above, by this version or another.
  const { v, turns } = JSON.parse(text) as CacheEntry
  if (v !== HISTORY_RECORD_VERSION) return undefined
  return turns.map(([turn, result]) => (result === undefined ? turn : { ...turn, result: decodeResult(result) }))
}
