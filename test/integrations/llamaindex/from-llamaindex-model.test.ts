import { getEventListeners } from 'node:events'
import { BaseLLM } from '@llamaindex/core/llms'
import { describe, expect, it } from 'vitest'
import { collectChat, streamChat, type ChatModelRequest } from '../../../src/index.ts'
import { streamOf } from '../../../src/core/async/iterators.ts'
import { fromLlamaIndexModel, type LlamaIndexChunk, type LlamaIndexModel } from '../../../src/llamaindex.ts'
import {
  chatModelContract,
  createGate,
  fakeRetriever,
  faults,
  step,
  type FaultBehaviour,
} from '../../../src/testing.ts'
import { openUpstream } from './support/open-upstream.ts'

const REQUEST: ChatModelRequest = {
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Hello' },
    { role: 'user', content: 'Why?' },
  ],
  purpose: 'answer',
  question: 'Why?',
  sources: [],
}

async function subjectOf(behaviour: FaultBehaviour) {
  const { server, llm } = await openUpstream(behaviour)
  return {
    model: fromLlamaIndexModel(llm),
    started: () => server.hits.length,
    released: server.idle,
    close: server.close,
  }
}

chatModelContract({
  describe,
  it,
  name: 'fromLlamaIndexModel over @llamaindex/openai',
  create: () => subjectOf(faults.answer(['The answer', ' is 42.'])),
  createHanging: () => subjectOf(faults.stall({ deltas: ['The'] })),
  createFailing: () => subjectOf(faults.unavailable()),
})

