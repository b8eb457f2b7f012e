import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, it } from 'vitest'
import { sqliteKnowledgeStore } from '../../../src/sqlite.ts'
import { knowledgeStoreContract } from '../../../src/testing.ts'

const folder = mkdtempSync(join(tmpdir(), 'ragwire-knowledge-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0

function openIndex() {
  files += 1
  const file = join(folder, `contract-${files}.db`)
  const open = new Set<DatabaseSync>()
  let last = connect()
  function connect(): DatabaseSync {
    const database = new DatabaseSync(file)
    open.add(database)
    return database
  }
  function disconnect(database: DatabaseSync): void {
    open.delete(database)
    database.close()
  }
  return {
    store: sqliteKnowledgeStore({ database: last }),
    connect: () => sqliteKnowledgeStore({ database: connect() }),
    reopen() {
      disconnect(last)
      last = connect()
      return sqliteKnowledgeStore({ database: last })
    },
    close: () => open.forEach(disconnect),
  }
}

for (const vectors of [true, false]) {
  knowledgeStoreContract({
    describe,
    it,
    name: `sqliteKnowledgeStore ${vectors ? 'with' : 'without'} vectors`,
    create: () => openIndex(),
    vectors,
  })
}

knowledgeStoreContract({
  describe,
  it,
  name: 'sqliteKnowledgeStore in memory, with big integers',
  create: () => {
    const database = new DatabaseSync(':memory:', { readBigInts: true })
    return { store: sqliteKnowledgeStore({ database }), close: () => database.close() }
  },
})
