import { channel } from 'node:diagnostics_channel'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import {
  ChatError,
  type ChatEvent,
  type ChatHooks,
  type ChatResult,
  type DiagnosticsMessages,
} from '../../src/index.ts'
import { createGate, fakeRetriever, scriptedChatModel } from '../../src/testing.ts'
import { ask, askModel, doneOf, errorOf, FINISH, open, typesOf } from './ask.ts'

/** Observers that record what they receive. */
function observe() {
  const seen = { events: [] as ChatEvent[], errors: [] as ChatError[], results: [] as ChatResult[] }
  const hooks: ChatHooks = {
    onEvent: (event) => seen.events.push(event),
    onError: (error) => seen.errors.push(error),
    onFinish: (result) => seen.results.push(result),
  }
  return { ...seen, hooks }
}

describe('the observers of a run', () => {
  it('receive the events that the reader receives, at the same time', async () => {
    const { events: seen, hooks } = observe()
    const run = open(hooks)
    await run.readTo('token')
    await nextTurn()
    expect(seen).toEqual(run.events)
    const events = await run.readOn()
    expect(seen).toHaveLength(events.length)
    expect(seen.every((event, index) => event === events[index])).toBe(true)
  })

  it('receive the result before the reader receives the last event', async () => {
    const order: string[] = []
    await ask({ onFinish: () => order.push('result'), onEvent: ({ type }) => order.push(type) })
    expect(order.slice(-2)).toEqual(['result', 'done'])
  })

  const endings: Record<string, { run: (hooks: ChatHooks) => Promise<unknown>; finishReason: string }> = {
    'an answer': { run: (hooks) => ask(hooks), finishReason: 'stop' },
    'nothing found': { run: (hooks) => ask({ ...hooks, retriever: fakeRetriever([]) }), finishReason: 'no-evidence' },
    'a failure': { run: (hooks) => askModel(['a'], hooks), finishReason: 'error' },
    'a full answer': { run: (hooks) => ask({ ...hooks, maxAnswerChars: 1 }), finishReason: 'length' },
    'an abort beforehand': {
      run: (hooks) => ask({ ...hooks, signal: AbortSignal.abort() }),
      finishReason: 'abort',
    },
    'an abort on the way': {
      async run(hooks) {
        const controller = new AbortController()
        const run = open({ ...hooks, signal: controller.signal })
        await run.readTo('token')
        controller.abort()
        await run.readOn()
      },
      finishReason: 'abort',
    },
    'a reader who leaves': {
      async run(hooks) {
        const run = open(hooks)
        await run.readTo('token')
        await run.leave()
        await run.leave()
      },
      finishReason: 'abort',
    },
    'a reader who leaves after the run has ended, without reading its end': {
      async run(hooks) {
        const run = open(hooks)
        while (run.events.at(-1)?.type !== 'support') await run.read()
        await nextTurn()
        await run.leave()
      },
      finishReason: 'stop',
    },
    'a reader who leaves at the end': {
      async run(hooks) {
        const run = open(hooks)
        await run.readTo('done')
        await run.leave()
      },
      finishReason: 'stop',
    },
  }

  it.each(Object.entries(endings))('receive exactly one result for %s', async (_name, { run, finishReason }) => {
    const { results, hooks } = observe()
    await run(hooks)
    await nextTurn()
    expect(results.map((result) => result.finishReason)).toEqual([finishReason])
  })

  it('receive the cause of a failure, which the reader does not receive', async () => {
    const { errors, hooks } = observe()
    const cause = new Error('ECONNREFUSED')
    const events = await askModel(['a', { error: cause }], hooks)
    expect(errors).toMatchObject([{ code: 'upstream-unavailable', message: 'ECONNREFUSED', cause }])
    expect(errorOf(events)).not.toHaveProperty('cause')
  })

  it('receive no error for an abort, nor for failures caused by it', async () => {
    const { errors, hooks } = observe()
    const controller = new AbortController()
    const model = scriptedChatModel(['a', { hang: 'until-abort' }])
    const run = open({ ...hooks, model, signal: controller.signal })
    await run.readTo('token')
    const last = run.read()
    controller.abort()
    await last
    await model.calls[0]?.ended
    await nextTurn()
    expect(errors).toEqual([])
  })

  it.each<[string, () => unknown]>([
    [
      'throw',
      () => {
        throw new Error('observer')
      },
    ],
    ['reject', () => Promise.reject(new Error('observer'))],
  ])('do not affect the run when they %s', async (_how, fail) => {
    const hooks = { onEvent: fail, onError: fail, onFinish: fail }
    expect(typesOf(await ask(hooks))).toEqual(typesOf(await ask()))
    expect(errorOf(await askModel(['a'], hooks)).code).toBe('upstream-incomplete')
    // An unhandled rejection would fail this file.
    await nextTurn()
  })
})

