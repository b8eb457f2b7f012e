import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { ChatError, streamChat, type Engine, type EngineTurn, type RetrieveAndAnswerOptions } from '../../src/index.ts'
import { createGate, fakeRetriever, manualClock, scriptedChatModel } from '../../src/testing.ts'
import { ask, doneOf, errorOf, FINISH, open, readAll, typesOf } from './ask.ts'
import { createConversation, resultOf } from './conversation.ts'

const ANSWER = ['Cats sleep 16 hours a day [1].', FINISH] as const

function never(): Promise<never> {
  return new Promise(() => {})
}

async function down(): Promise<never> {
  throw new Error('ECONNREFUSED')
}

describe('streamChat with a history', () => {
  it('P7: sends done only after the turn is saved', async () => {
    const gate = createGate()
    const { options, turns } = createConversation((store) => ({
      async finishTurn(turn, options) {
        await gate.pass()
        return store.finishTurn(turn, options)
      },
    }))
    const run = open({ ...options, model: scriptedChatModel(ANSWER) })
    const over = run.readOn()
    await gate.reached()
    await nextTurn()
    expect(typesOf(run.events)).not.toContain('done')
    expect((await turns())[0]).not.toHaveProperty('result')
    gate.open()
    expect(doneOf(await over).saved).toBe(true)
    expect((await turns())[0]?.result?.answer).toBe('Cats sleep 16 hours a day [1].')
  })

  it('P7: fails as store-unavailable when saving fails, and still gives the answer to the reader', async () => {
    const errors: ChatError[] = []
    const { options } = createConversation(() => ({ finishTurn: down }))
    const events = await ask({ ...options, model: scriptedChatModel(ANSWER), onError: (error) => errors.push(error) })
    expect(errorOf(events)).toMatchObject({
      code: 'store-unavailable',
      partial: {
        finishReason: 'error',
        answer: 'Cats sleep 16 hours a day [1].',
        saved: false,
        citations: [{ number: 1 }],
      },
    })
    expect(errors).toMatchObject([{ code: 'store-unavailable', message: 'ECONNREFUSED' }])
  })

  it.each([
    ['before', 1],
    ['before', 3],
    ['after', 1],
    ['after', 3],
  ] as const)('C5: saves an answer when the store fails %s saving it, %d times', async (when, times) => {
    const clock = manualClock()
    let calls = 0
    const { options, turns } = createConversation((store) => ({
      async finishTurn(turn, call) {
        calls += 1
        if (calls > times) return store.finishTurn(turn, call)
        if (when === 'after') await store.finishTurn(turn, call)
        return down()
      },
    }))
    const errors: ChatError[] = []
    const over = ask({ ...options, clock, model: scriptedChatModel(ANSWER), onError: (error) => errors.push(error) })
    await clock.advance(2_000)
    expect(doneOf(await over)).toMatchObject({ finishReason: 'stop', saved: true })
    expect((await turns()).map(({ result }) => result?.answer)).toEqual(['Cats sleep 16 hours a day [1].'])
    expect([calls, errors, clock.pending]).toEqual([times + 1, [], 0])
  })

  it('C5: tries only once to save an answer when the store says that it cannot', async () => {
    let calls = 0
    const { options } = createConversation(() => ({
      async finishTurn() {
        calls += 1
        throw new ChatError('The turn is gone', { code: 'not-found' })
      },
    }))
    expect(errorOf(await ask({ ...options, model: scriptedChatModel(ANSWER) })).code).toBe('not-found')
    expect(calls).toBe(1)
  })

  it.each(['beginTurn', 'load', 'finishTurn'] as const)('P7: waits no longer than storeMs for %s', async (method) => {
    const clock = manualClock()
    const { options } = createConversation(() => ({ [method]: never }))
    const over = ask({ ...options, clock, storeMs: 100 })
    await clock.advance(method === 'beginTurn' ? 200 : 100)
    expect(errorOf(await over)).toMatchObject({ code: 'store-unavailable', partial: { finishReason: 'error' } })
    expect(clock.pending).toBe(0)
  })

  it('P7: keeps the error code of the store', async () => {
    const conflict = new ChatError('taken', { code: 'store-conflict' })
    const { options } = createConversation(() => ({ beginTurn: () => Promise.reject(conflict) }))
    expect(errorOf(await ask(options)).code).toBe('store-conflict')
  })

  it.each(['beginTurn', 'load'] as const)('calls neither retriever nor model when %s fails', async (method) => {
    const retriever = fakeRetriever(['x'])
    const model = scriptedChatModel(ANSWER)
    const { options, turns } = createConversation(() => ({ [method]: down }))
    expect(errorOf(await ask({ ...options, retriever, model })).code).toBe('store-unavailable')
    expect([retriever.calls, model.calls]).toEqual([[], []])
    // The question may be asked again under its id.
    expect((await turns()).map(({ result }) => result)).toEqual(method === 'load' ? [undefined] : [])
  })

  it('saves the question before it calls the retriever or the model', async () => {
    const gate = createGate()
    const retriever = fakeRetriever(['x'])
    const { options, turns } = createConversation((store) => ({
      async beginTurn(turn, options) {
        await store.beginTurn(turn, options)
        await gate.pass()
      },
    }))
    const over = ask({ ...options, retriever })
    await gate.reached()
    await nextTurn()
    expect(await turns()).toMatchObject([{ question: 'How long do cats sleep?' }])
    expect(retriever.calls).toEqual([])
    gate.open()
    expect(doneOf(await over).saved).toBe(true)
  })

  it('generates a thread id when none is given, and emits it in start', async () => {
    const { threadId: _threadId, ...options } = createConversation().options
    const events = await ask(options)
    expect(events[0]).toMatchObject({ type: 'start', threadId: expect.stringMatching(/^[\da-f-]{36}$/) })
    const threads = await options.history.list('ann', { limit: 9, signal: new AbortController().signal })
    expect(threads.threads).toMatchObject([events[0]?.type === 'start' && { threadId: events[0].threadId }])
  })

  const endings: Record<string, Partial<RetrieveAndAnswerOptions>> = {
    'an answer': { model: scriptedChatModel([...ANSWER]) },
    'an answer with unknown citations': { model: scriptedChatModel(['Cats [1]. Dogs [7]. Birds.', FINISH]) },
    'an answer without markers': { markers: 'strip' },
    'nothing found': { retriever: fakeRetriever([]) },
    'a failing retriever': { retriever: fakeRetriever([], { error: new Error('down') }) },
    'a model that breaks off': { model: scriptedChatModel(['Cats sleep [1]. So']) },
    'an answer that is cut': { maxAnswerChars: 12 },
  }

  it.each(Object.entries(endings))('P4: shows the same after a reload as in the stream: %s', async (_name, changes) => {
    const { options, turns, finished } = createConversation()
    const events = await ask({ ...options, ...changes })
    expect(await turns()).toMatchObject([{ result: resultOf(events) }])
    expect((await turns())[0]?.result).toEqual(resultOf(events))
    expect(resultOf(events).saved).toBe(true)
    expect(finished).toHaveLength(1)
  })
})

