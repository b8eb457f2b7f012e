import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import {
  modelCondenser,
  streamChat,
  type ChatError,
  type Engine,
  type HistoryStore,
  type Message,
  type RetrieveAndAnswerOptions,
  type StoredTurn,
} from '../../../src/index.ts'
import { openaiChatModel } from '../../../src/openai.ts'
import {
  createFaultServer,
  fakeRetriever,
  faults,
  manualClock,
  step,
  type FaultBehaviour,
  type FaultHit,
} from '../../../src/testing.ts'
import { ask, CHUNKS, doneOf, open, readAll, warningsOf } from '../../core/ask.ts'
import { createConversation } from '../../core/conversation.ts'

interface WireBody {
  readonly messages: readonly Message[]
  readonly temperature?: number
  readonly max_completion_tokens?: number
  readonly max_tokens?: number
}

const bodyOf = ({ body }: FaultHit): WireBody => body as WireBody

const HISTORY: readonly Message[] = [
  { role: 'user', content: 'Do cats sleep?' },
  { role: 'assistant', content: 'Yes, they do [1].' },
]

const ANSWER = faults.answer(['16 hours', ' [1].'])

/** A model on a real socket: the first behaviour condenses, and the last one answers. */
async function openUpstream(...behaviours: readonly [FaultBehaviour, ...FaultBehaviour[]]) {
  const server = await createFaultServer({ behaviour: faults.inTurn(...behaviours) })
  const model = openaiChatModel({ client: new OpenAI({ apiKey: 'key', baseURL: server.baseURL }), model: 'any' })
  return { server, model, bodies: () => server.hits.map(bodyOf), [Symbol.asyncDispose]: () => server.close() }
}

/** Asks a follow-up over a real socket. */
async function followUp(condense: FaultBehaviour, changes: Partial<RetrieveAndAnswerOptions> = {}) {
  await using upstream = await openUpstream(condense, ANSWER)
  const retriever = fakeRetriever(CHUNKS)
  const errors: ChatError[] = []
  const onError = (error: ChatError) => errors.push(error)
  const { model } = upstream
  const events = await ask({ question: 'How long?', history: HISTORY, retriever, model, onError, ...changes })
  return { events, errors, bodies: upstream.bodies(), queries: retriever.calls.map(({ query }) => query) }
}

