import { describe, expect, it } from 'vitest'
import { memoryHistoryStore, type HistoryStore } from '../../../src/index.ts'
import { historyStoreContract, manualClock } from '../../../src/testing.ts'
import { resultOf } from '../../support/chat-events.ts'

historyStoreContract({ describe, it, name: 'memoryHistoryStore', create: () => ({ store: memoryHistoryStore() }) })

const { signal } = new AbortController()

function begin(store: HistoryStore, threadId: string, runId: string): Promise<void> {
  return store.beginTurn({ scope: 'ann', threadId, runId, messageId: runId, question: runId }, { signal })
}

async function answer(store: HistoryStore, threadId: string, runId: string, scope = 'ann'): Promise<void> {
  await store.beginTurn({ scope, threadId, runId, messageId: runId, question: runId }, { signal })
  await store.finishTurn({ scope, threadId, runId, result: resultOf(runId) }, { signal })
}

async function threadsOf(store: HistoryStore): Promise<readonly string[]> {
  return (await store.list('ann', { limit: 50, signal })).threads.map(({ threadId }) => threadId)
}

describe('memoryHistoryStore', () => {
  it('lists the most recently used thread first', async () => {
    const store = memoryHistoryStore()
    for (const id of ['a', 'b', 'c']) await begin(store, id, id)
    await store.finishTurn({ scope: 'ann', threadId: 'a', runId: 'a', result: resultOf('x') }, { signal })
    expect(await threadsOf(store)).toEqual(['a', 'c', 'b'])
  })

  it('ends a listing when the thread of its cursor was deleted', async () => {
    const store = memoryHistoryStore()
    for (const id of ['a', 'b', 'c']) await begin(store, id, id)
    await store.delete({ scope: 'ann', threadId: 'b' }, { signal })
    expect(await store.list('ann', { limit: 2, before: 'b', signal })).toEqual({ threads: [] })
  })

  it('evicts the least recently used thread and its runs when there are too many', async () => {
    const store = memoryHistoryStore({ maxThreads: 2 })
    for (const id of ['a', 'b']) await answer(store, id, id)
    await answer(store, 'a', 'a2')
    await answer(store, 'c', 'c')
    expect(await threadsOf(store)).toEqual(['c', 'a'])
    await answer(store, 'd', 'b')
    expect(await threadsOf(store)).toEqual(['d', 'c'])
  })

  it('evicts the oldest turn of a thread that is too long, except a turn that is still running', async () => {
    const store = memoryHistoryStore({ maxTurns: 2 })
    await begin(store, 'a', 'running')
    for (const runId of ['r1', 'r2', 'r3']) await answer(store, 'a', runId)
    const turns = await store.load({ scope: 'ann', threadId: 'a' }, { limit: 50, signal })
    expect(turns.map(({ runId }) => runId)).toEqual(['running', 'r3'])
    const late = (runId: string) =>
      store.finishTurn({ scope: 'ann', threadId: 'a', runId, result: resultOf('x') }, { signal })
    await expect(late('r1')).rejects.toMatchObject({ code: 'not-found' })
    expect(await late('running')).toEqual({ kept: 'this' })
  })

  it('uses a bounded amount of memory', async () => {
    const store = memoryHistoryStore({ maxThreads: 5, maxTurns: 3 })
    for (let run = 0; run < 2_000; run += 1) await answer(store, `thread ${run % 50}`, `run ${run}`)
    expect(await threadsOf(store)).toHaveLength(5)
  })

  it('C9: does not evict the running thread of one scope because of requests of another scope', async () => {
    const store = memoryHistoryStore({ maxThreads: 1_000 })
    await begin(store, 'running', 'r')
    for (let run = 0; run < 1_100; run += 1) await answer(store, `thread ${run}`, `run ${run}`, 'bob')
    expect(await threadsOf(store)).toEqual(['running'])
    const result = resultOf('kept')
    await store.finishTurn({ scope: 'ann', threadId: 'running', runId: 'r', result }, { signal })
    expect(await store.find?.({ scope: 'ann', runId: 'r' }, { signal })).toMatchObject({ result })
  })

  it('C9: evicts from the scope with the most items, and leaves other scopes alone', async () => {
    const store = memoryHistoryStore({ maxThreads: 10 })
    for (const id of ['a', 'b', 'c']) await answer(store, id, id)
    for (let run = 0; run < 50; run += 1) await answer(store, `thread ${run}`, `run ${run}`, 'bob')
    expect(await threadsOf(store)).toEqual(['c', 'b', 'a'])
    expect((await store.list('bob', { limit: 50, signal })).threads).toHaveLength(7)
  })

  it('C9: among the scopes with the most threads, evicts from the one that changed the longest ago', async () => {
    const store = memoryHistoryStore({ maxThreads: 2 })
    await answer(store, 'a', 'a')
    await answer(store, 'b', 'b', 'bob')
    await answer(store, 'a', 'a2')
    await answer(store, 'c', 'c', 'cem')
    expect(await threadsOf(store)).toEqual(['a'])
    expect((await store.list('bob', { limit: 50, signal })).threads).toEqual([])
  })

  it('C9: limits the number of threads per scope', async () => {
    const store = memoryHistoryStore({ maxThreadsPerScope: 2 })
    for (const scope of ['ann', 'bob']) for (const id of ['a', 'b', 'c']) await answer(store, id, id, scope)
    expect(await threadsOf(store)).toEqual(['c', 'b'])
  })

  it.each([{ maxThreads: 2 }, { maxThreadsPerScope: 2 }])(
    'C9: rejects a question while every thread is running (%j), until one has ended or is an hour old',
    async (options) => {
      const clock = manualClock()
      const store = memoryHistoryStore({ ...options, clock })
      for (const id of ['a', 'b']) await begin(store, id, id)
      await expect(begin(store, 'c', 'c')).rejects.toMatchObject({ code: 'too-many-runs' })
      expect(await threadsOf(store)).toEqual(['b', 'a'])
      await begin(store, 'a', 'a2')
      await store.finishTurn({ scope: 'ann', threadId: 'b', runId: 'b', result: resultOf('x') }, { signal })
      await begin(store, 'c', 'c')
      expect(await threadsOf(store)).toEqual(['c', 'a'])
      await clock.advance(3_600_000)
      await begin(store, 'd', 'd')
      expect(await threadsOf(store)).toEqual(['d', 'c'])
    },
  )

  it.each([{ maxThreads: 0 }, { maxThreadsPerScope: -1 }, { maxTurns: 1.5 }])(
    'rejects an invalid limit: %j',
    (options) => {
      expect(() => memoryHistoryStore(options)).toThrow(RangeError)
    },
  )
})
