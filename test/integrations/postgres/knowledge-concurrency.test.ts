import pg from 'pg'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { KnowledgeStore } from '../../../src/knowledge/store/knowledge-store.ts'
import { migratePostgresKnowledge, postgresKnowledgeStore } from '../../../src/postgres.ts'
import { createFaultProxy } from '../../../src/testing.ts'
import { hasPostgres } from '../../support/postgres-server.ts'
import { openPool, query, useServer } from './databases.ts'
import { holdIndex } from './hold-index.ts'
import { useDatabase } from './knowledge-databases.ts'
import { sampleDocument } from './knowledge-samples.ts'

const call = { signal: new AbortController().signal }
const COMMON = { scopes: ['ann', 'bob'], topK: 1_000, terms: new Map([['common', 1]]) }

describe.skipIf(!hasPostgres)('several instances over one database', () => {
  const server = useServer()
  const database = useDatabase(async () => {
    await server().createDatabase('instances')
    const client = openPool(server().url({ database: 'instances' }))
    return { client, close: () => client.end() }
  })
  let schema = ''
  beforeAll(async () => {
    ;({ schema } = await database().createSchema())
    await migratePostgresKnowledge(database().client, { schema })
  })

  function open(client = database().client): KnowledgeStore {
    return postgresKnowledgeStore({ client, schema })
  }

  const hold = () => holdIndex({ url: server().url({ database: 'instances' }), schema })

  it('keeps each document whole, and the statistics exact, after 200 commits at the same time', async () => {
    const pools = Array.from({ length: 4 }, () => openPool(server().url({ database: 'instances' }), { max: 5 }))
    const stores = pools.map((client) => open(client))
    await Promise.all(
      Array.from({ length: 200 }, async (_, round) => {
        const store = stores[round % stores.length]
        // Each document belongs to several commits at once, and half of the commits remove one.
        const ids = [round % 7, (round * 5 + 1) % 7].filter((id, index, all) => all.indexOf(id) === index)
        const documents = ids.map((id) =>
          sampleDocument(textsOf(round), { scope: id % 2 ? 'ann' : 'bob', documentId: `${id}`, hash: `${round}` }),
        )
        const removals = round % 2 ? [{ scope: 'ann', documentId: `${(round % 3) * 2 + 8}` }] : []
        await store?.commit({ documents, removals }, call)
        for (const { document, chunk } of (await store?.searchTerms(COMMON, call)) ?? []) {
          expect(chunk.text).toContain(`round${document.hash}`)
        }
      }),
    )
    const state = await open().state(call)
    expect(state.documents).toBe(7)
    expect(await open().inspect(call)).toEqual([])
    const hits = await open().searchTerms(COMMON, call)
    expect(hits).toHaveLength(state.chunks)
    await Promise.all(pools.map((pool) => pool.end()))
  })

  it('applies the last of several commits of a document', async () => {
    const held = await hold()
    const stores = [open(), open(), open()]
    const commits: Promise<unknown>[] = []
    for (const [index, store] of stores.entries()) {
      const document = sampleDocument([`order${index}`], { documentId: 'order', hash: `${index}` })
      commits.push(store.commit({ documents: [document] }, call))
      await held.waiting(index + 1)
    }
    await held.release()
    await Promise.all(commits)
    const found = await open().document({ scope: 'ann', documentId: 'order' }, call)
    expect(found?.document.hash).toBe('2')
    expect(found?.chunks.map(({ text }) => text)).toEqual(['order2'])
  })

  it('lets searches read while a commit waits', async () => {
    const held = await hold()
    const commit = open().commit({ documents: [sampleDocument(['blocked'], { documentId: 'blocked' })] }, call)
    await held.waiting(1)
    const search = { scopes: ['ann'], topK: 1, terms: new Map([['blocked', 1]]) }
    expect(await open().searchTerms(search, call)).toEqual([])
    await held.release()
    await commit
    expect(await open().searchTerms(search, call)).toHaveLength(1)
  })

  it('applies nothing of a commit whose client died while it was sent', async () => {
    const proxy = await createFaultProxy({ upstreamPort: server().port })
    const pool = openPool(server().url({ database: 'instances', port: proxy.port }), { max: 1 })
    const before = await open(pool).state(call)
    const large = sampleDocument(
      Array.from({ length: 5_000 }, () => 'word '.repeat(200)),
      { documentId: 'large' },
    )
    const commit = open(pool).commit({ documents: [large] }, call)
    proxy.blackhole()
    proxy.reset()
    await expect(commit).rejects.toThrow(/./)
    expect(await open().state(call)).toEqual(before)
    expect(await open().inspect(call)).toEqual([])
    await pool.end()
    await proxy.close()
  })

  it('applies nothing of a commit whose server process was ended', async () => {
    const held = await hold()
    const before = await open().state(call)
    const commit = open().commit({ documents: [sampleDocument(['ended'], { documentId: 'ended' })] }, call)
    const failure = expect(commit).rejects.toThrow('terminating connection')
    await held.waiting(1)
    const end = `select pg_terminate_backend(pid) from pg_stat_activity where query like '%commit_knowledge%' and pid <> pg_backend_pid()`
    await query(database().client, end)
    await failure
    await held.release()
    expect(await open().state(call)).toEqual(before)
  })

  it('returns the state after an aborted commit only when that commit has ended', async () => {
    const held = await hold()
    const store = open()
    const before = await store.state(call)
    const controller = new AbortController()
    const change = { documents: [sampleDocument(['late'], { documentId: 'late' })] }
    const commit = store.commit(change, { signal: controller.signal })
    await held.waiting(1)
    controller.abort(new Error('enough'))
    await expect(commit).rejects.toThrow('enough')
    const state = store.state(call)
    expect(await store.document({ scope: 'ann', documentId: 'late' }, call)).toBeUndefined()
    await held.release()
    expect((await state).documents).toBe(before.documents + 1)
    expect(await store.document({ scope: 'ann', documentId: 'late' }, call)).toMatchObject({
      document: { documentId: 'late' },
    })
  })

  it('keeps what was committed when the server is killed', async () => {
    const store = open()
    const committed: string[] = []
    const killed = { yes: false }
    const writer = (async () => {
      for (let round = 0; !killed.yes; round++) {
        const documentId = `killed ${round}`
        try {
          await store.commit({ documents: [sampleDocument(textsOf(round), { documentId })] }, call)
          committed.push(documentId)
        } catch {
          // The server was killed.
          return
        }
      }
    })()
    await vi.waitFor(() => expect(committed.length).toBeGreaterThan(5), 10_000)
    await server().kill()
    killed.yes = true
    await writer
    await server().restart()
    const again = open()
    for (const documentId of committed) {
      expect(await persist(() => again.document({ scope: 'ann', documentId }, call))).toMatchObject({
        document: { documentId },
      })
    }
    expect(await again.inspect(call)).toEqual([])
  })

  it('rejects a client whose transactions are read-only', async () => {
    const client = new pg.Client({ connectionString: server().url({ database: 'instances' }) })
    await client.connect()
    await client.query('set default_transaction_read_only = on')
    const store = open(client)
    expect(await store.state(call)).toHaveProperty('revision')
    const commit = store.commit({ documents: [sampleDocument(['a'])] }, call)
    await expect(commit).rejects.toMatchObject({ code: 'store-unavailable', retryable: false })
    await expect(commit).rejects.toThrow('primary')
    await client.end()
  })

  it('rejects a client whose isolation level does not allow to wait for other commits', async () => {
    const client = new pg.Client({ connectionString: server().url({ database: 'instances' }) })
    await client.connect()
    await client.query(`set default_transaction_isolation = 'repeatable read'`)
    await expect(open(client).commit({}, call)).rejects.toThrow('read committed')
    await client.end()
  })

  it('commits 64 documents of 20 chunks at once', async () => {
    const documents = Array.from({ length: 64 }, (_, number) =>
      sampleDocument(
        Array.from({ length: 20 }, (_, chunk) =>
          Array.from({ length: 100 }, (_, word) => `w${number * chunk * word}`).join(' '),
        ),
        { scope: 'large', documentId: `${number}` },
      ),
    )
    await open().commit({ documents }, call)
    const hits = await open().searchTerms({ scopes: ['large'], topK: 2_000, terms: new Map([['w0', 1]]) }, call)
    expect(hits).toHaveLength(1_280)
    expect(await open().inspect(call)).toEqual([])
  })
})

function textsOf(round: number): readonly string[] {
  return Array.from({ length: 1 + (round % 4) }, (_, chunk) => `common round${round} chunk${chunk}`)
}

/** Repeats a call, because a broken connection may only be detected now. */
async function persist<T>(body: () => Promise<T>): Promise<T> {
  for (let left = 20; ; left--) {
    try {
      return await body()
    } catch (thrown) {
      if (left === 0) throw thrown
    }
  }
}
