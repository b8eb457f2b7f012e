import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toUiMessages } from '../../../src/ai-sdk.ts'
import type { ChatEvent, ChatResult, Source, StoredTurn } from '../../../src/index.ts'
import { done, eventsSaying, resultOf, START, token } from '../../support/chat-events.ts'
import { anyRun } from './support/any-run.ts'
import { encode, readChunks, readMessage } from './support/read-chunks.ts'

const SOURCE: Source = {
  number: 1,
  sourceId: 's1',
  documentId: 'd1',
  chunkId: 'c1',
  title: 'Cats',
  url: 'https://a.example/cats',
  text: 'Cats sleep.',
  score: 0.9,
  location: { page: 2 },
  metadata: { year: 2020 },
}

const UPLOAD: Source = {
  number: 2,
  sourceId: 's2',
  documentId: 'd2',
  chunkId: 'c2',
  title: '',
  text: 'x',
  metadata: {},
}

const CITATION = { index: 0, number: 1, sourceId: 's1', start: 5, end: 8 }

const chunksOf = (...events: readonly ChatEvent[]) => readChunks(encode([START, ...events]))

const source = (of: Source, seq: number): ChatEvent => ({ type: 'source', seq, source: of })

function end(result: Partial<ChatResult> = {}): ChatEvent {
  return { type: 'done', seq: 9, ...resultOf('Yes'), ...result }
}

