import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { isChatError } from '../../../src/index.ts'
import type { KnowledgeStore } from '../../../src/knowledge/store/knowledge-store.ts'
import {
  sqliteHistoryStore,
  sqliteKnowledgeStore,
  type SqliteDatabase,
  type SqliteKnowledgeStoreOptions,
} from '../../../src/sqlite.ts'
import { manualClock } from '../../../src/testing.ts'
import { documentOf, SPACE, vectorOf } from './indexed-documents.ts'

const { signal } = new AbortController()
const folder = mkdtempSync(join(tmpdir(), 'ragwire-index-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
const open = new Set<DatabaseSync>()
const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
  for (const database of open) database.close()
  open.clear()
})

function newFile(): string {
  files += 1
  return join(folder, `${files}.db`)
}

function connect(file: string, options: ConstructorParameters<typeof DatabaseSync>[1] = {}): DatabaseSync {
  const database = new DatabaseSync(file, options)
  open.add(database)
  return database
}

function openStore(file: string, options: Partial<SqliteKnowledgeStoreOptions> = {}): KnowledgeStore {
  return sqliteKnowledgeStore({ database: connect(file), ...options })
}

function put(store: KnowledgeStore, documentId: string, { version = 1, scope = 'ann', call = { signal } } = {}) {
  return store.commit({ documents: [documentOf(scope, documentId, version)], embedding: SPACE }, call)
}

function find(store: KnowledgeStore, term: string) {
  return store.searchTerms({ scopes: ['', 'ann'], topK: 100, terms: new Map([[term, 1]]) }, { signal })
}

function findVector(store: KnowledgeStore, version: number) {
  return store.searchVectors({ scopes: ['', 'ann'], topK: 1, vector: vectorOf(version, 0) }, { signal })
}

async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'resolved'
  } catch (thrown) {
    return isChatError(thrown) ? `${thrown.code}: ${thrown.message}` : `thrown: ${String(thrown)}`
  }
}

describe('a database locked by another connection', () => {
  it('causes store-conflict when it stays locked, and nothing is committed', async () => {
    const file = newFile()
    const clock = manualClock()
    const store = openStore(file, { busyMs: 1_000, clock })
    await put(store, 'a')
    const other = connect(file)
    other.exec('begin immediate')
    const outcome = outcomeOf(put(store, 'b'))
    // Readers do not wait for a writer.
    expect(await find(store, 'common')).toHaveLength(12)
    await clock.advance(2_000)
    expect(await outcome).toMatch(/^store-conflict: The database was locked by another writer for 1000 ms/)
    other.exec('rollback')
    expect(await store.state({ signal })).toMatchObject({ documents: 1 })
  })

  it('is waited for', async () => {
    const file = newFile()
    const clock = manualClock()
    const store = openStore(file, { busyMs: 1_000, clock })
    const other = connect(file)
    other.exec('begin immediate')
    const committed = put(store, 'a')
    await clock.advance(500)
    other.exec('commit')
    await clock.advance(100)
    expect(await committed).toMatchObject({ documents: 1 })
  })

  it('causes the reason of the signal when it aborts meanwhile', async () => {
    const file = newFile()
    const store = openStore(file, { clock: manualClock() })
    connect(file).exec('begin immediate')
    const controller = new AbortController()
    const committed = put(store, 'a', { call: { signal: controller.signal } })
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(committed).rejects.toBe(reason)
  })
})

