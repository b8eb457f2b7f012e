import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isChatError, type HistoryStore } from '../../../src/index.ts'
import { postgresHistoryStore } from '../../../src/postgres.ts'
import { historyStoreContract } from '../../../src/testing.ts'
import { resultOf } from '../../support/chat-events.ts'
import { describeEachDriver, query, type Database } from './databases.ts'

const { signal } = new AbortController()
const CATS = { scope: 'ann', threadId: 'cats' }

describeEachDriver((open) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  }, 60_000)
  afterAll(() => database.close())

  async function openStore() {
    const tables = await database.createTables()
    const store = postgresHistoryStore({ client: database.client, ...tables })
    const change = (statement: string) => query(database.client, statement.replace('wire_', `${tables.schema}.wire_`))
    return { store, change }
  }

  historyStoreContract({ describe, it, name: 'postgresHistoryStore', timeLimitMs: 10_000, create: openStore })

  describe('simultaneous calls', () => {
    it('give a run to one of the threads that request it', async () => {
      const { store } = await openStore()
      const threads = ['a', 'b', 'c', 'd']
      const begun = await Promise.all(
        Array.from({ length: 100 }, async (_, index) => {
          const threadId = threads[index % threads.length] ?? ''
          return [threadId, await codeOf(begin(store, 'r1', { threadId }))]
        }),
      )
      const owners = new Set(begun.flatMap(([threadId, code]) => (code === 'kept' ? [threadId] : [])))
      expect(owners.size).toBe(1)
      const refused = begun.filter(([threadId]) => !owners.has(threadId)).map(([, code]) => code)
      expect(refused).toEqual(Array.from({ length: 75 }, () => 'store-conflict'))
      expect((await store.list('ann', { limit: 50, signal })).threads).toMatchObject([{ threadId: [...owners][0] }])
    })

    it('keep one of 100 results', async () => {
      const { store } = await openStore()
      await begin(store, 'r1')
      const answers = Array.from({ length: 100 }, (_, index) => `answer ${index}`)
      await Promise.all(answers.map((answer) => finish(store, 'r1', answer)))
      const [turn] = await store.load(CATS, { limit: 5, signal })
      const kept = turn?.result?.answer
      expect(answers).toContain(kept)
      await finish(store, 'r1', 'late')
      expect((await store.load(CATS, { limit: 5, signal }))[0]?.result?.answer).toBe(kept)
    })

    it('keep both of two regenerations, one of them in the place of the turn', async () => {
      const { store } = await openStore()
      for (const runId of ['r1', 'r2', 'r3']) await begin(store, runId)
      await finish(store, 'r1', 'old')
      for (const runId of ['r4', 'r5']) await begin(store, runId, { replaces: 'r1' })
      await Promise.all([finish(store, 'r4', 'new'), finish(store, 'r5', 'newer')])
      const ids = (await store.load(CATS, { limit: 50, signal })).map(({ runId }) => runId)
      expect([
        ['r4', 'r2', 'r3', 'r5'],
        ['r5', 'r2', 'r3', 'r4'],
      ]).toContainEqual(ids)
    })

    it('leave no unfinished turn when their thread is deleted meanwhile', async () => {
      const { store } = await openStore()
      const codes = await Promise.all(
        Array.from({ length: 40 }, async (_, index) => {
          const runId = `r${index}`
          const begun = await codeOf(begin(store, runId))
          const [finished] = await Promise.all([
            codeOf(finish(store, runId, 'x')),
            index % 4 === 0 ? store.delete(CATS, { signal }) : undefined,
          ])
          return [begun, finished] as const
        }),
      )
      expect(new Set(codes.map(([begun]) => begun))).toEqual(new Set(['kept']))
      expect(['kept', 'not-found']).toEqual(expect.arrayContaining([...new Set(codes.map(([, finished]) => finished))]))
      const turns = await store.load(CATS, { limit: 50, signal })
      expect(turns.filter(({ result }) => !result)).toEqual([])
    })
  })

  it('lists the initial threads page by page although threads are added and changed meanwhile', async () => {
    const { store } = await openStore()
    for (const id of ['a', 'b', 'c', 'd']) await begin(store, id, { threadId: id })
    const first = await store.list('ann', { limit: 2, signal })
    await begin(store, 'e', { threadId: 'e' })
    await begin(store, 'c2', { threadId: 'c' })
    await store.delete({ scope: 'ann', threadId: 'd' }, { signal })
    const second = await store.list('ann', { limit: 2, signal, ...(first.before && { before: first.before }) })
    expect([first, second].map(({ threads }) => threads.map(({ threadId }) => threadId))).toEqual([
      ['d', 'c'],
      ['b', 'a'],
    ])
    expect(second.before).toBeUndefined()
  })

  it.each(['x', '1; drop table x', '-1', '9'.repeat(40), ''])('ends a listing after the cursor %j', async (before) => {
    const { store } = await openStore()
    await begin(store, 'r1')
    expect(await store.list('ann', { limit: 5, before, signal })).toEqual({ threads: [] })
  })

  it('stores NUL, unpaired surrogates and numbers unchanged', async () => {
    const { store } = await openStore()
    await begin(store, 'r1')
    const result = { ...resultOf('\0 \\u0000 \ud83d "\\ 猫'), timings: { total: 1.1e-7 } }
    await store.finishTurn({ ...CATS, runId: 'r1', result }, { signal })
    expect((await store.load(CATS, { limit: 1, signal }))[0]?.result).toEqual(result)
  })

  it('does not interpret any argument as SQL', async () => {
    const { store } = await openStore()
    const texts = [
      "'; drop table wire_turns; --",
      "' or '1'='1",
      '"; delete from wire_turns; --',
      '$1',
      '$$',
      '\\',
      '?',
    ]
    for (const text of texts) {
      const thread = { scope: text, threadId: text }
      const turn = { ...thread, runId: text, messageId: text, question: text }
      await store.beginTurn(turn, { signal })
      await store.beginTurn({ ...turn, runId: `${text} again`, replaces: text }, { signal })
      await store.finishTurn({ ...thread, runId: text, result: resultOf(text) }, { signal })
      await store.finishTurn({ ...thread, runId: `${text} again`, result: resultOf(text) }, { signal })
      const kept = { threadId: text, runId: `${text} again`, messageId: text, question: text }
      expect(await store.load(thread, { limit: 5, signal })).toMatchObject([{ ...kept, result: { answer: text } }])
      expect(await store.list(text, { limit: 5, signal })).toMatchObject({ threads: [{ title: text, turns: 1 }] })
    }
    for (const text of texts) expect(await store.delete({ scope: text, threadId: text }, { signal })).toBe(true)
  })

  it('F43: rejects a turn of a later version, and every other turn of its thread', async () => {
    const { store, change } = await openStore()
    await begin(store, 'r1')
    await begin(store, 'r2')
    await change(`update wire_turns set v = 2 where run_id = 'r2'`)
    const refusal = { code: 'store-unavailable', retryable: false }
    await expect(store.load(CATS, { limit: 5, signal })).rejects.toMatchObject(refusal)
  })
})

async function begin(
  store: HistoryStore,
  runId: string,
  rest: { readonly threadId?: string; readonly replaces?: string } = {},
): Promise<void> {
  await store.beginTurn({ ...CATS, runId, messageId: runId, question: runId, ...rest }, { signal })
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
