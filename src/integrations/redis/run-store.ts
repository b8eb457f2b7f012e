import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { ChatEvent } from '../../core/vocabulary/events.ts'
import type { StoreCallOptions } from '../../core/vocabulary/history-store.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { countOption, durationOption } from '../../core/options/options-with-defaults.ts'
import { expectMethods } from '../../core/options/validate.ts'
import { decodeEvent, encodeEvent } from '../../records/stored-event.ts'
import { RUN_STATES, type RunKey, type RunLease, type RunState, type RunStore } from '../../runs/run-store.ts'
import { STOP_OUTCOMES } from '../../core/vocabulary/stop-result.ts'
import type { ActiveRun } from '../../core/vocabulary/active-run.ts'
import type { RedisClient, RedisSubscriber } from './client.ts'
import { createRedisKeys } from './names.ts'
import { createScriptRunner } from './connection.ts'
import { newerVersion, toRedisNumber, type RedisScript } from './script.ts'
import { createWatchChannel } from './notifications.ts'
import { BEGIN, DELETE_RUN, LIST_RUNS, READ, REQUEST_STOP, STATUS, WRITE } from './run-commands.ts'

/** The options of {@link redisRunStore}. */
export interface RedisRunStoreOptions {
  /** A client of the packages `redis` or `ioredis`. The store never closes it. */
  readonly client: RedisClient
  /**
   * A dedicated connection that subscribes to changes. Without one, other servers see new events and stop requests at
   * their next poll.
   */
  readonly subscriber?: RedisSubscriber | undefined
  /** Prefix of all keys and channels. @defaultValue `ragwire` */
  readonly prefix?: string | undefined
  /** Retention of a run after its end, or after its lease expired, in milliseconds. @defaultValue 300,000 */
  readonly retainMs?: number | undefined
  /** Maximum number of stored events per run; the oldest are dropped first. @defaultValue 20,000 */
  readonly maxEvents?: number | undefined
}

const OPTIONS: OptionNames<RedisRunStoreOptions> = {
  client: true,
  subscriber: true,
  prefix: true,
  retainMs: true,
  maxEvents: true,
}

/**
 * Creates a {@link RunStore} in Redis, which any number of servers may share. Each call is one atomic script. Leases are
 * measured by the clock of Redis, and every key expires. While Redis is unreachable, calls wait as long as the client
 * retries: pass a signal to limit that.
 *
 * @throws TypeError or RangeError when an option is invalid
 *
 * @example
 * ```ts
 * import { redisRunStore, type RedisClient, type RedisSubscriber } from 'ragwire/redis'
 * declare const client: RedisClient
 * declare const subscriber: RedisSubscriber
 * const runs = redisRunStore({ client, subscriber })
 * ```
 */
