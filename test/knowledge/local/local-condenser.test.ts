import { describe, expect, it } from 'vitest'
import { collectChat, memoryHistoryStore, streamChat, type Message } from '../../../src/index.ts'
import { extractiveChatModel, localCondenser, localRetriever } from '../../../src/local.ts'

const { signal } = new AbortController()

function turn(question: string) {
  return { question, answer: 'Yes.', sources: [] }
}

describe('localCondenser', () => {
  it('keeps a complete question, and adds the previous and the first one with lower weights', async () => {
    const turns = [turn('What is tea?'), turn('How hot is green tea steeped?')]
    const question = 'How long does a cup of mate last?'
    expect(await localCondenser().condense(turns, question, { signal })).toEqual({
      query: question,
      also: [
        { query: 'How hot is green tea steeped?', weight: 0.3 },
        { query: 'What is tea?', weight: 0.2 },
      ],
    })
  })

  it('B10: searches for an incomplete question together with the question that it continues', async () => {
    const turns = [turn('When does the pool open?'), turn('And on Sundays?')]
    const queryOf = async (question: string) => (await localCondenser().condense(turns, question, { signal })).query
    expect(await queryOf('Why?')).toBe('When does the pool open? And on Sundays? Why?')
    expect(await queryOf('And for children?')).toBe('When does the pool open? And on Sundays? And for children?')
    expect(await queryOf('Who won the football World Cup?')).toBe('Who won the football World Cup?')
  })

  it('B10: carries the stored query of a trimmed conversation on', async () => {
    const turns = [{ ...turn('And on Sundays?'), query: 'When does the pool open? And on Sundays?' }]
    const { query } = await localCondenser().condense(turns, 'Why?', { signal })
    expect(query).toBe('When does the pool open? And on Sundays? Why?')
  })

  it('B10: skips a refused question, unless the follow-up has no topic of its own', async () => {
    const source = { number: 1, sourceId: '1', documentId: 'pool', title: 'Pool', text: '' } as never
    const turns = [
      { ...turn('When does the pool open?'), query: 'When does the pool open?', sources: [source] },
      { ...turn('Who won the World Cup?'), query: 'Who won the World Cup?' },
    ]
    const queryOf = async (question: string) => (await localCondenser().condense(turns, question, { signal })).query
    expect(await queryOf('And on Sundays?')).toBe('When does the pool open? And on Sundays?')
    expect(await queryOf('Why?')).toBe('Who won the World Cup? Why?')
  })

  it('B10: keeps the query in the language of the question', async () => {
    const { query, also } = await localCondenser().condense([turn('游泳池几点开门？')], 'Docker?', { signal })
    expect([query, also]).toEqual(['Docker?', [{ query: '游泳池几点开门？ Docker?', weight: 1 }]])
  })

  it('adds nothing to the first question', async () => {
    expect(await localCondenser().condense([], 'What is tea?', { signal })).toEqual({ query: 'What is tea?' })
  })

  it('finds the topic of the conversation for a follow-up that does not mention it', async () => {
    const retriever = localRetriever([
      { documentId: 'library', text: 'On Sundays the library opens at noon.' },
      { documentId: 'pool', text: 'On Sundays the pool opens at ten.' },
    ])
    const history: readonly Message[] = [
      { role: 'user', content: 'When does the pool open?' },
      { role: 'assistant', content: 'At nine.' },
    ]
    const run = { question: 'And on Sundays?', history, retriever, model: extractiveChatModel() }
    const firstOf = async (condenser: ReturnType<typeof localCondenser> | false) => {
      const { sources } = await collectChat(streamChat({ ...run, condenser }))
      return sources[0]?.documentId
    }
    expect(await firstOf(false)).toBe('library')
    expect(await firstOf(localCondenser())).toBe('pool')
  })

  const DOCUMENTS = {
    en: [
      { documentId: 'pool', text: 'The pool opens at nine. On Sundays the pool opens at ten, because it is cleaned.' },
      { documentId: 'library', text: 'The library opens at eight. On Sundays the library opens at noon.' },
      { documentId: 'parking', text: 'Parking costs two euros an hour. The car park is behind the town hall.' },
    ],
    zh: [
      { documentId: 'pool', text: '游泳池上午九点开门。周日游泳池十点开门，因为要清洁。' },
      { documentId: 'library', text: '图书馆上午八点开门。周日图书馆中午开门。' },
      { documentId: 'parking', text: '停车每小时两欧元。停车场在市政厅后面。' },
    ],
    de: [
      { documentId: 'pool', text: 'Das Schwimmbad öffnet um neun. Am Sonntag öffnet das Schwimmbad um zehn.' },
      { documentId: 'library', text: 'Die Bibliothek öffnet um acht. Am Sonntag öffnet die Bibliothek mittags.' },
      { documentId: 'parking', text: 'Parken kostet zwei Euro je Stunde. Der Parkplatz liegt hinter dem Rathaus.' },
    ],
  }

  it.each([
    ['en', ['When does the pool open?', 'And on Sundays?', 'Why?'], 'pool'],
    ['en', ['When does the library open?', 'And on Sundays?', 'Thanks!', 'Why?'], 'library'],
    ['en', ['When does the pool open?', 'And on Sundays?', 'How much does parking cost?'], 'parking'],
    ['en', ['When does the pool open?', 'Who won the football World Cup?'], undefined],
    ['en', ['When does the pool open?', 'And on Sundays?', 'How do I bake rye bread?'], undefined],
    ['zh', ['游泳池几点开门？', '那周日呢？', '为什么？'], 'pool'],
    ['zh', ['图书馆几点开门？', '那周日呢？'], 'library'],
    ['zh', ['游泳池几点开门？', '世界杯冠军是哪个国家？'], undefined],
    ['de', ['Wann öffnet die Bibliothek?', 'Und am Sonntag?', 'Warum?'], 'library'],
    ['de', ['Wann öffnet das Schwimmbad?', 'Wer gewann 2014 die Weltmeisterschaft im Fußball?'], undefined],
  ] as const)('B10: %s %j ends with %s', async (language, questions, expected) => {
    const retriever = localRetriever(DOCUMENTS[language])
    const history = memoryHistoryStore()
    const run = {
      scope: 's',
      threadId: 't',
      history,
      retriever,
      model: extractiveChatModel({ wordsPerSecond: Infinity }),
    }
    let cited: string | undefined
    for (const question of questions) {
      const result = await collectChat(streamChat({ ...run, question, condenser: localCondenser() }))
      cited = result.sources.find(({ sourceId }) => sourceId === result.citations[0]?.sourceId)?.documentId
    }
    expect(cited).toBe(expected)
  })
})