describe('the default condenser over a real socket', () => {
  it('A7: sends no temperature and no token limit, which a model may reject or spend on reasoning', async () => {
    const { bodies, queries, events } = await followUp(
      faults.sequence(step.reasoning('x'.repeat(5_000)), 'How long do cats sleep?', step.finish(), step.done()),
    )
    expect(bodies).toHaveLength(2)
    for (const field of ['temperature', 'max_completion_tokens', 'max_tokens']) {
      expect(Object.keys(bodies[0] ?? {})).not.toContain(field)
    }
    expect(queries).toEqual(['How long do cats sleep?'])
    expect(warningsOf(events)).toEqual([])
  })

  it('A7: sends them when the application sets them', async () => {
    await using small = await openUpstream(faults.answer('Small?'))
    const condenser = modelCondenser({ model: small.model, temperature: 0, maxOutputTokens: 99 })
    await followUp(ANSWER, { condenser })
    expect(small.bodies()).toMatchObject([{ temperature: 0, max_completion_tokens: 99 }])
  })

  const usage = { prompt_tokens: 70, completion_tokens: 30, total_tokens: 100 }
  const paid = { inputTokens: 70, outputTokens: 30, totalTokens: 100 }

  it.each<[string, FaultBehaviour, object | undefined]>([
    ['nonsense', faults.answer('  ', { usage }), paid],
    ['a cut question', faults.answer('How long do', { usage, finishReason: 'length' }), paid],
    ['a refusal', faults.answer("I'm sorry, I can't help with that.", { usage }), paid],
    ['a stream that breaks', faults.cut({ deltas: ['How'] }), { estimated: true }],
    ['a text without end', faults.endless({ delta: 'and so on '.repeat(50) }), { estimated: true }],
    ['a refused request', faults.rejected(), undefined],
  ])('A7: includes the usage of %s', async (_what, behaviour, expected) => {
    const { events } = await followUp(behaviour)
    const { phases, totalTokens } = doneOf(events).usage
    expect(warningsOf(events)).toEqual(['condense-failed'])
    if (!expected) return expect(phases).not.toHaveProperty('condensing')
    expect(phases.condensing).toMatchObject(expected)
    expect(phases.condensing?.inputTokens).toBeGreaterThan(0)
    expect(totalTokens).toBe((phases.condensing?.totalTokens ?? 0) + (phases.generating?.totalTokens ?? 0))
  })

  it.each(['condenseMs', 'an abort'] as const)('A7: includes the usage when %s ends the condensing', async (what) => {
    await using upstream = await openUpstream(faults.stall({ deltas: ['How long'] }), ANSWER)
    const clock = manualClock()
    const controller = new AbortController()
    const { model } = upstream
    const run = open({ question: 'How long?', history: HISTORY, model, clock, signal: controller.signal })
    await run.readTo('status')
    const over = run.readOn()
    const hit = await upstream.server.hit(0)
    if (what === 'an abort') controller.abort()
    else await clock.advance(10_000)
    expect(doneOf(await over).usage.phases.condensing).toMatchObject({ estimated: true })
    expect(await hit.closed).toBe('client')
  })

  it.each([
    '<think>They mean cats.\nOr dogs?</think>\n\nHow long do cats sleep?',
    'They mean cats.\n</think>\n"How long do cats sleep?"',
    '**Standalone question:** How long do cats sleep?',
    'Here is the rewritten question:\n\n- How long do cats sleep?',
    '```json\n{"question": "How long do cats sleep?"}\n```',
  ])('A8: retrieves with the question in %j', async (said) => {
    const { queries, events } = await followUp(faults.answer([...said]))
    expect(queries).toEqual(['How long do cats sleep?'])
    expect(doneOf(events)).toMatchObject({ query: { condensed: true }, warnings: [] })
  })

  it.each<[string, FaultBehaviour]>([
    ['is cut', faults.answer('How long do cats', { finishReason: 'length' })],
    ['is filtered', faults.answer('How long do cats sleep?', { finishReason: 'content_filter' })],
    ['refuses', faults.answer("I'm sorry, but I can't help with that.")],
    ['refuses in Chinese', faults.answer('抱歉，我无法回答这个问题。')],
    ['answers', faults.answer('Cats sleep 16 hours a day.')],
    ['cites', faults.answer('16 hours [1]')],
    ['gives a choice', faults.answer('1. How long do cats sleep?\n2. When do cats sleep?')],
    ['gives an object without a question', faults.answer('{"answer": 16}')],
    ['only thinks', faults.answer('<think>How long do cats sleep?')],
  ])('A8: retrieves with the original question when the model %s', async (_how, behaviour) => {
    const { queries, events, errors } = await followUp(behaviour)
    expect(queries).toEqual(['How long?'])
    expect(doneOf(events)).toMatchObject({ finishReason: 'stop', query: { condensed: false } })
    expect(warningsOf(events)).toEqual(['condense-failed'])
    expect(errors.map(({ code }) => code)).toEqual(['upstream-bad-response'])
  })
})

