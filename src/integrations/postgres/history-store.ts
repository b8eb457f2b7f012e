import { ChatError } from '../../core/vocabulary/chat-error.ts'
import { HISTORY_RECORD_VERSION, takesPlace, type StoredTurn } from '../../core/vocabulary/stored-turn.ts'
import type { HistoryStore, StoreCallOptions, ThreadSummary } from '../../core/vocabulary/history-store.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { pageOfThreads } from '../../core/text/thread-page.ts'
import { encodeFeedback, readFeedback, toSetFeedbackOutcome } from '../../records/stored-feedback.ts'
import { encodeResult, finishTurnOutcome, readResult } from '../../records/stored-result.ts'
import { historyCommands } from './history-commands.ts'
import { createCommandRunner } from './connection.ts'
import type { PostgresClient } from './client.ts'
import { resolvePostgresNames, TABLE_OPTIONS, type PostgresTableOptions } from './names.ts'

/** The options of {@link postgresHistoryStore}. */
export interface PostgresHistoryStoreOptions extends PostgresTableOptions {
  /** A `Pool` or `Client` of `pg`, postgres.js, or PGlite. The store never closes it. */
  readonly client: PostgresClient
}

const OPTIONS: OptionNames<PostgresHistoryStoreOptions> = { client: true, ...TABLE_OPTIONS }

/**
 * Creates a {@link HistoryStore} in PostgreSQL 12 or later, on the tables that {@link migratePostgres} creates. Threads
 * are kept until they are deleted.
 *
 * @throws TypeError when the client or a name is invalid
 *
 * @example
 * ```ts
 * import pg from 'pg'
 * import { migratePostgres, postgresHistoryStore } from 'ragwire/postgres'
 * const client = new pg.Pool({ connectionString: 'postgres://localhost/chat' })
 * await migratePostgres(client)
 * const history = postgresHistoryStore({ client })
 * ```
 */
export function postgresHistoryStore(options: PostgresHistoryStoreOptions): HistoryStore {
  expectOptions(options, OPTIONS, { of: 'postgresHistoryStore' })
  const runCommand = createCommandRunner(options.client)
  const commands = historyCommands(resolvePostgresNames(options))

  return {
    async beginTurn({ scope, threadId, runId, messageId, question, replaces = null }, { signal }) {
      const values = [scope, threadId, runId, HISTORY_RECORD_VERSION, messageId, question, replaces]
      const threadOfRun = await runCommand(commands.begin, values, signal)
      if (threadOfRun === undefined) throw new ChatError('The turn to replace does not exist', { code: 'not-found' })
      if (threadOfRun !== threadId) {
        throw new ChatError('The run belongs to another thread', { code: 'store-conflict' })
      }
    },
    async finishTurn({ scope, threadId, runId, result }, { signal }) {
      const record = encodeResult(result)
      const values = [scope, threadId, runId, record, takesPlace(result)]
      // The JSON that the statement builds.
      const found = (await runCommand(commands.finish, values, signal)) as
        | { readonly earlier: string | null }
        | undefined
      if (!found) throw new ChatError('The turn no longer exists: its thread was deleted', { code: 'not-found' })
      return finishTurnOutcome(record, found.earlier)
    },
    async load({ scope, threadId }, { limit, signal, onError }) {
      // The JSON that the statement builds.
      const rows = (await runCommand(commands.load, [scope, threadId, bigint(limit)], signal)) as readonly TurnRow[]
      return rows.map((row) => toTurn(row, onError))
    },
    async find({ scope, runId }, { signal, onError }) {
      // The JSON that the statement builds.
      const row = (await runCommand(commands.find, [scope, runId], signal)) as TurnRow | undefined
      return row && toTurn(row, onError)
    },
    list: (scope, { limit, before, search, signal }) =>
      pageOfThreads(
        async ({ limit, before = null }) => {
          // An invalid cursor ends the listing: starting over would make the client page forever.
          if (before !== null && !/^\d{1,18}$/.test(before)) return []
          // The JSON that the statement builds.
          const rows = (await runCommand(commands.list, [scope, bigint(limit), before], signal)) as readonly ThreadRow[]
          return rows.map(({ touched, ...row }) => ({ ...row, cursor: touched }))
        },
        { limit, before, search },
      ),
    async delete({ scope, threadId }, { signal }) {
      return (await runCommand(commands.remove, [scope, threadId], signal)) !== undefined
    },
    async rename({ scope, threadId }, { title, signal }) {
      return (await runCommand(commands.rename, [scope, threadId, title], signal)) !== undefined
    },
    async setFeedback({ scope, runId }, { feedback, signal, onError }) {
      const record = feedback ? encodeFeedback(feedback) : null
      // The JSON that the statement builds.
      const changed = (await runCommand(commands.setFeedback, [scope, runId, record], signal)) as
        | { readonly turn: TurnRow; readonly earlier: string | null }
        | undefined
      return changed && toSetFeedbackOutcome(toTurn(changed.turn, onError), changed.earlier)
    },
  }
}

interface TurnRow extends Omit<StoredTurn, 'v' | 'replaces' | 'result' | 'feedback'> {
  readonly v: number
  readonly replaces: string | null
  readonly result: string | null
  readonly feedback: string | null
}
type ThreadRow = ThreadSummary & { readonly touched: string }

function toTurn({ v, replaces, result, feedback, ...turn }: TurnRow, onError: StoreCallOptions['onError']): StoredTurn {
  if (v !== HISTORY_RECORD_VERSION) {
    throw new ChatError(`Cannot read a turn of version ${v}`, { code: 'store-unavailable', retryable: false })
  }
  return {
    v,
    ...turn,
    ...(replaces !== null && { replaces }),
    ...readResult(result, onError),
    ...readFeedback(feedback, onError),
  }
}

// `Infinity` becomes the largest exact integer.
function bigint(value: number): number {
  return Math.min(value, Number.MAX_SAFE_INTEGER)
}
