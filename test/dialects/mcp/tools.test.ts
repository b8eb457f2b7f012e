import { describe, expect, it } from 'vitest'
import { fakeRetriever, scriptedChatModel } from '../../../src/testing.ts'
import { CANARY, FINISH, secretError } from '../../http/support/bench.ts'
import { openMcp, toCall, type ToolResult } from './support/mcp-bench.ts'

/** The content of a result, which must also be its only text as JSON. */
function contentOf({ content, structuredContent }: ToolResult) {
  expect(content).toEqual([{ type: 'text', text: JSON.stringify(structuredContent) }])
  return structuredContent
}

describe('the tool search', () => {
  it('returns the found documents with id, title, url and passages, as content and as one text', async () => {
    const { callTool, warnings } = await openMcp({ baseUrl: 'https://docs.example/handbook' })
    const result = await callTool('search', { query: ' green tea ' })
    expect(contentOf(result)).toMatchObject({
      results: [
        {
          id: 'tea/green tea.md',
          title: 'Tea',
          url: 'https://docs.example/handbook/tea/green%20tea.md',
          text: expect.stringContaining('80 °C'),
        },
        { id: 'diary.md', title: 'diary.md', text: 'Alice drinks green tea at noon.' },
      ],
    })
    expect(warnings).toEqual([])
  })

  it('returns each document once, with all of its passages and the page of the best one', async () => {
    const chunk = { documentId: 'guide.pdf', url: 'https://docs.example/guide.pdf' }
    const { callTool } = await openMcp({
      retriever: fakeRetriever([
        { score: 2, chunk: { ...chunk, chunkId: '1', text: 'First', location: { page: 3 } } },
        { score: 1, chunk: { ...chunk, chunkId: '2', text: 'Second', location: { page: 4 } } },
      ]),
    })
    expect(contentOf(await callTool('search', { query: 'tea' }))).toEqual({
      results: [
        {
          id: 'guide.pdf',
          title: 'guide.pdf',
          url: 'https://docs.example/guide.pdf#page=3',
          text: 'First\n\nSecond',
          score: 2,
        },
      ],
    })
  })

  it('returns an empty list if nothing was found', async () => {
    const { callTool } = await openMcp()
    expect(contentOf(await callTool('search', { query: 'submarine' }))).toEqual({ results: [] })
  })

  it('warns once about documents without a url, and returns them with an empty one', async () => {
    const { callTool, warnings } = await openMcp()
    await callTool('search', { query: 'green tea' })
    expect(await callTool('search', { query: 'green tea' })).toMatchObject({
      structuredContent: { results: [{ url: '' }, { url: '' }] },
    })
    expect(warnings).toEqual([expect.stringMatching(/has no url: .*Set baseUrl or sourceUrl/u)])
  })
})

describe('the address of a document', () => {
  const urlOf = async (options: Parameters<typeof openMcp>[0]) => {
    const { callTool } = await openMcp(options)
    const { structuredContent } = await callTool('fetch', { id: 'tea/green tea.md' })
    return structuredContent?.['url']
  }

  it.each([
    ['https://docs.example/a', { sourceUrl: () => 'https://docs.example/a', baseUrl: 'https://other.example' }],
    [
      'https://docs.example/2024',
      {
        sourceUrl: ({ metadata }: { metadata?: object }) => `https://docs.example/${Object.values(metadata ?? {})[0]}`,
      },
    ],
    ['https://docs.example/b', { sourceUrl: () => '/b', baseUrl: 'https://docs.example/a' }],
    ['http://localhost:4000/tea/green%20tea.md', { baseUrl: 'http://localhost:4000/' }],
    ['', { sourceUrl: () => 'javascript:alert(1)' }],
    ['', { sourceUrl: () => 'file:///etc/passwd' }],
    ['', { sourceUrl: () => undefined }],
  ] as const)('is %j', async (expected, options) => {
    expect(await urlOf(options as Parameters<typeof openMcp>[0])).toBe(expected)
  })
})

