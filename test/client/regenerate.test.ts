import { describe, expect, it } from 'vitest'
import { createChatStore, type ChatStore } from '../../src/client.ts'
import { ChatError } from '../../src/index.ts'
import { createGate, scriptedChatModel, type ScriptStep } from '../../src/testing.ts'
import { FINISH, openChat } from './support/open-chat.ts'
import { until, untilAnswer } from './support/until.ts'

const question = 'How long do cats sleep?'
const failure: ScriptStep = { error: new ChatError('down', { code: 'upstream-rejected' }) }

/** A model that runs another script at each call. */
function model(...scripts: readonly (readonly ScriptStep[])[]) {
  return scriptedChatModel((_request, attempt) => scripts[attempt - 1] ?? [])
}

describe('regenerate', () => {
  it('asks the question again under a new run id, and takes the place of the earlier answer', async () => {
    await using chat = await openChat({ model: model(['First.', FINISH], ['Second.', FINISH]) })
    const store = createChatStore({ url: chat.url })
    await store.send(question)
    const [first] = store.getSnapshot().turns
    await store.regenerate()
    expect(store.getSnapshot().turns).toMatchObject([{ question, status: 'done', result: { answer: 'Second.' } }])
    expect(store.getSnapshot().turns[0]?.runId).not.toBe(first?.runId)
    expect(await storedAnswers(store)).toEqual(['Second.'])
  })

  it('hides the earlier answer while the new one is written, and shows it again when the new one fails', async () => {
    const gate = createGate()
    await using chat = await openChat({
      model: model(['First.', FINISH], ['Sec', { gate }, failure], ['Third.', FINISH]),
    })
    const store = createChatStore({ url: chat.url })
    await store.send(question)
    const [first] = store.getSnapshot().turns
    const again = store.regenerate()
    expect((await untilAnswer(store, 'Sec')).turns).toMatchObject([{ question, status: 'streaming' }])
    gate.open()
    await again
    const { turns, status } = store.getSnapshot()
    expect(turns).toMatchObject([
      { status: 'done', result: { answer: 'First.' } },
      { status: 'error', error: { code: 'upstream-rejected', retryable: false }, result: { answer: 'Sec' } },
    ])
    expect([turns[0] === first, status]).toEqual([true, 'error'])

    await store.regenerate()
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'done', result: { answer: 'Third.' } }])
    expect(store.getSnapshot().status).toBe('ready')
    expect(await storedAnswers(store)).toEqual(['Third.'])
  })

  it('shows the earlier answer again when the new one is stopped', async () => {
    await using chat = await openChat({ model: model(['First.', FINISH], ['Sec', { hang: 'until-abort' }]) })
    const store = createChatStore({ url: chat.url })
    await store.send(question)
    const again = store.regenerate()
    await untilAnswer(store, 'Sec')
    await store.stop()
    await again
    expect(store.getSnapshot().turns.map(({ result }) => [result.answer, result.finishReason])).toEqual([
      ['First.', 'stop'],
      ['Sec', 'abort'],
    ])
    expect(await storedAnswers(store)).toEqual(['First.', 'Sec'])
  })

  it('of a turn that has failed takes its place', async () => {
    await using chat = await openChat({ model: model([failure], ['Second.', FINISH]) })
    const store = createChatStore({ url: chat.url })
    await store.send(question)
    expect(store.getSnapshot()).toMatchObject({ status: 'error', turns: [{ error: { code: 'upstream-rejected' } }] })
    await store.regenerate()
    expect(store.getSnapshot().turns).toMatchObject([{ question, status: 'done', result: { answer: 'Second.' } }])
    expect(store.getSnapshot().turns[0]?.error).toBeUndefined()
    expect(await storedAnswers(store)).toEqual(['Second.'])
  })

  it('of a turn that the server has refused asks for the first time', async () => {
    let isSignedIn = false
    await using chat = await openChat({
      scope: () => {
        if (!isSignedIn) throw Response.json({}, { status: 401 })
        return 'ann'
      },
    })
    const store = createChatStore({ url: chat.url })
    await store.send(question)
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'error', error: { code: 'unauthorized', status: 401 } }])
    isSignedIn = true
    await store.regenerate()
    expect(store.getSnapshot().turns).toMatchObject([{ question, status: 'done' }])
    expect(chat.model.calls).toHaveLength(1)
  })

  it('of a turn in the middle replaces that turn in its place', async () => {
    await using chat = await openChat({ model: model(['One.', FINISH], ['Two.', FINISH], ['New one.', FINISH]) })
    const store = createChatStore({ url: chat.url })
    await store.send(question)
    await store.send('And dogs?')
    await store.regenerate(store.getSnapshot().turns[0]?.runId)
    expect(
      store
        .getSnapshot()
        .turns.map(({ result }) => result.answer)
        .sort(),
    ).toEqual(['New one.', 'Two.'])
    expect(await storedAnswers(store)).toEqual(store.getSnapshot().turns.map(({ result }) => result.answer))
  })

  it('works without a history on the server', async () => {
    await using chat = await openChat({ history: undefined, model: model(['First.', FINISH], ['Second.', FINISH]) })
    const store = createChatStore({ url: chat.url })
    await store.send(question)
    await store.regenerate()
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'done', result: { answer: 'Second.' } }])
  })

  it('without a turn, or of an unknown one, does nothing', async () => {
    await using chat = await openChat()
    const store = createChatStore({ url: chat.url })
    await store.regenerate()
    await store.send(question)
    const before = store.getSnapshot()
    await store.regenerate('unknown')
    expect(store.getSnapshot()).toBe(before)
    expect(chat.model.calls).toHaveLength(1)
  })
})

