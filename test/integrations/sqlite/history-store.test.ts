import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { isChatError, type HistoryStore } from '../../../src/index.ts'
import { SCHEMA_STEPS } from '../../../src/integrations/sqlite/schema.ts'
import { encodeResult } from '../../../src/records/stored-result.ts'
import { sqliteHistoryStore, type SqliteDatabase, type SqliteHistoryStoreOptions } from '../../../src/sqlite.ts'
import { historyStoreContract, manualClock } from '../../../src/testing.ts'
import { resultOf } from '../../support/chat-events.ts'

const { signal } = new AbortController()
const CATS = { scope: 'ann', threadId: 'cats' }

const folder = mkdtempSync(join(tmpdir(), 'ragwire-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
const open = new Set<DatabaseSync>()
afterEach(() => {
  for (const database of open) database.close()
  open.clear()
})

function newFile(): string {
  files += 1
  return join(folder, `${files}.db`)
}

function connect(file: string): DatabaseSync {
  const database = new DatabaseSync(file)
  open.add(database)
  return database
}

function openStore(file = newFile(), options: Partial<SqliteHistoryStoreOptions> = {}): HistoryStore {
  return sqliteHistoryStore({ database: connect(file), ...options })
}

historyStoreContract({ describe, it, name: 'sqliteHistoryStore', create: () => ({ store: openStore() }) })

historyStoreContract({
  describe,
  it,
  name: 'sqliteHistoryStore in memory, with big integers',
  create: () => {
    const database = new DatabaseSync(':memory:', { readBigInts: true })
    return { store: sqliteHistoryStore({ database }), close: () => database.close() }
  },
})

describe('a database locked by another connection', () => {
  it('F38: causes store-conflict when it stays locked, with no part of the turn', async () => {
    const file = newFile()
    const clock = manualClock()
    const store = openStore(file, { busyMs: 1_000, clock })
    await begin(store, 'r1')
    const other = connect(file)
    other.exec('begin immediate')
    const codes = [begin(store, 'r2'), finish(store, 'r1', 'x'), store.delete(CATS, { signal })].map(codeOf)
    await clock.advance(2_000)
    expect(await Promise.all(codes)).toEqual(codes.map(() => 'store-conflict'))
    expect(await store.load(CATS, { limit: 5, signal })).toMatchObject([{ runId: 'r1' }])
    other.exec('rollback')
    await finish(store, 'r1', 'x')
    const turns = await store.load(CATS, { limit: 5, signal })
    expect(turns).toMatchObject([{ runId: 'r1', result: { answer: 'x' } }])
    expect(turns).toHaveLength(1)
  })

  it('F38: is waited for, while the rest of the process continues', async () => {
    const file = newFile()
    const clock = manualClock()
    const store = openStore(file, { busyMs: 1_000, clock })
    const other = connect(file)
    other.exec('begin immediate')
    const begun = begin(store, 'r1')
    await clock.advance(500)
    other.exec('commit')
    await clock.advance(100)
    await begun
    expect(await store.load(CATS, { limit: 5, signal })).toHaveLength(1)
  })

  it('causes the reason of the signal when it aborts meanwhile', async () => {
    const file = newFile()
    const store = openStore(file, { clock: manualClock() })
    connect(file).exec('begin immediate')
    const controller = new AbortController()
    const begun = begin(store, 'r1', { signal: controller.signal })
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(begun).rejects.toBe(reason)
  })

  it('is recognised by the messages of better-sqlite3 too, and no other failure is mistaken for it', async () => {
    const failing = (failure: Error): SqliteDatabase => ({
      exec() {
        throw failure
      },
      prepare: () => expect.fail('nothing is prepared'),
    })
    const words = [
      ['SQLITE_BUSY', 'store-conflict'],
      ['SQLITE_BUSY_SNAPSHOT', 'store-conflict'],
      ['SQLITE_CORRUPT', 'Error: no way'],
    ] as const
    for (const [code, outcome] of words) {
      const database = failing(Object.assign(new Error('no way'), { code }))
      expect(await codeOf(begin(sqliteHistoryStore({ database, busyMs: 1 }), 'r1'))).toBe(outcome)
    }
  })
})

describe('durability', () => {
  it('holds for acknowledged turns when the process is killed', async () => {
    const file = newFile()
    const child = spawn(process.execPath, [fileURLToPath(new URL('./write-turns.ts', import.meta.url)), file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const closed = once(child, 'close')
    let acknowledged = ''
    for await (const piece of child.stdout.setEncoding('utf8')) {
      acknowledged += String(piece)
      if (acknowledged.split('\n').length > 20) child.kill('SIGKILL')
    }
    expect(await closed).toEqual([null, 'SIGKILL'])
    const runs = acknowledged.split('\n').slice(0, -1)
    const turns = await openStore(file).load(CATS, { limit: 10_000, signal })
    expect(turns.slice(0, runs.length).map(({ runId, result }) => [runId, result?.answer])).toEqual(
      runs.map((runId) => [runId, `answer of ${runId}`]),
    )
    expect(runs.length).toBeGreaterThan(19)
  })

  it('is ensured by syncing every commit to the disk', async () => {
    const file = newFile()
    const database = connect(file)
    await begin(sqliteHistoryStore({ database }), 'r1')
    expect(database.prepare('pragma synchronous').get()).toMatchObject({ synchronous: 2 })
    expect(database.prepare('pragma journal_mode').get()).toMatchObject({ journal_mode: 'wal' })
  })
})

describe('several connections', () => {
  it('create the tables once, and write one after the other', async () => {
    const file = newFile()
    const stores = Array.from({ length: 5 }, () => openStore(file))
    const runs = Array.from({ length: 50 }, (_, index) => `r${index}`)
    await Promise.all(runs.map((runId, index) => begin(stores[index % 5] ?? openStore(file), runId)))
    await Promise.all(runs.map((runId, index) => finish(stores[(index + 1) % 5] ?? openStore(file), runId, runId)))
    const turns = await openStore(file).load(CATS, { limit: 100, signal })
    expect(turns.map(({ runId }) => runId).toSorted()).toEqual(runs.toSorted())
    expect(turns.every(({ runId, result }) => result?.answer === runId)).toBe(true)
  })

  it('F43: reject tables of a later version, and a turn of one', async () => {
    const file = newFile()
    const store = openStore(file)
    await begin(store, 'r1')
    const other = connect(file)
    other.exec('update ragwire_turns set v = 2')
    const refusal = { code: 'store-unavailable', retryable: false }
    await expect(store.load(CATS, { limit: 1, signal })).rejects.toMatchObject(refusal)
    other.exec('insert into ragwire_migrations (version) values (99)')
    await expect(openStore(file).list('ann', { limit: 1, signal })).rejects.toMatchObject(refusal)
  })
})

describe('a file of an earlier release', () => {
  it('keeps its conversations, and gets titles and feedback', async () => {
    const file = newFile()
    const earlier = connect(file)
    earlier.exec('create table ragwire_migrations (version integer primary key) strict')
    earlier.exec(SCHEMA_STEPS[0] ?? '')
    earlier.exec('insert into ragwire_migrations (version) values (1)')
    earlier.exec(`insert into ragwire_threads (scope, thread_id, touched, updated_at) values ('ann', 'cats', 1, 1)`)
    earlier
      .prepare(
        `insert into ragwire_turns (scope, run_id, v, thread_id, message_id, question, created_at, result)
        values ('ann', 'r1', 1, 'cats', 'm', 'First', 1, ?)`,
      )
      .run(encodeResult(resultOf('x')))
    const store = openStore(file)
    expect(await store.list('ann', { limit: 5, search: 'first', signal })).toMatchObject({
      threads: [{ title: 'First' }],
    })
    expect(await store.rename?.(CATS, { title: 'New', signal })).toBe(true)
    await store.setFeedback?.({ scope: 'ann', runId: 'r1' }, { feedback: { rating: 'up' }, signal })
    expect(await store.load(CATS, { limit: 5, signal })).toMatchObject([
      { runId: 'r1', result: { answer: 'x' }, feedback: { rating: 'up' } },
    ])
    expect(await store.list('ann', { limit: 5, signal })).toMatchObject({ threads: [{ title: 'New', turns: 1 }] })
  })
})

describe('sqliteHistoryStore', () => {
  it('keeps both of two regenerations of one turn', async () => {
    const store = openStore()
    for (const runId of ['r1', 'r2']) await begin(store, runId)
    await finish(store, 'r1', 'old')
    for (const runId of ['r3', 'r4']) await begin(store, runId, { replaces: 'r1' })
    for (const runId of ['r4', 'r3']) await finish(store, runId, runId)
    const turns = await store.load(CATS, { limit: 50, signal })
    expect(turns.map(({ runId }) => runId)).toEqual(['r4', 'r2', 'r3'])
  })

  it('stores NUL and unpaired surrogates of an answer unchanged', async () => {
    const store = openStore()
    await begin(store, 'r1')
    const result = resultOf('\0 \\u0000 \ud83d "\\ 猫')
    await store.finishTurn({ ...CATS, runId: 'r1', result }, { signal })
    expect((await store.load(CATS, { limit: 1, signal }))[0]?.result).toEqual(result)
  })

  it('does not interpret any argument as SQL', async () => {
    const store = openStore()
    const texts = [
      "'; drop table ragwire_turns; --",
      "' or '1'='1",
      '"; delete from ragwire_turns; --',
      '?1',
      '$a',
      '\\',
    ]
    for (const text of texts) {
      const thread = { scope: text, threadId: text }
      await store.beginTurn({ ...thread, runId: text, messageId: text, question: text }, { signal })
      await store.finishTurn({ ...thread, runId: text, result: resultOf(text) }, { signal })
      expect(await store.load(thread, { limit: 5, signal })).toMatchObject([{ runId: text, result: { answer: text } }])
      expect(await store.list(text, { limit: 5, signal })).toMatchObject({ threads: [{ title: text, turns: 1 }] })
    }
    for (const text of texts) expect(await store.delete({ scope: text, threadId: text }, { signal })).toBe(true)
  })

  it.each(['x', '1; drop table x', '-1', '9'.repeat(40), ''])('ends a listing after the cursor %j', async (before) => {
    const store = openStore()
    await begin(store, 'r1')
    expect(await store.list('ann', { limit: 5, before, signal })).toEqual({ threads: [] })
  })

  it('does not access the database under a signal that has aborted', async () => {
    const database = { exec: () => expect.fail('a call'), prepare: () => expect.fail('a call') }
    const reason = new Error('before')
    const aborted = { signal: AbortSignal.abort(reason) }
    await expect(begin(sqliteHistoryStore({ database }), 'r1', aborted)).rejects.toBe(reason)
  })

  it('rejects an object that is not a database, and an invalid duration', () => {
    // @ts-expect-error What a caller without types could do.
    expect(() => sqliteHistoryStore({ database: {} })).toThrow(TypeError)
    expect(() => openStore(newFile(), { busyMs: 0 })).toThrow(RangeError)
  })
})

async function begin(
  store: HistoryStore,
  runId: string,
  options: { readonly replaces?: string; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const { replaces } = options
  const turn = { ...CATS, runId, messageId: runId, question: runId, ...(replaces !== undefined && { replaces }) }
  await store.beginTurn(turn, { signal: options.signal ?? signal })
}

function finish(store: HistoryStore, runId: string, answer: string): Promise<unknown> {
  return store.finishTurn({ ...CATS, runId, result: resultOf(answer) }, { signal })
}

function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'kept',
    (thrown: unknown) => (isChatError(thrown) ? thrown.code : String(thrown)),
  )
}
