import { ChatError } from '../../core/vocabulary/chat-error.ts'
import type { ChatEvent } from '../../core/vocabulary/events.ts'
import type { StoreCallOptions } from '../../core/vocabulary/history-store.ts'
import { expectOptions, type OptionNames } from '../../core/options/expect-options.ts'
import { expectCount, expectDuration, expectOptionalFunction } from '../../core/options/validate.ts'
import { decodeEvent, encodeEvent } from '../../records/stored-event.ts'
import {
  RUN_RECORD_VERSION,
  type ActiveRun,
  type BeginRunOutcome,
  type RunLease,
  type RunPage,
  type RunStatus,
  type RunStore,
  type StopOutcome,
} from '../../runs/run-store.ts'
import { createAsk, type PostgresClient } from './postgres-client.ts'
import { createNotifications, notificationOf, type PostgresListen } from './postgres-notifications.ts'
import { resolvePostgresNames, TABLE_OPTIONS, type PostgresTableOptions } from './postgres-names.ts'
import { runStatements } from './run-statements.ts'

/** What {@link postgresRunStore} takes. */
export interface PostgresRunStoreOptions extends PostgresTableOptions {
  /** A `Pool` or `Client` of `pg`, postgres.js, or PGlite. It stays yours: the store never closes it. */
  readonly client: PostgresClient
  /** Hears of changes at once. Without it, whoever follows a run of another instance sees them when it next looks. */
  readonly listen?: PostgresListen | undefined
  /** How long a run can be read after its end, or after its lease ran out, in milliseconds. @defaultValue 300,000 */
  readonly retainMs?: number | undefined
  /** Events that are kept of a run; the oldest goes first. @defaultValue 20,000 */
  readonly maxEvents?: number | undefined
}

/** A {@link RunStore} that may listen. */
export interface PostgresRunStore extends RunStore {
  /** Stops to listen, for good; the client stays open. It may be called again. */
  close(): Promise<void>
}

const OPTIONS: OptionNames<PostgresRunStoreOptions> = {
  client: true,
  ...TABLE_OPTIONS,
  listen: true,
  retainMs: true,
  maxEvents: true,
}

/** How long a stop is kept that came before its run, in milliseconds. */
const STOP_MS = 60_000

/**
 * A {@link RunStore} in PostgreSQL 12 or later, on the tables that {@link migratePostgres} makes: the same runs for
 * every instance. Runs that are over are removed when others begin, a few at a time.
 *
 * @throws TypeError or RangeError when an option is wrong
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
  const ask = createAsk(options.client)
  const names = resolvePostgresNames(options)
  const statements = runStatements(names)
  const retainMs = finite(expectDuration('retainMs', options.retainMs, 300_000))
  const maxEvents = finite(expectCount('maxEvents', options.maxEvents, 20_000))
  const notifications = createNotifications(names.channel, expectOptionalFunction('listen', options.listen))

  async function write(lease: RunLease, events: readonly ChatEvent[], options: WriteOptions): Promise<boolean> {
    const { scope, runId, token, leaseMs } = lease
    const first = events[0]?.seq ?? 0
    if (events.some(({ seq }, index) => seq !== first + index)) throw conflict()
    const list = JSON.stringify(events.map(encodeEvent))
    const last = first + events.length - 1
    const values = [scope, runId, token, finite(leaseMs), list, first, last, maxEvents, options.ends]
    const stopRequested = await ask(statements.write, [...values, notificationOf(lease, 'events')], options.signal)
    if (stopRequested === undefined) throw conflict()
    return stopRequested === true
  }

  return {
    async begin(run, { signal }) {
      const { scope, runId, threadId = null, leaseMs, maxActive, token = crypto.randomUUID() } = run
      const limits = [finite(leaseMs), finite(maxActive), retainMs]
      const values = [scope, runId, RUN_RECORD_VERSION, threadId, token, ...limits]
      // What our own function has built.
      const outcome = (await ask(statements.begin, values, signal)) as BeginAnswer
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
      const page = expectVersion<PageAnswer>(await ask(statements.read, values, signal))
      return page && { ...page, events: page.events.map(decodeEvent) }
    },
    async status({ scope, runId }, { signal }) {
      return expectVersion<RunStatus>(await ask(statements.status, [scope, runId, retainMs], signal))
    },
    async list(scope, { signal }) {
      // As in `begin`.
      return (await ask(statements.list, [scope], signal)) as readonly ActiveRun[]
    },
    async requestStop(run, { signal }) {
      const values = [run.scope, run.runId, STOP_MS, retainMs, notificationOf(run, 'stop')]
      // As in `begin`.
      return (await ask(statements.stop, values, signal)) as StopOutcome
    },
    watch: notifications.watch,
    async delete(run, { signal }) {
      const values = [run.scope, run.runId, retainMs, notificationOf(run, 'events')]
      return (await ask(statements.remove, values, signal)) === true
    },
    close: notifications.close,
  }
}

interface WriteOptions extends StoreCallOptions {
  readonly ends: boolean
}

type BeginAnswer = Exclude<BeginRunOutcome, { outcome: 'begun' }> | { outcome: 'begun'; stopRequested: boolean }
type PageAnswer = Omit<RunPage, 'events'> & { readonly events: readonly string[] }

/** Takes what a statement of ours has built, unless the row is of a release that we do not know. */
function expectVersion<Answer>(answer: unknown): Answer | undefined {
  if (answer === undefined) return undefined
  // As in `begin`.
  const { v, ...rest } = answer as Answer & { readonly v: number }
  if (v === RUN_RECORD_VERSION) return rest as Answer
  throw new ChatError(`Cannot read a run of version ${v}`, { code: 'store-unavailable', retryable: false })
}

function conflict(): ChatError {
  return new ChatError('The run is no longer to be written with this lease', { code: 'store-conflict' })
}

// For `Infinity`: about 30 years, and more of anything than there is.
function finite(value: number): number {
  return Math.min(value, 1e12)
}