describe('another process', () => {
  it('commits what the next search finds, and loses nothing that was committed when it is killed', async () => {
    const file = newFile()
    const store = openStore(file)
    let commit = 0
    for (let kills = 0; kills < KILLS; kills++) {
      const child = startWriter(file, commit)
      const closed = once(child, 'close')
      const last = commit + 5 + (kills % 7)
      for await (const line of createInterface({ input: child.stdout })) {
        commit = Number(line)
        if (commit >= last) child.kill('SIGKILL')
        const hits = await find(store, `version${commit}`)
        // The writer may have replaced the documents again.
        expect([0, 12, 24]).toContain(hits.length)
        const [nearest] = await findVector(store, commit)
        expect(nearest).toMatchObject({ position: expect.any(Number) })
        if (hits.length === 24) expect(nearest).toMatchObject({ document: { hash: line }, position: 0 })
      }
      expect(await closed).toEqual([null, 'SIGKILL'])
      // A commit that was not acknowledged may have been applied.
      const newest = Math.max(...(await find(store, 'common')).map(({ document }) => Number(document.hash)))
      expect(newest === commit || newest === commit + 1).toBe(true)
      for (const opened of [store, openStore(file)]) {
        expect(await opened.inspect({ signal })).toEqual([])
        expect(await find(opened, `version${newest}`)).toHaveLength(24)
        expect(await findVector(opened, newest)).toMatchObject([{ document: { hash: `${newest}` }, position: 0 }])
      }
      commit = newest + 1
    }
  })

  it('writes at the same time as this one', async () => {
    const file = newFile()
    const store = openStore(file)
    const child = startWriter(file, 0)
    const closed = once(child, 'close')
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    for (let document = 0; document < 20; document++) {
      await put(store, `own${document}`)
      await lines.next()
    }
    child.kill('SIGKILL')
    await closed
    const manifest = await store.manifest({ scope: 'ann', after: 'own', limit: 100 }, { signal })
    expect(manifest).toHaveLength(20)
    expect(await store.inspect({ signal })).toEqual([])
  })
})

