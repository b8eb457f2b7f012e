import { describe, expect, it } from 'vitest'
import { readAttempt, type AttemptOptions } from '../../../src/core/generation/read-attempt.ts'
import type { EngineEvent, EngineSource } from '../../../src/core/vocabulary/engine.ts'
import { createGate, manualClock } from '../../../src/testing.ts'

const SOURCE: EngineSource = { documentId: 'cats', chunkId: '1', text: 'Cats sleep.' }

describe('readAttempt', () => {
  it.each<[EngineEvent['type'], EngineEvent]>([
    ['text', { type: 'text', delta: 'Cats' }],
    ['source', { type: 'source', source: SOURCE }],
  ])('sets no timer and reads no more after its reader has left while handling a %s', async (_type, event) => {
    const clock = manualClock()
    const gate = createGate()
    const controller = new AbortController()
    let reads = 0
    const iterator: AsyncIterableIterator<EngineEvent> = {
      next() {
        reads += 1
        return Promise.resolve({ done: false, value: event })
      },
      return: () => Promise.resolve({ done: true, value: undefined }),
      [Symbol.asyncIterator]: () => iterator,
    }
    const options: AttemptOptions = {
      idleMs: 1_000,
      maxAnswerChars: 100,
      clock,
      signal: controller.signal,
      onFirstText() {},
      onText: () => gate.pass(),
      onSource: () => gate.pass(),
      onWarning: () => undefined,
      onUsage() {},
    }
    const attempt = readAttempt(() => iterator, options, 1_000)
    await gate.reached()
    const left = new Error('The reader has left')
    controller.abort(left)
    await expect(attempt).rejects.toBe(left)
    expect(clock.pending).toBe(0)

    gate.open()
    await clock.advance(0)
    expect(reads).toBe(1)
    expect(clock.pending).toBe(0)
  })
})
