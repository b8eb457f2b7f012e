import { getEventListeners } from 'node:events'
import {
  ContextChatEngine,
  Document,
  RetrieverQueryEngine,
  SimpleChatEngine,
  VectorStoreIndex,
  type BaseQueryEngine,
} from 'llamaindex'
import { CondenseQuestionChatEngine } from 'llamaindex/engines'
import { describe, expect, it } from 'vitest'
import { streamOf } from '../../../src/core/async/iterators.ts'
import {
  collectChat,
  createChat,
  streamChat,
  type EngineEvent,
  type EngineTurn,
  type Message,
} from '../../../src/index.ts'
import {
  fromLlamaIndexEngine,
  type FromLlamaIndexEngineOptions,
  type LlamaIndexEngine,
  type LlamaIndexResponse,
} from '../../../src/llamaindex.ts'
import { createGate, faults, step, type FaultBehaviour, type FaultHit } from '../../../src/testing.ts'
import { warningsOf, readAll } from '../../core/ask.ts'
import { animalIndex, openUpstream } from './support/open-upstream.ts'

const EMBEDDINGS = { path: '/v1/embeddings' }
const HISTORY: readonly Message[] = [
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello' },
]
const TURN: EngineTurn = { question: 'What about the owl?', history: HISTORY }

/** Every engine that streams, over one index. Made per test, because engines capture the models of `Settings`. */
const ENGINES: readonly (readonly [string, () => Promise<LlamaIndexEngine>])[] = [
  ['SimpleChatEngine', async () => new SimpleChatEngine()],
  ['ContextChatEngine', async () => new ContextChatEngine({ retriever: await animalRetriever() })],
  ['RetrieverQueryEngine', async () => new RetrieverQueryEngine(await animalRetriever())],
  [
    'CondenseQuestionChatEngine',
    async () => new CondenseQuestionChatEngine({ queryEngine: await queryEngine(), chatHistory: [] }),
  ],
]
const RETRIEVING = ENGINES.filter(([name]) => name !== 'SimpleChatEngine')

/** Answers each call; the call that condenses is not a stream. */
const ANSWER = faults.answer(['All about', ' the owl.'])

