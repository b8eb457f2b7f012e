import { setImmediate as nextTurn } from 'node:timers/promises'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChatError, type ErrorCode, type RetrieveAndAnswerOptions } from '../../src/index.ts'
import { createGate, fakeRetriever, manualClock, scriptedChatModel, type Script } from '../../src/testing.ts'
import { ask, askModel, CHUNKS, deltasOf, doneOf, errorOf, FINISH, open, warningsOf } from './ask.ts'

/** A failure that may be retried after the given delay, or after a default delay. */
function failure(code: ErrorCode, retryAfterMs?: number) {
  return { error: new ChatError('failed', { code, ...(retryAfterMs !== undefined && { retryAfterMs }) }) }
}

/** Runs a turn on a clock that the test moves, and returns the time of its end. */
function openTimed(script: Script, changes: Partial<RetrieveAndAnswerOptions> = {}) {
  const clock = manualClock()
  const model = scriptedChatModel(script)
  const run = open({ clock, model, ...changes })
  const over = run.readOn().then((events) => ({ events, at: clock.now() }))
  return { clock, model, over }
}

describe('maxAnswerChars', () => {
  it('ends an answer at the limit with finish reason length and a warning, and stops the model', async () => {
    const model = scriptedChatModel(['abc', 'def', 'ghi', FINISH])
    const events = await ask({ model, maxAnswerChars: 5 })
    expect(doneOf(events)).toMatchObject({ finishReason: 'length', answer: 'abcde' })
    expect(deltasOf(events)).toEqual(['abc', 'de'])
    expect(warningsOf(events)).toEqual(['output-capped', 'uncited'])
    expect(await model.calls[0]?.ended).not.toBe('finished')
  })

  it('does not change a shorter answer', async () => {
    expect(doneOf(await askModel(['abc', 'd', FINISH], { maxAnswerChars: 5 }))).toMatchObject({
      finishReason: 'stop',
      answer: 'abcd',
    })
  })

  it('sends no empty token when the cut removes the only character of a delta', async () => {
    expect(deltasOf(await askModel(['a😀', FINISH], { maxAnswerChars: 2 }))).toEqual(['a'])
    expect(deltasOf(await askModel(['😀', FINISH], { maxAnswerChars: 1 }))).toEqual([])
  })

  it('never splits a surrogate pair, for any cut of the model text', async () => {
    const whole = fc.array(fc.constantFrom('a', '語', '😀'), { minLength: 1, maxLength: 12 }).map((all) => all.join(''))
    const pieceLength = fc.integer({ min: 1, max: 4 })
    await fc.assert(
      fc.asyncProperty(whole, pieceLength, fc.integer({ min: 1, max: 30 }), async (whole, length, maxAnswerChars) => {
        const count = Math.ceil(whole.length / length)
        const pieces = Array.from({ length: count }, (_, index) => whole.slice(index * length, (index + 1) * length))
        const { answer } = doneOf(await askModel([...pieces, FINISH], { maxAnswerChars }))
        expect(whole.startsWith(answer)).toBe(true)
        expect(answer.isWellFormed()).toBe(true)
        expect(answer.length).toBeGreaterThanOrEqual(Math.min(whole.length, maxAnswerChars - 1))
        expect(answer.length).toBeLessThanOrEqual(maxAnswerChars)
      }),
    )
  })
})

describe('retrieveMs', () => {
  it('F23: fails as retrieval-failed after the time limit when the retriever ignores its signal', async () => {
    const retriever = fakeRetriever(CHUNKS, { hang: 'deaf' })
    const { clock, model, over } = openTimed([FINISH], { retriever, retrieveMs: 100 })
    await clock.advance(100)
    const { events, at } = await over
    expect(at).toBe(100)
    expect(errorOf(events)).toMatchObject({ code: 'retrieval-failed', retryable: true, phase: 'retrieving' })
    expect(retriever.calls[0]?.options.signal.aborted).toBe(true)
    expect(model.calls).toEqual([])
    expect(clock.pending).toBe(0)
  })

  it('F23: answers without sources after the time limit when the retriever ignores its signal', async () => {
    const retriever = fakeRetriever(CHUNKS, { hang: 'deaf' })
    const { clock, over } = openTimed(['a', FINISH], { retriever, retrieveMs: 100, onRetrievalError: 'degrade' })
    await clock.advance(100)
    const { events } = await over
    expect(doneOf(events)).toMatchObject({ answer: 'a', sources: [] })
    expect(warningsOf(events)).toEqual(['retrieval-degraded'])
    expect(clock.pending).toBe(0)
  })
})

