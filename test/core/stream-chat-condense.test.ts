import { describe, expect, it } from 'vitest'
import {
  estimateTokens,
  modelCondenser,
  type ChatError,
  type ChatModelRequest,
  type Condenser,
  type HistoryTurn,
  type Message,
  type RetrieveAndAnswerOptions,
} from '../../src/index.ts'
import { fakeRetriever, manualClock, scriptedChatModel, type ScriptStep } from '../../src/testing.ts'
import { ask, chatOptions, CHUNKS, deltasOf, doneOf, errorOf, FINISH, open, typesOf, warningsOf } from './ask.ts'
import { createConversation } from './conversation.ts'

const HISTORY: readonly Message[] = [
  { role: 'user', content: 'Do cats sleep?' },
  { role: 'assistant', content: 'Yes, they do [1].' },
]

const USAGE = { inputTokens: 10, outputTokens: 5, totalTokens: 15 }

/** A model with one script for condensing and another one for answers. */
function modelOf(condense: readonly ScriptStep[], answer: readonly ScriptStep[] = ['16 hours [1].', FINISH]) {
  return scriptedChatModel(({ purpose }: ChatModelRequest) => (purpose === 'condense' ? condense : answer))
}

/** Asks a follow-up. */
async function followUp(condense: readonly ScriptStep[], changes: Partial<RetrieveAndAnswerOptions> = {}) {
  const retriever = fakeRetriever(CHUNKS)
  const model = modelOf(condense)
  const errors: ChatError[] = []
  const onError = (error: ChatError) => errors.push(error)
  const events = await ask({ question: 'How long?', history: HISTORY, retriever, model, onError, ...changes })
  return { events, model, errors, queries: retriever.calls.map(({ query }) => query) }
}

/** A condenser that records its requests. */
function condenserOf(query: string, also?: readonly { query: string; weight: number }[]) {
  const asked: (readonly [readonly HistoryTurn[], string])[] = []
  const condenser: Condenser = {
    async condense(turns, question) {
      asked.push([turns, question])
      return { query, ...(also && { also }) }
    },
  }
  return { condenser, asked }
}

describe('streamChat on a follow-up', () => {
  it('retrieves with the stand-alone question, and answers the original question', async () => {
    const { events, model, queries } = await followUp(['How long do ', 'cats sleep?', { ...FINISH, usage: USAGE }])
    expect(typesOf(events).slice(0, 4)).toEqual(['start', 'status', 'query', 'status'])
    expect(events.slice(1, 3)).toMatchObject([
      { phase: 'condensing' },
      { question: 'How long?', query: 'How long do cats sleep?', condensed: true },
    ])
    expect(queries).toEqual(['How long do cats sleep?'])
    const [condensing, answering] = model.calls.map(({ request }) => request)
    expect(condensing).toMatchObject({ purpose: 'condense', question: 'How long?', sources: [] })
    expect(Object.keys(condensing ?? {})).not.toContain('temperature')
    expect(Object.keys(condensing ?? {})).not.toContain('maxOutputTokens')
    expect(answering?.messages.slice(1)).toEqual([
      { role: 'user', content: 'Do cats sleep?' },
      { role: 'assistant', content: 'Yes, they do.' },
      { role: 'user', content: 'How long?' },
    ])
  })

  it('P6: emits no token for the condensed question, and reports its usage as a separate phase', async () => {
    const { events } = await followUp(['LEAK?', { ...FINISH, usage: USAGE }])
    expect(deltasOf(events).join('')).toBe('16 hours [1].')
    const { usage, timings } = doneOf(events)
    expect(usage.phases).toMatchObject({ condensing: USAGE, generating: { estimated: true } })
    expect(usage.totalTokens).toBe(15 + (usage.phases.generating?.totalTokens ?? 0))
    expect(usage.estimated).toBe(true)
    expect(timings).toHaveProperty('condensed')
  })

  it('calls no condenser without a conversation, or when condensing is turned off', async () => {
    for (const changes of [{ history: [] }, { condenser: false }] as const) {
      const { events, model, queries } = await followUp(['nonsense', FINISH], changes)
      expect(typesOf(events).slice(0, 3)).toEqual(['start', 'query', 'status'])
      expect([queries, model.calls.length]).toEqual([['How long?'], 1])
      expect(doneOf(events).timings).not.toHaveProperty('condensed')
    }
  })

  it.each<[string, readonly ScriptStep[], string]>([
    ['fails', [{ error: new Error('down') }], 'internal'],
    ['ends too soon', ['How long do'], 'upstream-incomplete'],
    ['returns only white space', ['  \n', FINISH], 'upstream-bad-response'],
    ['answers at length', ['They sleep. '.repeat(60), FINISH], 'upstream-bad-response'],
    ['speaks Chinese to an English question', ['猫睡多久？', FINISH], 'upstream-bad-response'],
  ])('F24: retrieves with the original question, with a warning, when the condenser %s', async (_how, script, code) => {
    const { events, errors, queries } = await followUp(script)
    expect(doneOf(events)).toMatchObject({ finishReason: 'stop', answer: '16 hours [1].', query: { condensed: false } })
    expect(warningsOf(events)).toEqual(['condense-failed'])
    expect(queries).toEqual(['How long?'])
    expect(errors.map((error) => error.code)).toEqual([code])
  })

  it('F24: stops a model that does not end, and does not call the condenser again', async () => {
    const model = scriptedChatModel(function* ({ purpose }) {
      if (purpose === 'answer') yield* ['Yes [1].', FINISH]
      else for (;;) yield 'and so on '
    })
    const { events } = await followUp([], { model })
    expect(warningsOf(events)).toEqual(['condense-failed'])
    expect(await model.calls[0]?.ended).toBe('returned')
  })

  it('F24: waits no longer than condenseMs', async () => {
    const clock = manualClock()
    const model = modelOf([{ hang: 'deaf' }])
    const run = open({ question: 'How long?', history: HISTORY, model, clock, condenseMs: 100 })
    const over = run.readOn()
    await clock.advance(100)
    expect(warningsOf(await over)).toEqual(['condense-failed'])
    expect(model.calls[0]?.signal.aborted).toBe(true)
    expect(clock.pending).toBe(0)
  })

  it('P5: ends on an abort without a warning while a condenser that ignores its signal is working', async () => {
    const controller = new AbortController()
    const condenser: Condenser = { condense: () => new Promise(() => {}) }
    const run = open({ history: HISTORY, condenser, signal: controller.signal })
    await run.readTo('status')
    controller.abort()
    expect(typesOf(await run.readOn())).toEqual(['start', 'status', 'done'])
  })

  it.each([
    ['"How long do cats sleep?"', 'How long do cats sleep?'],
    ['「猫睡多久？」', '猫睡多久？'],
    ['  How long do cats sleep?\n', 'How long do cats sleep?'],
  ])('reads %j as %j', async (said, query) => {
    const question = /\p{Script=Han}/u.test(said) ? '多久？' : 'How long?'
    expect((await followUp([said, FINISH], { question })).queries).toEqual([query])
  })

  it('accepts a separate model for condensing', async () => {
    const small = scriptedChatModel(['Small?', FINISH])
    const { queries, model } = await followUp([], { condenser: modelCondenser({ model: small, maxOutputTokens: 9 }) })
    expect([queries, model.calls.length, small.calls.length]).toEqual([['Small?'], 1, 1])
    expect(small.calls[0]?.request.maxOutputTokens).toBe(9)
  })
})

