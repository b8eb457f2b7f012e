import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aiSdkChatModel, type AiSdkStreamPart, type AiSdkStreamResult } from '../../../src/ai-sdk.ts'
import { collectChat, streamChat } from '../../../src/index.ts'
import { chatModelContract, fakeRetriever } from '../../../src/testing.ts'
import { cutAnyhow } from '../../support/cuts.ts'
import {
  finish,
  handMadeModel,
  openAnswer,
  partsModel,
  readAnswer,
  REQUEST,
  text,
  VERSIONS,
  type Part,
} from './support/hand-made-model.ts'

const START: Part = { type: 'stream-start', warnings: [{ type: 'unsupported', feature: 'temperature' }] }

describe.each(VERSIONS)('aiSdkChatModel over a model of version %s', (version) => {
  chatModelContract({
    describe,
    it,
    name: `a hand-made model ${version}`,
    create: () => {
      const { model, calls } = partsModel([START, text('The answer'), text(' is 42.'), finish(version)], { version })
      return { model: aiSdkChatModel({ model }), started: () => calls.length, released: async () => {} }
    },
  })

  it('sends the prompt in its parts, and the options of the request only if they are set', async () => {
    const { model, calls } = partsModel([text('Hi'), finish(version)], { version })
    await readAnswer(model)
    await readAnswer(model, { ...REQUEST, maxOutputTokens: 90, temperature: 0 })
    const prompt = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
      { role: 'user', content: [{ type: 'text', text: 'Why?' }] },
    ]
    const abortSignal = expect.any(AbortSignal)
    expect(calls).toEqual([
      { prompt, includeRawChunks: false, abortSignal },
      { prompt, includeRawChunks: false, abortSignal, maxOutputTokens: 90, temperature: 0 },
    ])
  })

  it('sends the headers and the options of the provider with every request', async () => {
    const { model, calls } = partsModel([text('Hi'), finish(version)], { version })
    const options = { headers: { 'x-tenant': 'a' }, providerOptions: { anthropic: { effort: 'low' } } }
    await readAnswer(model, REQUEST, options)
    expect(calls).toMatchObject([options])
  })

  it('yields text, activity, and the end with its usage, and ignores all other parts', async () => {
    const parts: readonly Part[] = [
      START,
      { type: 'response-metadata', id: 'response-1', modelId: 'any' },
      { type: 'reasoning-start', id: '1' },
      { type: 'reasoning-delta', id: '1', delta: 'hm' },
      { type: 'reasoning-end', id: '1' },
      { type: 'raw', rawValue: { any: 'thing' } },
      { type: 'ping' },
      { type: 'text-start', id: '0' },
      text('The'),
      { type: 'source', sourceType: 'url', id: '2', url: 'https://example.com' },
      { type: 'file', mediaType: 'image/png', data: 'AA==' },
      text(''),
      { type: 'a-type-of-the-future' },
      text(' answer'),
      { type: 'text-end', id: '0' },
      finish(version),
    ]
    const events = await readAnswer(partsModel(parts, { version }).model)
    expect(events).toEqual([
      ...Array.from({ length: 3 }, () => ({ type: 'reasoning' })),
      { type: 'text', delta: 'The' },
      { type: 'reasoning' },
      { type: 'text', delta: ' answer' },
      {
        type: 'finish',
        finishReason: 'stop',
        usage: { inputTokens: 7, outputTokens: 2, totalTokens: version === 'v2' ? 11 : 9 },
      },
    ])
  })

  it('counts a tool call as activity, and ends as other', async () => {
    const call: Part = { type: 'tool-call', toolCallId: '1', toolName: 'search', input: '{}' }
    const events = await readAnswer(partsModel([text('Hi'), call, finish(version, 'tool-calls')], { version }).model)
    expect(events.slice(1)).toMatchObject([{ type: 'reasoning' }, { type: 'finish', finishReason: 'other' }])
    expect(events.at(-1)).not.toHaveProperty('rawFinishReason')
  })

  it.each(['stop', 'length', 'content-filter'] as const)('passes on the finish reason %s', async (reason) => {
    const events = await readAnswer(partsModel([text('Hi'), finish(version, reason)], { version }).model)
    expect(events.at(-1)).toMatchObject({ finishReason: reason })
  })

  it('fails for the finish reason error, and for the end of the stream without a finish part', async () => {
    const failed = readAnswer(partsModel([text('Hi'), finish(version, 'error')], { version }).model)
    await expect(failed).rejects.toMatchObject({ name: 'ChatError', code: 'upstream-unavailable' })
    const cut = readAnswer(partsModel([text('Hi')], { version }).model)
    await expect(cut).rejects.toMatchObject({ name: 'ChatError', code: 'upstream-incomplete', retryable: true })
  })

  it('gives the same text however the stream is cut into parts', async () => {
    const answer = 'They sleep 🐈 16 hours [1].'
    await fc.assert(
      fc.asyncProperty(cutAnyhow(answer), fc.boolean(), async (deltas, noisy) => {
        const noise: readonly Part[] = noisy ? [{ type: 'ping' }, { type: 'reasoning-delta', id: '1', delta: 'x' }] : []
        const parts = deltas.flatMap((delta) => [text(delta), ...noise])
        const { model } = partsModel([...parts, finish(version)], { version })
        const retriever = fakeRetriever(['Cats sleep 16 hours a day.'])
        const run = streamChat({ question: 'How long?', retriever, model: aiSdkChatModel({ model }) })
        const { answer: read, citations } = await collectChat(run)
        expect(read).toBe(answer)
        expect(citations).toMatchObject([{ number: 1 }])
      }),
      { numRuns: 50 },
    )
  })
})