describe('fromLlamaIndexModel', () => {
  it('sends the messages with their roles, and yields text, activity and the end with the finish reason', async () => {
    await using upstream = await openUpstream(faults.answer(['The answer', ' is 42.'], { finishReason: 'length' }))
    expect(await readAll(upstream.llm)).toEqual([
      { type: 'text', delta: 'The answer' },
      { type: 'text', delta: ' is 42.' },
      { type: 'reasoning' },
      { type: 'finish', finishReason: 'length' },
    ])
    expect(upstream.server.hits[0]?.body).toMatchObject({ messages: REQUEST.messages, stream: true })
  })

  it('reads the usage that follows the finish reason, and sends the options of the caller', async () => {
    await using upstream = await openUpstream(
      faults.answer(['Hi'], { usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 } }),
    )
    const chatOptions = ({ maxOutputTokens }: ChatModelRequest) => ({
      stream_options: { include_usage: true },
      max_completion_tokens: maxOutputTokens,
    })
    const model = fromLlamaIndexModel(upstream.llm, { chatOptions })
    const events = await collect(
      model.stream({ ...REQUEST, maxOutputTokens: 90 }, { signal: new AbortController().signal }),
    )
    expect(events.at(-1)).toEqual({
      type: 'finish',
      finishReason: 'stop',
      usage: { inputTokens: 7, outputTokens: 2, totalTokens: 9 },
    })
    expect(upstream.server.hits[0]?.body).toMatchObject({ max_completion_tokens: 90 })
  })

  it.each([
    ['OpenAI', { choices: [{ finish_reason: 'content_filter' }], usage: { prompt_tokens: 1, completion_tokens: 2 } }],
    [
      'Gemini',
      { candidates: [{ finishReason: 'SAFETY' }], usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2 } },
    ],
    ['Anthropic', { delta: { stop_reason: 'refusal' }, usage: { input_tokens: 1, output_tokens: 2 } }],
    ['Ollama', { done_reason: 'content_filter', prompt_eval_count: 1, eval_count: 2 }],
    ['Mistral', { data: { choices: [{ finishReason: 'blocked' }], usage: { promptTokens: 1, completionTokens: 2 } } }],
  ])('reads the finish reason and the usage in the chunks of %s', async (_name, raw) => {
    const events = await readAll(llmOf({ delta: 'x', raw: null }, { delta: '', raw }))
    expect(events.at(-1)).toEqual({
      type: 'finish',
      finishReason: 'content-filter',
      usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
    })
  })

  it('adds the count of the answer to the count of the prompt when they come in separate chunks', async () => {
    const events = await readAll(
      llmOf(
        { delta: 'x', raw: { type: 'message_start', message: { usage: { input_tokens: 9, output_tokens: 1 } } } },
        { delta: '', raw: { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } } },
      ),
    )
    expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 9, outputTokens: 5, totalTokens: 14 } })
  })

  it('ends without a finish reason when the stream has none, which the run reports as a warning', async () => {
    await using upstream = await openUpstream(faults.incomplete({ deltas: ['Half', ' an answer'] }))
    const { answer, finishReason, warnings } = await ask(upstream.llm)
    expect([answer, finishReason]).toEqual(['Half an answer', 'stop'])
    expect(warnings.map(({ code }) => code)).toEqual(['finish-reason-missing'])
  })

  it('keeps an unknown finish reason, and fails for one that means a failure', async () => {
    const unknown = await readAll(llmOf({ delta: 'x', raw: { choices: [{ finish_reason: 'flabbergasted' }] } }))
    expect(unknown.at(-1)).toEqual({ type: 'finish', finishReason: 'other', rawFinishReason: 'flabbergasted' })
    const failing = llmOf({ delta: 'x', raw: { choices: [{ finish_reason: 'error' }] } })
    await expect(readAll(failing)).rejects.toMatchObject({ name: 'ChatError' })
  })

  it.each<[string, FaultBehaviour, object]>([
    ['429 with a wait', faults.rateLimited({ retryAfter: 3 }), { code: 'upstream-rate-limited', retryAfterMs: 3000 }],
    ['500', faults.unavailable(), { code: 'upstream-unavailable', retryable: true }],
    ['401', faults.unauthorized(), { code: 'upstream-auth', retryable: false }],
    ['an invalid chunk', faults.halfJson(), { code: 'upstream-bad-response' }],
    ['an error in the stream', faults.errorInStream({ code: 'rate_limit' }), { code: 'upstream-rate-limited' }],
    ['a connection that breaks', faults.cut(), { code: 'upstream-disconnected', retryable: true }],
  ])(
    'fails without a retry after %s, although LlamaIndex throws only when its stream is read',
    async (_name, fault, error) => {
      await using upstream = await openUpstream(fault)
      await expect(readAll(upstream.llm)).rejects.toMatchObject({ name: 'ChatError', ...error })
      expect(upstream.server.hits).toHaveLength(1)
    },
  )

  it('is complete after a finish reason, even if the connection then breaks', async () => {
    await using upstream = await openUpstream(faults.sequence('Hi', step.finish(), step.cut()))
    expect((await readAll(upstream.llm)).at(-1)).toEqual({ type: 'finish', finishReason: 'stop' })
  })

  it.each([
    ['before the first byte', faults.silent(), 0],
    ['in the middle', faults.stall({ deltas: ['a', 'b'] }), 2],
  ])('closes the request of an abort %s, and rejects with its reason', async (_name, behaviour, reads) => {
    await using upstream = await openUpstream(behaviour)
    const controller = new AbortController()
    const iterator = fromLlamaIndexModel(upstream.llm)
      .stream(REQUEST, { signal: controller.signal })
      [Symbol.asyncIterator]()
    for (let read = 0; read < reads; read++) expect(await iterator.next()).toMatchObject({ value: { type: 'text' } })
    const pending = iterator.next()
    const hit = await upstream.server.hit(0)
    const reason = new Error('stop')
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    expect(await hit.closed).toBe('client')
    expect(await iterator.next()).toMatchObject({ done: true })
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('closes the request when the reader leaves the loop', async () => {
    await using upstream = await openUpstream(faults.endless())
    for await (const event of fromLlamaIndexModel(upstream.llm).stream(REQUEST, {
      signal: new AbortController().signal,
    })) {
      if (event.type === 'text') break
    }
    const hit = await upstream.server.hit(0)
    expect(await hit.closed).toBe('client')
  })

  it('closes only the request of the run that is aborted, when two use one session', async () => {
    const gate = createGate()
    await using upstream = await openUpstream()
    upstream.server.enqueue([faults.stall({ deltas: ['x'] }), faults.answer(['a', 'b', 'c'], { gate })])
    const model = fromLlamaIndexModel(upstream.llm)
    const controller = new AbortController()
    const stopped = model.stream(REQUEST, { signal: controller.signal })[Symbol.asyncIterator]()
    await stopped.next()
    const other = collect(model.stream(REQUEST, { signal: new AbortController().signal }))
    const hits = [await upstream.server.hit(0), await upstream.server.hit(1)]
    controller.abort(new Error('stop'))
    await expect(stopped.next()).rejects.toThrow('stop')
    expect(await hits[0]?.closed).toBe('client')
    gate.open()
    expect((await other).filter(({ type }) => type === 'text')).toHaveLength(3)
    expect(await hits[1]?.closed).toBe('complete')
  })

  it('reports an abort after which the stream just ends as an abort, and not as a complete answer', async () => {
    const controller = new AbortController()
    const silent: LlamaIndexModel = {
      chat: async () => ({
        [Symbol.asyncIterator]: () => ({
          next: async () => {
            // The client of openai ends its stream like this.
            controller.abort(new Error('stop'))
            return { value: undefined, done: true }
          },
        }),
      }),
    }
    const iterator = fromLlamaIndexModel(silent).stream(REQUEST, { signal: controller.signal })[Symbol.asyncIterator]()
    await expect(iterator.next()).rejects.toThrow('stop')
  })

  it('ends its wait at an abort although the LLM takes no signal, and asks a late stream to stop', async () => {
    const controller = new AbortController()
    const late = Promise.withResolvers<AsyncIterable<LlamaIndexChunk>>()
    const returned = Promise.withResolvers<void>()
    const iterator = fromLlamaIndexModel({ chat: () => late.promise })
      .stream(REQUEST, { signal: controller.signal })
      [Symbol.asyncIterator]()
    const pending = iterator.next()
    controller.abort(new Error('stop'))
    await expect(pending).rejects.toThrow('stop')
    late.resolve({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: async () => {
          returned.resolve()
          return { value: undefined, done: true }
        },
      }),
    })
    await returned.promise
  })

  it('ends a pending read at once when the reader leaves', async () => {
    const deaf = fromLlamaIndexModel({ chat: () => new Promise(() => {}) })
    const iterator = deaf.stream(REQUEST, { signal: new AbortController().signal })[Symbol.asyncIterator]()
    const pending = iterator.next()
    await iterator.return?.()
    expect(await pending).toMatchObject({ done: true })
  })

  it('accepts a subclass of BaseLLM without a cast', async () => {
    class Parrot extends BaseLLM {
      metadata = {
        model: 'parrot',
        temperature: 0,
        topP: 1,
        contextWindow: 1024,
        tokenizer: undefined,
        structuredOutput: false,
      }
      chat(): never {
        throw new Error('The parrot is dead')
      }
    }
    await expect(readAll(new Parrot())).rejects.toMatchObject({
      code: 'upstream-unavailable',
      message: 'The parrot is dead',
    })
  })

  it.each([
    ['a chunk without a delta', { raw: {} }],
    ['a delta that is no string', { delta: 7 }],
  ])('fails for %s', async (_name, chunk) => {
    await expect(readAll(llmOf(chunk as LlamaIndexChunk))).rejects.toMatchObject({ code: 'upstream-bad-response' })
  })

  it.each([
    ['model.chat', {}, undefined],
    ['chatOptions', llmOf(), { chatOptions: {} }],
  ])('throws at once for an invalid %s', (field, model, options) => {
    expect(() => fromLlamaIndexModel(model as LlamaIndexModel, options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field }),
    )
  })
})

function llmOf(...chunks: readonly LlamaIndexChunk[]): LlamaIndexModel {
  return {
    async chat() {
      return streamOf(chunks)
    },
  }
}

function readAll(model: LlamaIndexModel) {
  return collect(fromLlamaIndexModel(model).stream(REQUEST, { signal: new AbortController().signal }))
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of stream) items.push(item)
  return items
}

function ask(model: LlamaIndexModel) {
  const retriever = fakeRetriever([])
  return collectChat(
    streamChat({ question: 'Why?', retriever, onNoEvidence: 'answer', model: fromLlamaIndexModel(model) }),
  )
}
