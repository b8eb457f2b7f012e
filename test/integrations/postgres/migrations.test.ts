import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migratePostgres, postgresHistoryStore, postgresMigrations } from '../../../src/postgres.ts'
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