describe('the end of an answer', () => {
  it.each<[string, Part]>([
    ['unknown, of version v2', finish('v2', 'unknown')],
    ['interrupted, of version v4', finish('v4', 'interrupted', null)],
    ['other without the word of the vendor', finish('v3', 'other', null)],
    ['that is missing', { type: 'finish', usage: {} }],
  ])('is incomplete with a finish reason %s', async (_reason, part) => {
    const { model } = partsModel([text('Hi'), part])
    await expect(readAnswer(model)).rejects.toMatchObject({ code: 'upstream-incomplete' })
  })

  it.each([
    ['pause_turn', { finishReason: 'other' }],
    ['MAX_TOKENS', { finishReason: 'length' }],
    ['compaction', { finishReason: 'other', rawFinishReason: 'compaction' }],
  ])('reads the word %s of the vendor where the provider knows no reason for it', async (raw, expected) => {
    const events = await readAnswer(partsModel([text('Hi'), finish('v4', 'other', raw)]).model)
    expect(events.at(-1)).toEqual({ type: 'finish', ...expected, usage: expect.anything() })
  })

  it('is a failure if the word of the vendor means one', async () => {
    const { model } = partsModel([text('Hi'), finish('v3', 'other', 'server_error')])
    await expect(readAnswer(model)).rejects.toMatchObject({ code: 'upstream-unavailable' })
  })

  it.each<[string, unknown]>([
    ['no usage', undefined],
    ['counts that are missing', { inputTokens: undefined, outputTokens: undefined, totalTokens: undefined }],
    ['totals that are missing', { inputTokens: { total: undefined }, outputTokens: { total: 3 } }],
    ['counts that are not numbers', { inputTokens: Number.NaN, outputTokens: 2 }],
    ['zeros', { inputTokens: { total: 0 }, outputTokens: { total: 0 } }],
  ])('has no usage with %s, so that the run estimates it', async (_what, usage) => {
    const events = await readAnswer(partsModel([text('Hi'), { ...finish('v4'), usage }]).model)
    expect(events.at(-1)).toEqual({ type: 'finish', finishReason: 'stop', usage: undefined })
  })

  it('reads the stream to its end, so that the provider can reuse the connection', async () => {
    const cancelled: unknown[] = []
    const ended = Promise.withResolvers<void>()
    const parts = [text('Hi'), finish('v4'), { type: 'raw' }].values()
    const { model, calls } = handMadeModel(async () => ({
      stream: new ReadableStream<AiSdkStreamPart>(
        {
          pull(controller) {
            const { done, value } = parts.next()
            if (!done) return controller.enqueue(value)
            controller.close()
            ended.resolve()
          },
          cancel: (reason) => void cancelled.push(reason),
        },
        { highWaterMark: 0 },
      ),
    }))
    expect(await readAnswer(model)).toHaveLength(2)
    await ended.promise
    expect(cancelled).toEqual([])
    expect(calls[0]?.abortSignal?.aborted).toBe(false)
  })
})

describe('a stream that continues after the finish part', () => {
  it('is cancelled, and its request aborted', async () => {
    const cancelled = Promise.withResolvers<void>()
    const parts = [text('Hi'), finish('v4')].values()
    const { model, calls } = handMadeModel(async () => ({
      stream: new ReadableStream<AiSdkStreamPart>({
        pull: (controller) => controller.enqueue(parts.next().value ?? { type: 'ping' }),
        cancel: () => cancelled.resolve(),
      }),
    }))
    expect(await readAnswer(model)).toHaveLength(2)
    await cancelled.promise
    expect(calls[0]?.abortSignal?.aborted).toBe(true)
  })
})

