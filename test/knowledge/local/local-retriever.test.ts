import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collectChat, streamChat } from '../../../src/index.ts'
import { extractiveChatModel, localRetriever, type LocalDocument, type LocalFilter } from '../../../src/local.ts'
import { retrieverContract } from '../../../src/testing.ts'
import { markdownText } from '../markdown-text.ts'

const DOCUMENTS: readonly LocalDocument[] = [
  {
    documentId: 'green',
    title: 'Green tea',
    text: 'Green tea is steeped at 80 °C for two minutes.',
    url: 'https://example.com/green',
    metadata: { shelf: 1 },
  },
  { documentId: 'black', title: 'Black tea', text: 'Black tea takes boiling water.', metadata: { shelf: 2 } },
  { documentId: 'mate', title: 'Mate', text: 'Mate is no tea, but it is steeped, too.' },
  { documentId: 'zh', title: '绿茶', text: '绿茶用八十度的水冲泡两分钟。' },
]

const { signal } = new AbortController()

async function idsOf(documents: readonly LocalDocument[], query: string): Promise<readonly string[]> {
  const found = await localRetriever(documents).retrieve(query, { topK: 10, signal })
  return found.map(({ chunk }) => chunk.documentId)
}

retrieverContract({
  describe,
  it,
  name: 'localRetriever',
  create: () => ({ retriever: localRetriever(DOCUMENTS) }),
  query: 'steeped tea',
  filter: {
    value: ({ metadata }: { metadata?: { shelf?: number } }) => metadata?.shelf === 2,
    allows: ({ chunk }) => chunk.documentId === 'black',
  },
})

