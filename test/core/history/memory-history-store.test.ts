import { describe, expect, it } from 'vitest'
import { memoryHistoryStore, type HistoryStore } from '../../../src/index.ts'
import { historyStoreContract } from '../../../src/testing.ts'
import { resultOf } from '../../support/chat-events.ts'

historyStoreContract({ describe, it, name: 'memoryHistoryStore', create: () => ({ store: memoryHistoryStore() }) })

const { signal } = new AbortController()

function begin(store: HistoryStore, threadId: string, runId: string): Promise<void> {
  return store.beginTurn({ scope: 'ann', threadId, runId, messageId: runId, question: runId }, { signal })
}

async function threadsOf(store: HistoryStore): Promise<readonly string[]> {
  return (await store.list('ann', { limit: 50, signal })).threads.map(({ threadId }) => threadId)
}

describe('memoryHistoryStore', () => {
  it('lists the thread first that was touched last', async () => {
    const store = memoryHistoryStore()
    for (const id of ['a', 'b', 'c']) await begin(store, id, id)
    await store.finishTurn({ scope: 'ann', threadId: 'a', runId: 'a', result: resultOf('x') }, { signal })
    expect(await threadsOf(store)).toEqual(['a', 'c', 'b'])
  })

  it('ends a listing whose cursor is gone', async () => {
    const store = memoryHistoryStore()
    for (const id of ['a', 'b', 'c']) await begin(store, id, id)
    await store.delete({ scope: 'ann', threadId: 'b' }, { signal })
    expect(await store.list('ann', { limit: 2, before: 'b', signal })).toEqual({ threads: [] })
  })

  it('forgets the thread that was touched longest ago when there are too many, and its runs', async () => {
    const store = memoryHistoryStore({ maxThreads: 2 })
    for (const id of ['a', 'b']) await begin(store, id, id)
    await begin(store, 'a', 'a2')
    await begin(store, 'c', 'c')
    expect(await threadsOf(store)).toEqual(['c', 'a'])
    await begin(store, 'd', 'b')
    expect(await threadsOf(store)).toEqual(['d', 'c'])
  })

  it('forgets the oldest turn of a thread that grows too long', async () => {
    const store = memoryHistoryStore({ maxTurns: 2 })
    for (const runId of ['r1', 'r2', 'r3']) await begin(store, 'a', runId)
    const turns = await store.load({ scope: 'ann', threadId: 'a' }, { limit: 50, signal })
    expect(turns.map(({ runId }) => runId)).toEqual(['r2', 'r3'])
    const late = store.finishTurn({ scope: 'ann', threadId: 'a', runId: 'r1', result: resultOf('x') }, { signal })
    await expect(late).rejects.toMatchObject({ code: 'not-found' })
  })

  it('stays small however much it is used', async () => {
    const store = memoryHistoryStore({ maxThreads: 5, maxTurns: 3 })
    for (let run = 0; run < 2_000; run += 1) await begin(store, `thread ${run % 50}`, `run ${run}`)
    expect(await threadsOf(store)).toHaveLength(5)
  })

  it.each([{ maxThreads: 0 }, { maxTurns: 1.5 }])('refuses a limit that is none: %j', (options) => {
    expect(() => memoryHistoryStore(options)).toThrow(RangeError)
  })
})
