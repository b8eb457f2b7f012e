import { describe, expect, it } from 'vitest'
import { ChatError, type Retriever } from '../../src/index.ts'
import { fakeRetriever, scriptedChatModel } from '../../src/testing.ts'
import { ask, CHUNKS, deltasOf, doneOf, errorOf, FINISH, typesOf, warningsOf } from './ask.ts'

const NOTHING = fakeRetriever([])

describe('streamChat when nothing is found', () => {
  it('answers with a fixed sentence without calling the model, and ends as no-evidence', async () => {
    const model = scriptedChatModel(['invented', FINISH])
    const events = await ask({ retriever: NOTHING, model })
    expect(typesOf(events)).toEqual(['start', 'query', 'status', 'token', 'done'])
    const answer = 'I found nothing about this in the documents, so I cannot answer it.'
    expect(doneOf(events)).toMatchObject({
      finishReason: 'no-evidence',
      answer,
      sources: [],
      usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0, phases: {} },
    })
    expect(doneOf(events).timings).toHaveProperty('firstToken')
    expect(model.calls).toEqual([])
  })

  it.each([
    ['English', 'What is a cat?', /^I found nothing/],
    ['Chinese', '猫是什么？', /^在文档中没有找到/],
    ['Chinese with English words', 'React 中 useEffect 怎么用？', /^在文档中没有找到/],
    ['Japanese', '猫とは何ですか', /^資料の中に/],
    ['Korean', '고양이는 무엇입니까?', /^문서에서/],
    ['German', 'Was ist eine Katze?', /^Dazu habe ich/],
    ['Turkish', 'Kedi nedir ve ne yer?', /^Belgelerde bu konuda/],
    ['Arabic', 'ما هي القطة؟', /^لم أجد/],
    ['emoji', '🐈?', /^I found nothing/],
  ])('B20: answers a question in %s with the sentence of its language', async (_language, question, sentence) => {
    expect(doneOf(await ask({ retriever: NOTHING, question })).answer).toMatch(sentence)
  })

  it('answers with the result of a function, which may be asynchronous', async () => {
    const onNoEvidence = async (question: string) => `Nothing about "${question}"`
    const events = await ask({ retriever: NOTHING, onNoEvidence, question: 'cats' })
    expect(deltasOf(events)).toEqual(['Nothing about "cats"'])
    expect(doneOf(events).finishReason).toBe('no-evidence')
  })

  it.each([
    () => {
      throw new Error('no sentence')
    },
    () => Promise.reject(new Error('no sentence')),
  ])('fails as internal when that function fails', async (onNoEvidence) => {
    expect(errorOf(await ask({ retriever: NOTHING, onNoEvidence })).code).toBe('internal')
  })

  it('calls the model when onNoEvidence is "answer", and tells it that there are no sources', async () => {
    const model = scriptedChatModel(['From memory.', FINISH])
    const events = await ask({ retriever: NOTHING, model, onNoEvidence: 'answer' })
    expect(doneOf(events)).toMatchObject({ finishReason: 'stop', answer: 'From memory.', sources: [] })
    expect(model.calls[0]?.request.messages[0]?.content).toContain('No source was found')
  })
})

describe('streamChat when the retriever fails', () => {
  const cause = new Error('index is down')

  it('F23: fails as retrieval-failed and does not call the model', async () => {
    const model = scriptedChatModel([FINISH])
    const error = errorOf(await ask({ retriever: fakeRetriever([], { error: cause }), model }))
    expect(error).toMatchObject({ code: 'retrieval-failed', retryable: true, phase: 'retrieving' })
    expect(error.partial).toMatchObject({ answer: '', query: { question: 'How long do cats sleep?' } })
    expect(model.calls).toEqual([])
  })

  it('F23: answers without sources, with a warning, when onRetrievalError allows it', async () => {
    const errors: ChatError[] = []
    const events = await ask({
      retriever: fakeRetriever([], { error: cause }),
      model: scriptedChatModel(['From memory.', FINISH]),
      onRetrievalError: 'degrade',
      onError: (error) => errors.push(error),
    })
    expect(doneOf(events)).toMatchObject({ finishReason: 'stop', answer: 'From memory.', sources: [] })
    expect(warningsOf(events)).toEqual(['retrieval-degraded'])
    expect(errors).toMatchObject([{ code: 'retrieval-failed', cause }])
  })

  it('keeps the error code of the retriever', async () => {
    const error = new ChatError('key refused', { code: 'upstream-auth' })
    expect(errorOf(await ask({ retriever: fakeRetriever([], { error }) })).code).toBe('upstream-auth')
  })

  it.each<[string, unknown]>([
    ['nothing at all', undefined],
    ['a chunk that is not a chunk', [{}]],
    ['a chunk without text', [{ chunk: { documentId: 'd', chunkId: 'c' } }]],
    ['a chunk without ids', [{ chunk: { text: CHUNKS[0] } }]],
  ])('fails as retrieval-failed when it returns %s', async (_name, found) => {
    // An untyped JavaScript retriever may return these.
    const retriever = { retrieve: async () => found } as Retriever
    expect(errorOf(await ask({ retriever })).code).toBe('retrieval-failed')
  })

  it('fails as retrieval-failed when the retriever throws synchronously', async () => {
    const retriever: Retriever = {
      retrieve() {
        throw cause
      },
    }
    expect(errorOf(await ask({ retriever })).code).toBe('retrieval-failed')
  })
})