describe('localRetriever', () => {
  it('finds words by their stems, regardless of case', async () => {
    expect((await idsOf(DOCUMENTS, 'BOIL'))[0]).toBe('black')
  })

  it('finds Chinese text by words', async () => {
    expect(await idsOf(DOCUMENTS, '绿茶要泡多少分钟？')).toEqual(['zh'])
  })

  it('returns all fields of a source, with an exact location', async () => {
    const [found] = await localRetriever(DOCUMENTS).retrieve('green tea', { topK: 1, signal })
    expect(found?.chunk).toEqual({
      chunkId: 'green#1',
      documentId: 'green',
      title: 'Green tea',
      text: DOCUMENTS[0]?.text,
      url: 'https://example.com/green',
      location: { start: 0, end: DOCUMENTS[0]?.text.length },
      metadata: { shelf: 1 },
    })
  })

  it('finds a chunk by its title and the headings above it', async () => {
    const filler = 'Some more words follow here. '.repeat(5)
    const text = `# Brewing\n\n## Temperature\n\n${filler}\n\n${filler}\n\nEighty degrees.`
    const retriever = localRetriever([{ documentId: 'a', text }], { chunkChars: 200 })
    const found = await retriever.retrieve('brewing temperature', { topK: 10, signal })
    expect(found.map(({ chunk }) => chunk.chunkId).toSorted()).toEqual(['a#1', 'a#2'])
    expect(found[0]?.chunk.title).toBe('Brewing')
    expect(found.map(({ chunk }) => chunk.section)).toEqual([
      ['Brewing', 'Temperature'],
      ['Brewing', 'Temperature'],
    ])
  })

  it('gives the sources of a run their section, without the title and without markup', async () => {
    const text = '# The **tea** {#tea}\n\n## [Heat](#heat)\n\nGreen tea is steeped at eighty degrees.'
    const retriever = localRetriever([{ documentId: 'a', text }])
    const options = { question: 'How hot is green tea steeped?', retriever, model: extractiveChatModel() }
    const { sources, citations } = await collectChat(streamChat(options))
    expect(sources).toMatchObject([{ title: 'The tea', section: ['Heat'] }])
    const { start, end } = citations[0]?.passage ?? {}
    expect(sources[0]?.text.slice(start, end)).toBe('Green tea is steeped at eighty degrees.')
  })

  it('has no section for a text without headings', async () => {
    const [found] = await localRetriever(DOCUMENTS).retrieve('green', { topK: 1, signal })
    expect(found?.chunk).not.toHaveProperty('section')
  })

  it('gives scores from 0 to 1 that do not depend on the length of the query', async () => {
    const retriever = localRetriever(DOCUMENTS)
    const [short] = await retriever.retrieve('boiling', { topK: 1, signal })
    const [long] = await retriever.retrieve('boiling boiling boiling', { topK: 1, signal })
    const [unknown] = await retriever.retrieve('boiling quantum chromodynamics', { topK: 1, signal })
    expect(short?.score).toBeGreaterThan(0.135)
    expect(short?.score).toBeLessThan(1)
    expect(Math.abs((short?.score ?? 0) - (long?.score ?? 0))).toBeLessThan(0.1)
    expect(unknown?.score).toBeLessThan(short?.score ?? 0)
  })

  it('has a minScore of 0.135 by default, or the given one', () => {
    expect(localRetriever(DOCUMENTS).minScore).toBe(0.135)
    expect(localRetriever(DOCUMENTS, { minScore: 0 }).minScore).toBe(0)
  })

  it('returns chunks below minScore too, so that a run can set a lower one', async () => {
    const retriever = localRetriever(DOCUMENTS)
    const question = 'boiling quantum chromodynamics in curved spacetime backgrounds'
    const [found] = await retriever.retrieve(question, { topK: 1, signal })
    expect(found?.chunk.documentId).toBe('black')
    expect(found?.score).toBeLessThan(0.135)
    const run = { question, retriever, model: extractiveChatModel({ wordsPerSecond: Infinity }) }
    expect(await collectChat(streamChat(run))).toMatchObject({ finishReason: 'no-evidence', sources: [] })
    expect(await collectChat(streamChat({ ...run, minScore: 0 }))).toMatchObject({ finishReason: 'stop' })
  })

  it('scores a question above minScore when its only word is in all documents', async () => {
    const documents = ['Our tea is green.', 'Our tea is black.', 'Our tea is white.']
    const retriever = localRetriever(documents.map((text, index) => ({ documentId: `${index}`, text })))
    const [found] = await retriever.retrieve('What is tea?', { topK: 1, signal })
    expect(found?.score).toBeGreaterThan(0.135)
  })

  it('scores one known word in a short query lower than many in a long one, because one match may be accidental', async () => {
    const retriever = localRetriever(DOCUMENTS)
    const scoreOf = async (query: string) => (await retriever.retrieve(query, { topK: 1, signal }))[0]?.score ?? 0
    expect(await scoreOf('boiling, quantum')).toBeLessThan(
      await scoreOf('boiling, water, takes, black, quantum, spacetime, curved, background'),
    )
  })

  it('drops chunks that score less than a quarter of the best chunk that the filter allows', async () => {
    const documents = [
      { documentId: 'all', text: 'red apple juice with green mint leaves' },
      { documentId: 'one', text: 'red bricks' },
      ...Array.from({ length: 8 }, (_, index) => ({ documentId: `r${index}`, text: `red thing ${index}` })),
    ]
    const retriever = localRetriever(documents)
    const query = 'red apple juice with green mint leaves'
    const found = await retriever.retrieve(query, { topK: 20, signal })
    expect(found.map(({ chunk }) => chunk.documentId)).toEqual(['all'])
    const filter: LocalFilter = ({ documentId }) => documentId !== 'all'
    expect(await retriever.retrieve(query, { topK: 20, signal, filter })).toHaveLength(9)
  })

  it('finds nothing for an empty query, stop words or unknown words', async () => {
    for (const query of ['', ' ', '?', 'who are you', 'quantum']) expect(await idsOf(DOCUMENTS, query)).toEqual([])
  })

  it('finds a document by its whole title when the title consists of stop words', async () => {
    const documents = [...DOCUMENTS, { documentId: 'band', title: 'The Who', text: 'An English rock band.' }]
    expect(await idsOf(documents, 'Who are The Who?')).toEqual(['band'])
    expect(await idsOf(documents, 'who are you')).toEqual([])
  })

  it('keeps the order of the documents for equal scores', async () => {
    const documents = ['b', 'a', 'c'].map((documentId) => ({ documentId, text: 'same text' }))
    expect(await idsOf(documents, 'same text')).toEqual(['b', 'a', 'c'])
  })

  it('is not affected by later changes to the documents', async () => {
    const document = { documentId: 'a', text: 'green tea', metadata: { shelf: 1 } }
    const retriever = localRetriever([document])
    document.text = 'black'
    document.metadata.shelf = 2
    const [found] = await retriever.retrieve('green', { topK: 1, signal })
    expect(found?.chunk).toMatchObject({ text: 'green tea', metadata: { shelf: 1 } })
  })

  it('rejects with the reason of an aborted signal', async () => {
    const reason = new Error('stopped')
    const retrieved = localRetriever(DOCUMENTS).retrieve('tea', { topK: 1, signal: AbortSignal.abort(reason) })
    await expect(retrieved).rejects.toBe(reason)
  })

  it('rejects a filter that is not a function', async () => {
    const retrieved = localRetriever(DOCUMENTS).retrieve('tea', { topK: 1, signal, filter: { shelf: 1 } })
    await expect(retrieved).rejects.toMatchObject({ name: 'TypeError', code: 'invalid-input', field: 'filter' })
  })

  it.each([1, 2, 100])(
    'finds enough evidence in %i texts that are all about the topic of the question',
    async (count) => {
      const others = Array.from({ length: count }, (_, index) => {
        return { documentId: `note-${index}`, text: `Note ${index}: a vacation of many days is planned with the team.` }
      })
      const text = 'Every employee has 30 days of paid vacation per year.'
      const { minScore = 1, retrieve } = localRetriever([...others, { documentId: 'leave', text }])
      const [best] = await retrieve('How many days of vacation do I get?', { topK: 1, signal })
      expect(best?.score).toBeGreaterThanOrEqual(minScore)
    },
  )

  it.each([
    ['documents', undefined],
    ['documents[0]', ['text']],
    ['documents[0].documentId', [{ text: '' }]],
    ['documents[0].documentId', [{ documentId: '', text: '' }]],
    ['documents[1].documentId', [DOCUMENTS[0], DOCUMENTS[0]]],
    ['documents[1].text', [DOCUMENTS[0], { documentId: 'a' }]],
    ['documents[0].title', [{ documentId: 'a', text: '', title: 1 }]],
    ['documents[0].url', [{ documentId: 'a', text: '', url: new URL('https://example.com') }]],
    ['documents[0].metadata', [{ documentId: 'a', text: '', metadata: [] }]],
  ])('rejects invalid input and names %s', (field, documents) => {
    // This test is about wrong types.
    const attempt = () => localRetriever(documents as unknown as readonly LocalDocument[])
    expect(attempt).toThrow(expect.objectContaining({ name: 'TypeError', code: 'invalid-input', field }))
  })

  it.each([
    ['chunkChars', { chunkChars: 99 }],
    ['chunkChars', { chunkChars: 100.5 }],
    ['minScore', { minScore: -0.1 }],
    ['minScore', { minScore: Number.NaN }],
  ])('rejects a %s out of range', (field, options) => {
    expect(() => localRetriever([], options)).toThrow(expect.objectContaining({ name: 'RangeError', field }))
  })

  it('gives every chunk an exact location, for any text', async () => {
    await fc.assert(
      fc.asyncProperty(markdownText, async (text) => {
        const retriever = localRetriever([{ documentId: 'a', text: `sentinel ${text}` }], { chunkChars: 100 })
        const found = await retriever.retrieve('sentinel sentence word', { topK: 100, signal })
        for (const { chunk } of found) {
          expect(`sentinel ${text}`.slice(chunk.location?.start, chunk.location?.end)).toBe(chunk.text)
        }
        expect(found.length).toBeGreaterThan(0)
      }),
      { numRuns: 50 },
    )
  })
})
