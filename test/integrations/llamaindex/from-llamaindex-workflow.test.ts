import { getEventListeners } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  agent,
  agentStreamEvent,
  createWorkflow,
  startAgentEvent,
  stopAgentEvent,
  workflowEvent,
  type WorkflowContext,
} from '@llamaindex/workflow'
import { tool } from 'llamaindex'
import { z } from 'zod'
import { describe, expect, it } from 'vitest'
import { streamOf } from '../../../src/core/async/iterators.ts'
import { collectChat, streamChat, type EngineEvent, type EngineTurn } from '../../../src/index.ts'
import { fromLlamaIndexWorkflow, type LlamaIndexNodeWithScore } from '../../../src/llamaindex.ts'
import { createGate, faults, manualClock, step } from '../../../src/testing.ts'
import { errorOf, readAll } from '../../core/ask.ts'
import { openUpstream, watchRejections } from './support/open-upstream.ts'

const TURN: EngineTurn = { question: 'Why?', history: [] }
const questionEvent = workflowEvent<string>()
const tokenEvent = workflowEvent<string>()
const sourcesEvent = workflowEvent<readonly LlamaIndexNodeWithScore[]>()
const answerEvent = workflowEvent<string>()

type Step = (context: WorkflowContext, question: string) => Promise<void> | void

/** An engine over a workflow of one step. The step ends the workflow by an `answerEvent`. */
function engineOf(run: Step, options: { idleMs?: number; clock?: ReturnType<typeof manualClock> } = {}) {
  const workflow = createWorkflow()
  workflow.handle([questionEvent], (context, { data }) => run(context, data))
  return fromLlamaIndexWorkflow({
    createContext: () => workflow.createContext(),
    start: ({ question }) => questionEvent.with(question),
    text: (event) => (tokenEvent.include(event) ? event.data : undefined),
    sources: (event) => (sourcesEvent.include(event) ? event.data : undefined),
    stop: (event) => answerEvent.include(event),
    ...options,
  })
}

function open(engine: ReturnType<typeof engineOf>) {
  const controller = new AbortController()
  return { controller, iterator: engine.answer(TURN, { signal: controller.signal })[Symbol.asyncIterator]() }
}

async function readEngine(engine: ReturnType<typeof engineOf>, turn = TURN): Promise<EngineEvent[]> {
  const events: EngineEvent[] = []
  for await (const event of engine.answer(turn, { signal: new AbortController().signal })) events.push(event)
  return events
}

