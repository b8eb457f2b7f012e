import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { ChatError, createChat, memoryHistoryStore, type Chat, type ChatOptions } from '../../src/index.ts'
import { createChatHandler } from '../../src/server.ts'
import { fakeRetriever, scriptedChatModel, type Script } from '../../src/testing.ts'
import { toRequest } from './support/bench.ts'

const ANSWER: Script = ['They sleep 16 hours.', { type: 'finish', finishReason: 'stop' }]

function openChat(script: Script = ANSWER, changes: Pick<ChatOptions, 'onError'> = {}): Chat {
  const retriever = fakeRetriever(['Cats sleep 16 hours a day.'])
  return createChat({ retriever, model: scriptedChatModel(script), history: memoryHistoryStore(), ...changes })
}

const ASK = toRequest('POST', '/chat', {
  body: { question: 'How long do cats sleep?' },
  headers: { accept: 'application/json' },
})

describe('createChatHandler with a chat', () => {
  it.each([
    ['chat.stream', { chat: {} }],
    ['chat', { chat: 7 }],
    ['chat.history.beginTurn', { chat: { ...openChat(), history: {} } }],
    ['chat.maxQuestionChars', { chat: { stream: openChat().stream } }],
    ['chat.clock', { chat: { ...openChat(), clock: undefined } }],
    ['chat.takesFilter', { chat: { ...openChat(), takesFilter: 'no' } }],
    ['retriever', { chat: openChat(), retriever: fakeRetriever([]) }],
    ['engine', { chat: openChat(), engine: { answer: () => {} } }],
    ['history', { chat: openChat(), history: memoryHistoryStore() }],
    ['maxQuestionChars', { chat: openChat(), maxQuestionChars: 3 }],
    ['filter', { chat: createChat({ engine: { answer: async function* () {} } }), filter: z.string() }],
  ])('refuses a wrong %s', (field, options) => {
    expect(() => createChatHandler({ scope: () => 'alice', ...options } as never)).toThrow(
      expect.objectContaining({ name: 'TypeError', code: 'invalid-input', field }),
    )
  })

  it('answers with it, and finds the threads in its history', async () => {
    const handler = createChatHandler({ chat: openChat(), scope: () => 'alice' })
    const { threadId, answer } = (await (await handler(ASK.clone())).json()) as Record<string, string>
    expect(answer).toBe('They sleep 16 hours.')
    const thread = await handler(toRequest('GET', `/threads/${threadId}`))
    expect(await thread.json()).toMatchObject({ turns: [{ question: 'How long do cats sleep?' }] })
  })

  it('refuses a question that is longer than the chat takes', async () => {
    const chat = { ...openChat(), maxQuestionChars: 3 }
    const response = await createChatHandler({ chat, scope: () => 'alice' })(ASK.clone())
    expect([response.status, await response.json()]).toMatchObject([400, { field: 'question' }])
  })

  it('calls its own onError and that of the chat', async () => {
    const heard: string[] = []
    const error = new ChatError('The key is wrong', { code: 'upstream-auth' })
    const chat = openChat([{ error }], { onError: () => void heard.push('chat') })
    const handler = createChatHandler({ chat, scope: () => 'alice', onError: () => void heard.push('handler') })
    await handler(ASK.clone())
    expect(heard).toEqual(['chat', 'handler'])
  })
})