describe('send', () => {
  it('with `replaces` asks an edited question in the place of a turn', async () => {
    await using chat = await openChat({ model: model(['Cats.', FINISH], ['Dogs.', FINISH]) })
    const store = createChatStore({ url: chat.url })
    await store.send(question)
    await store.send('How long do dogs sleep?', { replaces: store.getSnapshot().turns[0]?.runId })
    expect(store.getSnapshot().turns).toMatchObject([
      { question: 'How long do dogs sleep?', result: { answer: 'Dogs.' } },
    ])
    expect(await storedAnswers(store)).toEqual(['Dogs.'])
  })

  it('keeps the conversation, so that the model knows the earlier turns', async () => {
    await using chat = await openChat({ model: model(['Cats.', FINISH], ['Dogs.', FINISH]) })
    const store = createChatStore({ url: chat.url })
    await store.send(question)
    await store.send('And dogs?')
    expect(JSON.stringify(chat.model.calls[1]?.request)).toContain('Cats.')
  })

  it.each(['', ' \n\t '])('rejects the blank question %j', async (blank) => {
    await using chat = await openChat()
    const store = createChatStore({ url: chat.url })
    await expect(store.send(blank)).rejects.toThrow(TypeError)
    expect(store.getSnapshot()).toMatchObject({ turns: [], threadId: undefined, status: 'ready' })
  })

  it('during an answer is rejected, and changes nothing', async () => {
    await using chat = await openChat({ model: model(['Cats ', { hang: 'until-abort' }]) })
    const store = createChatStore({ url: chat.url })
    const asked = store.send(question)
    const before = await untilAnswer(store, 'Cats ')
    await expect(store.send('And dogs?')).rejects.toThrow(/while an answer is running/u)
    expect(store.getSnapshot()).toBe(before)
    await store.stop()
    await asked
    expect(store.getSnapshot().turns).toHaveLength(1)
  })

  it('while the conversation is loading shows the earlier turns, too', async () => {
    await using chat = await openChat({ model: model(['Cats.', FINISH], ['Dogs.', FINISH]) })
    const store = createChatStore({ url: chat.url })
    await store.send(question)
    const page = createChatStore({ url: chat.url })
    void page.open(store.getSnapshot().threadId)
    await page.send('And dogs?')
    const { turns } = await until(page, ({ isLoading }) => !isLoading)
    expect(turns.map(({ result }) => result.answer)).toEqual(['Cats.', 'Dogs.'])
  })
})