describe('firstTokenMs', () => {
  it('fails as upstream-timeout when the model sends nothing, without a retry', async () => {
    const { clock, model, over } = openTimed([{ hang: 'until-abort' }], { firstTokenMs: 100 })
    await clock.advance(99)
    expect(model.calls[0]?.end).toBeUndefined()
    await clock.advance(1)
    const { events, at } = await over
    expect(at).toBe(100)
    expect(errorOf(events)).toMatchObject({ code: 'upstream-timeout', retryable: true, phase: 'generating' })
    expect(model.calls.map(({ end }) => end)).toEqual(['aborted'])
    expect(clock.pending).toBe(0)
  })

  it('is met by reasoning, after which idleMs applies', async () => {
    const script = [{ type: 'reasoning' } as const, { hang: 'until-abort' } as const]
    const { clock, over } = openTimed(script, { firstTokenMs: 100, idleMs: 500, retries: 0 })
    await clock.advance(500)
    const { events, at } = await over
    expect([errorOf(events).code, at]).toEqual(['upstream-stalled', 500])
  })

  it('covers all attempts together, including the waits between them', async () => {
    const script: Script = (_request, attempt) =>
      attempt === 1 ? [failure('upstream-unavailable', 60)] : [{ hang: 'until-abort' }]
    const { clock, model, over } = openTimed(script, { firstTokenMs: 100 })
    await clock.advance(100)
    const { events, at } = await over
    expect([errorOf(events).code, at]).toEqual(['upstream-timeout', 100])
    expect(model.calls).toHaveLength(2)
  })

  it('fails at once when the requested wait exceeds the limit, and reports that wait', async () => {
    const { model, over } = openTimed([failure('upstream-rate-limited', 120_000)])
    const { events, at } = await over
    expect(at).toBe(0)
    expect(errorOf(events)).toMatchObject({ code: 'upstream-rate-limited', retryable: true, retryAfterMs: 120_000 })
    expect(model.calls).toHaveLength(1)
  })
})

describe('retries', () => {
  const script: Script = (_request, attempt) => [{ type: 'reasoning' }, failure('upstream-unavailable', attempt * 10)]

  it.each([0, 1, 2])('calls the model again %i times, after the waits that it requests', async (retries) => {
    const { clock, model, over } = openTimed(script, { retries })
    await clock.advance(1000)
    const { events, at } = await over
    expect(model.calls).toHaveLength(retries + 1)
    expect(at).toBe([0, 10, 30][retries])
    expect(warningsOf(events)).toEqual(Array.from({ length: retries }, () => 'retrying'))
    expect(errorOf(events).code).toBe('upstream-unavailable')
  })

  it('waits 0.5 to 1 second, then 1 to 2 seconds, when the model requests no wait', async () => {
    const { clock, model, over } = openTimed([failure('upstream-unavailable')])
    await clock.advance(249)
    expect(model.calls).toHaveLength(1)
    await clock.advance(251)
    expect(model.calls).toHaveLength(2)
    await clock.advance(1000)
    expect(model.calls).toHaveLength(3)
    expect(errorOf((await over).events).code).toBe('upstream-unavailable')
  })

  it.each(['upstream-auth', 'upstream-rejected', 'upstream-bad-response'] as const)(
    'does not retry after %s',
    async (code) => {
      const model = scriptedChatModel([failure(code)])
      expect(errorOf(await ask({ model }))).toMatchObject({ code, retryable: false })
      expect(model.calls).toHaveLength(1)
    },
  )

  it('retries after an unknown failure, also one that is thrown synchronously', async () => {
    const { stream, calls } = scriptedChatModel(['back', FINISH])
    let attempts = 0
    const model: RetrieveAndAnswerOptions['model'] = {
      stream(...call) {
        attempts += 1
        if (attempts === 1) throw new Error('no stream')
        return stream(...call)
      },
    }
    const clock = manualClock()
    const over = ask({ model, clock })
    await clock.advance(1000)
    expect(doneOf(await over).answer).toBe('back')
    expect(calls).toHaveLength(1)
  })

  it('ends a failed attempt before it starts the next one', async () => {
    const script: Script = (_request, attempt) =>
      attempt === 1 ? [failure('upstream-unavailable', 10)] : ['a', FINISH]
    const { clock, model, over } = openTimed(script)
    await nextTurn()
    expect(model.calls.map(({ end }) => end)).toEqual(['failed'])
    expect(model.calls[0]?.signal.aborted).toBe(true)
    await clock.advance(10)
    await over
    expect(model.calls).toHaveLength(2)
  })
})

describe('idleMs', () => {
  it('fails as upstream-stalled when the model falls silent, keeps the answer, and does not retry', async () => {
    const { clock, model, over } = openTimed(['They', ' sleep', { hang: 'deaf' }], { idleMs: 100 })
    await clock.advance(100)
    const { events, at } = await over
    expect(at).toBe(100)
    expect(errorOf(events)).toMatchObject({ code: 'upstream-stalled', partial: { answer: 'They sleep' } })
    expect(model.calls).toHaveLength(1)
    expect(model.calls[0]?.signal.aborted).toBe(true)
    expect(clock.pending).toBe(0)
  })

  it('restarts at every event of the model', async () => {
    const gate = createGate()
    const script: Script = ['a', { gate }, { type: 'reasoning' }, { gate }, 'b', { gate }, FINISH]
    const { clock, over } = openTimed(script, { idleMs: 100 })
    for (let pause = 0; pause < 3; pause += 1) {
      await gate.reached()
      await clock.advance(99)
      gate.release()
      await nextTurn()
    }
    expect(doneOf((await over).events).answer).toBe('ab')
  })

  it('does not include the time in which the reader pauses', async () => {
    const clock = manualClock()
    const run = open({ clock, idleMs: 100, model: scriptedChatModel(['a', 'b', 'c', FINISH]) })
    await run.readTo('token')
    await clock.advance(60_000)
    expect(doneOf(await run.readOn()).answer).toBe('abc')
  })
})

