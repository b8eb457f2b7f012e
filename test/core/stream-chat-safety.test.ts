import { describe, expect, it } from 'vitest'
import { ChatError, ERROR_CODES, publicMessage, streamChat, type ChatEvent, type Engine } from '../../src/index.ts'
import { fakeRetriever, scriptedChatModel } from '../../src/testing.ts'
import { ask, askModel, CHUNKS, doneOf, errorOf, FINISH, readAll, warningsOf } from './ask.ts'

const SECRET = 'sk-canary-0000'

/** An error with the secret in every field of an error. */
function leakyError(): Error {
  const cause = Object.assign(new Error(`${SECRET} at /srv/app.ts`), { query: `SELECT '${SECRET}'` })
  return Object.assign(new Error(`refused ${SECRET}`, { cause }), {
    status: 500,
    body: SECRET,
    headers: { key: SECRET },
  })
}

function leakyChatError(code: (typeof ERROR_CODES)[number]): ChatError {
  return new ChatError(`refused ${SECRET}`, { code, cause: leakyError(), retryable: false })
}

/** A chunk with the secret in every field that is not shown to the reader. */
const LEAKY_CHUNK = {
  chunk: {
    documentId: 'd',
    chunkId: 'c',
    text: 'Cats sleep.',
    url: `https://${SECRET}:${SECRET}@a.example/`,
    metadata: { owner: SECRET, page: 1, nested: { key: SECRET } },
    embedding: [SECRET],
    location: { page: 1, start: 2, end: 3, path: SECRET },
    [SECRET]: SECRET,
  },
  score: 1,
  vector: SECRET,
}

describe('P9: data that reaches the reader', () => {
  const runs: Record<string, () => Promise<readonly ChatEvent[]>> = {
    'a retriever that throws': () => ask({ retriever: fakeRetriever([], { error: leakyError() }) }),
    'a retriever that throws an error of ours': () =>
      ask({ retriever: fakeRetriever([], { error: leakyChatError('retrieval-failed') }) }),
    'a retriever that fails while the run may degrade': () =>
      ask({ retriever: fakeRetriever([], { error: leakyError() }), onRetrievalError: 'degrade' }),
    'a model that throws before its first token': () => askModel([{ error: leakyError() }], { retries: 0 }),
    'a model that throws after its first token': () => askModel(['a', { error: leakyError() }]),
    'a model that throws something odd': () => askModel(['a', { error: { message: SECRET } }]),
    'a model that throws a text': () => askModel(['a', { error: SECRET }]),
    'a prompt that throws': () =>
      ask({
        prompt: () => {
          throw leakyError()
        },
      }),
    'a sentence for no evidence that throws': () =>
      ask({ retriever: fakeRetriever([]), onNoEvidence: () => Promise.reject(leakyError()) }),
    'observers that throw': () => {
      const leak = () => {
        throw leakyError()
      }
      return ask({ onEvent: leak, onError: leak, onFinish: leak })
    },
    'an abort with a reason': () => ask({ signal: AbortSignal.abort(leakyError()) }),
    'chunks with more than a source shows': () => ask({ retriever: fakeRetriever([LEAKY_CHUNK]) }),
    'a model with extra fields in its usage': () =>
      askModel([
        // An untyped JavaScript model may do this.
        { ...FINISH, usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2, account: SECRET } as never },
      ]),
    'an engine that throws': () => readAll(streamChat({ question: 'q', engine: failingEngine() })),
  }

  it.each(Object.entries(runs))('P9: contains no secret of %s', async (_name, run) => {
    const events = await run()
    expect(events.length).toBeGreaterThan(1)
    expect(JSON.stringify(events)).not.toMatch(/canary|srv|SELECT/)
  })

  it.each(ERROR_CODES)('P9: contains only the fixed sentence for %s', async (code) => {
    const error = errorOf(await askModel(['a', { error: leakyChatError(code) }]))
    expect([error.code, error.message]).toEqual([code, publicMessage(code)])
    expect(JSON.stringify(error)).not.toContain('canary')
  })

  function failingEngine(): Engine {
    return {
      answer() {
        throw leakyError()
      },
    }
  }
})