describe('open', () => {
  it('shows a stored conversation with the same results', async () => {
    await using chat = await openChat()
    const store = createChatStore({ url: chat.url })
    await store.send(question)
    const page = createChatStore({ url: chat.url })
    const opened = page.open(store.getSnapshot().threadId)
    expect(page.getSnapshot()).toMatchObject({ isLoading: true, turns: [] })
    await opened
    const [turn] = page.getSnapshot().turns
    expect(turn).toMatchObject({ question, status: 'done' })
    expect(turn?.result).toEqual(store.getSnapshot().turns[0]?.result)
    expect(page.getSnapshot()).toMatchObject({ isLoading: false, status: 'ready' })
  })

  it('follows an answer that is being written, from its start', async () => {
    const gate = createGate()
    await using chat = await openChat({ model: model(['Cats ', { gate }, 'sleep.', FINISH]) })
    const store = createChatStore({ url: chat.url })
    const asked = store.send(question)
    const { threadId } = await untilAnswer(store, 'Cats ')
    const page = createChatStore({ url: chat.url })
    await page.open(threadId)
    expect((await untilAnswer(page, 'Cats ')).status).toBe('streaming')
    gate.open()
    await Promise.all([asked, page.resume()])
    expect(page.getSnapshot().turns[0]?.result).toEqual(store.getSnapshot().turns[0]?.result)
    expect(chat.model.calls).toHaveLength(1)
  })

  it('without an id begins a new conversation; the answer that was shown goes on at the server', async () => {
    const gate = createGate()
    await using chat = await openChat({ model: model(['Cats ', { gate }, 'sleep.', FINISH], ['Dogs.', FINISH]) })
    const store = createChatStore({ url: chat.url })
    const asked = store.send(question)
    const { threadId } = await untilAnswer(store, 'Cats ')
    await store.open()
    await asked
    expect(store.getSnapshot()).toMatchObject({ turns: [], threadId: undefined, status: 'ready', isLoading: false })
    await store.send('And dogs?')
    expect(store.getSnapshot().threadId).not.toBe(threadId)
    gate.open()
    await chat.model.calls[0]?.ended
    await store.open(threadId)
    await until(store, ({ turns }) => turns[0]?.status === 'done')
    expect(store.getSnapshot().turns).toMatchObject([{ question, result: { answer: 'Cats sleep.' } }])
  })

  it('of another conversation drops what the server answers for the first one', async () => {
    await using chat = await openChat()
    const store = createChatStore({ url: chat.url })
    await store.send(question)
    const { threadId } = store.getSnapshot()
    const held = createGate()
    const page = createChatStore({
      url: chat.url,
      fetch: async (url, request) => {
        if (url.endsWith(`/threads/${threadId}`)) await held.pass()
        return fetch(url, request as RequestInit)
      },
    })
    const first = page.open(threadId)
    await held.reached()
    await page.open('another')
    held.open()
    await first
    expect(page.getSnapshot()).toMatchObject({ threadId: 'another', turns: [], isLoading: false })
  })

  it('of an unknown conversation shows none, and no error', async () => {
    await using chat = await openChat()
    const store = createChatStore({ url: chat.url })
    await store.open('unknown')
    expect(store.getSnapshot()).toMatchObject({ threadId: 'unknown', turns: [], status: 'ready', isLoading: false })
    expect(store.getSnapshot().error).toBeUndefined()
  })

  it('reports that it has failed, and succeeds when it is called again', async () => {
    const chat = await openChat()
    const store = createChatStore({ url: chat.url })
    await chat.close()
    await store.open('thread')
    expect(store.getSnapshot()).toMatchObject({ error: { code: 'unreachable' }, isLoading: false, turns: [] })
    await using _again = await openChat({ port: chat.port })
    await store.open('thread')
    expect(store.getSnapshot().error).toBeUndefined()
  })
})

async function storedAnswers(store: ChatStore): Promise<readonly (string | undefined)[]> {
  const turns = await store.client.turns(store.getSnapshot().threadId ?? '')
  return turns.map(({ result }) => result?.answer)
}
