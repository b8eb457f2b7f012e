import { ChatError } from '../../core/errors.ts'
import {
  HISTORY_RECORD_VERSION,
  takesPlace,
  type HistoryStore,
  type StoreCallOptions,
  type StoredTurn,
  type ThreadKey,
  type ThreadPage,
} from '../../core/history/history-store.ts'
import { expectOptions, type OptionNames } from '../../core/expect-options.ts'
import { decodeResult, encodeResult } from '../../records/stored-result.ts'
import { BEGIN_TURN, DELETE_THREAD, FINISH_TURN, LIST_THREADS, LOAD_TURNS } from './history-scripts.ts'
import type { RedisClient } from './redis-client.ts'
import { createRedisKeys } from './redis-keys.ts'
import { createScriptRunner, newerVersion, toRedisNumber, type RedisScript } from './redis-script.ts'

/** Where {@link redisHistoryStore} keeps conversations. */
export interface RedisHistoryStoreOptions {
  readonly client: RedisClient
  /** How all keys begin. @defaultValue `ragwire` */
  readonly prefix?: string | undefined
}

const OPTIONS: OptionNames<RedisHistoryStoreOptions> = { client: true, prefix: true }

/**
 * A {@link HistoryStore} in Redis, which any number of servers may share. A conversation is kept until it is deleted,
 * as safely as the server is set up to keep anything: with `appendonly yes`, and a `maxmemory-policy` that evicts
 * nothing. Each call is one script, so that a turn is kept whole or not at all. A cursor of {@link HistoryStore.list}
 * stays good whatever becomes of the threads.
 *
 * @throws TypeError when an option cannot be used
 *
 * @example
 * ```ts
 * import { redisHistoryStore, type RedisClient } from 'ragwire/redis'
 * declare const client: RedisClient
 * const history = redisHistoryStore({ client })
 * ```
 */
export function redisHistoryStore(options: RedisHistoryStoreOptions): HistoryStore {
  expectOptions(options, OPTIONS, { of: 'redisHistoryStore' })
  const keysOf = createRedisKeys(options.prefix)
  const runScript = createScriptRunner(options.client)

  async function call(
    script: RedisScript,
    { scope, threadId }: ThreadKey,
    options: StoreCallOptions & { readonly args?: readonly (string | number)[] },
  ): Promise<readonly unknown[]> {
    const ofThread = ['turns', 'order'].map((kind) => keysOf(scope, `history-${kind}`, threadId))
    const ofScope = ['threads', 'titles', 'counts', 'runs'].map((kind) => keysOf(scope, `history-${kind}`))
    const args = [threadId, ...(options.args ?? [])]
    return runScript(script, { keys: [...ofThread, ...ofScope], args }, options)
  }

  return {
    async beginTurn({ runId, messageId, question, replaces, ...thread }, { signal }) {
      const replacing = replaces === undefined ? [0, ''] : [1, replaces]
      expectKept(await call(BEGIN_TURN, thread, { signal, args: [runId, messageId, question, ...replacing] }))
    },
    async finishTurn({ runId, result, ...thread }, { signal }) {
      const args = [runId, encodeResult(result), takesPlace(result) ? 0 : 1]
      expectKept(await call(FINISH_TURN, thread, { signal, args }))
    },
    async load(thread, { signal, limit }) {
      const [outcome, ...fields] = await call(LOAD_TURNS, thread, { signal, args: [toRedisNumber(limit)] })
      if (outcome === 'newer') throw newerVersion('a thread')
      return toTurns(thread, fields)
    },
    async list(scope, { signal, limit, before = '' }) {
      // Cursors come back from outside: what is none of ours has nothing after it.
      if (limit < 1 || !/^\d{0,16}$/.test(before)) return { threads: [] }
      const keys = ['threads', 'titles', 'counts'].map((kind) => keysOf(scope, `history-${kind}`))
      const reply = await runScript(LIST_THREADS, { keys, args: [toRedisNumber(limit + 1), before] }, { signal })
      return toPage(reply, limit)
    },
    async delete(thread, { signal }) {
      const [count] = await call(DELETE_THREAD, thread, { signal })
      return Number(count) > 0
    },
  }
}

function expectKept([outcome]: readonly unknown[]): void {
  if (outcome === 'newer') throw newerVersion('a thread')
  if (outcome === 'store-conflict') throw new ChatError('The run belongs to another thread', { code: outcome })
  if (outcome === 'not-found') throw new ChatError('The turn is not there', { code: outcome })
}

function toTurns({ threadId }: ThreadKey, fields: readonly unknown[]): readonly StoredTurn[] {
  return inGroups(fields, 5).map(([runId, messageId, question, createdAt, result]) => ({
    v: HISTORY_RECORD_VERSION,
    threadId,
    runId: String(runId),
    messageId: String(messageId),
    question: String(question),
    createdAt: Number(createdAt),
    ...(typeof result === 'string' && { result: decodeResult(result) }),
  }))
}

function toPage(fields: readonly unknown[], limit: number): ThreadPage {
  const all = inGroups(fields, 4)
  const page = all.slice(0, limit)
  const threads = page.map(([threadId, micros, title, turns]) => ({
    threadId: String(threadId),
    title: String(title),
    turns: Number(turns),
    updatedAt: Math.floor(Number(micros) / 1_000),
  }))
  const last = page.at(-1)
  return { threads, ...(last && all.length > limit && { before: String(last[1]) }) }
}

function inGroups(fields: readonly unknown[], size: number): readonly (readonly unknown[])[] {
  return Array.from({ length: fields.length / size }, (_, group) => fields.slice(group * size, (group + 1) * size))
}