describe('P9: the public fields of a source', () => {
  /** Returns the source that a run shows for one chunk. */
  async function sourceOf(chunk: Record<string, unknown>, options: Parameters<typeof ask>[0] = {}) {
    const found = { chunk: { documentId: 'd', chunkId: 'c', text: 't', ...chunk } }
    const events = await ask({ retriever: fakeRetriever([found]), ...options })
    return { source: doneOf(events).sources[0], warnings: warningsOf(events) }
  }

  it('P9: are shown, and no others', async () => {
    const { sources } = doneOf(await ask({ retriever: fakeRetriever([LEAKY_CHUNK]) }))
    expect(sources).toEqual([
      {
        number: 1,
        sourceId: 'd#c',
        documentId: 'd',
        chunkId: 'c',
        title: 'd',
        text: 'Cats sleep.',
        score: 1,
        location: { page: 1, start: 2, end: 3 },
        metadata: {},
      },
    ])
  })

  it.each([
    ['https://a.example/x?y#z', 'https://a.example/x?y#z'],
    ['HTTP://A.example', 'http://a.example/'],
    ['javascript:alert(1)', undefined],
    ['java\tscript:alert(1)', undefined],
    [' javascript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['file:///etc/passwd', undefined],
    ['/relative', undefined],
    ['https://user:secret@a.example/', undefined],
    ['https://token@a.example/', undefined],
  ])('P9: turn the URL %j into %j', async (url, shown) => {
    const { source, warnings } = await sourceOf({ url })
    expect(source?.url).toBe(shown)
    expect(warnings).toEqual(shown === undefined ? ['source-url-dropped'] : [])
  })

  it('P9: keep URLs with the configured schemes', async () => {
    const sourceUrlSchemes = ['app:']
    expect((await sourceOf({ url: 'app:doc/1' }, { sourceUrlSchemes })).source?.url).toBe('app:doc/1')
    expect((await sourceOf({ url: 'https://a.example/' }, { sourceUrlSchemes })).source).not.toHaveProperty('url')
  })

  it.each([
    ['plain headings', ['Cats', 'Sleep'], ['Cats', 'Sleep']],
    [
      'hidden characters, line breaks and blanks',
      [' Ca\u200bts\n\u0000of  all ', '\u202eSleep'],
      ['Cats of all', 'Sleep'],
    ],
    ['empty headings', ['', ' \n', 'Sleep', '\u200b'], ['Sleep']],
    ['no headings', [], undefined],
    ['a first heading that is the title', ['Title', 'Sleep'], ['Sleep']],
    ['a first heading that is the title with other blanks', [' Title\n', 'Title'], ['Title']],
    ['only the title', ['Title'], undefined],
    [
      'more than ten headings',
      Array.from({ length: 12 }, (_, index) => `h${index}`),
      [2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((index) => `h${index}`),
    ],
    ['a heading of a megabyte', ['x'.repeat(2 ** 20)], [`${'x'.repeat(199)}…`]],
    ['a heading that is a number', [2024, 'Sleep'], ['2024', 'Sleep']],
    ['one heading without a list', 'Sleep', ['Sleep']],
    ['values that are no text', [null, {}, ['x'], 'Sleep'], ['Sleep']],
    ['an object', { h1: 'Cats' }, undefined],
    ['null', null, undefined],
  ])('P9: have a section of short plain lines, for %s', async (_, section, shown) => {
    const { source } = await sourceOf({ title: 'Title', section })
    expect(source?.section).toEqual(shown)
    expect(Object.hasOwn(source ?? {}, 'section')).toBe(shown !== undefined)
  })

  it('P9: have a section of their own, which a retriever cannot change later', async () => {
    const section = ['Cats']
    const { source } = await sourceOf({ section })
    section[0] = 'Dogs'
    expect(source?.section).toEqual(['Cats'])
  })

  it('P9: include the configured metadata, in its JSON form', async () => {
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    const metadata = {
      page: 3,
      date: new Date(0),
      list: [1, undefined],
      secret: SECRET,
      big: 1n,
      cyclic,
      call: () => SECRET,
      ['__proto__']: { polluted: true },
    }
    const sourceMetadata = [...Object.keys(metadata).filter((key) => key !== 'secret'), '__proto__', 'toString', 'none']
    const { source } = await sourceOf({ metadata }, { sourceMetadata })
    expect(source?.metadata).toEqual({ page: 3, date: '1970-01-01T00:00:00.000Z', list: [1, null] })
    expect(Object.getPrototypeOf(source?.metadata)).toBe(Object.prototype)
  })

  it('P9: include the text exactly as it was retrieved', async () => {
    const text = '  [1] <script>\u0000 \ud83d\n'
    expect((await sourceOf({ text })).source?.text).toBe(text)
  })

  it.each([NaN, Infinity, -Infinity])('omit a score of %d, which JSON cannot represent', async (score) => {
    const found = { chunk: { documentId: 'd', chunkId: 'c', text: CHUNKS[0] ?? '' }, score }
    expect(doneOf(await ask({ retriever: fakeRetriever([found]) })).sources[0]).not.toHaveProperty('score')
  })
})

describe('numbers that JSON cannot represent', () => {
  it('are omitted, so that the saved result can be read back', async () => {
    const chunk = {
      chunkId: 'c',
      documentId: 'd',
      text: 'Cats sleep.',
      location: { page: Number.NaN, start: 0, end: Infinity },
    }
    const usage = { inputTokens: Number.NaN, outputTokens: 1, totalTokens: Number.NaN }
    const events = await ask({
      retriever: { retrieve: async () => [{ chunk, score: Number.NaN }] },
      model: scriptedChatModel(['They do.', { type: 'finish', finishReason: 'stop', usage }]),
    })
    expect(JSON.stringify(events)).not.toContain(':null')
    const { sources, usage: estimated } = doneOf(events)
    expect(sources[0]?.location).toEqual({ start: 0 })
    expect(estimated.estimated).toBe(true)
  })
})