describe('fromLlamaIndexWorkflow', () => {
  it('yields the sources and tokens of the events, activity for the others, and ends at the last event', async () => {
    const node = { id_: 'n', metadata: { title: 'N' }, getContent: () => 'text' }
    const engine = engineOf(async ({ sendEvent }, question) => {
      sendEvent(sourcesEvent.with([{ node, score: 0.5 }]), tokenEvent.with('To '), tokenEvent.with(question))
      sendEvent(answerEvent.with('done'), tokenEvent.with('too late'))
    })
    expect(await readEngine(engine)).toEqual([
      { type: 'reasoning' },
      {
        type: 'source',
        source: { chunkId: 'n', documentId: 'n', title: 'N', text: 'text', score: 0.5, metadata: { title: 'N' } },
      },
      { type: 'reasoning' },
      { type: 'text', delta: 'To ' },
      { type: 'text', delta: 'Why?' },
      { type: 'reasoning' },
      { type: 'finish', finishReason: 'stop' },
    ])
  })

  it('does not mix simultaneous turns', async () => {
    const gate = createGate()
    const engine = engineOf(async ({ sendEvent }, question) => {
      for (const letter of question) {
        await gate.pass()
        sendEvent(tokenEvent.with(letter))
      }
      sendEvent(answerEvent.with(question))
    })
    const answers = ['first', 'other'].map((question) => collectChat(streamChat({ engine, question })))
    gate.open()
    expect((await Promise.all(answers)).map(({ answer }) => answer)).toEqual(['first', 'other'])
  })

  it.each<[string, Step]>([
    [
      'rejects',
      async () => {
        throw new Error('broken step')
      },
    ],
    [
      'rejects later',
      async ({ sendEvent }) => {
        sendEvent(tokenEvent.with('Half'))
        await nextTurn()
        throw new Error('broken step')
      },
    ],
    [
      'throws at once',
      () => {
        throw new Error('broken step')
      },
    ],
    [
      'throws at once after it has used its signal',
      ({ signal }) => {
        signal.throwIfAborted()
        throw new Error('broken step')
      },
    ],
  ])('fails at once when a handler %s, without an unhandled rejection', async (_name, step) => {
    using rejections = watchRejections()
    await expect(readEngine(engineOf(step))).rejects.toMatchObject({
      name: 'ChatError',
      message: 'broken step',
      cause: expect.any(Error),
    })
    await nextTurn()
    expect(rejections.seen).toEqual([])
  })

  it('keeps the answer when a handler fails after the last event', async () => {
    using rejections = watchRejections()
    const engine = engineOf(async ({ sendEvent }) => {
      sendEvent(tokenEvent.with('All'), answerEvent.with('All'))
      throw new Error('too late')
    })
    expect((await readEngine(engine)).at(-1)).toEqual({ type: 'finish', finishReason: 'stop' })
    await nextTurn()
    expect(rejections.seen).toEqual([])
  })

  it('ends after idleMs without an event, because a dead workflow never ends its stream', async () => {
    const clock = manualClock()
    const engine = engineOf(({ sendEvent }) => sendEvent(tokenEvent.with('Half')), { idleMs: 500, clock })
    const { iterator } = open(engine)
    await iterator.next()
    expect(await iterator.next()).toMatchObject({ value: { delta: 'Half' } })
    const pending = iterator.next()
    await clock.advance(499)
    expect(await Promise.race([pending, nextTurn('waiting')])).toBe('waiting')
    await clock.advance(1)
    await expect(pending).rejects.toMatchObject({
      code: 'upstream-stalled',
      message: expect.stringContaining('500 ms'),
    })
    expect(clock.pending).toBe(0)
  })

  it('does not count the pauses of the reader, and leaves no timer', async () => {
    const clock = manualClock()
    const engine = engineOf(({ sendEvent }) => sendEvent(tokenEvent.with('a'), answerEvent.with('a')), {
      idleMs: 500,
      clock,
    })
    const { iterator } = open(engine)
    await iterator.next()
    await clock.advance(10_000)
    expect(await iterator.next()).toMatchObject({ value: { delta: 'a' } })
    await iterator.next()
    expect(await iterator.next()).toMatchObject({ value: { type: 'finish' } })
    expect(await iterator.next()).toMatchObject({ done: true })
    expect(clock.pending).toBe(0)
  })

  it.each<[string, (opened: ReturnType<typeof open>) => unknown]>([
    ['aborts', ({ controller }) => controller.abort(new Error('stop'))],
    ['leaves', ({ iterator }) => iterator.return?.()],
  ])('fires the signal of a running handler when the reader %s, and ends at once', async (_name, leave) => {
    using rejections = watchRejections()
    const aborted = Promise.withResolvers<unknown>()
    const engine = engineOf(async ({ sendEvent, signal }) => {
      signal.addEventListener('abort', () => aborted.resolve(signal.reason))
      sendEvent(tokenEvent.with('a'))
      await aborted.promise
      throw new Error('stopped')
    })
    const opened = open(engine)
    await opened.iterator.next()
    await opened.iterator.next()
    const pending = opened.iterator.next().then(
      (result) => result.done,
      (reason: Error) => reason.message,
    )
    leave(opened)
    expect(await pending).toBe(_name === 'aborts' ? 'stop' : true)
    expect(await aborted.promise).toBeInstanceOf(Error)
    await nextTurn()
    expect(rejections.seen).toEqual([])
    expect(getEventListeners(opened.controller.signal, 'abort')).toEqual([])
  })

  it('starts nothing before the first read, and nothing under a signal that has aborted', async () => {
    let started = 0
    const engine = engineOf(() => void (started += 1))
    const iterator = engine.answer(TURN, { signal: AbortSignal.abort(new Error('before')) })[Symbol.asyncIterator]()
    expect(started).toBe(0)
    await expect(iterator.next()).rejects.toThrow('before')
    expect(started).toBe(0)
  })

  it('works with a context whose handlers cannot be watched', async () => {
    const engine = fromLlamaIndexWorkflow<string>({
      createContext: () => ({ stream: streamOf(['a', 'stop']), sendEvent: () => {} }),
      start: ({ question }) => question,
      text: (event) => (event === 'a' ? 'a' : undefined),
      stop: (event) => event === 'stop',
    })
    expect((await readEngine(engine)).map(({ type }) => type)).toEqual(['text', 'reasoning', 'finish'])
  })

  it('fails as incomplete when the stream ends before the last event', async () => {
    const engine = fromLlamaIndexWorkflow<string>({
      createContext: () => ({ stream: streamOf(['Half']), sendEvent: () => {} }),
      start: ({ question }) => question,
      text: (event) => (typeof event === 'string' ? event : undefined),
      stop: () => false,
    })
    const { code, partial } = errorOf(await readAll(streamChat({ engine, question: 'Why?' })))
    expect([code, partial.answer]).toEqual(['upstream-incomplete', 'Half'])
  })

  it.each(['createContext', 'start', 'text', 'stop', 'sources', 'idleMs', 'clock'])(
    'throws at once for an invalid %s',
    (field) => {
      const valid = { createContext: () => {}, start: () => {}, text: () => {}, stop: () => {} }
      expect(() => fromLlamaIndexWorkflow({ ...valid, [field]: 'x' } as never)).toThrow(
        expect.objectContaining({ code: 'invalid-input', field }),
      )
    },
  )
})

