import { describe, expect, it } from 'vitest'
import { memoryRunStore } from '../../src/server.ts'
import { manualClock } from '../../src/testing.ts'
import { openBench } from './support/bench.ts'

const RUN_ID = '0b9b1f5e-4f0a-4f6e-9c55-2f1de8b6a001'

describe('POST /chat for a run whose server was lost before its first event', () => {
  it.each(['application/json', 'application/x-ndjson'])('F41: answers producer-lost as %s', async (accept) => {
    const clock = manualClock()
    const store = memoryRunStore({ clock })
    const { signal } = new AbortController()
    await store.begin({ scope: 'alice', runId: RUN_ID, leaseMs: 100, maxActive: 4 }, { signal })
    await clock.advance(200)
    const bench = openBench({ store: { store } })
    const { text } = await bench.ask({ question: 'Why?', runId: RUN_ID }, { headers: { accept } })
    expect(text).toContain('"code":"producer-lost"')
    expect(bench.model.calls).toEqual([])
  })
})

describe('a scope function that never settles', () => {
  it('does not keep a request whose client has left', async () => {
    const controller = new AbortController()
    const bench = openBench({ scope: () => new Promise(() => {}) })
    const context = { signal: controller.signal }
    const answer = bench.send('GET', '/threads', { context })
    controller.abort()
    expect((await answer).status).toBe(499)
    expect(bench.errors).toEqual([])
  })
})