describe('the diagnostics channels', () => {
  const unsubscribe: (() => void)[] = []
  afterEach(() => unsubscribe.splice(0).forEach((stop) => stop()))

  /** Collects the messages of a channel. */
  function listen<Name extends keyof DiagnosticsMessages>(name: Name): DiagnosticsMessages[Name][] {
    const messages: DiagnosticsMessages[Name][] = []
    // The channel is untyped; its name determines the type of its messages.
    const onMessage = (message: unknown) => messages.push(message as DiagnosticsMessages[Name])
    channel(name).subscribe(onMessage)
    unsubscribe.push(() => channel(name).unsubscribe(onMessage))
    return messages
  }

  it('publish events, the failure and the result of a run with its id', async () => {
    const channels = {
      event: listen('ragwire:event'),
      error: listen('ragwire:error'),
      finish: listen('ragwire:finish'),
    }
    const cause = new Error('down')
    const events = await askModel(['a', { error: cause }], { runId: 'run-1' })
    expect(channels.event).toEqual(events.map((event) => ({ runId: 'run-1', event })))
    expect(channels.error).toMatchObject([{ runId: 'run-1', error: { code: 'upstream-unavailable', cause } }])
    expect(channels.finish).toEqual([{ runId: 'run-1', result: errorOf(events).partial }])
  })

  it('publish nothing after the last subscriber has left', async () => {
    const messages = listen('ragwire:event')
    unsubscribe.splice(0).forEach((stop) => stop())
    await ask()
    expect(messages).toEqual([])
  })
})

describe('the usage of a run', () => {
  const countTokens = (text: string) => text.length
  const prompt = () => [{ role: 'system', content: '12345' } as const, { role: 'user', content: '678' } as const]
  const estimate = (outputTokens: number) => {
    const tokens = { inputTokens: 8, outputTokens, totalTokens: 8 + outputTokens, estimated: true }
    return { ...tokens, phases: { generating: tokens } }
  }
  const given = { countTokens, prompt }

  it('is the usage that the model reports', async () => {
    const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 }
    const events = await askModel(['abc', { ...FINISH, usage }], given)
    expect(doneOf(events).usage).toEqual({ ...usage, phases: { generating: usage } })
  })

  it('is estimated from prompt and answer when the model reports none', async () => {
    expect(doneOf(await askModel(['abc', FINISH], given)).usage).toEqual(estimate(3))
  })

  it('is estimated from the text so far when the run fails, is cut off, or is aborted', async () => {
    expect(errorOf(await askModel(['ab'], given)).partial.usage).toEqual(estimate(2))
    expect(doneOf(await askModel(['abcd', FINISH], { ...given, maxAnswerChars: 1 })).usage).toEqual(estimate(1))

    const controller = new AbortController()
    const { results, hooks } = observe()
    const model = scriptedChatModel(['abcd', { hang: 'deaf' }])
    const run = open({ ...given, ...hooks, model, signal: controller.signal })
    await run.readTo('token')
    controller.abort()
    expect(doneOf(await run.readOn()).usage).toEqual(estimate(4))
    expect(results[0]?.usage).toEqual(estimate(4))
  })

  it('is zero, and not estimated, when the model was never called', async () => {
    const nothing = { inputTokens: 0, outputTokens: 0, totalTokens: 0, phases: {} }
    expect(doneOf(await ask({ retriever: fakeRetriever([]) })).usage).toEqual(nothing)
    const failed = await ask({ retriever: fakeRetriever([], { error: new Error('down') }) })
    expect(errorOf(failed).partial.usage).toEqual(nothing)
  })

  it('is estimated by the default counter when countTokens throws, and the error is reported', async () => {
    const { errors, hooks } = observe()
    const failing = () => {
      throw new Error('no counter')
    }
    const answering = { ...hooks, countTokens: failing, retriever: fakeRetriever([]), onNoEvidence: 'answer' as const }
    const { usage, answer } = doneOf(await askModel(['abcdefgh', FINISH], answering))
    expect(answer).toBe('abcdefgh')
    expect(usage).toMatchObject({ outputTokens: 2, estimated: true })
    expect(errors).toMatchObject([{ code: 'internal', message: 'no counter' }])
  })

  it('does not block the run when countTokens throws while applying the budget', async () => {
    const countTokens = () => {
      throw new Error('no counter')
    }
    expect(errorOf(await ask({ countTokens })).code).toBe('internal')
  })

  it('does not block an abort when countTokens throws', async () => {
    const controller = new AbortController()
    const gate = createGate()
    let broken = false
    const countTokens = () => {
      if (broken) throw new Error('no counter')
      return 1
    }
    const model = scriptedChatModel(['a', { gate }])
    const run = open({ countTokens, model, signal: controller.signal })
    await run.readTo('token')
    const last = run.read()
    await gate.reached()
    broken = true
    controller.abort()
    expect(await last).toMatchObject({ type: 'done', finishReason: 'abort', usage: { estimated: true } })
  })
})
