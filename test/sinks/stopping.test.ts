import { getEventListeners, once } from 'node:events'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import {
  streamChat,
  type ChatEvent,
  type ChatModel,
  type ChatResult,
  type RetrieveAndAnswerOptions,
  type Retriever,
} from '../../src/index.ts'
import { ndjsonFrames } from '../../src/ndjson.ts'
import { sendToNode, toNodeReadable } from '../../src/node.ts'
import { openaiChatModel } from '../../src/openai.ts'
import { sseFrames } from '../../src/sse.ts'
import { createFaultServer, fakeRetriever, faults, manualClock, scriptedChatModel } from '../../src/testing.ts'
import { toReadableStream, toResponse } from '../../src/web.ts'
import { collect } from '../support/bytes.ts'
import { eventually } from '../support/eventually.ts'
import { fakeResponse } from './support/fake-response.ts'

type Consumer = (stream: AsyncIterable<ChatEvent>) => Promise<unknown>

// Each reads a little of a stream and leaves.
const LEAVING: readonly (readonly [name: string, leave: Consumer])[] = [
  ['break', (stream) => takeSome(stream)],
  ['break out of frames', (stream) => takeSome(sseFrames(stream))],
  ['break out of lines', (stream) => takeSome(ndjsonFrames(stream))],
  ['cancel of a web stream', (stream) => cancelAfterSome(toReadableStream(stream))],
  ['cancel of a response', async (stream) => cancelAfterSome(toResponse(stream).body)],
  ['destroy of a Node stream', (stream) => destroyAfterSome(stream)],
  ['return() before the first read', async (stream) => stream[Symbol.asyncIterator]().return?.()],
]

describe('leaving a stream', () => {
  it.each(LEAVING.slice(0, -1))('F26: stops the model, and ends the run once, after %s', async (_name, leave) => {
    await using upstream = await createFaultServer({ behaviour: faults.stall({ deltas: ['Hello'] }) })
    const client = new OpenAI({ apiKey: 'key', baseURL: upstream.baseURL })
    const results: ChatResult[] = []
    const onFinish = (result: ChatResult) => results.push(result)
    await leave(streamChat({ ...BASICS, model: openaiChatModel({ client, model: 'any' }), onFinish }))
    const hit = await upstream.hit(0)
    expect(await hit.closed).toBe('client')
    expect(results).toMatchObject([{ finishReason: 'abort', answer: 'Hello' }])
    expect(upstream.hits).toHaveLength(1)
  })

  it.each(LEAVING)('T18: leaves no listener on the signal after %s', async (_name, leave) => {
    const controller = new AbortController()
    const model = scriptedChatModel(['Hello', { hang: 'until-abort' }])
    await leave(streamChat({ ...BASICS, model, signal: controller.signal }))
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    controller.abort()
  })

  it('T18: may happen twice, and an abort may follow it, also twice', async () => {
    const controller = new AbortController()
    const results: ChatResult[] = []
    const onFinish = (result: ChatResult) => results.push(result)
    const model = scriptedChatModel(['Hello', { hang: 'until-abort' }])
    const events = streamChat({ ...BASICS, model, signal: controller.signal, onFinish })[Symbol.asyncIterator]()
    await events.next()
    for (let times = 0; times < 2; times += 1) {
      expect(await events.return?.()).toEqual({ done: true, value: undefined })
      controller.abort()
    }
    expect(await events.next()).toEqual({ done: true, value: undefined })
    expect(results).toMatchObject([{ finishReason: 'abort' }])
  })

  it('T18: ignores an abort after the end', async () => {
    const controller = new AbortController()
    const results: ChatResult[] = []
    const onFinish = (result: ChatResult) => results.push(result)
    const model = scriptedChatModel(['Hello', { type: 'finish', finishReason: 'stop' }])
    const events = streamChat({ ...BASICS, model, signal: controller.signal, onFinish })[Symbol.asyncIterator]()
    for (let { done } = await events.next(); !done;) ({ done } = await events.next())
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    controller.abort()
    expect(await events.next()).toEqual({ done: true, value: undefined })
    expect(await events.return?.()).toEqual({ done: true, value: undefined })
    expect(results).toMatchObject([{ finishReason: 'stop' }])
  })
})

