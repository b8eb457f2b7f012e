import { getEventListeners } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { ChatError, streamChat, type ChatEvent, type Engine } from '../../src/index.ts'
import { createGate, fakeRetriever, manualClock, scriptedChatModel } from '../../src/testing.ts'
import {
  ask,
  askModel,
  chatOptions,
  CHUNKS,
  deltasOf,
  doneOf,
  errorOf,
  FINISH,
  open,
  readAll,
  typesOf,
  warningsOf,
} from './ask.ts'

describe('streamChat', () => {
  it('yields start, query, status, sources, tokens and the complete result', async () => {
    const clock = manualClock()
    const usage = { inputTokens: 20, outputTokens: 7, totalTokens: 27 }
    const model = scriptedChatModel(['They sleep', ' 16 hours [1].', { ...FINISH, usage }])
    const events = await ask({ clock, model, runId: 'run-1', threadId: 'thread-1' })
    const sources = CHUNKS.map((text, index) => ({
      number: index + 1,
      sourceId: `document-${index + 1}#chunk-${index + 1}`,
      documentId: `document-${index + 1}`,
      chunkId: `chunk-${index + 1}`,
      title: `Document ${index + 1}`,
      text,
      score: 1 / (index + 1),
      metadata: {},
    }))
    const query = { question: 'How long do cats sleep?', query: 'How long do cats sleep?', condensed: false }
    const citation = { index: 0, number: 1, sourceId: 'document-1#chunk-1', start: 20, end: 23 }
    const checked = { claim: { start: 0, end: 24 }, support: 'supported', reasons: [], passage: { start: 0, end: 26 } }
    expect(events).toEqual([
      { type: 'start', seq: 0, v: 1, runId: 'run-1', messageId: expect.any(String), threadId: 'thread-1' },
      { type: 'query', seq: 1, ...query },
      { type: 'status', seq: 2, phase: 'retrieving' },
      { type: 'source', seq: 3, source: sources[0] },
      { type: 'source', seq: 4, source: sources[1] },
      { type: 'status', seq: 5, phase: 'generating' },
      { type: 'token', seq: 6, delta: 'They sleep', at: 0 },
      { type: 'token', seq: 7, delta: ' 16 hours ', at: 10 },
      { type: 'citation', seq: 8, citation },
      { type: 'token', seq: 9, delta: '[1]', at: 20 },
      { type: 'token', seq: 10, delta: '.', at: 23 },
      { type: 'support', seq: 11, index: 0, ...checked },
      {
        type: 'done',
        seq: 12,
        finishReason: 'stop',
        answer: 'They sleep 16 hours [1].',
        sources,
        citations: [{ ...citation, ...checked }],
        query,
        warnings: [],
        usage: { ...usage, phases: { generating: usage } },
        timings: { retrieved: 0, firstToken: 0, generated: 0, total: 0 },
        saved: false,
      },
    ])
    expect(clock.pending).toBe(0)
  })

  it('passes its options on to retriever and model', async () => {
    const retriever = fakeRetriever(CHUNKS)
    const model = scriptedChatModel(['Yes.', FINISH])
    const filter = { lang: 'en' }
    const options = { retriever, model, topK: 3, filter, scope: 'ann', temperature: 0.5, maxOutputTokens: 9 }
    const events = await ask({ ...options, question: 'Half a character \ud83d?' })
    const question = 'Half a character \ufffd?'
    expect(retriever.calls).toEqual([
      { query: question, options: { topK: 3, filter, scope: 'ann', signal: expect.any(AbortSignal) } },
    ])
    expect(model.calls.map(({ request }) => request)).toEqual([
      {
        purpose: 'answer',
        question,
        sources: doneOf(events).sources,
        messages: [
          { role: 'system', content: expect.stringContaining(CHUNKS[0] ?? '') },
          { role: 'user', content: question },
        ],
        temperature: 0.5,
        maxOutputTokens: 9,
      },
    ])
  })

  it('does not pass options on that were not given', async () => {
    const retriever = fakeRetriever(CHUNKS)
    const model = scriptedChatModel([FINISH])
    await ask({ retriever, model })
    expect(Object.keys(retriever.calls[0]?.options ?? {}).sort()).toEqual(['signal', 'topK'])
    expect(Object.keys(model.calls[0]?.request ?? {}).sort()).toEqual(['messages', 'purpose', 'question', 'sources'])
  })

  it('reports for each stage the time of its end, in ms from the start', async () => {
    const clock = manualClock()
    const gates = { retriever: createGate(), first: createGate(), last: createGate() }
    const run = ask({
      clock,
      retriever: fakeRetriever(CHUNKS, { gate: gates.retriever }),
      model: scriptedChatModel([{ gate: gates.first }, 'a', { gate: gates.last }, 'b', FINISH]),
    })
    for (const gate of [gates.retriever, gates.first, gates.last]) {
      await gate.reached()
      await clock.advance(100.4)
      gate.open()
    }
    expect(doneOf(await run).timings).toEqual({ retrieved: 100, firstToken: 201, generated: 301, total: 301 })
  })

  it('passes on the finish reason of the model', async () => {
    for (const finishReason of ['stop', 'length', 'content-filter', 'other'] as const) {
      expect(doneOf(await askModel(['a', { type: 'finish', finishReason }]))).toMatchObject({
        finishReason,
        answer: 'a',
      })
    }
  })

  it('treats an end without a finish reason as a normal end, with a warning', async () => {
    const events = await askModel(['a [1]', { type: 'finish' }])
    expect(doneOf(events).finishReason).toBe('stop')
    expect(warningsOf(events)).toEqual(['finish-reason-missing'])
  })

  it('A4: answers with an empty text when a content filter leaves nothing', async () => {
    const done = doneOf(await askModel([{ type: 'finish', finishReason: 'content-filter' }]))
    expect(done).toMatchObject({ finishReason: 'content-filter', answer: '' })
    expect(done.timings).not.toHaveProperty('firstToken')
  })

  it('does not read the model after its finish event', async () => {
    const model = scriptedChatModel(['a', FINISH, 'b', FINISH])
    expect(doneOf(await ask({ model })).answer).toBe('a')
    expect(model.calls[0]?.end).not.toBe('finished')
  })

  it('fails as internal when the prompt function fails', async () => {
    const prompt = () => {
      throw new Error('no prompt')
    }
    expect(errorOf(await ask({ prompt }))).toMatchObject({ code: 'internal', retryable: false, phase: 'retrieving' })
  })

  it('shows two chunks with different ids even if their texts are equal', async () => {
    const chunk = { text: 'x', title: 't' }
    const retriever = fakeRetriever([
      { chunk: { ...chunk, documentId: 'a#b', chunkId: 'c' } },
      { chunk: { ...chunk, documentId: 'a', chunkId: 'b#c' } },
    ])
    const ids = doneOf(await ask({ retriever })).sources.map(({ sourceId }) => sourceId)
    expect(new Set(ids).size).toBe(2)
  })
})