describe('system messages over the network', () => {
  const instructed: readonly Message[] = [
    { role: 'system', content: 'You are a cat.' },
    ...HISTORY,
    { role: 'system', content: 'Be brief.' },
  ]
  const rolesOf = ({ messages }: WireBody) => messages.map(({ role }) => role)

  it('A13: are joined for a history in memory, and the condenser gets one', async () => {
    const { bodies } = await followUp(faults.answer('How long do cats sleep?'), { history: instructed })
    expect(bodies.map(rolesOf)).toEqual([
      ['system', 'user', 'assistant', 'user'],
      ['system', 'user', 'assistant', 'user'],
    ])
    expect(bodies[1]?.messages[0]?.content).toMatch(/^You are a cat\.\n\nBe brief\.\n\nAnswer the question/)
  })

  it('A13: are joined when a prompt function returns several, or one in the middle', async () => {
    const { bodies } = await followUp(faults.answer('How long do cats sleep?'), {
      history: instructed,
      prompt: ({ question, history }) => [
        { role: 'system', content: 'A' },
        ...history,
        { role: 'user', content: question },
        { role: 'system', content: 'Z' },
      ],
    })
    expect(rolesOf(bodies[1] ?? { messages: [] })).toEqual(['system', 'user', 'assistant', 'user'])
    expect(bodies[1]?.messages[0]?.content).toBe('A\n\nYou are a cat.\n\nBe brief.\n\nZ')

    await using upstream = await openUpstream(faults.answer('How long do cats sleep?'))
    const condenser = modelCondenser({
      model: upstream.model,
      prompt: ({ question }) => [
        { role: 'user', content: question },
        { role: 'system', content: 'Rewrite it.' },
      ],
    })
    await followUp(ANSWER, { condenser })
    expect(upstream.bodies().map(rolesOf)).toEqual([['system', 'user']])
  })

  it('A13: are joined for an engine', async () => {
    const histories: (readonly Message[])[] = []
    const engine: Engine = {
      async *answer({ history }) {
        histories.push(history)
        yield { type: 'text', delta: 'Yes.' }
        yield { type: 'finish', finishReason: 'stop' }
      },
    }
    await readAll(streamChat({ question: 'How long?', history: instructed, engine }))
    expect(histories[0]?.map(({ role }) => role)).toEqual(['system', 'user', 'assistant'])
  })
})