describe.each(ENGINES)('fromLlamaIndexEngine over a %s', (name, create) => {
  const hasSources = name !== 'SimpleChatEngine'

  it('yields the sources once and first, then the text, then one finish', async () => {
    await using _upstream = await openUpstream(ANSWER)
    const events = await readEngine(await create())
    const types = events.map(({ type }) => type).filter((type) => type !== 'reasoning')
    expect(types).toEqual([...(hasSources ? ['source', 'source'] : []), 'text', 'text', 'finish'])
    const [first] = events
    if (hasSources) {
      expect(first).toMatchObject({
        source: {
          documentId: 'owl',
          title: 'The owl',
          url: 'https://a.example/owl',
          text: 'All about the owl.',
          location: { start: 0, end: 18 },
          score: expect.any(Number),
        },
      })
    }
  })

  it('answers a run of createChat, with numbered sources and without their metadata', async () => {
    await using _upstream = await openUpstream(ANSWER)
    const chat = createChat({ engine: fromLlamaIndexEngine(await create()) })
    const result = await collectChat(chat.stream({ question: TURN.question, history: HISTORY }))
    expect(result.answer).toBe('All about the owl.')
    expect(result.finishReason).toBe('stop')
    expect(result.sources.map(({ number }) => number)).toEqual(hasSources ? [1, 2] : [])
    expect(JSON.stringify(result)).not.toContain('canary')
  })

  it('closes the request when the reader leaves the loop', async () => {
    await using upstream = await openUpstream(streaming(faults.endless()))
    const engine = await create()
    for await (const event of fromLlamaIndexEngine(engine).answer(TURN, { signal: new AbortController().signal })) {
      if (event.type === 'text') break
    }
    expect(await lastHit(upstream).closed).toBe('client')
  })

  it('ends at an abort before the first byte with its reason, and closes the request', async () => {
    await using upstream = await openUpstream(streaming(faults.silent()))
    const answering = await open(await create())
    await expectAbort(answering, await streamHit(upstream))
  })

  it('ends at an abort in the middle with its reason, and closes the request', async () => {
    await using upstream = await openUpstream(streaming(faults.stall({ deltas: ['The'] })))
    const answering = await open(await create())
    await answering.text
    await expectAbort(answering, await streamHit(upstream))
  })

  it.each<[string, FaultBehaviour, object]>([
    ['429', faults.rateLimited({ retryAfter: 3 }), { code: 'upstream-rate-limited', retryAfterMs: 3000 }],
    ['500', faults.unavailable(), { code: 'upstream-unavailable' }],
    ['401', faults.unauthorized(), { code: 'upstream-auth' }],
    ['an error in the stream', streaming(faults.errorInStream()), { code: 'upstream-unavailable' }],
    ['a connection that breaks', streaming(faults.cut()), { code: 'upstream-disconnected' }],
  ])('fails as a ChatError for %s', async (_name, behaviour, error) => {
    await using _upstream = await openUpstream(behaviour, { maxRetries: 0 })
    await expect(readEngine(await create())).rejects.toMatchObject({ name: 'ChatError', ...error })
  })

  it('does not mix simultaneous turns on one engine, and leaves its memory empty', async () => {
    const gate = createGate()
    await using upstream = await openUpstream(streaming(faults.answer(['The owl', ' hoots.'], { gate })))
    const engine = await create()
    const histories = [HISTORY, [{ role: 'user', content: 'Only of the second turn' } as const]]
    const turns = histories.map((history) => readEngine(engine, { ...TURN, history }))
    gate.open()
    await Promise.all(turns)
    const sent = upstream.server.hits
      .filter(({ path }) => path.includes('chat'))
      .map(({ body }) => JSON.stringify(body))
    // A query engine gets the question only.
    if ('chat' in engine) {
      expect(sent.filter((body) => body.includes('Only of the second turn'))).not.toEqual([])
      expect(sent.filter((body) => body.includes('Hello'))).not.toEqual([])
    }
    expect(sent.some((body) => body.includes('Only of the second turn') && body.includes('Hello'))).toBe(false)
    if ('chatHistory' in engine) expect(await engine.chatHistory).toEqual([])
  })
})

describe.each(RETRIEVING)('fromLlamaIndexEngine over a %s that retrieves', (_name, create) => {
  it('ends at an abort during retrieval with its reason, and closes the embedding request', async () => {
    await using upstream = await openUpstream(ANSWER)
    const engine = await create()
    upstream.server.use(step.silence(), EMBEDDINGS)
    const before = upstream.server.hits.length
    const answering = await open(engine)
    // A condensing engine asks its model first.
    await expectAbort(answering, await embeddingHit(upstream, before))
  })

  it('fails as a ChatError when the embedding model answers with an error', async () => {
    await using upstream = await openUpstream(ANSWER, { maxRetries: 0 })
    const engine = await create()
    upstream.server.use(faults.unavailable(), EMBEDDINGS)
    await expect(readEngine(engine)).rejects.toMatchObject({ name: 'ChatError', code: 'upstream-unavailable' })
  })
})

describe('fromLlamaIndexEngine over engines that find nothing', () => {
  const EMPTY: readonly (readonly [string, () => LlamaIndexEngine])[] = [
    ['RetrieverQueryEngine', () => new RetrieverQueryEngine(emptyRetriever())],
    [
      'CondenseQuestionChatEngine',
      () =>
        new CondenseQuestionChatEngine({
          queryEngine: new RetrieverQueryEngine(emptyRetriever()),
          chatHistory: [],
        }),
    ],
  ]

  it.each(EMPTY)(
    '%s: yields the text of the engine, or the one of the caller, without sources',
    async (_name, create) => {
      await using _upstream = await openUpstream(ANSWER)
      const textOf = async (options: FromLlamaIndexEngineOptions) => {
        const events = await readEngine(create(), TURN, options)
        expect(events.map(({ type }) => type)).toEqual(['text', 'finish'])
        return events.flatMap((event) => (event.type === 'text' ? [event.delta] : []))
      }
      expect(await textOf({})).toEqual(['Empty Response'])
      expect(await textOf({ emptyResponse: 'Nothing found.' })).toEqual(['Nothing found.'])
    },
  )

  it('ContextChatEngine: asks its model anyway, and yields no source', async () => {
    await using _upstream = await openUpstream(ANSWER)
    const events = await readEngine(new ContextChatEngine({ retriever: emptyRetriever() }))
    expect(events.map(({ type }) => type)).toEqual(['text', 'text', 'reasoning', 'finish'])
  })
})