describe('streamChat and its guarantees', () => {
  const endings: Record<string, () => Promise<readonly ChatEvent[]>> = {
    'an answer': () => ask(),
    'nothing found': () => ask({ retriever: fakeRetriever([]) }),
    'a failing retriever': () => ask({ retriever: fakeRetriever([], { error: new Error('down') }) }),
    'a failing model': () => askModel(['a', { error: new Error('down') }]),
    'a model that stops short': () => askModel(['a']),
    'an answer that is cut off': () => askModel(['abcdef', FINISH], { maxAnswerChars: 3 }),
    'an abort beforehand': () => ask({ signal: AbortSignal.abort() }),
  }

  it.each(Object.entries(endings))(
    'P1: starts with start and ends with one terminal event for %s',
    async (_name, run) => {
      const events = await run()
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index))
      expect(typesOf(events).filter((type) => type === 'start')).toHaveLength(1)
      expect(events[0]?.type).toBe('start')
      expect(typesOf(events).filter((type) => type === 'done' || type === 'error')).toEqual([events.at(-1)?.type])
    },
  )

  it('P2: numbers all sources from 1 and sends them before the first token', async () => {
    const types = typesOf(await ask())
    expect(types.lastIndexOf('source')).toBeLessThan(types.indexOf('token'))
    const numbers = doneOf(await ask()).sources.map(({ number }) => number)
    expect(numbers).toEqual([1, 2])
  })

  it('P2: gives new numbers to sources that an engine yields late', async () => {
    const source = { documentId: 'd', text: 't' }
    const engine: Engine = {
      async *answer() {
        yield { type: 'source', source }
        yield { type: 'text', delta: 'a' }
        yield { type: 'source', source }
        yield FINISH
      },
    }
    const { sources } = doneOf(await readAll(streamChat({ question: 'q', engine })))
    expect(sources.map(({ number, sourceId }) => [number, sourceId])).toEqual([
      [1, 'd#d'],
      [2, 'd#d#2'],
    ])
  })

  it('P6: emits only the answer of the model as tokens', async () => {
    const model = scriptedChatModel(['a', { type: 'reasoning' }, '', 'b', FINISH])
    const events = await ask({ model })
    expect(deltasOf(events)).toEqual(['a', 'b'])
    expect(model.calls.map(({ request }) => request.purpose)).toEqual(['answer'])
  })

  it('P8: retries a model that failed before its first token', async () => {
    const retryable = new ChatError('busy', { code: 'upstream-unavailable', retryAfterMs: 0 })
    const model = scriptedChatModel((_request, attempt) =>
      attempt < 3 ? [{ error: retryable }] : ['back [1]', FINISH],
    )
    const events = await ask({ model })
    expect(doneOf(events).answer).toBe('back [1]')
    expect(warningsOf(events)).toEqual(['retrying', 'retrying'])
    expect(model.calls).toHaveLength(3)
  })

  it('P8: does not retry a model that failed after its first token', async () => {
    const model = scriptedChatModel(['a', { error: new ChatError('busy', { code: 'upstream-unavailable' }) }])
    const error = errorOf(await ask({ model }))
    expect(error).toMatchObject({ code: 'upstream-unavailable', retryable: true, phase: 'generating' })
    expect(error.partial).toMatchObject({ finishReason: 'error', answer: 'a' })
    expect(model.calls).toHaveLength(1)
  })

  it('P8: treats an end without finish as a failure', async () => {
    const model = scriptedChatModel(['a'])
    const error = errorOf(await ask({ model }))
    expect(error).toMatchObject({ code: 'upstream-incomplete', partial: { answer: 'a', finishReason: 'error' } })
    expect(model.calls).toHaveLength(1)
  })

  it('P10: starts no work before the first event is read', async () => {
    const clock = manualClock()
    const { signal } = new AbortController()
    const retriever = fakeRetriever(CHUNKS)
    const model = scriptedChatModel([FINISH])
    let observed = 0
    const observe = () => (observed += 1)
    const hooks = { onEvent: observe, onError: observe, onFinish: observe }
    streamChat(chatOptions({ clock, signal, retriever, model, ...hooks }))
    await nextTurn()
    expect([retriever.calls, model.calls, observed, clock.pending]).toEqual([[], [], 0, 0])
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('P10: leaves no timer and no listener when it is returned before the first read', async () => {
    const clock = manualClock()
    const { signal } = new AbortController()
    const { leave, read } = open({ clock, signal })
    await leave()
    expect(await read()).toBeUndefined()
    expect(clock.pending).toBe(0)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('P10: accepts one reader, and throws for a second one', async () => {
    const stream = streamChat(chatOptions())
    await readAll(stream)
    await expect(readAll(stream)).rejects.toThrow(TypeError)
  })
})