describe('a signal that many streams share', () => {
  it('T24: stops all 50 of them at once', async () => {
    const controller = new AbortController()
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    const model = scriptedChatModel(['Hello', { hang: 'until-abort' }])
    const reading = Array.from({ length: 50 }, () =>
      collect(streamChat({ ...BASICS, model, signal: controller.signal })),
    )
    await eventually(() => expect(model.calls).toHaveLength(50))
    controller.abort()
    for (const events of await Promise.all(reading)) {
      expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'abort' })
    }
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })

  it('T24: costs the same after 20,000 streams as before', { timeout: 60_000 }, async () => {
    const { signal } = new AbortController()
    // Not the fakes, because they record every call.
    const retriever: Retriever = {
      retrieve: async () => [{ chunk: { chunkId: '1', documentId: '1', text: 'It is so.' } }],
    }
    const model: ChatModel = {
      async *stream() {
        yield { type: 'text', delta: 'Hello' }
        yield { type: 'finish' }
      },
    }
    const useMany = async (count: number) => {
      for (let index = 0; index < count; index += 1) {
        const stream = sseFrames(streamChat({ question: 'Why?', retriever, model, signal }))
        await (index % 2 === 0 ? collect(stream) : takeSome(stream))
      }
    }
    await useMany(1_000)
    const before = heapUsed()
    await useMany(20_000)
    expect(heapUsed() - before).toBeLessThan(2 * 2 ** 20)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

describe('a stream with no reader, or with two', () => {
  it('T25, P10: runs nothing and retains nothing while it is not read', async () => {
    const { signal } = new AbortController()
    const clock = manualClock()
    const retriever = fakeRetriever([])
    const model = scriptedChatModel([])
    const unread = () => streamChat({ question: 'Why?', retriever, model, signal, clock })
    unread()
    sseFrames(unread(), { clock })
    toReadableStream(unread(), { clock, signal })
    toResponse(unread(), { clock, signal })
    toNodeReadable(unread(), { clock, signal })
    await clock.advance(1_000_000)
    expect({ listeners: getEventListeners(signal, 'abort'), timers: clock.pending }).toEqual({
      listeners: [],
      timers: 0,
    })
    expect({ retrievals: retriever.calls, calls: model.calls }).toEqual({ retrievals: [], calls: [] })
  })

  it('T25, P10: rejects a second reader, before anything is written', async () => {
    const stream = streamChat({ ...BASICS, model: scriptedChatModel(['Hello', { type: 'finish' }]) })
    const events = collect(stream)
    expect(() => stream[Symbol.asyncIterator]()).toThrow(TypeError)
    expect(() => toResponse(stream)).toThrow(TypeError)
    expect(() => toNodeReadable(stream)).toThrow(TypeError)
    const response = fakeResponse()
    await expect(sendToNode(stream, response)).rejects.toThrow(TypeError)
    expect(response).toMatchObject({ headers: new Map(), written: [], ended: false })
    expect((await events).at(-1)?.type).toBe('done')
  })
})

const BASICS: Pick<RetrieveAndAnswerOptions, 'question' | 'retriever'> = {
  question: 'Why?',
  retriever: fakeRetriever(['It is so.']),
}

async function takeSome(items: AsyncIterable<ChatEvent | string>): Promise<void> {
  for await (const item of items) if (JSON.stringify(item).includes('Hello')) break
}

async function cancelAfterSome(stream: ReadableStream<Uint8Array> | null): Promise<void> {
  const reader = stream?.getReader()
  while (!Buffer.from((await reader?.read())?.value ?? 'Hello').includes('Hello'));
  await reader?.cancel()
  await reader?.cancel()
}

async function destroyAfterSome(stream: AsyncIterable<ChatEvent>): Promise<void> {
  const readable = toNodeReadable(stream)
  while (!String(await once(readable, 'data')).includes('Hello'));
  readable.destroy()
  readable.destroy()
  await once(readable, 'close')
}

function heapUsed(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
