import { describe, expect, it } from 'vitest'
import { memoryHistoryStore, streamChat, type Engine } from '../../../src/index.ts'
import { resolveChatOptions } from '../../../src/core/options/resolve-chat-options.ts'
import { resolveTurnOptions } from '../../../src/core/options/resolve-turn-options.ts'
import { BUILT_IN_STAGES } from '../../../src/core/turn/built-in-stages.ts'
import { chatOptions } from '../ask.ts'

const ENGINE: Engine = { answer: async function* () {} }

/** Returns what a call with a wrong option throws. The options are untyped, as in plain JavaScript. */
function misuse(changes: Record<string, unknown>): unknown {
  try {
    streamChat(chatOptions(changes))
  } catch (thrown) {
    return thrown
  }
  return expect.fail('The call did not throw')
}

describe('streamChat with invalid options', () => {
  const wrongTypes: Record<string, readonly unknown[]> = {
    question: [undefined, null, 7, {}, '', ' \n\t', 'a\0b'],
    retriever: [undefined, null, 'text', 7, ''],
    'retriever.retrieve': [{}, { retrieve: 'x' }, async () => []],
    model: [undefined, null, 'gpt-5-mini'],
    'model.stream': [{}, { stream: {} }],
    runId: ['', 7, 'x'.repeat(257), 'a\nb', '\ud83d', null],
    threadId: ['', 7, 'a\u0000'],
    scope: ['', 7, 'a\u007f'],
    'signal.addEventListener': [{}, new AbortController()],
    signal: [null, true],
    clock: [7, null],
    'clock.now': [{}],
    'clock.setTimeout': [Date],
    onRetrievalError: ['ignore', true],
    onNoEvidence: ['maybe', 7],
    sourceMetadata: ['title', [1], {}],
    sourceUrlSchemes: ['https:', [null]],
    prompt: ['text', 0, '', null, []],
    'prompt.rules': [{ rules: 7 }],
    'prompt.withoutSources': [{ withoutSources: null }],
    'prompt.formatSource': [{ formatSource: 'text' }],
    history: ['text', null, 7],
    'history.beginTurn': [{}],
    'history[0].role': [[{ role: 'tool', content: '' }], [null]],
    'history[1].content': [
      [
        { role: 'user', content: '' },
        { role: 'user', content: 7 },
      ],
    ],
    historyTokens: ['2000'],
    replaces: ['run-1'],
    condenser: ['text', null, true],
    'condenser.condense': [{}],
    reranker: ['text', null, false],
    'reranker.rerank': [{}],
    'citationChunk.tokens': [{ tokens: '512' }],
    citationChunk: [null, 512],
    markers: ['none', true],
    check: [true, {}, null],
    waitUntil: [7, null],
    countTokens: ['text', 7, false],
    onEvent: ['text', 0, null],
    onError: [{}],
    onFinish: [true],
    topK: ['8', null],
    topN: ['8'],
    contextTokens: [true],
    minScore: ['1'],
    temperature: ['1'],
    maxOutputTokens: ['9'],
    firstTokenMs: ['1s'],
    idleMs: [null],
    runMs: [{}],
    retrieveMs: ['1'],
    maxQuestionChars: ['1'],
    maxAnswerChars: ['1'],
    retries: ['1'],
  }
  const outOfRange: Record<string, readonly unknown[]> = {
    question: ['x'.repeat(32_769)],
    topK: [0, -1, 1.5, NaN, -Infinity],
    topN: [0],
    minScore: [NaN],
    historyTokens: [0],
    contextTokens: [0],
    maxOutputTokens: [0, 1.5],
    temperature: [NaN, Infinity],
    firstTokenMs: [0, -1, NaN],
    idleMs: [0],
    runMs: [-Infinity],
    retrieveMs: [0],
    maxQuestionChars: [0],
    maxAnswerChars: [0],
    retries: [-1, 0.5],
    condenseMs: [0],
    storeMs: [0],
    'citationChunk.tokens': [{ tokens: 0 }],
    'citationChunk.overlap': [{ tokens: 20, overlap: 20 }, { overlap: -1 }],
  }
  const rows = (table: Record<string, readonly unknown[]>) =>
    Object.entries(table).flatMap(([field, values]) => values.map((value) => [field, value] as const))

  /** `history[0].role` is a part of the option `history`. */
  const optionOf = (field: string) => /^\w+/.exec(field)?.[0] ?? field

  it.each(rows(wrongTypes))('throws a TypeError synchronously for %s %j', (field, value) => {
    const error = misuse({ [optionOf(field)]: value })
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ code: 'invalid-input', field, message: expect.stringMatching(/^Cannot /) })
  })

  it.each(rows(outOfRange))('throws a RangeError synchronously for %s %j', (field, value) => {
    const error = misuse({ [optionOf(field)]: value })
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ code: 'invalid-input', field, message: expect.stringMatching(/^Cannot /) })
  })

  it.each([undefined, null, 'text', 7])('throws a TypeError for options that are %j', (options) => {
    expect(() => streamChat(options as never)).toThrow(
      expect.objectContaining({ name: 'TypeError', code: 'invalid-input', field: 'options' }),
    )
  })

  it('throws for an engine combined with a retriever or a model, and for an engine without an answer method', () => {
    const { retriever, model, question } = chatOptions()
    for (const extra of [{ retriever }, { model }, { retriever, model }]) {
      expect(() => streamChat({ question, engine: ENGINE, ...extra } as never)).toThrow(
        expect.objectContaining({ name: 'TypeError', code: 'invalid-input', field: 'engine' }),
      )
    }
    expect(() => streamChat({ question, engine: {} } as never)).toThrow(
      expect.objectContaining({ field: 'engine.answer' }),
    )
  })

  it.each([
    ['topK', 3],
    ['temperature', 0],
    ['reranker', { rerank: async () => [] }],
    ['prompt', {}],
    ['minScore', 0],
  ])('D5: throws for an engine combined with %s, which it would ignore', (field, value) => {
    const options = { question: 'q', engine: ENGINE, [field]: value }
    expect(() => streamChat(options)).toThrow(
      expect.objectContaining({
        name: 'TypeError',
        code: 'invalid-input',
        field,
        message: expect.stringContaining('engine'),
      }),
    )
    expect(() => streamChat({ ...options, [field]: undefined })).not.toThrow()
  })

  it.each([
    ['scope', { history: memoryHistoryStore() }],
    ['replaces', { history: [], replaces: 'run-1' }],
  ])('throws for conversation options that do not fit together, and names %s', (field, changes) => {
    expect(misuse(changes)).toMatchObject({ code: 'invalid-input', field })
  })

  it('names the limit that the question exceeds', () => {
    expect(misuse({ question: 'abcd', maxQuestionChars: 3 })).toMatchObject({
      field: 'question',
      message: 'Cannot use a question of 4 characters: the limit is 3 (maxQuestionChars)',
    })
  })
})