describe('streamChat with a history when the run does not complete', () => {
  const talking = () => scriptedChatModel(['Cats sleep [1]. ', 'So', { hang: 'deaf' }], { deaf: true })

  it('P5: saves the partial answer once on an abort, with a signal of its own', async () => {
    const controller = new AbortController()
    const signals: AbortSignal[] = []
    const { options, turns, finished } = createConversation((store) => ({
      finishTurn(turn, call) {
        signals.push(call.signal)
        return store.finishTurn(turn, call)
      },
    }))
    const run = open({ ...options, model: talking(), signal: controller.signal })
    while (run.events.at(-1)?.type !== 'support') await run.read()
    controller.abort()
    const result = resultOf(await run.readOn())
    expect(result).toMatchObject({ finishReason: 'abort', saved: true, citations: [{ support: expect.any(String) }] })
    expect((await turns()).map((turn) => turn.result)).toEqual([result])
    expect([finished.length, signals[0]?.aborted]).toEqual([1, false])
  })

  it('P5: ends as abort when saving fails, reports saved: false, and passes the cause to onError', async () => {
    const controller = new AbortController()
    const codes: string[] = []
    const { options } = createConversation(() => ({ finishTurn: down }))
    const onError = ({ code }: ChatError) => codes.push(code)
    const run = open({ ...options, model: talking(), signal: controller.signal, onError })
    await run.readTo('token')
    controller.abort()
    expect(resultOf(await run.readOn())).toMatchObject({ finishReason: 'abort', saved: false })
    expect(codes).toEqual(['store-unavailable'])
  })

  it('P5: ends after storeMs even if the store ignores its signal', async () => {
    const clock = manualClock()
    const controller = new AbortController()
    const { options } = createConversation(() => ({ finishTurn: never }))
    const run = open({ ...options, clock, model: talking(), signal: controller.signal })
    await run.readTo('token')
    controller.abort()
    const over = run.readOn()
    await clock.advance(5_000)
    expect(resultOf(await over)).toMatchObject({ finishReason: 'abort', saved: false })
  })

  it('P5: does not call the store when the signal aborted beforehand', async () => {
    const { options, turns } = createConversation()
    expect(doneOf(await ask({ ...options, signal: AbortSignal.abort() })).saved).toBe(false)
    expect(await turns()).toEqual([])
  })

  it('F26-store: saves the partial answer when the reader leaves, and passes the promise to waitUntil', async () => {
    const savings: Promise<unknown>[] = []
    const { options, turns, finished } = createConversation()
    const run = open({ ...options, model: talking(), waitUntil: (saving) => savings.push(saving) })
    await run.readTo('citation')
    await run.leave()
    await run.leave()
    expect(savings).toHaveLength(1)
    await Promise.all(savings)
    expect(await turns()).toMatchObject([{ result: { finishReason: 'abort', answer: 'Cats sleep ', saved: true } }])
    expect(finished).toHaveLength(1)
  })

  it('F26-store: reports a failure of that save to onError only', async () => {
    const codes: string[] = []
    const savings: Promise<unknown>[] = []
    const { options } = createConversation(() => ({ finishTurn: down }))
    const onError = ({ code }: ChatError) => codes.push(code)
    const run = open({ ...options, model: talking(), onError, waitUntil: (saving) => savings.push(saving) })
    await run.readTo('token')
    await run.leave()
    await Promise.all(savings)
    expect(codes).toEqual(['store-unavailable'])
  })

  it('keeps the original finish reason when the reader leaves during the save', async () => {
    const gate = createGate()
    const { options, turns, finished } = createConversation((store) => ({
      async finishTurn(turn, call) {
        await gate.pass()
        return store.finishTurn(turn, call)
      },
    }))
    const savings: Promise<unknown>[] = []
    const run = open({ ...options, waitUntil: (saving) => savings.push(saving) })
    void run.readOn()
    await gate.reached()
    await run.leave()
    gate.open()
    await Promise.all(savings)
    expect((await turns()).map(({ result }) => result?.finishReason)).toEqual(['stop'])
    expect(finished).toHaveLength(1)
  })
})