function startWriter(file: string, commit: number) {
  const child = spawn(process.execPath, [WRITER, file, String(commit)], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.add(child)
  return child
}

const KILLS = Number(process.env['RAGWIRE_KILLS'] ?? 6)
const WRITER = fileURLToPath(new URL('./write-index.ts', import.meta.url))

describe('durability', () => {
  it('is ensured by syncing every commit to the disk', async () => {
    const database = connect(newFile())
    await put(sqliteKnowledgeStore({ database }), 'a')
    expect(database.prepare('pragma synchronous').get()).toMatchObject({ synchronous: 2 })
    expect(database.prepare('pragma journal_mode').get()).toMatchObject({ journal_mode: 'wal' })
  })
})

describe('a file that cannot be used', () => {
  it('causes store-unavailable if its tables belong to a later release', async () => {
    const file = newFile()
    await put(openStore(file), 'a')
    connect(file).exec('insert into ragwire_index_migrations values (99)')
    expect(await outcomeOf(find(openStore(file), 'common'))).toBe(
      'store-unavailable: Cannot use tables of version 99: this release supports up to 1',
    )
  })

  it('can be searched if it is read-only', async () => {
    const file = newFile()
    await put(openStore(file), 'a')
    const store = sqliteKnowledgeStore({ database: connect(file, { readOnly: true }) })
    expect(await find(store, 'common')).toHaveLength(12)
    expect(await findVector(store, 1)).toHaveLength(1)
    expect(await store.inspect({ signal })).toEqual([])
    expect(await outcomeOf(put(store, 'b'))).toBe(
      'store-unavailable: Cannot write the index: attempt to write a readonly database. ' +
        'The file or the connection is read-only: open it for writing',
    )
  })

  it('causes store-unavailable if it is read-only and has no index', async () => {
    const file = newFile()
    connect(file).exec('create table mine (id)')
    const store = sqliteKnowledgeStore({ database: connect(file, { readOnly: true }) })
    expect(await outcomeOf(find(store, 'common'))).toMatch(/^store-unavailable: Cannot read the index: .*read-only/)
  })

  it('causes store-unavailable if it is no database', async () => {
    const file = newFile()
    writeFileSync(file, 'not a database '.repeat(1_000))
    expect(await outcomeOf(find(openStore(file), 'common'))).toMatch(
      /^store-unavailable: Cannot read the index: .*The file is not a SQLite database: check the path/,
    )
  })

  it('causes store-unavailable when it is full, and keeps what was committed', async () => {
    const file = newFile()
    const database = connect(file)
    const store = sqliteKnowledgeStore({ database })
    await put(store, 'a')
    const before = await store.state({ signal })
    const { page_count: pages } = { page_count: 0, ...database.prepare('pragma page_count').get() }
    database.exec(`pragma max_page_count = ${pages + 2}`)
    const documents = Array.from({ length: 30 }, (_, index) => documentOf('ann', `b${index}`, 2))
    expect(await outcomeOf(store.commit({ documents, embedding: SPACE }, { signal }))).toBe(
      'store-unavailable: Cannot write the index: database or disk is full. ' +
        'The disk is full, or the file has reached its maximum size: free some space',
    )
    expect(await store.state({ signal })).toEqual(before)
    expect(await store.inspect({ signal })).toEqual([])
    database.exec('pragma max_page_count = 1000000')
    await store.commit({ documents, embedding: SPACE }, { signal })
    expect(await find(store, 'version2')).toHaveLength(100)
  })

  it('causes store-unavailable after the connection was closed', async () => {
    const file = newFile()
    const database = new DatabaseSync(file)
    const store = sqliteKnowledgeStore({ database })
    await put(store, 'a')
    await findVector(store, 1)
    database.close()
    for (const call of [put(store, 'b'), find(store, 'common'), findVector(store, 1), store.state({ signal })]) {
      expect(await outcomeOf(call)).toMatch(
        /^store-unavailable: Cannot (read|write) the index: database is not open. The connection was closed/,
      )
    }
  })

  it('is recognised by the codes of better-sqlite3 too, and no other failure is mistaken for it', async () => {
    const failing = (failure: Error): KnowledgeStore => {
      const database: SqliteDatabase = {
        exec() {
          throw failure
        },
        prepare: () => expect.fail('nothing is prepared'),
      }
      return sqliteKnowledgeStore({ database })
    }
    const full = Object.assign(new Error('no way'), { code: 'SQLITE_FULL' })
    expect(await outcomeOf(put(failing(full), 'a'))).toMatch(/^store-unavailable: .* no way. The disk is full/)
    const corrupt = Object.assign(new Error('no way'), { code: 'SQLITE_CORRUPT_VTAB' })
    expect(await failing(corrupt).inspect({ signal })).toEqual([expect.stringContaining('no way. Delete the file')])
    const other = new Error('no way')
    await expect(failing(other).state({ signal })).rejects.toBe(other)
    await expect(failing(other).inspect({ signal })).rejects.toBe(other)
  })
})

describe('a damaged index', () => {
  const DAMAGES: readonly (readonly [string, RegExp])[] = [
    ['delete from ragwire_index', /state is missing/],
    ["delete from ragwire_documents where document_id = 'a'", /3 documents instead of 4/],
    ['delete from ragwire_chunks where id = 3', /'a' of scope 'ann' has 11 of its 12 chunks/],
    ['delete from ragwire_vectors where chunk = 3', /'a' of scope 'ann' has 11 of its 12 vectors/],
    ['delete from ragwire_blocks where id = 1', /'a' of scope 'ann' is not in the text index/],
    ['delete from ragwire_postings where id = (select min(id) from ragwire_postings)', /wrong terms for \d+ chunks/],
    ['delete from ragwire_codes where block = 1', /packed vectors/],
    ['update ragwire_vectors set vector = zeroblob(4) where chunk = 3', /1 vectors that do not have 8 numbers/],
    ["update ragwire_blocks set lengths = x'00' where id = 1", /Block 1 of the text index cannot be read/],
    ["update ragwire_postings set data = x'ff' where id = (select min(id) from ragwire_postings)", /Block 1/],
    ['update ragwire_blocks set length = length + 1 where id = 1', /Block 1 of the text index has wrong totals/],
    ["update ragwire_documents set scope = 'bob' where document_id = 'b'", /not in the manifest/],
    ["insert into ragwire_chunks values (9999, '{}')", /1 chunks that belong to no document/],
    ['insert into ragwire_vectors values (9999, zeroblob(32))', /1 vectors that belong to no document/],
    ["insert into ragwire_postings values (6553600, x'00')", /1 rows of terms that belong to no block/],
    ["insert into ragwire_codes values (99, x'00')", /1 rows of packed vectors that belong to no block/],
    ["update ragwire_chunks set record = '{' where id = 3", /1 chunks that are no JSON/],
  ]

  it.each(DAMAGES)('is reported, and repaired by indexing all again: %s', async (damage, sentence) => {
    const file = newFile()
    const database = connect(file)
    const store = sqliteKnowledgeStore({ database })
    const documents = ['a', 'b', 'c', 'd'].map((id, index) => documentOf('ann', id, index))
    await store.commit({ documents, embedding: SPACE }, { signal })
    await findVector(store, 1)
    expect(await store.inspect({ signal })).toEqual([])
    database.exec(damage)
    const sentences = await store.inspect({ signal })
    expect(sentences.join('\n')).toMatch(sentence)
    for (const each of sentences) expect(each).toContain('Call knowledge.clear() and sync all documents again')
    await store.commit({ clear: true, documents, embedding: SPACE }, { signal })
    expect(await store.inspect({ signal })).toEqual([])
    for (const opened of [store, openStore(file)]) {
      expect(await find(opened, 'common')).toHaveLength(48)
      expect(await findVector(opened, 2)).toMatchObject([{ document: { documentId: 'c' }, position: 0 }])
    }
  })

  it('fails a search that needs what is missing', async () => {
    const file = newFile()
    const store = openStore(file)
    await put(store, 'a')
    connect(file).exec('delete from ragwire_chunks; delete from ragwire_vectors')
    expect(await outcomeOf(find(store, 'common'))).toBe(
      "store-unavailable: Cannot read the index: chunk 0 of document 'a' is missing. " +
        'Call knowledge.clear() and sync all documents again, or restore the file from a backup',
    )
    expect(await outcomeOf(findVector(store, 1))).toMatch(/^store-unavailable: .*the vector of chunk \d+ is missing/)
  })

  it('is reported when pages of the file were overwritten', async () => {
    const file = newFile()
    const database = connect(file)
    const store = sqliteKnowledgeStore({ database })
    await store.commit(
      { documents: Array.from({ length: 60 }, (_, at) => documentOf('ann', `d${at}`, at)), embedding: SPACE },
      { signal },
    )
    database.exec('pragma wal_checkpoint(truncate)')
    const descriptor = openSync(file, 'r+')
    for (let page = 20; page < 30; page++) writeSync(descriptor, Buffer.alloc(4096, 0xaa), 0, 4096, page * 4096)
    closeSync(descriptor)
    const sentences = await openStore(file).inspect({ signal })
    expect(sentences.join('\n')).toMatch(/^SQLite (finds the file damaged|cannot read the file): .* Delete the file/)
  })
})

describe('a file with history and knowledge', () => {
  it('holds both, also over one connection', async () => {
    const file = newFile()
    const database = connect(file)
    const history = sqliteHistoryStore({ database })
    const store = sqliteKnowledgeStore({ database })
    const turn = { scope: 'ann', threadId: 'cats', runId: 'r1', messageId: 'm', question: 'q' }
    await Promise.all([put(store, 'a'), history.beginTurn(turn, { signal }), put(store, 'b'), find(store, 'common')])
    expect(await find(openStore(file), 'common')).toHaveLength(24)
    const again = sqliteHistoryStore({ database: connect(file) })
    expect(await again.load({ scope: 'ann', threadId: 'cats' }, { limit: 1, signal })).toHaveLength(1)
  })
})

describe('sqliteKnowledgeStore', () => {
  it('rejects options that are invalid', () => {
    const database = connect(newFile())
    // @ts-expect-error: unknown names do not compile
    expect(() => sqliteKnowledgeStore({ database, file: 'x.db' })).toThrow(/Cannot use file/)
    // @ts-expect-error: so does a path
    expect(() => sqliteKnowledgeStore({ database: 'x.db' })).toThrow(/such as new DatabaseSync\(path\)/)
    expect(() => sqliteKnowledgeStore({ database, maxVectorBytes: -1 })).toThrow(/maxVectorBytes -1/)
    expect(() => sqliteKnowledgeStore({ database, busyMs: Number.NaN })).toThrow(/busyMs NaN/)
  })

  it('finds the same when memory holds the vectors of one search only', async () => {
    const store = openStore(newFile(), { maxVectorBytes: 1 })
    for (const scope of ['ann', 'bob', '']) await put(store, 'a', { scope, version: scope.length })
    for (let round = 0; round < 2; round++) {
      for (const scope of ['ann', 'bob', '']) {
        const vector = vectorOf(scope.length, 3)
        const hits = await store.searchVectors({ scopes: [scope], topK: 1, vector }, { signal })
        expect(hits).toMatchObject([{ document: { scope }, position: 3 }])
      }
    }
  })
})