const resolveChat = (options: Parameters<typeof resolveChatOptions>[0]) => resolveChatOptions(options, BUILT_IN_STAGES)

describe('resolveChatOptions', () => {
  it('has a finite default for every limit', () => {
    expect(resolveChat(chatOptions())).toMatchObject({
      answerSource: {
        kind: 'model',
        condensing: { condenseMs: 10_000 },
        retrieval: { topK: 8, topN: 5, onRetrievalError: 'fail', onNoEvidence: 'refuse', retrieveMs: 15_000 },
        settings: {},
        retries: 2,
      },
      history: { historyTokens: 2_000, storeMs: 5_000 },
      sources: {
        citationChunk: { tokens: 512, overlap: 20 },
        contextTokens: 8_000,
        sourceMetadata: [],
        sourceUrlSchemes: ['http:', 'https:'],
      },
      answer: { markers: 'keep', firstTokenMs: 120_000, idleMs: 20_000, maxAnswerChars: 262_144 },
      runMs: 300_000,
      maxQuestionChars: 32_768,
    })
  })

  it('accepts Infinity as "no limit"', () => {
    const names = ['topK', 'topN', 'contextTokens', 'firstTokenMs', 'idleMs', 'runMs', 'retrieveMs', 'retries'] as const
    const none = Object.fromEntries(names.map((name) => [name, Infinity]))
    expect(resolveChat(chatOptions(none))).toMatchObject({
      answerSource: { retrieval: { topK: Infinity, topN: Infinity, retrieveMs: Infinity }, retries: Infinity },
      sources: { contextTokens: Infinity },
      answer: { firstTokenMs: Infinity, idleMs: Infinity },
      runMs: Infinity,
    })
  })

  it('copies the arrays of the caller, and modifies nothing', () => {
    const sourceMetadata = ['page']
    const options = Object.freeze({ ...chatOptions({ sourceMetadata }), sourceUrlSchemes: Object.freeze(['https:']) })
    const resolved = resolveChat(options)
    sourceMetadata.push('secret')
    expect(resolved.sources.sourceMetadata).toEqual(['page'])
  })

  it.each(['retries', 'condenseMs', 'retrieveMs'])('checks %s for an engine, too', (field) => {
    expect(() => resolveChat({ engine: ENGINE, [field]: -1 })).toThrow(
      expect.objectContaining({ name: 'RangeError', code: 'invalid-input', field }),
    )
  })
})

describe('resolveTurnOptions', () => {
  const resolve = (changes: Parameters<typeof chatOptions>[0] = {}) => {
    const options = chatOptions(changes)
    return resolveTurnOptions(options, resolveChat(options))
  }

  it('accepts a question of exactly the limit, and one of 32,768 characters', () => {
    expect(resolve({ question: 'abc', maxQuestionChars: 3 }).question).toBe('abc')
    expect(resolve({ question: 'x'.repeat(32_768) }).question).toHaveLength(32_768)
  })

  it('replaces an unpaired surrogate in the question, and changes nothing else', () => {
    expect(resolve({ question: ' a\ud83d \n' }).question).toBe(' a\ufffd \n')
  })

  it('generates a new id for every run', () => {
    const ids = [resolve(), resolve()].map(({ runId }) => runId)
    expect(new Set(ids).size).toBe(2)
    expect(ids[0]).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
  })
})
