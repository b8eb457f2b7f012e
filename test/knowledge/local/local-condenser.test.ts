import { describe, expect, it } from 'vitest'
import { collectChat, streamChat, type Message } from '../../../src/index.ts'
import { extractiveChatModel, localCondenser, localRetriever } from '../../../src/local.ts'

const { signal } = new AbortController()

function turn(question: string) {
  return { question, answer: 'Yes.', sources: [] }
}

describe('localCondenser', () => {
  it('keeps the question and adds the previous and the first one with lower weights', async () => {
    const turns = [turn('What is tea?'), turn('And mate?'), turn('Is it hot?')]
    expect(await localCondenser().condense(turns, 'For how long?', { signal })).toEqual({
      query: 'For how long?',
      also: [
        { query: 'Is it hot?', weight: 0.3 },
        { query: 'What is tea?', weight: 0.2 },
      ],
    })
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
})