describe('streamChat with further queries', () => {
  const found: Readonly<Record<string, readonly [string, number][]>> = {
    main: [
      ['a', 0.5],
      ['b', 0.4],
    ],
    other: [
      ['b', 0.9],
      ['c', 0.3],
    ],
  }
  const retriever = () =>
    fakeRetriever((query) =>
      (found[query] ?? []).map(([id, score]) => ({ chunk: { chunkId: id, documentId: id, text: id }, score })),
    )

  it('sums the weighted scores of each chunk', async () => {
    const { condenser } = condenserOf('main', [{ query: 'other', weight: 0.5 }])
    const events = await ask({ history: HISTORY, retriever: retriever(), condenser })
    expect(doneOf(events).sources.map(({ chunkId, score }) => [chunkId, score?.toFixed(2)])).toEqual([
      ['b', '0.85'],
      ['a', '0.50'],
      ['c', '0.15'],
    ])
  })

  it('keeps at most topK of the chunks', async () => {
    const { condenser } = condenserOf('main', [{ query: 'other', weight: 0.5 }])
    expect(doneOf(await ask({ history: HISTORY, retriever: retriever(), condenser, topK: 2 })).sources).toHaveLength(2)
  })

  it('uses ranks when the retriever gives no scores', async () => {
    const ids = (query: string) => (query === 'main' ? ['a', 'b'] : ['b', 'a', 'c'])
    const retriever = fakeRetriever((query) =>
      ids(query).map((id) => ({ chunk: { chunkId: id, documentId: id, text: id } })),
    )
    const { condenser } = condenserOf('main', [{ query: 'other', weight: 3 }])
    const events = await ask({ history: HISTORY, retriever, condenser })
    expect(doneOf(events).sources.map(({ chunkId }) => chunkId)).toEqual(['b', 'a', 'c'])
  })
})