describe('streamChat that replaces a turn', () => {
  async function twoTurns() {
    const conversation = createConversation()
    await conversation.say('First?', ['One.', FINISH], 'run-1')
    await conversation.say('Second?', ['Two.', FINISH], 'run-2')
    return conversation
  }

  it('replaces the old turn once the new one has ended, and does not use the old one as context', async () => {
    const { options, turns } = await twoTurns()
    const model = scriptedChatModel(['Two, really.', FINISH])
    const again = { question: 'Second?', runId: 'run-3', replaces: 'run-2', condenser: false } as const
    expect(doneOf(await ask({ ...options, ...again, model })).saved).toBe(true)
    expect(model.calls[0]?.request.messages.slice(1).map(({ content }) => content)).toEqual([
      'First?',
      'One.',
      'Second?',
    ])
    expect((await turns()).map(({ runId, result }) => [runId, result?.answer])).toEqual([
      ['run-1', 'One.'],
      ['run-3', 'Two, really.'],
    ])
  })

  it('keeps the old turn in its place when the new turn fails', async () => {
    const { options, turns } = await twoTurns()
    const model = scriptedChatModel(['Tw'])
    errorOf(await ask({ ...options, replaces: 'run-2', condenser: false, model }))
    expect((await turns()).map(({ result }) => result?.answer)).toEqual(['One.', 'Two.', 'Tw'])
  })

  it('fails as not-found for an unknown turn, and calls no model', async () => {
    const { options, turns } = await twoTurns()
    const model = scriptedChatModel([...ANSWER])
    expect(errorOf(await ask({ ...options, replaces: 'run-9', model })).code).toBe('not-found')
    expect(model.calls).toEqual([])
    expect(await turns()).toHaveLength(2)
  })
})

describe('streamChat and earlier turns of the thread', () => {
  it('never sends an unanswered question to the model', async () => {
    const { options, die } = createConversation()
    await die('Who shot JR?')
    const model = scriptedChatModel([...ANSWER])
    expect(doneOf(await ask({ ...options, model })).saved).toBe(true)
    expect(model.calls, 'and nothing is there to condense').toHaveLength(1)
    expect(JSON.stringify(model.calls[0]?.request)).not.toContain('JR')
  })

  it('passes the earlier turns to an engine, without markers', async () => {
    const { options, say } = createConversation()
    await say('Do cats sleep?', ['Yes [1], [2].', FINISH])
    const turns: EngineTurn[] = []
    const engine: Engine = {
      async *answer(turn) {
        turns.push(turn)
        yield FINISH
      },
    }
    await readAll(streamChat({ ...options, engine, question: 'And dogs?' }))
    expect(turns).toMatchObject([
      {
        question: 'And dogs?',
        history: [
          { role: 'user', content: 'Do cats sleep?' },
          { role: 'assistant', content: 'Yes,.' },
        ],
      },
    ])
  })

  it('does not show a thread to another scope', async () => {
    const { options, say } = createConversation()
    await say('Secret?', ['A secret.', FINISH])
    const model = scriptedChatModel([...ANSWER])
    doneOf(await ask({ ...options, scope: 'bob', model }))
    expect(JSON.stringify(model.calls.map(({ request }) => request))).not.toContain('secret')
  })

  it('saves the end of an aborted turn whose begin is slow, once it has begun', async () => {
    const gate = createGate()
    const controller = new AbortController()
    const { options, turns } = createConversation((store) => ({
      async beginTurn(turn, call) {
        await gate.pass()
        return store.beginTurn(turn, call)
      },
    }))
    const run = open({ ...options, signal: controller.signal })
    await run.read()
    const last = run.read()
    await gate.reached()
    controller.abort()
    gate.open()
    expect(await last).toMatchObject({ type: 'done', finishReason: 'abort', saved: true })
    expect(await turns()).toMatchObject([{ result: { finishReason: 'abort' } }])
  })
})
