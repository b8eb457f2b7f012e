import { getEventListeners } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { streamChat, type ChatResult, type RetrieveAndAnswerOptions } from '../../src/index.ts'
import { createGate, fakeRetriever, manualClock, scriptedChatModel } from '../../src/testing.ts'
import { ask, chatOptions, CHUNKS, deltasOf, doneOf, FINISH, open, typesOf } from './ask.ts'

/** A run with a signal and a clock, and checks that it leaves nothing behind. */
function openAbortable(changes: Partial<RetrieveAndAnswerOptions> = {}) {
  const controller = new AbortController()
  const { signal } = controller
  const clock = manualClock()
  const results: ChatResult[] = []
  const errors: unknown[] = []
  const run = open({
    signal,
    clock,
    onFinish: (result) => results.push(result),
    onError: (error) => errors.push(error),
    ...changes,
  })

  /** Aborts, and expects exactly one `done` at once, as the last event, with the answer so far. */
  async function expectAbort(answer: string, pending?: Promise<unknown>) {
    controller.abort(new Error('the caller has had enough'))
    expect(await (pending ?? run.read())).toMatchObject({ type: 'done', finishReason: 'abort', answer })
    expect(await run.read()).toBeUndefined()
    expect(run.events.map(({ seq }) => seq)).toEqual(run.events.map((_, index) => index))
    await expectClean()
    expect(results.map(({ finishReason }) => finishReason)).toEqual(['abort'])
  }

  /** No timer and no listener may remain, and an abort must not be reported as an error. */
  async function expectClean() {
    await nextTurn()
    expect(clock.pending).toBe(0)
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(errors).toEqual([])
  }

  return { ...run, controller, signal, clock, results, errors, expectAbort, expectClean }
}

