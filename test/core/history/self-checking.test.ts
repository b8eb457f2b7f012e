import { describe, expect, it } from 'vitest'
import { isSelfChecking } from '../../../src/core/history/self-checking.ts'
import { memoryHistoryStore, type HistoryStore } from '../../../src/index.ts'
import { resultOf } from '../../support/chat-events.ts'

const { signal } = new AbortController()

describe('isSelfChecking', () => {
  it('C3: is true for a store in memory, which refuses a result that could not be read back', async () => {
    const store = memoryHistoryStore()
    expect(isSelfChecking(store)).toBe(true)
    const turn = { scope: 's', threadId: 't', runId: 'r', messageId: 'm', question: 'q' }
    await store.beginTurn(turn, { signal })
    const source = { number: 1, sourceId: 's', documentId: 'd', chunkId: 'c', title: 't', text: 'x' }
    const bad = { ...resultOf('x'), sources: [{ ...source, metadata: { size: Number.NaN } }] }
    await expect(store.finishTurn({ ...turn, result: bad }, { signal })).rejects.toMatchObject({ code: 'internal' })
    expect((await store.load(turn, { limit: 1, signal }))[0]).not.toHaveProperty('result')
  })

  it('C3: is false for a copy of that store with another function', () => {
    const finishTurn: HistoryStore['finishTurn'] = async () => ({ kept: 'this' })
    expect(isSelfChecking({ ...memoryHistoryStore(), finishTurn })).toBe(false)
  })
})