describe('streamChat and citation numbers of earlier answers', () => {
  async function conversation() {
    const created = createConversation()
    await created.say('How long do they sleep?', ['Cats 16 [1], dogs 12 [2].', FINISH])
    return created
  }

  it('puts a source that the question refers to first, and adds its title to the query', async () => {
    const { options } = await conversation()
    const { condenser, asked } = condenserOf('More about Document 2')
    const retriever = fakeRetriever([{ chunk: { chunkId: 'new', documentId: 'new', text: 'New.' }, score: 0.9 }])
    const events = await ask({ ...options, retriever, condenser, question: 'Tell me more about [2]' })
    expect(asked[0]?.[1]).toBe('Tell me more about Document 2')
    expect(doneOf(events).sources.map(({ number, chunkId }) => [number, chunkId])).toEqual([
      [1, 'chunk-2'],
      [2, 'new'],
    ])
    expect(doneOf(events).query?.question).toBe('Tell me more about [2]')
  })

  it('shows a source once when it is both referred to and retrieved, in its retrieved form', async () => {
    const { options } = await conversation()
    const events = await ask({ ...options, condenser: false, question: 'And [2], [2]?' })
    expect(doneOf(events).sources.map(({ chunkId }) => chunkId)).toEqual(['chunk-2', 'chunk-1'])
  })

  it('answers from a source that the question refers to even if nothing is retrieved', async () => {
    const { options } = await conversation()
    const events = await ask({ ...options, condenser: false, retriever: fakeRetriever([]), question: 'What of 【2】?' })
    expect(doneOf(events)).toMatchObject({ finishReason: 'stop', sources: [{ chunkId: 'chunk-2' }] })
  })

  it('ignores a number that no source had', async () => {
    const { options } = await conversation()
    const { condenser, asked } = condenserOf('What of it?')
    await ask({ ...options, condenser, question: 'What of [7]?' })
    expect(asked[0]?.[1]).toBe('What of [7]?')
  })

  it('removes the markers of earlier answers, for the model and for the condenser', async () => {
    const { options } = await conversation()
    const model = modelOf(['How long?', FINISH])
    await ask({ ...options, model, question: 'Why?' })
    for (const { request } of model.calls) {
      expect(request.messages).toContainEqual({ role: 'assistant', content: 'Cats 16, dogs 12.' })
    }
  })
})

describe('streamChat with a long conversation', () => {
  const long: readonly Message[] = [
    { role: 'system', content: 'You are a cat.' },
    ...Array.from({ length: 5_000 }, (_, index): readonly Message[] => [
      { role: 'user', content: `question ${index}` },
      { role: 'assistant', content: `answer ${index}` },
    ]).flat(),
  ]

  it('F46: keeps the instructions and the latest turns that fit, warns, and counts each kept text once', async () => {
    let counted = 0
    const model = scriptedChatModel(['Yes [1].', { ...FINISH, usage: USAGE }])
    const countTokens = (text: string) => {
      if (/^(?:question|answer) \d+$/.test(text)) counted += 1
      return estimateTokens(text)
    }
    const events = await ask({ history: long, model, countTokens, condenser: false, historyTokens: 61 })
    expect(warningsOf(events)).toEqual(['history-trimmed'])
    // Each of these turns has seven tokens, so that eight of them fit.
    const kept = Array.from({ length: 8 }, (_, index) => 4_992 + index)
    const [system, ...messages] = model.calls[0]?.request.messages ?? []
    expect(system?.content).toMatch(/^You are a cat\.\n\nAnswer the question/)
    expect(messages.map(({ content }) => content)).toEqual([
      ...kept.flatMap((index) => [`question ${index}`, `answer ${index}`]),
      'How long do cats sleep?',
    ])
    expect(counted).toBe(18)
  })

  it('F46: gives the condenser no more than the budget, and loads only the turns that it needs', async () => {
    const limits: number[] = []
    const { options, say } = createConversation((store) => ({
      load(thread, call) {
        limits.push(call.limit)
        return store.load(thread, call)
      },
    }))
    for (let turn = 0; turn < 60; turn += 1) await say(`question ${turn}`, [`answer ${turn}`, FINISH])
    const { condenser, asked } = condenserOf('q')
    const events = await ask({ ...options, condenser, historyTokens: 20 })
    expect(warningsOf(events)).toEqual(['history-trimmed'])
    expect(asked[0]?.[0].at(-1)?.question).toBe('question 59')
    expect(asked[0]?.[0].length).toBeLessThan(6)
    expect(limits).toEqual([50])
  })

  it('does not change a conversation within the budget', async () => {
    const { events } = await followUp(['How long?', FINISH])
    expect(warningsOf(events)).toEqual([])
  })
})

describe('streamChat with a conversation, and failures after the condensing', () => {
  it('includes the usage of condensing when the run fails', async () => {
    const model = modelOf(['Cats?', { ...FINISH, usage: USAGE }], ['A'])
    const { usage } = errorOf(await ask(chatOptions({ history: HISTORY, model }))).partial
    expect(usage.phases.condensing).toEqual(USAGE)
  })
})