describe('fromLlamaIndexEngine', () => {
  it('makes an engine for each turn with a function, which knows the tenant', async () => {
    await using _upstream = await openUpstream(ANSWER)
    const turns: EngineTurn[] = []
    const engine = fromLlamaIndexEngine(async (turn) => {
      turns.push(turn)
      return new SimpleChatEngine()
    })
    await readAll(streamChat({ engine, question: 'Why?', scope: 'tenant-1', history: HISTORY }))
    await readAll(streamChat({ engine, question: 'How?', scope: 'tenant-2' }))
    expect(turns.map(({ question, scope, history }) => [question, scope, history.length])).toEqual([
      ['Why?', 'tenant-1', 2],
      ['How?', 'tenant-2', 0],
    ])
  })

  it('has no finish reason over a query engine, which drops the chunks of the provider', async () => {
    await using _upstream = await openUpstream(ANSWER)
    const engine = fromLlamaIndexEngine(new RetrieverQueryEngine(await animalRetriever()))
    const events = await readAll(streamChat({ engine, question: 'Why?' }))
    expect(warningsOf(events)).toContain('finish-reason-missing')
  })

  it('fails with the message of LlamaIndex for sources that exceed the window of an unknown model', async () => {
    await using upstream = await openUpstream(ANSWER)
    upstream.llm.model = 'a-local-model'
    const text = 'All about the owl. '.repeat(400)
    const index = await VectorStoreIndex.fromDocuments([new Document({ text })])
    const engine = new ContextChatEngine({ retriever: index.asRetriever({ similarityTopK: 5 }) })
    await expect(readEngine(engine)).rejects.toMatchObject({
      name: 'ChatError',
      message: expect.stringContaining('within memory context'),
    })
  })

  it('reports sources that come only with a later chunk, and only once', async () => {
    const node = { id_: 'n', metadata: {}, getContent: () => 'text' }
    const events = await readEngine(
      engineOf(response('a'), response('b', [{ node }]), response('c', [{ node }]), response('d', [{ node }])),
    )
    expect(events.map(({ type }) => type)).toEqual(['text', 'source', 'text', 'text', 'text', 'finish'])
  })

  it('takes the text of a response in parts', async () => {
    const content = [{ type: 'text', text: 'Hel' }, { type: 'image' }, { type: 'text', text: 'lo' }]
    const [first] = await readEngine(engineOf({ message: { content } }))
    expect(first).toEqual({ type: 'text', delta: 'Hello' })
  })

  it('yields a whole response of an engine that does not stream, with its sources', async () => {
    const node = { id_: 'n', metadata: {}, getContent: () => 'text' }
    const whole = response('All of it', [{ node }])
    const engine: LlamaIndexEngine = { query: async () => whole as never }
    const events = await readEngine(engine, TURN, { emptyResponse: 'Nothing' })
    expect(events.map(({ type }) => type)).toEqual(['source', 'text', 'finish'])
  })

  it.each<[string, unknown]>([
    ['no message', {}],
    ['undefined', undefined],
    ['a number as content', { message: { content: 7 } }],
  ])('fails for a response with %s', async (_name, wrong) => {
    await expect(readEngine(engineOf(wrong as LlamaIndexResponse))).rejects.toMatchObject({
      code: 'upstream-bad-response',
    })
  })

  it('asks the stream of the engine to stop when the reader leaves', async () => {
    const returned = Promise.withResolvers<void>()
    const endless: LlamaIndexEngine = {
      query: async () => ({
        [Symbol.asyncIterator]: () => ({
          next: async () => ({ value: response('a'), done: false }),
          return: async () => {
            returned.resolve()
            return { value: undefined, done: true }
          },
        }),
      }),
    }
    for await (const event of fromLlamaIndexEngine(endless).answer(TURN, { signal: new AbortController().signal })) {
      if (event.type === 'text') break
    }
    await expect(returned.promise).resolves.toBeUndefined()
  })

  it('passes an error of a loop on when it comes after the first chunk', async () => {
    const broken: LlamaIndexEngine = {
      async query() {
        let reads = 0
        const next = async () => {
          reads += 1
          if (reads > 1) throw new TypeError('stream is not async iterable')
          return { value: response('a'), done: false }
        }
        return { [Symbol.asyncIterator]: () => ({ next }) } as AsyncIterable<LlamaIndexResponse>
      },
    }
    await expect(readEngine(broken)).rejects.toThrow('stream is not async iterable')
  })

  it('fails as misuse when the function returns no engine', async () => {
    const engine = fromLlamaIndexEngine(() => ({}) as LlamaIndexEngine)
    const iterator = engine.answer(TURN, { signal: new AbortController().signal })[Symbol.asyncIterator]()
    await expect(iterator.next()).rejects.toMatchObject({ code: 'invalid-input', field: 'engine' })
  })

  it.each([
    ['engine', {}, {}],
    ['engine', null, {}],
    ['emptyResponse', engineOf(), { emptyResponse: 7 }],
  ])('throws at once for an invalid %s', (field, engine, options) => {
    expect(() => fromLlamaIndexEngine(engine as LlamaIndexEngine, options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field }),
    )
  })
})

