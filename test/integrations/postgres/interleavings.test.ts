import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { HistoryStore, SetFeedbackOutcome } from '../../../src/index.ts'
import { migratePostgres, postgresHistoryStore, postgresRunStore, type PostgresClient } from '../../../src/postgres.ts'
import type { NewRun, RunLease, RunStore } from '../../../src/runs/run-store.ts'
import { done, resultOf, START, token } from '../../support/chat-events.ts'
import { hasPostgres } from '../../support/postgres-server.ts'
import { openPool, useServer } from './databases.ts'

const { signal } = new AbortController()
const CATS = { scope: 'ann', threadId: 'cats' }
const RUN = { scope: 'ann', runId: 'r1' }
const ALL = { afterSeq: -1, limit: 100, signal }

interface Stores {
  readonly history: HistoryStore
  readonly runs: RunStore
}

describe.skipIf(!hasPostgres)('a call that waits for the commit of another one', () => {
  const server = useServer()
  let holder: pg.Client
  let pool: pg.Pool
  let held: Stores
  let stores: Stores
  beforeAll(async () => {
    holder = new pg.Client({ connectionString: server().url() })
    await holder.connect()
    pool = openPool(server().url())
    held = storesOn(holder)
    stores = storesOn(pool)
    await migratePostgres(pool)
  })
  afterAll(async () => {
    await holder.end()
    await pool.end()
  })

  /** Makes one call, and delays its commit until others wait for it. */
  async function whileUncommitted<T>(first: (held: Stores) => Promise<unknown>, second: () => Promise<T>): Promise<T> {
    await holder.query('begin')
    await first(held)
    const waiting = second()
    await vi.waitFor(async () => {
      expect((await holder.query('select from pg_locks where not granted')).rowCount).toBeGreaterThan(0)
    }, 5_000)
    await holder.query('commit')
    return waiting
  }

  it('reads an end only together with the events before it', async () => {
    const lease = await beginRun(stores, { runId: 'read' })
    await stores.runs.append(lease, [START], { signal })
    const last = [token('x', { seq: 1, at: 0 }), done('x', { seq: 2 })]
    const read = () => stores.runs.read({ ...RUN, runId: 'read' }, ALL)
    const page = await whileUncommitted(({ runs }) => runs.end(lease, last, { signal }), read)
    expect(page).toEqual({ state: 'running', events: [START], firstSeq: 0, lastSeq: 0 })
    expect(await read()).toEqual({ state: 'ended', events: [START, ...last], firstSeq: 0, lastSeq: 2 })
  })

  it('does not treat a run as lost when its renewal was in progress as its lease expired', async () => {
    const thread = { threadId: 'renewed' }
    const lease = await beginRun(stores, { runId: 'renewed', ...thread, leaseMs: 100 })
    const renew = async ({ runs }: Stores): Promise<void> => {
      await runs.append({ ...lease, leaseMs: 60_000 }, [], { signal })
      const isOver = `select from ragwire_runs where run_id = 'renewed' and alive_until < clock_timestamp()`
      await vi.waitFor(async () => expect((await pool.query(isOver)).rowCount).toBe(1), 5_000)
    }
    const run = { ...RUN, runId: 'renewed' }
    const outcomes = await whileUncommitted(renew, () =>
      Promise.all([
        stores.runs.status(run, { signal }),
        stores.runs.read(run, ALL),
        stores.runs.requestStop(run, { signal }),
        stores.runs.begin({ ...RUN, ...thread, runId: 'next', leaseMs: 1_000, maxActive: 100 }, { signal }),
      ]),
    )
    const running = { state: 'running' }
    expect(outcomes).toMatchObject([running, running, 'stopping', { outcome: 'thread-busy', runId: 'renewed' }])
  })

  it('ends a run once', async () => {
    const lease = await beginRun(stores, { runId: 'end' })
    const end = ({ runs }: Stores) => runs.end(lease, [START, done('x', { seq: 1 })], { signal })
    await whileUncommitted(end, () => end(stores))
    expect(await stores.runs.status({ ...RUN, runId: 'end' }, { signal })).toMatchObject({ state: 'ended', lastSeq: 1 })
  })

  it('keeps the first of two results', async () => {
    await beginTurn(stores, 'r1')
    const finish = ({ history }: Stores, answer: string) =>
      history.finishTurn({ ...CATS, runId: 'r1', result: resultOf(answer) }, { signal })
    await whileUncommitted(
      (held) => finish(held, 'first'),
      () => finish(stores, 'second'),
    )
    expect(await stores.history.load(CATS, { limit: 9, signal })).toMatchObject([{ result: { answer: 'first' } }])
  })

  it('deletes a thread together with a turn that was about to begin in it', async () => {
    await beginTurn(stores, 'r1')
    const remove = () => stores.history.delete(CATS, { signal })
    expect(await whileUncommitted((held) => beginTurn(held, 'r2'), remove)).toBe(true)
    expect(await stores.history.load(CATS, { limit: 9, signal })).toEqual([])
  })

  it('begins a turn in a thread that was about to be deleted', async () => {
    await beginTurn(stores, 'r1')
    await whileUncommitted(
      ({ history }) => history.delete(CATS, { signal }),
      () => beginTurn(stores, 'r2'),
    )
    expect(await stores.history.load(CATS, { limit: 9, signal })).toMatchObject([{ runId: 'r2' }])
  })

  describe('of a finished turn', () => {
    beforeEach(async () => {
      await stores.history.delete(CATS, { signal })
      await beginTurn(stores, 'r1')
      await finishTurn(stores, 'r1')
    })

    it('finds the feedback that was about to be stored', async () => {
      const outcome = await whileUncommitted(
        (held) => rate(held, 'r1', 'up'),
        () => rate(stores, 'r1', 'down'),
      )
      expect(outcome).toMatchObject({ turn: { feedback: { rating: 'down' } }, earlier: { rating: 'up' } })
    })

    it('gives no feedback to a turn that was about to be replaced', async () => {
      await beginTurn(stores, 'r2', 'r1')
      const outcome = await whileUncommitted(
        (held) => finishTurn(held, 'r2'),
        () => rate(stores, 'r1', 'up'),
      )
      expect(outcome).toBeUndefined()
      const turns = await stores.history.load(CATS, { limit: 9, signal })
      expect(turns.map(({ runId, feedback }) => [runId, feedback])).toEqual([['r2', undefined]])
    })

    it('gives no feedback to a turn that was about to be deleted', async () => {
      const outcome = await whileUncommitted(
        ({ history }) => history.delete(CATS, { signal }),
        () => rate(stores, 'r1', 'up'),
      )
      expect(outcome).toBeUndefined()
    })

    it('replaces a turn that was about to get feedback', async () => {
      await beginTurn(stores, 'r2', 'r1')
      await whileUncommitted(
        (held) => rate(held, 'r1', 'up'),
        () => finishTurn(stores, 'r2'),
      )
      const turns = await stores.history.load(CATS, { limit: 9, signal })
      expect(turns.map(({ runId, feedback }) => [runId, feedback])).toEqual([['r2', undefined]])
    })

    it('keeps both a title and a turn, in any order', async () => {
      const rename = ({ history }: Stores, title: string) => history.rename?.(CATS, { title, signal })
      await whileUncommitted(
        async (held) => rename(held, 'One'),
        () => beginTurn(stores, 'r2'),
      )
      const list = () => stores.history.list('ann', { limit: 9, signal })
      expect(await list()).toMatchObject({ threads: [{ title: 'One', turns: 2 }] })
      await whileUncommitted(
        (held) => beginTurn(held, 'r3'),
        async () => rename(stores, 'Two'),
      )
      expect(await list()).toMatchObject({ threads: [{ title: 'Two', turns: 3 }] })
    })
  })
})

function storesOn(client: PostgresClient): Stores {
  return { history: postgresHistoryStore({ client }), runs: postgresRunStore({ client }) }
}

async function beginRun({ runs }: Stores, run: Partial<NewRun>): Promise<RunLease> {
  const begun = await runs.begin({ ...RUN, leaseMs: 60_000, maxActive: 100, ...run }, { signal })
  if (begun.outcome !== 'begun') throw new Error(begun.outcome)
  return begun.lease
}

function beginTurn({ history }: Stores, runId: string, replaces?: string): Promise<void> {
  const turn = { ...CATS, runId, messageId: runId, question: runId, ...(replaces !== undefined && { replaces }) }
  return history.beginTurn(turn, { signal })
}

async function finishTurn({ history }: Stores, runId: string): Promise<void> {
  await history.finishTurn({ ...CATS, runId, result: resultOf(runId) }, { signal })
}

async function rate(
  { history }: Stores,
  runId: string,
  rating: 'up' | 'down',
): Promise<SetFeedbackOutcome | undefined> {
  return history.setFeedback?.({ scope: 'ann', runId }, { feedback: { rating }, signal })
}