describe('a provider that ignores its signal', () => {
  const silentStream = (cancelled: PromiseWithResolvers<void>): AiSdkStreamResult => ({
    stream: new ReadableStream({ pull: () => new Promise(() => {}), cancel: () => cancelled.resolve() }),
  })

  it.each(['an abort', 'return()'])('is left at once by %s while its stream is silent', async (way) => {
    const cancelled = Promise.withResolvers<void>()
    const { model, calls } = handMadeModel(async () => silentStream(cancelled))
    const { iterator, controller } = openAnswer(model)
    const pending = iterator.next().catch((reason: unknown) => reason)
    await Promise.resolve()
    const reason = new Error('stop')
    if (way === 'an abort') controller.abort(reason)
    else await iterator.return?.()
    expect(await pending).toEqual(way === 'an abort' ? reason : { value: undefined, done: true })
    await cancelled.promise
    expect(calls[0]?.abortSignal?.aborted).toBe(true)
    expect(await iterator.next()).toMatchObject({ done: true })
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it.each(['an abort', 'return()'])('has its stream cancelled if it opens after %s', async (way) => {
    const cancelled = Promise.withResolvers<void>()
    const late = Promise.withResolvers<AiSdkStreamResult>()
    const { model } = handMadeModel(() => late.promise)
    const { iterator, controller } = openAnswer(model)
    const pending = iterator.next().catch(() => 'aborted')
    if (way === 'an abort') controller.abort(new Error('stop'))
    else await iterator.return?.()
    expect(await pending).toEqual(way === 'an abort' ? 'aborted' : { value: undefined, done: true })
    late.resolve(silentStream(cancelled))
    await cancelled.promise
  })

  it('causes no unhandled rejection if it fails after the abort', async () => {
    const late = Promise.withResolvers<AiSdkStreamResult>()
    const { model } = handMadeModel(() => late.promise)
    const { iterator, controller } = openAnswer(model)
    const pending = iterator.next()
    controller.abort(new Error('stop'))
    await expect(pending).rejects.toThrow('stop')
    late.reject(new Error('too late'))
    await expect(late.promise).rejects.toThrow('too late')
    expect(await iterator.next()).toMatchObject({ done: true })
  })
})

describe('aiSdkChatModel', () => {
  it('begins to read a stream when it is read, not before', async () => {
    const { model, calls } = partsModel([text('Hi'), finish('v4')])
    const { iterator } = openAnswer(model)
    expect(calls).toEqual([])
    expect(await iterator.next()).toEqual({ value: { type: 'text', delta: 'Hi' }, done: false })
    expect(calls).toHaveLength(1)
    await iterator.return?.()
  })

  it.each([
    ['a part that is not an object', 'text'],
    ['a delta that is not a string', { type: 'text-delta', id: '0', delta: 7 }],
  ])('fails for %s', async (_what, part) => {
    await expect(readAnswer(partsModel([part as Part]).model)).rejects.toMatchObject({ code: 'upstream-bad-response' })
  })

  it('names the fix for the name of a model', () => {
    expect(() => aiSdkChatModel({ model: 'anthropic/claude-sonnet-4-5' as never })).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        field: 'model',
        message: expect.stringContaining("such as anthropic('claude-sonnet-4-5')"),
      }),
    )
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'model'],
    ['a model without doStream', { specificationVersion: 'v4' }, 'model.doStream'],
    ['a model of ai 4', { specificationVersion: 'v1', doStream() {} }, 'model.specificationVersion'],
    ['a model of a later version', { specificationVersion: 'v5', doStream() {} }, 'model.specificationVersion'],
    ['a model without a version', { doStream() {} }, 'model.specificationVersion'],
  ])('refuses %s at its creation', (_what, model, field) => {
    expect(() => aiSdkChatModel({ model: model as never })).toThrow(
      expect.objectContaining({ name: 'TypeError', code: 'invalid-input', field }),
    )
  })

  it.each([
    ['headers', { headers: 'x-tenant: a' }],
    ['headers.x-tenant', { headers: { 'x-tenant': 7 } }],
    ['providerOptions', { providerOptions: 'low' }],
    ['providerOptions.effort', { providerOptions: { effort: 'low' } }],
    ['apiKey', { apiKey: 'sk-1' }],
  ])('refuses an invalid option %s', (field, options) => {
    const { model } = partsModel([])
    expect(() => aiSdkChatModel({ model, ...(options as object) })).toThrow(
      expect.objectContaining({ code: 'invalid-input', field }),
    )
  })

  it('fails as misuse if doStream resolves without a stream', async () => {
    const { model } = handMadeModel(async () => ({}) as never)
    await expect(readAnswer(model)).rejects.toMatchObject({ code: 'invalid-input' })
  })
})