async function animalRetriever() {
  return (await animalIndex()).asRetriever({ similarityTopK: 2 })
}

async function queryEngine(): Promise<BaseQueryEngine> {
  return (await animalIndex()).asQueryEngine({ similarityTopK: 2 })
}

function emptyRetriever() {
  return { retrieve: async () => [] } as never
}

function response(content: string, sourceNodes?: LlamaIndexResponse['sourceNodes']): LlamaIndexResponse {
  return { message: { content }, sourceNodes, raw: null }
}

function engineOf(...responses: readonly LlamaIndexResponse[]): LlamaIndexEngine {
  return { query: async () => streamOf(responses) }
}

/** Answers a stream with this behaviour, and the call that condenses normally. */
function streaming(behaviour: FaultBehaviour): FaultBehaviour {
  return (exchange) => {
    const { body } = exchange.hit
    const isStream = typeof body === 'object' && body !== null && 'stream' in body && body.stream === true
    return (isStream ? behaviour : ANSWER)(exchange)
  }
}

async function readEngine(engine: LlamaIndexEngine, turn = TURN, options: FromLlamaIndexEngineOptions = {}) {
  const events: EngineEvent[] = []
  const { signal } = new AbortController()
  for await (const event of fromLlamaIndexEngine(engine, options).answer(turn, { signal })) events.push(event)
  return events
}

/** Reads an engine in the background; `text` resolves at its first text. */
async function open(engine: LlamaIndexEngine) {
  const controller = new AbortController()
  const text = Promise.withResolvers<void>()
  async function read() {
    for await (const event of fromLlamaIndexEngine(engine).answer(TURN, { signal: controller.signal })) {
      if (event.type === 'text') text.resolve()
    }
  }
  const end = read()
  end.catch(() => {})
  return { controller, end, text: text.promise }
}

async function expectAbort({ controller, end }: Awaited<ReturnType<typeof open>>, hit: FaultHit) {
  expect(hit.closedAt).toBeUndefined()
  const reason = new Error('stop')
  controller.abort(reason)
  await expect(end).rejects.toBe(reason)
  expect(await hit.closed).toBe('client')
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
}

type Upstream = Awaited<ReturnType<typeof openUpstream>>

function lastHit({ server }: Upstream) {
  return server.hits.at(-1) ?? expect.fail('There was no request')
}

/** Waits for the request of the answer. */
async function streamHit({ server }: Upstream) {
  for (let index = 0; ; index++) {
    const hit = await server.hit(index)
    if (JSON.stringify(hit.body).includes('"stream":true')) return hit
  }
}

async function embeddingHit({ server }: Upstream, from: number) {
  for (let index = from; ; index++) {
    const hit = await server.hit(index)
    if (hit.path.includes('embeddings')) return hit
  }
}