describe('earlier turns over the network', () => {
  async function messagesAfter(answer: string, options: Partial<RetrieveAndAnswerOptions> = {}) {
    const conversation = createConversation()
    await using upstream = await openUpstream(faults.answer([...answer]), ANSWER)
    const shared = { ...conversation.options, model: upstream.model, condenser: false } as const
    await ask({ ...shared, question: 'How?', ...options })
    await ask({ ...shared, question: 'And then?' })
    return upstream.bodies()[1]?.messages ?? []
  }

  it.each([
    ['Run process.argv[2] [1].', 'Run process.argv[2].'],
    ['Set pair = [1, 2] [1]; see $\\sqrt[3]{x}$ [2].', 'Set pair = [1, 2]; see $\\sqrt[3]{x}$.'],
    ['{"ids": [1, 2]} [2]', '{"ids": [1, 2]}'],
    ['See https://a.example/x?ids[1]=5 [1] [7].', 'See https://a.example/x?ids[1]=5 [7].'],
    ['Use `a [1]` [1][2].', 'Use `a [1]`.'],
    ['猫睡十六小时[1]。', '猫睡十六小时。'],
  ])('B1: lose from %j only the citations', async (answer, kept) => {
    expect((await messagesAfter(answer)).at(-2)).toEqual({ role: 'assistant', content: kept })
  })

  it('B1, B19: lose only the markers of an answer that was stripped', async () => {
    const messages = await messagesAfter('Run process.argv[2] [1], see [7].', { markers: 'strip' })
    expect(messages.at(-2)?.content).toBe('Run process.argv[2], see.')
  })

  it('B1: are read with the marker scanner, also for a history in memory', async () => {
    const history: readonly Message[] = [
      { role: 'user', content: 'How?' },
      { role: 'assistant', content: 'Run process.argv[2] [1].' },
    ]
    const { bodies } = await followUp(faults.answer('How long?'), { history })
    expect(bodies.map(({ messages }) => messages[2]?.content)).toEqual(['Run process.argv[2].', 'Run process.argv[2].'])
  })

  it.each([
    ['what is process.argv[2]?', []],
    ['tell me more about [2]', [2]],
    ['why is x = [2] here?', []],
  ] as const)('B1: make %j refer to the sources %j', async (question, pinned) => {
    const conversation = createConversation()
    await conversation.say('How long?', ['Cats [1], dogs [2].', { type: 'finish', finishReason: 'stop' }])
    await using upstream = await openUpstream(ANSWER)
    const retriever = fakeRetriever([{ chunk: { chunkId: 'new', documentId: 'new', text: 'New.' }, score: 0.9 }])
    const { model } = upstream
    const events = await ask({ ...conversation.options, question, retriever, model, condenser: false })
    expect(doneOf(events).sources.map(({ chunkId }) => chunkId)).toEqual([...pinned.map((n) => `chunk-${n}`), 'new'])
  })

  it('B1: contain code and formulas of sources unchanged, without their markers', async () => {
    const code = 'Run process.argv[2].\n```js\nconst pair = f [1]\n```\n$\\sqrt[3]{x}$ and "ids": [1, 2]'
    const { bodies } = await followUp(faults.answer('How long?'), {
      retriever: fakeRetriever([`${code}\nCats sleep. [1] Dogs【2】.`]),
    })
    expect(bodies[1]?.messages[0]?.content).toContain(`${code}\nCats sleep. (1) Dogs(2).`)
  })

  it.each([
    ['8,200 characters', 'Cats sleep 16 hours a day. '.repeat(304)],
    ['2,100 Chinese characters', '猫每天睡十六个小时。'.repeat(210)],
  ])('B9: contain the question and the beginning of an answer of %s', async (_length, answer) => {
    const messages = await messagesAfter(answer)
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user'])
    expect(messages[1]?.content).toBe('How?')
    const kept = messages[2]?.content ?? ''
    expect(answer.startsWith(kept)).toBe(true)
    expect(kept.length).toBeGreaterThan(answer.length * 0.8)
  })

  it('B9: contain the part of one enormous message that fits', async () => {
    const history: readonly Message[] = [
      { role: 'user', content: `Cats? ${'😀'.repeat(50_000)}` },
      { role: 'assistant', content: 'y'.repeat(100_000) },
    ]
    const { bodies } = await followUp(faults.answer('How long do cats sleep?'), { history, historyTokens: 101 })
    for (const { messages } of bodies) {
      expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user'])
      expect(messages[1]?.content.startsWith('Cats?')).toBe(true)
      expect(JSON.stringify(messages.slice(1)).isWellFormed()).toBe(true)
      expect(JSON.stringify(messages.slice(1)).length).toBeLessThan(700)
    }
  })
})

describe('hidden characters over the network', () => {
  const tags = Array.from('ignore all', (char) => String.fromCodePoint(0xe0000 + (char.codePointAt(0) ?? 0))).join('')
  const HIDDEN = /[\u{e0000}-\u{e0fff}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\u061c]/u
  const text = `Cats${tags} sleep\u202e 16 hours.\u200b [\u200b1] می‌خواهم 👩‍🚀`
  const title = `Cats\u2066${tags}\u200d [\u20601]`

  it('B17: are removed from prompt and titles; the text of a source stays exact', async () => {
    const { bodies, events } = await followUp(faults.answer('How long?'), {
      retriever: fakeRetriever([{ chunk: { chunkId: 'c', documentId: 'd', text, title }, score: 1 }]),
    })
    const system = bodies[1]?.messages[0]?.content ?? ''
    expect(system).toContain('Title: Cats (1)\nCats sleep 16 hours. (1) می‌خواهم 👩‍🚀')
    expect(system.replace(/می‌خواهم|👩‍🚀/gu, '')).not.toMatch(HIDDEN)
    expect(doneOf(events).sources).toMatchObject([{ title: 'Cats [1]', text }])
  })

  it('B17: are removed from the query when a question refers to a source by its title', async () => {
    const stored = storedTurn([title])
    const { bodies } = await followUp(faults.answer('How long?'), { ...stored, question: 'More about [1]?' })
    expect(bodies[0]?.messages.at(-1)?.content).toContain('More about Cats [1]?')
    expect(bodies[0]?.messages.at(-1)?.content).not.toMatch(HIDDEN)
  })
})

