import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  migratePostgres,
  postgresHistoryStore,
  postgresMigrations,
  type PostgresClient,
} from '../../../src/postgres.ts'
import { encodeResult } from '../../../src/records/stored-result.ts'
import { resultOf } from '../../support/chat-events.ts'
import { describeEachDriver, query, type Database } from './databases.ts'

const LIST = `select table_schema || '.' || table_name as name from information_schema.tables where table_name like '%turns'`

describeEachDriver((open) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  }, 60_000)
  afterAll(() => database.close())

  it('creates the tables once when several servers start at the same time', async () => {
    const { client } = database
    await Promise.all(Array.from({ length: 10 }, () => migratePostgres(client)))
    await migratePostgres(client)
    expect(await query(client, LIST)).toEqual([{ name: 'public.ragwire_turns' }])
    expect(await query(client, 'select version from ragwire_migrations order by version')).toEqual([
      { version: 1 },
      { version: 2 },
      { version: 3 },
    ])
  })

  it('prints its statements, for users of another migration tool', async () => {
    const { client } = database
    await query(client, 'create schema printed')
    const tables = { schema: 'printed', tablePrefix: 'p_' }
    for (const { sql } of postgresMigrations(tables)) await query(client, sql)
    for (const { sql } of postgresMigrations(tables)) await query(client, sql)
    await migratePostgres(client, tables)
    const { signal } = new AbortController()
    const store = postgresHistoryStore({ client, ...tables })
    expect(await store.list('ann', { limit: 1, signal })).toEqual({ threads: [] })
  })

  it('keeps the conversations of earlier tables, and lets servers of the earlier release write', async () => {
    const { client } = database
    await query(client, 'create schema earlier')
    const tables = { schema: 'earlier' }
    const { signal } = new AbortController()
    for (const { sql } of postgresMigrations(tables).slice(0, 2)) await query(client, sql)
    await writeAsEarlier(client, 'r1', 'First')
    await migratePostgres(client, tables)
    await writeAsEarlier(client, 'r2', 'Second')
    const store = postgresHistoryStore({ client, ...tables })
    const read = async () => {
      const turns = await store.load({ scope: 'ann', threadId: 't' }, { limit: 5, signal })
      const { threads } = await store.list('ann', { limit: 5, signal })
      const answers = turns.map(({ runId, question, feedback }) => [runId, question, feedback])
      return { answers, titles: threads.map(({ title }) => title) }
    }
    const first = ['r1', 'First', undefined]
    const second = ['r2', 'Second', undefined]
    expect(await read()).toEqual({ answers: [first, second], titles: ['First'] })
    expect(await store.rename?.({ scope: 'ann', threadId: 't' }, { title: 'New', signal })).toBe(true)
    await store.setFeedback?.({ scope: 'ann', runId: 'r1' }, { feedback: { rating: 'up' }, signal })
    await writeAsEarlier(client, 'r3', 'Third')
    const rated = ['r1', 'First', { rating: 'up' }]
    expect(await read()).toEqual({ answers: [rated, second, ['r3', 'Third', undefined]], titles: ['New'] })
  })

  it('F43: rejects tables of a later version', async () => {
    const { client } = database
    await query(client, 'create schema later')
    await migratePostgres(client, { schema: 'later' })
    await query(client, 'insert into later.ragwire_migrations (version) values (99)')
    const refusal = { code: 'store-unavailable', retryable: false }
    await expect(migratePostgres(client, { schema: 'later' })).rejects.toMatchObject(refusal)
  })

  it('leaves nothing behind when it fails', async () => {
    const { client } = database
    await query(client, 'create schema half')
    await query(client, 'create table half.ragwire_stops (scope text)')
    await expect(migratePostgres(client, { schema: 'half' })).rejects.toThrow('already exists')
    const left = `select table_name from information_schema.tables where table_schema = 'half'`
    expect(await query(client, left)).toEqual([{ table_name: 'ragwire_stops' }])
  })
})

/** Writes a turn with the columns that the first release has. */
async function writeAsEarlier(client: PostgresClient, runId: string, question: string): Promise<void> {
  await query(
    client,
    `insert into earlier.ragwire_threads (scope, thread_id) values ('ann', 't')
    on conflict (scope, thread_id) do update set touched = excluded.touched, updated_at = excluded.updated_at`,
  )
  const record = encodeResult(resultOf('Yes.'))
  await query(
    client,
    `insert into earlier.ragwire_turns (scope, run_id, v, thread_id, message_id, question, replaces, result)
    values ('ann', '${runId}', 1, 't', 'm', '${question}', null, '${record}')`,
  )
}

describe('postgresMigrations', () => {
  it('numbers its steps', () => {
    const versions = postgresMigrations().map(({ version }) => version)
    expect(versions).toEqual(versions.map((_, index) => index + 1))
  })

  it.each(['A', 'a-b', '', '1a', "a'b", 'a"b', 'a'.repeat(41), 'ä'])('rejects %j as a name', (name) => {
    for (const field of ['schema', 'tablePrefix']) {
      const wrong = expect.objectContaining({ code: 'invalid-input', field })
      expect(() => postgresMigrations({ [field]: name })).toThrow(wrong)
    }
  })
})