describe('fromLlamaIndexWorkflow over an agent', () => {
  const echo = tool({
    name: 'echo',
    description: 'Repeats a word',
    parameters: z.object({ word: z.string() }),
    execute: ({ word }) => word,
  })

  function agentEngine(llm: Awaited<ReturnType<typeof openUpstream>>['llm']) {
    const workflow = agent({ llm, tools: [echo] })
    return fromLlamaIndexWorkflow({
      createContext: () => workflow.createContext(),
      start: ({ question, history }) => startAgentEvent.with({ userInput: question, chatHistory: [...history] }),
      text: (event) => (agentStreamEvent.include(event) ? event.data.delta : undefined),
      stop: (event) => stopAgentEvent.include(event),
    })
  }

  it('streams the answer, and passes the earlier messages on', async () => {
    await using upstream = await openUpstream(faults.answer(['Because', ' of it.']))
    const history = [{ role: 'user', content: 'Hi' } as const, { role: 'assistant', content: 'Hello' } as const]
    const engine = agentEngine(upstream.llm)
    const result = await collectChat(streamChat({ engine, question: 'Why?', history }))
    expect(result).toMatchObject({ answer: 'Because of it.', finishReason: 'stop' })
    expect(JSON.stringify(upstream.server.hits[0]?.body)).toContain('Hello')
    const again = await collectChat(streamChat({ engine, question: 'How?' }))
    expect(again.answer).toBe('Because of it.')
    expect(JSON.stringify(upstream.server.hits[1]?.body)).not.toContain('Hello')
  })

  it('fails for an upstream 500 as an error of the run, where the plain agent ends the process', async () => {
    using rejections = watchRejections()
    await using upstream = await openUpstream(faults.unavailable(), { maxRetries: 0 })
    const events = await readAll(streamChat({ engine: agentEngine(upstream.llm), question: 'Why?' }))
    expect(errorOf(events).code).toBe('upstream-unavailable')
    await nextTurn()
    expect(rejections.seen).toEqual([])
  })

  it.each([
    ['before the first byte', faults.silent()],
    ['in the middle', faults.sequence('Because', step.silence())],
  ])('closes the request of the agent at an abort %s', async (_name, behaviour) => {
    using rejections = watchRejections()
    await using upstream = await openUpstream(behaviour)
    const controller = new AbortController()
    const run = collectChat(
      streamChat({ engine: agentEngine(upstream.llm), question: 'Why?', signal: controller.signal }),
    )
    const hit = await upstream.server.hit(0)
    controller.abort()
    expect(await run).toMatchObject({ finishReason: 'abort' })
    expect(await hit.closed).toBe('client')
    await nextTurn()
    expect(rejections.seen).toEqual([])
  })
})