describe('streamChat when its signal aborts', () => {
  it('P5: emits only start and done when the signal aborted beforehand', async () => {
    const retriever = fakeRetriever(CHUNKS)
    const model = scriptedChatModel(['a', FINISH])
    const events = await ask({ retriever, model, signal: AbortSignal.abort() })
    expect(typesOf(events)).toEqual(['start', 'done'])
    expect(doneOf(events)).toMatchObject({
      finishReason: 'abort',
      answer: '',
      sources: [],
      warnings: [],
      usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0, phases: {} },
      saved: false,
    })
    expect(doneOf(events)).not.toHaveProperty('query')
    expect([retriever.calls, model.calls]).toEqual([[], []])
  })

  it('P5: calls nothing when the signal aborts between the call and the first read', async () => {
    const retriever = fakeRetriever(CHUNKS)
    const run = openAbortable({ retriever })
    run.controller.abort()
    expect(typesOf(await run.readOn())).toEqual(['start', 'done'])
    expect(retriever.calls).toEqual([])
    await run.expectClean()
  })

  it('P5: ends during retrieval, and passes the reason to the retriever', async () => {
    const retriever = fakeRetriever(CHUNKS, { hang: 'until-abort' })
    const run = openAbortable({ retriever })
    await run.readTo('status')
    const pending = run.read()
    await nextTurn()
    await run.expectAbort('', pending)
    expect(retriever.calls[0]?.options.signal.reason).toMatchObject({ message: 'the caller has had enough' })
  })

  it('P5: ends during retrieval by a retriever that ignores its signal', async () => {
    const run = openAbortable({ retriever: fakeRetriever(CHUNKS, { hang: 'deaf' }) })
    await run.readTo('status')
    const pending = run.read()
    await nextTurn()
    await run.expectAbort('', pending)
  })

  it('P5: handles the rejection of an abandoned retrieval, without a warning', async () => {
    const retriever = fakeRetriever(CHUNKS, { hang: 'until-abort' })
    const run = openAbortable({ retriever, onRetrievalError: 'degrade' })
    await run.readTo('status')
    const pending = run.read()
    await nextTurn()
    await run.expectAbort('', pending)
    expect(typesOf(run.events)).not.toContain('warning')
  })

  it('P5: counts no tokens when the signal aborts before the model was called', async () => {
    const model = scriptedChatModel(['a', FINISH])
    const run = openAbortable({ model })
    // The model is called when the reader has taken the status that follows the sources.
    for (let left = CHUNKS.length; left > 0;) if ((await run.read())?.type === 'source') left -= 1
    await nextTurn()
    await run.expectAbort('')
    expect(model.calls).toEqual([])
    expect(run.results[0]?.usage).toMatchObject({ totalTokens: 0, phases: {} })
  })

  it('P5: ends before the first token, and passes the reason to the model', async () => {
    const model = scriptedChatModel([{ hang: 'until-abort' }])
    const run = openAbortable({ model })
    await run.readTo('source')
    await run.readTo('status')
    const pending = run.read()
    await nextTurn()
    await run.expectAbort('', pending)
    expect(await model.calls[0]?.ended).toBe('aborted')
    expect(model.calls[0]?.signal.reason).toMatchObject({ message: 'the caller has had enough' })
  })

  it('P5: ends while the model is silent after some tokens, and keeps them', async () => {
    const model = scriptedChatModel(['They', ' sleep', { hang: 'until-abort' }])
    const run = openAbortable({ model })
    await run.readTo('token')
    await run.readTo('token')
    const pending = run.read()
    await nextTurn()
    await run.expectAbort('They sleep', pending)
    expect(await model.calls[0]?.ended).toBe('aborted')
  })

  it('P5: ends while a model that ignores its signal hangs', async () => {
    const run = openAbortable({ model: scriptedChatModel(['They', { hang: 'deaf' }], { deaf: true }) })
    await run.readTo('token')
    const pending = run.read()
    await nextTurn()
    await run.expectAbort('They', pending)
  })

  it('P5: ends mid-token while no read is pending, and drops unread tokens', async () => {
    const model = scriptedChatModel(['They', ' sleep', ' long', FINISH])
    const run = openAbortable({ model })
    await run.readTo('token')
    await nextTurn()
    await run.expectAbort('They')
    expect(await model.calls[0]?.ended).not.toBe('finished')
  })

  it('P5: ends even if a model that ignores its signal continues to send text', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['They', { gate }, ' sleep', ' long', FINISH], { deaf: true })
    const run = openAbortable({ model })
    await run.readTo('token')
    const pending = run.read()
    await gate.reached()
    await run.expectAbort('They', pending)
    gate.open()
    await model.calls[0]?.ended
    await nextTurn()
    expect(deltasOf(run.events)).toEqual(['They'])
    expect(run.results).toHaveLength(1)
  })

  it('P5: ends during the wait before a retry', async () => {
    const model = scriptedChatModel([{ error: new Error('down') }])
    const run = openAbortable({ model })
    await run.readTo('warning')
    const pending = run.read()
    await nextTurn()
    expect(run.clock.pending).toBeGreaterThan(1)
    await run.expectAbort('', pending)
    expect(model.calls).toHaveLength(1)
  })

  it('P5: ends while the no-evidence function is pending', async () => {
    const onNoEvidence = () => new Promise<string>(() => {})
    const run = openAbortable({ retriever: fakeRetriever([]), onNoEvidence })
    await run.readTo('status')
    const pending = run.read()
    await nextTurn()
    await run.expectAbort('', pending)
  })

  it('P5: ends when an observer aborts the signal in an event', async () => {
    const controller = new AbortController()
    const events = await ask({
      signal: controller.signal,
      onEvent: (event) => event.type === 'token' && controller.abort(),
    })
    expect(doneOf(events)).toMatchObject({ finishReason: 'abort', answer: 'They sleep' })
  })

  it('P5: changes nothing after the last event', async () => {
    const run = openAbortable()
    const events = await run.readOn()
    run.controller.abort()
    expect(await run.read()).toBeUndefined()
    expect(doneOf(events).finishReason).toBe('stop')
    expect(run.results).toHaveLength(1)
    await run.expectClean()
  })

  it('P5: changes nothing after the answer is complete, even if the end was not read yet', async () => {
    const withoutSources = { retriever: fakeRetriever([]), onNoEvidence: 'answer' } as const
    const run = openAbortable({ ...withoutSources, model: scriptedChatModel(['a', FINISH]) })
    await run.readTo('token')
    await nextTurn()
    run.controller.abort()
    expect(doneOf(await run.readOn())).toMatchObject({ finishReason: 'stop', answer: 'a' })
    await run.expectClean()
  })

  it('P5: supports a signal shared by many runs, and leaves no listener on it', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const runs = Array.from({ length: 50 }, () => open({ signal, model: scriptedChatModel(['a', { hang: 'deaf' }]) }))
    await Promise.all(runs.map((run) => run.readTo('token')))
    const ends = runs.map((run) => run.read())
    controller.abort()
    for (const end of await Promise.all(ends)) expect(end).toMatchObject({ type: 'done', finishReason: 'abort' })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

describe('streamChat when its reader calls return()', () => {
  it('P5: ends without an error, aborts the model, and notifies the observers once', async () => {
    const model = scriptedChatModel(['They', ' sleep', { hang: 'until-abort' }])
    const results: ChatResult[] = []
    const { signal } = new AbortController()
    const clock = manualClock()
    const onFinish = (result: ChatResult) => results.push(result)
    for await (const event of streamChat(chatOptions({ signal, clock, model, onFinish }))) {
      if (event.type === 'token') break
    }
    expect(await model.calls[0]?.ended).not.toBe('finished')
    expect(results).toMatchObject([{ finishReason: 'abort', answer: 'They', sources: [{ number: 1 }, { number: 2 }] }])
    await nextTurn()
    expect(clock.pending).toBe(0)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('P5: settles a read that waits for a model that ignores its signal, and clears every timer', async () => {
    const run = openAbortable({ model: scriptedChatModel(['They', { hang: 'deaf' }], { deaf: true }) })
    await run.readTo('token')
    const pending = run.read()
    await nextTurn()
    await run.leave()
    expect(await pending).toBeUndefined()
    await run.leave()
    await run.expectClean()
    expect(run.results).toMatchObject([{ finishReason: 'abort', answer: 'They' }])
  })

  it('P5: notifies no observer when it was never read', async () => {
    const run = openAbortable()
    await run.leave()
    await run.expectClean()
    expect(run.results).toEqual([])
  })

  it('P5: ignores a later failure of the work', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['They', { gate }, { error: new Error('late') }], { deaf: true })
    const run = openAbortable({ model })
    await run.readTo('token')
    void run.read()
    await gate.reached()
    await run.leave()
    gate.open()
    expect(await model.calls[0]?.ended).toBe('failed')
    await run.expectClean()
  })
})

describe('streamChat when its reader stops reading', () => {
  it('P10: releases everything when runMs is over', async () => {
    const run = openAbortable({ runMs: 1000, onError: () => {} })
    await run.readTo('token')
    await run.clock.advance(1000)
    await run.expectClean()
  })

  it('P10: retains nothing of hundreds of runs with one signal, however they ended', async () => {
    const { signal } = new AbortController()
    async function endMidway(index: number) {
      const text = String(index).repeat(10_000)
      const model = scriptedChatModel([text, { hang: 'deaf' }], { deaf: true })
      const controller = new AbortController()
      const left = index % 2 === 0
      const run = open({ model, retriever: fakeRetriever([text]), signal: left ? signal : controller.signal })
      await run.readTo('token')
      const pending = run.read()
      if (left) await run.leave()
      else controller.abort()
      await pending
    }
    for (let index = 0; index < 100; index += 1) await endMidway(index)
    const before = heapUsed()
    for (let index = 0; index < 500; index += 1) await endMidway(index)
    // One retained run would hold 60 kB.
    expect(heapUsed() - before).toBeLessThan(4 * 2 ** 20)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('P10: leaves no unhandled rejection when it fails', async () => {
    const unheard: unknown[] = []
    const listen = (reason: unknown) => unheard.push(reason)
    process.on('unhandledRejection', listen)
    const model = scriptedChatModel(['They', { error: new Error('down') }])
    const run = openAbortable({ model, onError: () => {} })
    await run.readTo('token')
    expect(await model.calls[0]?.ended).toBe('failed')
    await run.expectClean()
    process.off('unhandledRejection', listen)
    expect(unheard).toEqual([])
  })
})

/** The memory in use, in bytes. */
function heapUsed(): number {
  if (!globalThis.gc) throw new Error('The tests need --expose-gc')
  globalThis.gc()
  return process.memoryUsage().heapUsed
}