describe('the UI message stream', () => {
  it('sends an answer as one text between start and finish', () => {
    expect(readChunks(encode(eventsSaying(['Hello', ' world'])))).toEqual([
      { type: 'start', messageId: 'run', messageMetadata: { runId: 'run' } },
      { type: 'start-step' },
      { type: 'text-start', id: 'text' },
      { type: 'text-delta', id: 'text', delta: 'Hello' },
      { type: 'text-delta', id: 'text', delta: ' world' },
      { type: 'text-end', id: 'text' },
      { type: 'finish-step' },
      {
        type: 'finish',
        finishReason: 'stop',
        messageMetadata: {
          finishReason: 'stop',
          usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2, phases: {} },
          timings: { total: 1 },
          saved: false,
        },
      },
    ])
  })

  it('sends each source once, and all with their texts before the text of the answer', () => {
    const chunks = chunksOf(
      source(SOURCE, 1),
      source(UPLOAD, 2),
      token('Yes', { seq: 3, at: 0 }),
      end({ sources: [SOURCE, UPLOAD] }),
    )
    expect(chunks.slice(2, 6)).toEqual([
      {
        type: 'source-url',
        sourceId: 's1',
        url: 'https://a.example/cats',
        title: 'Cats',
        providerMetadata: {
          ragwire: { number: 1, documentId: 'd1', chunkId: 'c1', score: 0.9, location: { page: 2 } },
        },
      },
      {
        type: 'source-document',
        sourceId: 's2',
        mediaType: 'text/plain',
        title: 'd2',
        providerMetadata: { ragwire: { number: 2, documentId: 'd2', chunkId: 'c2' } },
      },
      {
        type: 'data-sources',
        id: 'sources',
        data: {
          nodes: [
            {
              id: 's1',
              text: 'Cats sleep.',
              score: 0.9,
              url: 'https://a.example/cats',
              metadata: { year: 2020, number: 1, title: 'Cats', documentId: 'd1' },
            },
            { id: 's2', text: 'x', metadata: { number: 2, title: '', documentId: 'd2' } },
          ],
        },
      },
      { type: 'text-start', id: 'text' },
    ])
    expect(chunks.filter(({ type }) => type === 'source-url' || type === 'data-sources')).toHaveLength(2)
  })

  it('leaves out metadata for which the parser of a client would reject the whole chunk', () => {
    const metadata = JSON.parse('{"a":{"__proto__":1,"b":2},"constructor":{"prototype":1},"c":{"constructor":"x"}}')
    const parts = readMessage(chunksOf(source({ ...SOURCE, metadata }, 1), end({ sources: [SOURCE] }))).parts
    const [, , sources] = JSON.parse(JSON.stringify(parts))
    expect(sources.data.nodes[0].metadata).toEqual({
      a: { b: 2 },
      c: { constructor: 'x' },
      number: 1,
      title: 'Cats',
      documentId: 'd1',
    })
  })

  it('replaces the list of sources when an engine reports one after the first token', () => {
    const chunks = chunksOf(
      source(SOURCE, 1),
      token('Yes', { seq: 2, at: 0 }),
      source(UPLOAD, 3),
      end({ sources: [SOURCE, UPLOAD] }),
    )
    const { parts } = readMessage(chunks)
    expect(parts.map(({ type }) => type)).toEqual([
      'step-start',
      'source-url',
      'data-sources',
      'text',
      'source-document',
    ])
    expect(parts[2]).toMatchObject({ data: { nodes: [{ id: 's1' }, { id: 's2' }] } })
  })

  it('sends a citation inside of the text, and replaces it with its check', () => {
    const support = {
      support: 'weak',
      reasons: ['number'],
      claim: { start: 0, end: 3 },
      passage: { start: 0, end: 4 },
    } as const
    const citation = { ...CITATION, ...support }
    const chunks = chunksOf(
      source(SOURCE, 1),
      { type: 'citation', seq: 2, citation: CITATION },
      token('Yes', { seq: 3, at: 0 }),
      { type: 'support', seq: 4, index: 0, ...support },
      end({ sources: [SOURCE], citations: [citation] }),
    )
    expect(chunks.filter(({ type }) => type === 'data-citation' || type === 'text-start')).toEqual([
      { type: 'text-start', id: 'text' },
      { type: 'data-citation', id: 'citation-0', data: CITATION },
      { type: 'data-citation', id: 'citation-0', data: citation },
    ])
  })

  it('sends phases as transient data, the query and all warnings so far as metadata', () => {
    const warning = { code: 'retrying', message: 'It is asked again' } as const
    const other = { code: 'uncited', message: 'It cites nothing' } as const
    const { transient, metadata } = readMessage(
      chunksOf(
        { type: 'status', seq: 1, phase: 'retrieving' },
        { type: 'query', seq: 2, question: 'Why?', query: 'why', condensed: true },
        { type: 'warning', seq: 3, ...warning },
        { type: 'warning', seq: 4, ...other },
        end({ warnings: [warning, other] }),
      ),
    )
    expect(transient).toEqual([{ phase: 'retrieving' }])
    expect(metadata).toMatchObject({
      query: { question: 'Why?', query: 'why', condensed: true },
      warnings: [warning, other],
    })
  })

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content-filter', 'content-filter'],
    ['no-evidence', 'stop'],
    ['other', 'other'],
  ] as const)('ends an answer with the finish reason %s as %s, and tells both', (finishReason, sent) => {
    expect(chunksOf(end({ finishReason })).at(-1)).toMatchObject({
      type: 'finish',
      finishReason: sent,
      messageMetadata: { finishReason },
    })
  })

  it('closes the text of a stopped answer, and marks it, before it ends as abort', () => {
    const chunks = chunksOf(token('Ye', { seq: 1, at: 0 }), end({ finishReason: 'abort', answer: 'Ye' }))
    expect(chunks.slice(-3)).toMatchObject([
      { type: 'text-end' },
      { type: 'message-metadata', messageMetadata: { finishReason: 'abort', aborted: true } },
      { type: 'abort' },
    ])
  })

  it('tells the code of a failure before the error, after which a client reads nothing', () => {
    const error = { code: 'upstream-rate-limited', message: 'Busy', retryable: true, retryAfterMs: 5_000 } as const
    const partial = { ...resultOf('Ye'), finishReason: 'error' } as const
    const chunks = chunksOf(token('Ye', { seq: 1, at: 0 }), {
      type: 'error',
      seq: 2,
      ...error,
      phase: 'generating',
      partial,
    })
    expect(chunks.slice(-3)).toMatchObject([
      { type: 'text-end' },
      { type: 'message-metadata', messageMetadata: { error } },
      { type: 'error', errorText: 'Busy' },
    ])
  })

  it('completes a message from the result if only the last event has arrived', () => {
    const whole = readMessage(
      chunksOf(
        source(SOURCE, 1),
        token('Yes', { seq: 2, at: 0 }),
        { type: 'citation', seq: 3, citation: CITATION },
        end({ sources: [SOURCE], citations: [CITATION] }),
      ),
    )
    expect(readMessage(chunksOf(end({ sources: [SOURCE], citations: [CITATION] })))).toEqual(whole)
    expect(readMessage(chunksOf(token('Y', { seq: 1, at: 0 }), done('Yes', { seq: 5 }))).parts[1]).toEqual({
      type: 'text',
      text: 'Yes',
      state: 'done',
    })
  })

  it('has for any run the text, sources and citations of its result, and exactly the parts of its stored turn', () => {
    fc.assert(
      fc.property(anyRun(), ({ events, result }) => {
        const wire = encode(events)
        expect(encode(events)).toBe(wire)
        const message = readMessage(readChunks(wire))
        const stored: StoredTurn = {
          v: 1,
          threadId: 'thread',
          runId: 'run',
          messageId: 'message',
          question: 'Why?',
          createdAt: 5,
          result,
        }
        const [question, answer] = toUiMessages([stored])
        expect(question).toMatchObject({ id: 'run-question', role: 'user', parts: [{ type: 'text', text: 'Why?' }] })
        expect(message.id).toBe(answer?.id)
        expect(message.parts).toEqual(JSON.parse(JSON.stringify(answer?.parts)))
        expect(message.metadata).toMatchObject(
          JSON.parse(JSON.stringify({ usage: result.usage, finishReason: result.finishReason })),
        )
        expect(message.errorText === undefined).toBe(result.finishReason !== 'error')
        expect(message.end).toMatch(/^(finish|abort|error)$/u)
      }),
      { numRuns: 300 },
    )
  })
})

describe('toUiMessages', () => {
  const turn = { v: 1, threadId: 't', runId: 'r', messageId: 'm', question: 'Why?', createdAt: 5 } as const

  it('has only the question of a turn that is active', () => {
    expect(toUiMessages([turn]).map(({ id, role }) => [id, role])).toEqual([['r-question', 'user']])
  })

  it('tells the facts of a stored turn in its metadata', () => {
    const result: ChatResult = {
      ...resultOf('Ye'),
      finishReason: 'error',
      error: { code: 'internal', message: 'Failed' },
    }
    const [, answer] = toUiMessages([{ ...turn, result, feedback: { rating: 'up' }, sourceStates: ['gone'] }])
    expect(answer).toMatchObject({
      id: 'r',
      metadata: {
        runId: 'r',
        threadId: 't',
        createdAt: 5,
        feedback: { rating: 'up' },
        sourceStates: ['gone'],
        error: { code: 'internal', message: 'Failed' },
      },
    })
  })
})
