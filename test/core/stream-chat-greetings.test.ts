import { describe, expect, it } from 'vitest'
import { memoryHistoryStore, streamChat, type GreetingTable } from '../../src/index.ts'
import { fakeRetriever, scriptedChatModel } from '../../src/testing.ts'
import { ask, CHUNKS, doneOf, FINISH, typesOf, warningsOf } from './ask.ts'

describe('streamChat with a greeting', () => {
  it.each(['hi', 'thanks', '谢谢', 'ok', 'Tschüss'])(
    'B20: answers %j without a search and without the model',
    async (question) => {
      const model = scriptedChatModel(['invented', FINISH])
      const retriever = fakeRetriever(CHUNKS)
      const events = await ask({ question, model, retriever })
      expect(typesOf(events)).toEqual(['start', 'token', 'done'])
      expect(warningsOf(events)).toEqual([])
      const done = doneOf(events)
      expect(done).toMatchObject({ finishReason: 'stop', sources: [], citations: [], usage: { totalTokens: 0 } })
      expect(done.answer).not.toBe('')
      expect(done).not.toHaveProperty('query')
      expect([model.calls, retriever.calls]).toEqual([[], []])
    },
  )

  it('B20: searches for a question that begins with a greeting', async () => {
    const model = scriptedChatModel(['It is installed with npm.', FINISH])
    const events = await ask({ question: 'hi, how do I install it?', model, retriever: fakeRetriever(CHUNKS) })
    expect(typesOf(events)).toContain('query')
    expect(model.calls).toHaveLength(1)
  })

  it('B20: treats greetings like questions with greetings: false', async () => {
    const model = scriptedChatModel(['Hello from the model.', FINISH])
    const events = await ask({ question: 'hi', model, retriever: fakeRetriever(CHUNKS), greetings: false })
    expect(doneOf(events).answer).toBe('Hello from the model.')
  })

  it('B20: adds the phrases of a given table, and takes its replies', async () => {
    const greetings: GreetingTable = {
      sw: { hello: { phrases: ['jambo', 'habari yako'], reply: 'Jambo!' } },
      en: { thanks: { reply: 'Any time.' } },
    }
    const answerTo = async (question: string) => doneOf(await ask({ question, greetings })).answer
    expect(await answerTo('Habari yako?')).toBe('Jambo!')
    expect(await answerTo('Thank you')).toBe('Any time.')
    expect(await answerTo('hello')).toMatch(/^Hello!/)
  })

  it.each([
    ['greetings', true],
    ['greetings.en', { en: 'hi' }],
    ['greetings.en.farewell', { en: { farewell: { reply: 'Bye' } } }],
    ['greetings.en.hello.phrases', { en: { hello: { phrases: 'hi' } } }],
    ['greetings.en.hello.phrases', { en: { hello: { phrases: ['!'] } } }],
    ['greetings.sw.hello.reply', { sw: { hello: { phrases: ['jambo'] } } }],
    ['greetings.en.hello.replies', { en: { hello: { replies: 'Hi' } } }],
  ])('B20: rejects a table with an invalid %s', (field, greetings) => {
    const options = { question: 'hi', retriever: fakeRetriever([]), model: scriptedChatModel([]), greetings }
    expect(() => streamChat(options as never)).toThrow(expect.objectContaining({ code: 'invalid-input', field }))
  })

  it('B20: saves the turn, and a repeated request gets the same answer', async () => {
    const history = memoryHistoryStore()
    const turn = { question: 'thanks!', history, scope: 'tenant', threadId: 'thread', runId: 'run' }
    const first = doneOf(await ask(turn))
    expect(first.saved).toBe(true)
    expect(doneOf(await ask(turn)).answer).toBe(first.answer)
  })
})