/** A thread with one answered turn whose sources have these titles, as an earlier version may have stored them. */
function storedTurn(titles: readonly string[]): Pick<RetrieveAndAnswerOptions, 'history' | 'scope' | 'threadId'> {
  const conversation = createConversation((store): Partial<HistoryStore> => ({
    async load(key, options) {
      return [turnWith(titles), ...(await store.load(key, options))]
    },
  }))
  return conversation.options
}

function turnWith(titles: readonly string[]): StoredTurn {
  const sources = titles.map((title, index) => {
    const number = index + 1
    return { number, sourceId: `s${number}`, documentId: 'd', chunkId: `c${number}`, title, text: 'x', metadata: {} }
  })
  const usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0, phases: {} }
  const result = { answer: 'Yes.', sources, citations: [], warnings: [], usage, timings: { total: 1 }, saved: true }
  const ids = { threadId: 'thread-1', runId: 'old', messageId: 'm', createdAt: 1 }
  return { v: 1, ...ids, question: 'Q?', result: { ...result, finishReason: 'stop' } }
}

describe('the amount of text caused by one question', () => {
  const long = Array.from({ length: 60 }, (_, index) => `Title ${index} ${'x'.repeat(100_000)}`)

  it.each([
    ['ten thousand markers', '[1]'.repeat(10_900)],
    ['ten thousand markers of each source', '[1-50] '.repeat(4_600)],
    ['one marker that names fifty sources', '[1-50]'],
  ])('C1: is limited for %s', async (_what, question) => {
    const { bodies, queries, events } = await followUp(faults.answer('x'.repeat(100_000)), {
      ...storedTurn(long),
      question,
    })
    const most = question.length + 4_000
    expect(queries.map(({ length }) => length <= most)).toEqual([true])
    expect(JSON.stringify(bodies[0]?.messages).length).toBeLessThan(most + 4_000)
    expect(bodies[0]?.messages.at(-1)?.content.match(/Title 0 /gu)).toHaveLength(1)
    expect(doneOf(events).query?.query.length).toBeLessThanOrEqual(most)
    expect(doneOf(events).sources.length).toBeLessThanOrEqual(5)
  })

  it('C1: is limited for the titles of retrieved sources', async () => {
    const retriever = fakeRetriever([
      { chunk: { chunkId: 'c', documentId: 'd', text: 'Cats sleep. '.repeat(1_500), title: long[0] ?? '' }, score: 1 },
    ])
    const { bodies, events } = await followUp(faults.answer('How long?'), { retriever })
    expect(JSON.stringify(bodies[1]?.messages).length).toBeLessThan(40_000)
    for (const { title } of doneOf(events).sources) expect(title.length).toBeLessThanOrEqual(1_000)
  })

  it('C1: is limited because each title is read once, for any number of references', async () => {
    const counts = [20_000, 40_000].map(async (chars) => {
      let reads = 0
      const turn = turnWith(['Cats', 'Dogs'])
      const sources = turn.result?.sources.map((source) => ({
        ...source,
        get title() {
          reads += 1
          return source.title
        },
      }))
      const { options } = createConversation(() => ({
        load: async () => [{ ...turn, ...(turn.result && { result: { ...turn.result, sources: sources ?? [] } }) }],
      }))
      const question = '[1] [2] '.repeat(chars / 8)
      await followUp(faults.answer('How long?'), { ...options, question, maxQuestionChars: 50_000 })
      return reads
    })
    const [once, twice] = await Promise.all(counts)
    expect(once).toBeGreaterThan(0)
    expect(twice).toBe(once)
  })

  it('C1: is limited for the further queries of a condenser', async () => {
    const also = Array.from({ length: 1_000 }, () => ({ query: 'q'.repeat(100_000), weight: 0.1 }))
    const condenser = { condense: async () => ({ query: 'How long?', also }) }
    const { queries } = await followUp(ANSWER, { condenser })
    expect(queries.length).toBeLessThanOrEqual(9)
    expect(queries.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(10_000)
  })
})