describe('the tool fetch', () => {
  it('returns the whole document, with the metadata that is allowed', async () => {
    const { callTool } = await openMcp({ baseUrl: 'https://docs.example', sourceMetadata: ['year'] })
    expect(contentOf(await callTool('fetch', { id: 'tea/green tea.md' }))).toEqual({
      id: 'tea/green tea.md',
      title: 'Tea',
      text: '# Tea\n\nGreen tea is steeped at 80 °C.',
      url: 'https://docs.example/tea/green%20tea.md',
      metadata: { year: 2024 },
    })
  })

  it('cuts a text that is longer than maxTextChars, and says so', async () => {
    const { callTool } = await openMcp({
      maxTextChars: 3,
      fetch: async (documentId) => ({ documentId, text: 'ab😺c' }),
    })
    expect(await callTool('fetch', { id: 'a' })).toMatchObject({
      structuredContent: { text: 'ab\n\n[The text is longer: it was cut here]' },
    })
  })

  it('names an unknown document in its failure', async () => {
    const { callTool } = await openMcp()
    expect(await callTool('fetch', { id: '../../etc/passwd' })).toEqual({
      isError: true,
      content: [{ type: 'text', text: 'There is no document "../../etc/passwd": use an id of a result of search' }],
    })
  })
})

describe('the tool ask', () => {
  it('returns the checked answer with sources, citations, support and finish reason, and a list of sources as text', async () => {
    const { callTool } = await openMcp({ baseUrl: 'https://docs.example' })
    const answering = { retriever: fakeRetriever(['Cats sleep 16 hours a day.']) }
    const bench = await openMcp({ baseUrl: 'https://docs.example' }, { answering })
    const { structuredContent, content } = await bench.callTool('ask', { question: 'How long do cats sleep?' })
    expect(structuredContent).toMatchObject({
      answer: 'They sleep 16 hours [1].',
      sources: [
        { number: 1, text: 'Cats sleep 16 hours a day.', url: expect.stringMatching(/^https:\/\/docs\.example\//u) },
      ],
      citations: [{ number: 1, start: 20, end: 23, support: 'supported' }],
      support: { supported: 1, weak: 0, unsupported: 0 },
      finishReason: 'stop',
    })
    expect(content).toHaveLength(1)
    expect(content[0]?.text).toMatch(/^They sleep 16 hours \[1\]\.\n\nSources:\n\[1\] .* https:\/\/docs\.example\//u)
    expect(await callTool('ask', { question: 'submarine' })).toMatchObject({
      structuredContent: { finishReason: 'no-evidence', sources: [], citations: [] },
      content: [{ type: 'text', text: expect.stringMatching(/\w/u) }],
    })
  })

  it('notifies the client of its progress if the client asks for it', async () => {
    const model = scriptedChatModel([...Array(5).fill('a'.repeat(150)), FINISH])
    const { post } = await openMcp({}, { model })
    const { params, ...call } = toCall(1, 'ask', { question: 'green tea' }) as { params: object }
    const { messages } = await post({ ...call, params: { ...params, _meta: { progressToken: 'p' } } })
    const notes = messages.filter(({ method }) => method === 'notifications/progress').map(({ params }) => params)
    expect(notes).toEqual([
      { progressToken: 'p', progress: 1, message: 'Searching' },
      { progressToken: 'p', progress: 2, message: 'Writing the answer' },
      { progressToken: 'p', progress: 3, message: 'Writing the answer, 300 characters' },
      { progressToken: 'p', progress: 4, message: 'Writing the answer, 600 characters' },
    ])
    expect((await post(call && { ...call, params })).messages).toHaveLength(1)
  })
})

describe('a failed tool', () => {
  const failing = { retrieve: () => Promise.reject(secretError()) }

  it.each([
    ['search', { query: 'tea' }, { retriever: failing }, {}],
    ['fetch', { id: 'tea' }, { fetch: () => Promise.reject(secretError()) }, {}],
    ['ask', { question: 'tea' }, {}, { answering: { retriever: failing } }],
  ] as const)(
    'of %s is a result with a safe sentence, and is reported once with its cause',
    async (name, args, options, bench) => {
      const { callTool, errors } = await openMcp(options, bench)
      expect(await callTool(name, args)).toEqual({
        isError: true,
        content: [{ type: 'text', text: 'The sources could not be searched' }],
      })
      expect(errors.map(({ code, cause }) => [code, String(cause)])).toEqual([
        ['retrieval-failed', expect.stringContaining(CANARY)],
      ])
    },
  )

  it('is a result with the reason if the model fails', async () => {
    const { callTool, errors } = await openMcp({}, { model: scriptedChatModel(['Green', { error: secretError() }]) })
    expect(await callTool('ask', { question: 'green tea' })).toMatchObject({ isError: true })
    expect(errors).toHaveLength(1)
  })
})
