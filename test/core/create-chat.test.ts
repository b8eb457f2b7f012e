import { describe, expect, it } from 'vitest'
import { ChatError, collectChat, createChat, memoryHistoryStore, streamChat, type Engine } from '../../src/index.ts'
import { chatOptions, FINISH, readAll } from './ask.ts'
import { scriptedChatModel } from '../../src/testing.ts'

const ENGINE: Engine = {
  async *answer() {
    yield { type: 'text', delta: 'Hello' }
    yield FINISH
  },
}

const { question: QUESTION, retriever, model } = chatOptions()
const OPTIONS = { retriever, model }

/** What a call with a wrong option throws. The options are those of plain JavaScript, which no type checks. */
function misuse(call: () => unknown): unknown {
  try {
    call()
  } catch (thrown) {
    return thrown
  }
  return expect.fail('The call did not throw')
}

describe('createChat', () => {
  it('streams what streamChat streams with the same options', async () => {
    const turn = { question: QUESTION, runId: 'run-1', threadId: 'thread-1' }
    const steady = { clock: { now: () => 0, setTimeout: () => 0, clearTimeout: () => {} } }
    const [one, other] = await Promise.all([
      readAll(createChat({ ...OPTIONS, ...steady }).stream(turn)),
      readAll(streamChat({ ...chatOptions(), ...steady, ...turn })),
    ])
    const withoutId = (events: readonly object[]) => events.map((event) => ({ ...event, messageId: '' }))
    expect(withoutId(one)).toEqual(withoutId(other))
  })

  it('answers several requests, each under ids of its own', async () => {
    const chat = createChat(OPTIONS)
    const starts = await Promise.all([1, 2].map(async () => (await readAll(chat.stream({ question: QUESTION })))[0]))
    expect(new Set(starts.map((start) => start?.type === 'start' && start.runId)).size).toBe(2)
  })

  it.each(['question', 'scope', 'threadId', 'runId', 'replaces', 'filter', 'signal'])(
    'refuses %s, and says that it belongs to one request',
    (field) => {
      expect(misuse(() => createChat({ ...OPTIONS, [field]: 'x' } as never))).toMatchObject({
        name: 'TypeError',
        code: 'invalid-input',
        field,
        message: `Cannot use ${field}: it belongs to one request, as in chat.stream({ ${field} })`,
      })
    },
  )

  it.each(['retriever', 'model', 'engine', 'topK', 'condenser', 'runMs', 'clock', 'onEvent'])(
    'chat.stream: refuses %s, and says that it belongs to the application',
    (field) => {
      const chat = createChat(OPTIONS)
      expect(misuse(() => chat.stream({ question: QUESTION, [field]: undefined }))).toMatchObject({
        name: 'TypeError',
        code: 'invalid-input',
        field,
        message: `Cannot use ${field}: it belongs to the application, as in createChat({ ${field} })`,
      })
    },
  )

  it.each([
    ['retriever', { retriever: undefined }],
    ['model', { model: undefined }],
    ['topK', { topK: 0 }],
    ['history', { history: [{ role: 'user', content: 'Hello' }] }],
    ['history.load', { history: { beginTurn: () => {}, finishTurn: () => {} } }],
    ['options', undefined],
  ])('refuses a wrong %s at creation', (field, changes) => {
    const options = changes && { ...OPTIONS, ...changes }
    expect(misuse(() => createChat(options as never))).toMatchObject({ code: 'invalid-input', field })
  })

  it.each([
    ['question', {}],
    ['question', { question: '' }],
    ['question', { question: 'x'.repeat(11) }],
    ['runId', { question: 'q', runId: '' }],
    ['signal', { question: 'q', signal: 7 }],
    ['replaces', { question: 'q', replaces: 'run-1' }],
    ['history', { question: 'q', history: memoryHistoryStore() }],
    ['history[0].role', { question: 'q', history: [{}] }],
    ['waitUntil', { question: 'q', waitUntil: 7 }],
    ['onError', { question: 'q', onError: 7 }],
    ['options', undefined],
  ])('chat.stream: refuses a wrong %s', (field, options) => {
    const chat = createChat({ ...OPTIONS, maxQuestionChars: 10 })
    expect(misuse(() => chat.stream(options as never))).toMatchObject({ code: 'invalid-input', field })
  })

  it('chat.stream: needs a scope where the chat keeps a history, and takes no messages then', () => {
    const chat = createChat({ ...OPTIONS, history: memoryHistoryStore() })
    expect(misuse(() => chat.stream({ question: 'q' }))).toMatchObject({ field: 'scope' })
    expect(misuse(() => chat.stream({ question: 'q', scope: 's', history: [] }))).toMatchObject({ field: 'history' })
  })

  it('chat.stream: refuses a filter where an engine answers', () => {
    const chat = createChat({ engine: ENGINE })
    expect(misuse(() => chat.stream({ question: 'q', filter: {} }))).toMatchObject({ field: 'filter' })
    expect(chat.takesFilter).toBe(false)
    expect(createChat(OPTIONS).takesFilter).toBe(true)
  })

  it('chat.stream: takes earlier messages for one request', async () => {
    const asked: unknown[] = []
    const engine: Engine = {
      answer(turn, options) {
        asked.push(turn.history)
        return ENGINE.answer(turn, options)
      },
    }
    const history = [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi' },
    ] as const
    await collectChat(createChat({ engine }).stream({ question: 'And now?', history }))
    expect(asked).toEqual([history])
  })

  it('gives what its user needs of the options', () => {
    const history = memoryHistoryStore()
    expect(createChat({ ...OPTIONS, history, maxQuestionChars: 10, storeMs: 7 })).toMatchObject({
      history,
      maxQuestionChars: 10,
      storeMs: 7,
    })
    expect(createChat(OPTIONS)).toMatchObject({ history: undefined, maxQuestionChars: 32_768, storeMs: 5_000 })
  })

  it('calls onError of the chat and of the request, and one function only once', async () => {
    const failure = new ChatError('No', { code: 'upstream-auth' })
    const heard: string[] = []
    const both = () => void heard.push('both')
    const options = { ...OPTIONS, model: scriptedChatModel([{ error: failure }]) }
    const chat = createChat({ ...options, onError: () => void heard.push('chat') })
    await readAll(chat.stream({ question: 'q', onError: () => void heard.push('request') }))
    await readAll(createChat({ ...options, onError: both }).stream({ question: 'q', onError: both }))
    expect(heard).toEqual(['chat', 'request', 'both'])
  })

  it('gives what is still saved to waitUntil of the request, else to that of the chat', async () => {
    const heard: string[] = []
    const chat = createChat({ ...OPTIONS, waitUntil: () => void heard.push('chat') })
    for (const waitUntil of [undefined, () => void heard.push('request')]) {
      for await (const event of chat.stream({ question: 'q', waitUntil })) if (event.type === 'start') break
    }
    expect(heard).toEqual(['chat', 'request'])
  })
})

describe('the stream of a turn', () => {
  const failure = new ChatError('The key is wrong', { code: 'upstream-auth' })
  const failing = () => streamChat(chatOptions({ model: scriptedChatModel([{ error: failure }]) }))

  it('has its failure as error once the event is read', async () => {
    const stream = failing()
    for await (const event of stream) expect(stream.error).toBe(event.type === 'error' ? failure : undefined)
    expect(stream.error).toBe(failure)
  })

  it('gives its failure to collectChat as the cause', async () => {
    await expect(collectChat(failing())).rejects.toThrow(
      expect.objectContaining({ code: 'upstream-auth', cause: failure }),
    )
  })

  it('has no error when the turn did not fail', async () => {
    const stream = streamChat(chatOptions())
    await readAll(stream)
    expect(stream.error).toBeUndefined()
  })
})