describe('runMs', () => {
  it('ends a long run as limit-exceeded, and keeps the answer', async () => {
    const gate = createGate()
    const { clock, over } = openTimed(['a', { gate }, 'b', { gate }, 'c', FINISH], { runMs: 150, idleMs: 100 })
    await gate.reached()
    await clock.advance(90)
    gate.release()
    await clock.advance(60)
    const { events, at } = await over
    expect(at).toBe(150)
    expect(errorOf(events)).toMatchObject({ code: 'limit-exceeded', partial: { answer: 'ab', finishReason: 'error' } })
    expect(clock.pending).toBe(0)
  })

  it('includes the time in which the reader pauses, and drops the unread token, so that the saved answer is the one shown', async () => {
    const clock = manualClock()
    const run = open({ clock, runMs: 150, model: scriptedChatModel(['a', 'b', 'c', FINISH]) })
    await run.readTo('token')
    await clock.advance(150)
    const events = await run.readOn()
    expect(errorOf(events)).toMatchObject({ code: 'limit-exceeded', partial: { answer: 'a' } })
    expect(deltasOf(run.events)).toEqual(['a'])
    expect(clock.pending).toBe(0)
  })

  it('ends a run whose no-evidence function hangs', async () => {
    const onNoEvidence = () => new Promise<string>(() => {})
    const { clock, over } = openTimed([FINISH], { retriever: fakeRetriever([]), onNoEvidence, runMs: 150 })
    await clock.advance(150)
    expect(errorOf((await over).events).code).toBe('limit-exceeded')
  })

  it('ends a run during the wait before a retry', async () => {
    const { clock, over } = openTimed([failure('upstream-unavailable', 500)], { runMs: 150 })
    await clock.advance(150)
    const { events, at } = await over
    expect([errorOf(events).code, at]).toEqual(['limit-exceeded', 150])
  })
})

describe('limits of the retrieved text', () => {
  const chunks = Array.from({ length: 10 }, (_, index) => `Text number ${index + 1}.`)

  it('keep topN of the topK retrieved chunks', async () => {
    const retriever = fakeRetriever(chunks)
    const events = await ask({ retriever, topK: 4, topN: 2 })
    expect(retriever.calls[0]?.options.topK).toBe(4)
    expect(doneOf(events).sources.map(({ text }) => text)).toEqual(chunks.slice(0, 2))
    expect(warningsOf(events)).toEqual([])
  })

  it('use at most topK chunks when a retriever returns more', async () => {
    const found = await fakeRetriever(chunks).retrieve('', { topK: 10, signal: new AbortController().signal })
    const retriever = { retrieve: async () => found }
    expect(doneOf(await ask({ retriever, topK: 3, topN: 9 })).sources).toHaveLength(3)
  })

  it('drop the lowest ranked chunks that do not fit contextTokens, with a warning', async () => {
    const retriever = fakeRetriever(['aaaa', 'bb', 'cccccc', 'd'])
    const countTokens = (text: string) => text.length
    const events = await ask({ retriever, countTokens, contextTokens: 7 })
    expect(doneOf(events).sources.map(({ text }) => text)).toEqual(['aaaa', 'bb'])
    expect(warningsOf(events)).toEqual(['context-trimmed'])
    const exact = await ask({ retriever, countTokens, contextTokens: 13 })
    expect(doneOf(exact).sources).toHaveLength(4)
    expect(warningsOf(exact)).toEqual([])
  })

  it('keep the best chunk even if it alone exceeds the budget', async () => {
    const events = await ask({ contextTokens: 1 })
    expect(doneOf(events).sources.map(({ text }) => text)).toEqual(CHUNKS.slice(0, 1))
  })

  it('use a chunk once when it was found twice', async () => {
    const [first, second] = await fakeRetriever(CHUNKS).retrieve('', { topK: 2, signal: new AbortController().signal })
    if (!first || !second) return expect.fail('The retriever found too little')
    const retriever = fakeRetriever([first, second, { ...first, score: 0.1 }])
    const { sources } = doneOf(await ask({ retriever }))
    expect(sources.map(({ chunkId, score }) => [chunkId, score])).toEqual([
      ['chunk-1', 1],
      ['chunk-2', 0.5],
    ])
  })
})