export function redisRunStore(options: RedisRunStoreOptions): RunStore {
  expectOptions(options, OPTIONS, { of: 'redisRunStore' })
  const { client, subscriber } = options
  if (subscriber !== undefined) {
    expectMethods('subscriber', subscriber, 'a connection such as client.duplicate()', ['subscribe', 'unsubscribe'])
  }
  const retainMs = toRedisNumber(durationOption('retainMs', options.retainMs, 300_000))
  const maxEvents = toRedisNumber(countOption('maxEvents', options.maxEvents, 20_000))
  const keysOf = createRedisKeys(options.prefix)
  const runScript = createScriptRunner(client)
  const watchChannel = subscriber && createWatchChannel(subscriber)
  const channelOf = ({ scope, runId }: RunKey): string => keysOf(scope, 'changes', runId)

  async function call(
    script: RedisScript,
    run: RunKey,
    options: StoreCallOptions & { readonly args?: readonly (string | number)[] },
  ): Promise<readonly unknown[]> {
    const { scope, runId } = run
    const ofRun = ['run', 'log', 'stop'].map((kind) => keysOf(scope, kind, runId))
    const ofScope = ['active', 'started', 'threads'].map((kind) => keysOf(scope, kind))
    const args = [runId, channelOf(run), ...(options.args ?? [])]
    const reply = await runScript(script, { keys: [...ofRun, ...ofScope], args }, options)
    if (reply[0] === 'newer') throw newerVersion('a run')
    return reply
  }

  async function write(
    { token, leaseMs, ...run }: RunLease,
    events: readonly ChatEvent[],
    options: StoreCallOptions & { readonly isLast: boolean },
  ): Promise<{ readonly stopRequested: boolean }> {
    const first = events[0]?.seq ?? 0
    if (events.some(({ seq }, index) => seq !== first + index)) throw cannotWrite('gap')
    const limits = [toRedisNumber(leaseMs), retainMs, maxEvents]
    const args = [token, ...limits, options.isLast ? 1 : 0, first, ...events.map(encodeEvent)]
    const [outcome, stop] = await call(WRITE, run, { ...options, args })
    if (outcome !== 'written') throw cannotWrite(outcome)
    return { stopRequested: isGiven(stop) }
  }

  return {
    async begin({ threadId, leaseMs, maxActive, token = crypto.randomUUID(), ...run }, { signal }) {
      const thread = threadId === undefined ? [0, ''] : [1, threadId]
      const args = [token, toRedisNumber(leaseMs), retainMs, toRedisNumber(maxActive), ...thread]
      const [outcome, detail] = await call(BEGIN, run, { signal, args })
      if (outcome === 'thread-busy') return { outcome, runId: String(detail) }
      if (outcome === 'exists' || outcome === 'too-many-runs') return { outcome }
      const { scope, runId } = run
      return { outcome: 'begun', lease: { scope, runId, token, leaseMs }, stopRequested: isGiven(detail) }
    },
    append: (lease, events, { signal }) => write(lease, events, { signal, isLast: false }),
    async end(lease, events, { signal }) {
      await write(lease, events, { signal, isLast: true })
    },
    async read(run, { signal, afterSeq, limit }) {
      const args = [toRedisNumber(Math.max(-1, afterSeq)), toRedisNumber(limit)]
      const [outcome, state, firstSeq, lastSeq, ...events] = await call(READ, run, { signal, args })
      if (outcome === 'unknown') return undefined
      return {
        state: toRunState(state),
        events: events.map((record) => decodeEvent(String(record))),
        firstSeq: Number(firstSeq),
        lastSeq: Number(lastSeq),
      }
    },
    async status(run, { signal }) {
      const [outcome, state, threadId, lastSeq, stop, readMsAgo] = await call(STATUS, run, { signal })
      if (outcome === 'unknown') return undefined
      return {
        state: toRunState(state),
        ...(isGiven(threadId) && { threadId: String(threadId) }),
        lastSeq: Number(lastSeq),
        stopRequested: isGiven(stop),
        ...(isGiven(readMsAgo) && { readMsAgo: Number(readMsAgo) }),
      }
    },
    async list(scope, { signal }) {
      const keys = [keysOf(scope, 'active'), keysOf(scope, 'started')]
      return toActiveRuns(await runScript(LIST_RUNS, { keys, args: [] }, { signal }))
    },
    async requestStop(run, { signal }) {
      const [outcome] = await call(REQUEST_STOP, run, { signal, args: [TOMBSTONE_MS] })
      return STOP_OUTCOMES.find((word) => word === outcome) ?? 'unknown'
    },
    watch: (run, onChange) => watchChannel?.(channelOf(run), onChange) ?? (() => {}),
    async delete(run, { signal }) {
      const [count] = await call(DELETE_RUN, run, { signal })
      return Number(count) > 0
    },
  }
}

// Retention of a stop request whose run has not begun.
const TOMBSTONE_MS = 60_000

/** Returns true if a script returned a value: Redis turns the `false` of Lua into null. */
function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined
}

function toRunState(word: unknown): RunState {
  // No script of this version returns another state, so such a run counts as lost.
  return RUN_STATES.find((state) => state === word) ?? 'lost'
}

const REASONS: Readonly<Record<string, string>> = {
  unknown: 'it was deleted, or another producer has its lease',
  ended: 'it has ended',
  lost: 'another run has begun in its thread',
  gap: 'earlier events are missing',
}

function cannotWrite(reason: unknown): ChatError {
  const text = REASONS[String(reason)] ?? 'it is not running'
  return new ChatError(`Cannot write to the run: ${text}`, { code: 'store-conflict' })
}

/** Parses a list of alternating ids and values of `started`; the latest run comes first. */
function toActiveRuns(reply: readonly unknown[]): readonly ActiveRun[] {
  const runs = reply.flatMap((id, index) => {
    const begun = /^(\d+)(?: (.*))?$/s.exec(String(reply[index + 1]))
    if (index % 2 === 1 || !begun) return []
    const [, micros, threadId] = begun
    return [{ micros: Number(micros), runId: String(id), ...(threadId !== undefined && { threadId }) }]
  })
  const latestFirst = runs.toSorted((a, b) => b.micros - a.micros)
  return latestFirst.map(({ micros, ...run }) => ({ ...run, startedAt: Math.floor(micros / 1_000) }))
}
