import { expectKept, toListed, toTurns } from './history-replies.ts'

import { takesPlace } from '../../core/vocabulary/stored-turn.ts'
import type { HistoryStore, StoreCallOptions, ThreadKey, TurnKey } from '../../core/vocabulary/history-store.ts'

import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { pageOfThreads } from '../../core/text/thread-page.ts'
import { encodeFeedback, toSetFeedbackOutcome } from '../../records/stored-feedback.ts'
import { encodeResult, finishTurnOutcome } from '../../records/stored-result.ts'
import {
  BEGIN_TURN,
  DELETE_THREAD,
  FIND_THREAD,
  FIND_TURN,
  FINISH_TURN,
  LIST_THREADS,
  LOAD_TURNS,
  RENAME_THREAD,
  SET_FEEDBACK,
} from './history-commands.ts'
import type { RedisClient } from './client.ts'
import { createRedisKeys } from './names.ts'
import { createScriptRunner } from './connection.ts'
import { toRedisNumber, type RedisScript } from './script.ts'

/** The options of {@link redisHistoryStore}. */
export interface RedisHistoryStoreOptions {
  /** A client of the packages `redis` or `ioredis`. The store never closes it. */
  readonly client: RedisClient
  /** Prefix of all keys. @defaultValue `ragwire` */
  readonly prefix?: string | undefined
}

const OPTIONS: OptionNames<RedisHistoryStoreOptions> = { client: true, prefix: true }

/**
 * Creates a {@link HistoryStore} in Redis, which any number of servers may share. Conversations are kept until they are
 * deleted. Durability depends on the server: set `appendonly yes` and a `maxmemory-policy` that evicts nothing. Each
 * call is one atomic script, so a turn is stored whole or not at all. A cursor of {@link HistoryStore.list} stays valid
 * when threads change or are deleted.
 *
 * @throws TypeError when an option is invalid
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

  async function threadOf({ scope, runId }: TurnKey, signal: AbortSignal): Promise<string | undefined> {
    const keys = [keysOf(scope, 'history-runs')]
    const [threadId] = await runScript(FIND_THREAD, { keys, args: [runId] }, { signal })
    return typeof threadId === 'string' ? threadId : undefined
  }

  return {
    async beginTurn({ runId, messageId, question, replaces, ...thread }, { signal }) {
      const replacing = replaces === undefined ? [0, ''] : [1, replaces]
      expectKept(await call(BEGIN_TURN, thread, { signal, args: [runId, messageId, question, ...replacing] }))
    },
    async finishTurn({ runId, result, ...thread }, { signal }) {
      const record = encodeResult(result)
      const args = [runId, record, takesPlace(result) ? 1 : 0]
      const reply = await call(FINISH_TURN, thread, { signal, args })
      expectKept(reply)
      const [, earlier] = reply
      return finishTurnOutcome(record, typeof earlier === 'string' ? earlier : undefined)
    },
    async load(thread, { signal, limit, onError }) {
      const reply = await call(LOAD_TURNS, thread, { signal, args: [toRedisNumber(limit)] })
      return toTurns(thread, reply, onError)
    },
    async find({ scope, runId }, { signal, onError }) {
      const threadId = await threadOf({ scope, runId }, signal)
      if (threadId === undefined) return undefined
      const thread = { scope, threadId }
      const [turn] = toTurns(thread, await call(FIND_TURN, thread, { signal, args: [runId] }), onError)
      return turn
    },
    list: (scope, { signal, limit, before, search }) =>
      pageOfThreads(
        async ({ limit, before = '' }) => {
          // An invalid cursor ends the listing: starting over would make the client page forever.
          if (!/^\d{0,16}$/.test(before)) return []
          const keys = ['threads', 'titles', 'counts'].map((kind) => keysOf(scope, `history-${kind}`))
          return toListed(await runScript(LIST_THREADS, { keys, args: [toRedisNumber(limit), before] }, { signal }))
        },
        { limit, before, search },
      ),
    async delete(thread, { signal }) {
      const [count] = await call(DELETE_THREAD, thread, { signal })
      return Number(count) > 0
    },
    async rename(thread, { title, signal }) {
      const reply = await call(RENAME_THREAD, thread, { signal, args: [title] })
      if (reply[0] === 'not-found') return false
      expectKept(reply)
      return true
    },
    async setFeedback({ scope, runId }, { feedback, signal, onError }) {
      const threadId = await threadOf({ scope, runId }, signal)
      if (threadId === undefined) return undefined
      const thread = { scope, threadId }
      const args = [runId, feedback ? encodeFeedback(feedback) : '']
      const [outcome, earlier, ...fields] = await call(SET_FEEDBACK, thread, { signal, args })
      const [turn] = toTurns(thread, [outcome, ...fields], onError)
      return turn && toSetFeedbackOutcome(turn, earlier)
    },
  }
}
