import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { ChatEvent } from '../../core/vocabulary/events.ts'
import type { StoreCallOptions } from '../../core/vocabulary/history-store.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { countOption, durationOption } from '../../core/options/options-with-defaults.ts'
import { expectOptionalFunction } from '../../core/options/validate.ts'
import { decodeEvent, encodeEvent } from '../../records/stored-event.ts'
import {
  RUN_RECORD_VERSION,
  type BeginRunOutcome,
  type RunLease,
  type RunPage,
  type RunStatus,
  type RunStore,
} from '../../runs/run-store.ts'
import type { ActiveRun } from '../../core/vocabulary/active-run.ts'
import type { StopOutcome } from '../../core/vocabulary/stop-result.ts'
import { createCommandRunner } from './connection.ts'
import type { PostgresClient } from './client.ts'
import { createNotifications, notificationOf, type PostgresListen } from './notifications.ts'
import { resolvePostgresNames, TABLE_OPTIONS, type PostgresTableOptions } from './names.ts'
import { runCommands } from './run-commands.ts'

/** The options of {@link postgresRunStore}. */
export interface PostgresRunStoreOptions extends PostgresTableOptions {
  /** A `Pool` or `Client` of `pg`, postgres.js, or PGlite. The store never closes it. */
  readonly client: PostgresClient
  /** Delivers changes at once. Without it, a reader of another instance's run sees them at its next poll. */
  readonly listen?: PostgresListen | undefined
  /** Retention of a run after its end, or after its lease expired, in milliseconds. @defaultValue 300,000 */
  readonly retainMs?: number | undefined
  /** Maximum number of stored events per run; the oldest are dropped first. @defaultValue 20,000 */
  readonly maxEvents?: number | undefined
}

/** A {@link RunStore} that may listen for notifications. */
export interface PostgresRunStore extends RunStore {
  /** Stops listening for good; the client stays open. Calling it again has no effect. */
  close(): Promise<void>
}

const OPTIONS: OptionNames<PostgresRunStoreOptions> = {
  client: true,
  ...TABLE_OPTIONS,
  listen: true,
  retainMs: true,
  maxEvents: true,
}

/** Retention of a stop request whose run has not begun, in milliseconds. */
const STOP_MS = 60_000

/**
 * Creates a {@link RunStore} in PostgreSQL 12 or later, on the tables that {@link migratePostgres} creates. All
 * instances share its runs. Each `begin` deletes a few runs whose retention has ended.
 *
 * @throws TypeError or RangeError when an option is invalid
 *
 * @example
 * ```ts
 * import postgres from 'postgres'
 * import { migratePostgres, postgresRunStore } from 'ragwire/postgres'
 * const client = postgres('postgres://localhost/chat')
 * await migratePostgres(client)
 * const runs = postgresRunStore({ client, listen: client.listen })
 * ```
 */
export function postgresRunStore(options: PostgresRunStoreOptions): PostgresRunStore {
  expectOptions(options, OPTIONS, { of: 'postgresRunStore' })
  const runCommand = createCommandRunner(options.client)
  const names = resolvePostgresNames(options)
  const commands = runCommands(names)
  const retainMs = finite(durationOption('retainMs', options.retainMs, 300_000))
  const maxEvents = finite(countOption('maxEvents', options.maxEvents, 20_000))
  const notifications = createNotifications(names.channel, expectOptionalFunction('listen', options.listen))

  async function write(lease: RunLease, events: readonly ChatEvent[], options: WriteOptions): Promise<boolean> {
    const { scope, runId, token, leaseMs } = lease
    const first = events[0]?.seq ?? 0
    if (events.some(({ seq }, index) => seq !== first + index)) throw conflict()
    const list = JSON.stringify(events.map(encodeEvent))
    const last = first + events.length - 1
    const values = [scope, runId, token, finite(leaseMs), list, first, last, maxEvents, options.ends]
    const stopRequested = await runCommand(commands.write, [...values, notificationOf(lease, 'events')], options.signal)
    if (stopRequested === undefined) throw conflict()
    return stopRequested === true
  }

  return {
    async begin(run, { signal }) {
      const { scope, runId, threadId = null, leaseMs, maxActive, token = crypto.randomUUID() } = run
      const limits = [finite(leaseMs), finite(maxActive), retainMs]
      const values = [scope, runId, RUN_RECORD_VERSION, threadId, token, ...limits]
      // The JSON that the SQL function builds.
      const outcome = (await runCommand(commands.begin, values, signal)) as BeginAnswer
      return outcome.outcome === 'begun' ? { ...outcome, lease: { scope, runId, token, leaseMs } } : outcome
    },
    async append(lease, events, { signal }) {
      return { stopRequested: await write(lease, events, { ends: false, signal }) }
    },
    async end(lease, events, { signal }) {
      await write(lease, events, { ends: true, signal })
    },
    async read({ scope, runId }, { afterSeq, limit, signal }) {
      const values = [scope, runId, retainMs, afterSeq, finite(limit)]
      const page = expectVersion<PageAnswer>(await runCommand(commands.read, values, signal))
      return page && { ...page, events: page.events.map(decodeEvent) }
    },
    async status({ scope, runId }, { signal }) {
      return expectVersion<RunStatus>(await runCommand(commands.status, [scope, runId, retainMs], signal))
    },
    async list(scope, { signal }) {
      // The JSON that the statement builds.
      return (await runCommand(commands.list, [scope], signal)) as readonly ActiveRun[]
    },
    async requestStop(run, { signal }) {
      const values = [run.scope, run.runId, STOP_MS, retainMs, notificationOf(run, 'stop')]
      // The JSON that the statement builds.
      return (await runCommand(commands.stop, values, signal)) as StopOutcome
    },
    watch: notifications.watch,
    async delete(run, { signal }) {
      const values = [run.scope, run.runId, retainMs, notificationOf(run, 'events')]
      return (await runCommand(commands.remove, values, signal)) === true
    },
    close: notifications.close,
  }
}

interface WriteOptions extends StoreCallOptions {
  readonly ends: boolean
}

type BeginAnswer = Exclude<BeginRunOutcome, { outcome: 'begun' }> | { outcome: 'begun'; stopRequested: boolean }
type PageAnswer = Omit<RunPage, 'events'> & { readonly events: readonly string[] }

/** Returns the answer of a statement; throws if a later release has written the row. */
function expectVersion<Answer>(answer: unknown): Answer | undefined {
  if (answer === undefined) return undefined
  // The JSON that the statement builds.
  const { v, ...rest } = answer as Answer & { readonly v: number }
  if (v === RUN_RECORD_VERSION) return rest as Answer
  throw new ChatError(`Cannot read a run of version ${v}`, { code: 'store-unavailable', retryable: false })
}

function conflict(): ChatError {
  return new ChatError('The lease of the run is no longer valid', { code: 'store-conflict' })
}

// `Infinity` becomes about 30 years, which is also more events or runs than a database holds.
function finite(value: number): number {
  return Math.min(value, 1e12)
}
