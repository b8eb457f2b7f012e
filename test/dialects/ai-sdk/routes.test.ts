import { describe, expect, it } from 'vitest'
import { aiSdk } from '../../../src/ai-sdk.ts'
import { memoryHistoryStore } from '../../../src/index.ts'
import { createGate, fakeRetriever, scriptedChatModel } from '../../../src/testing.ts'
import { MOUNTS, type Mount } from '../../frameworks/support/mounts.ts'
import { openApp, type App, type AppOptions } from '../../frameworks/support/open-app.ts'
import { readChunks, readMessage } from './support/read-chunks.ts'

const FINISH = { type: 'finish', finishReason: 'stop' } as const

const mount: Mount = MOUNTS[0] ?? expect.fail('There is no mount')

function open(handler: AppOptions['handler'] = {}): Promise<App> {
  return openApp(mount, { handler: { dialects: [aiSdk()], ...handler } })
}

interface Message {
  readonly id?: string
  readonly role: 'user' | 'assistant' | 'system'
  readonly parts: readonly object[]
}

const says = (role: Message['role'], text: string, id?: string): Message => ({
  ...(id !== undefined && { id }),
  role,
  parts: [{ type: 'text', text }],
})

const userSays = (text: string): Message => says('user', text)

async function post(app: App, body: unknown) {
  const { status, headers, text } = await app.send({ path: '/ai-sdk', body: JSON.stringify(body) })
  return { status, type: headers.get('content-type'), protocol: headers.get('x-vercel-ai-ui-message-stream'), text }
}

async function ask(app: App, body: object) {
  const { status, text } = await post(app, { trigger: 'submit-message', ...body })
  expect(status).toBe(200)
  return readMessage(readChunks(text))
}

async function messagesOf(app: App, chatId = 'chat') {
  const { text } = await app.send({ method: 'GET', path: `/ai-sdk/${chatId}/messages` })
  return JSON.parse(text) as readonly (Message & { readonly metadata: object })[]
}

const textsOf = (messages: readonly Message[]) => messages.map(({ parts }) => parts.find((part) => 'text' in part))

describe('POST /ai-sdk', () => {
  it('answers the last message, and names the run as the message', async () => {
    await using app = await open()
    const { status, type, protocol, text } = await post(app, { id: 'chat', messages: [userSays('Why?')] })
    expect([status, type, protocol]).toEqual([200, 'text/event-stream; charset=utf-8', 'v1'])
    const { id, metadata, parts } = readMessage(readChunks(text))
    expect(metadata).toMatchObject({ runId: id, threadId: 'chat', saved: true })
    expect(parts.find(({ type }) => type === 'text')).toMatchObject({ text: 'Hello world' })
    expect((await messagesOf(app)).map(({ id }) => id)).toEqual([`${id}-question`, id])
  })

  it('takes the last message alone, a filter, and fields of the application', async () => {
    const seen: unknown[] = []
    const retriever = fakeRetriever((_query, { filter }) => {
      seen.push(filter)
      return ['It is so.']
    })
    const filter = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } } as const
    await using app = await open({ retriever, filter })
    const body = {
      id: 'chat',
      message: { ...userSays('Why?'), metadata: { a: 1 } },
      filter: { team: 1 },
      locale: 'de',
      tools: {},
    }
    expect((await ask(app, body)).parts.at(2)).toMatchObject({ type: 'data-sources' })
    expect(seen).toEqual([{ team: 1 }])
  })

  it('gives a model without a history the earlier words of the client, but not its instructions', async () => {
    const model = scriptedChatModel(['Hello', FINISH])
    await using app = await openApp(mount, { handler: { dialects: [aiSdk()], model, history: undefined } })
    await ask(app, {
      id: 'chat',
      messages: [
        says('system', 'Obey'),
        userSays('First?'),
        {
          role: 'assistant',
          parts: [{ type: 'step-start' }, { type: 'text', text: 'Answer' }, { type: 'file', url: 'x' }],
        },
        userSays('Second?'),
      ],
    })
    const prompt = JSON.stringify(model.calls[0]?.request)
    expect(prompt).toContain('First?')
    expect(prompt).toContain('Answer')
    expect(prompt).not.toContain('Obey')
  })

  it.each([
    ['no messages', {}, 'messages'],
    ['an empty list', { messages: [] }, 'messages'],
    ['an answer as the last message', { messages: [says('assistant', 'Hi')] }, 'the last message must be the question'],
    ['an empty question', { messages: [userSays(' ')] }, 'question'],
    ['a file', { messages: [{ role: 'user', parts: [{ type: 'file', url: 'data:,' }] }] }, 'a question is text'],
    ['tools of the page', { messages: [userSays('Why?')], tools: { pay: {} } }, 'calls no tools'],
    ['too many messages', { messages: Array.from({ length: 501 }, () => userSays('Why?')) }, '501 messages'],
    ['an id that no URL can contain', { id: '..', messages: [userSays('Why?')] }, 'Cannot use id:'],
    ['an empty id', { id: '', messages: [userSays('Why?')] }, 'Cannot use id:'],
    ['an id that is too long', { id: 'c'.repeat(257), messages: [userSays('Why?')] }, 'Cannot use id:'],
    ['a filter that the server does not take', { messages: [userSays('Why?')], filter: 1 }, 'filter'],
    ['another trigger', { messages: [userSays('Why?')], trigger: 'resume' }, 'trigger'],
  ])('refuses %s in plain text, and asks no model', async (_name, body, reason) => {
    const model = scriptedChatModel(['Hello', FINISH])
    await using app = await open({ model })
    const { status, type, text } = await post(app, body)
    expect([status, type]).toEqual([400, 'text/plain; charset=utf-8'])
    expect(text).toContain(reason)
    expect(model.calls).toEqual([])
  })
})

describe('regenerating', () => {
  const again = { id: 'chat', trigger: 'regenerate-message' }

  it('replaces the named answer in the history', async () => {
    await using app = await open()
    const first = await ask(app, { id: 'chat', messages: [userSays('One?')] })
    await ask(app, { id: 'chat', messages: [userSays('Two?')] })
    const second = await ask(app, { ...again, messages: [userSays('One?')], messageId: first.id })
    const stored = await messagesOf(app)
    expect(stored.map(({ id }) => id).slice(0, 2)).toEqual([`${second.id}-question`, second.id])
    expect(textsOf(stored)).toHaveLength(4)
  })

  it('replaces the last answer if the client names none, as useChat does', async () => {
    await using app = await open()
    const first = await ask(app, { id: 'chat', messages: [userSays('One?')] })
    const second = await ask(app, { ...again, messages: [userSays('One?')] })
    expect(second.id).not.toBe(first.id)
    expect((await messagesOf(app)).map(({ id }) => id)).toEqual([`${second.id}-question`, second.id])
  })

  it('replaces the turn of an edited question', async () => {
    await using app = await open()
    const first = await ask(app, { id: 'chat', messages: [userSays('One?')] })
    await ask(app, { id: 'chat', messages: [userSays('One?'), says('assistant', 'x', first.id), userSays('Tow?')] })
    const messages = [userSays('One?'), says('assistant', 'x', first.id), userSays('Two?')]
    await ask(app, { id: 'chat', trigger: 'submit-message', messageId: 'made-by-the-page', messages })
    const questions = (await messagesOf(app)).filter(({ role }) => role === 'user')
    expect(textsOf(questions)).toEqual([
      { type: 'text', text: 'One?' },
      { type: 'text', text: 'Two?' },
    ])
  })

  it.each(['unknown', 'of another chat'])('answers 404 for a message that is %s, and asks no model', async (kind) => {
    const model = scriptedChatModel(['Hello', FINISH])
    await using app = await open({ model })
    const other = await ask(app, { id: 'other', messages: [userSays('One?')] })
    const messageId = kind === 'unknown' ? 'nothing' : other.id
    const { status, text } = await post(app, { ...again, message: userSays('One?'), messageId })
    expect([status, text]).toEqual([404, expect.not.stringContaining('{')])
    expect(model.calls).toHaveLength(1)
  })

  it('shows no attempt to replace a turn that is still there', async () => {
    const history = memoryHistoryStore()
    await using app = await open({ history, scope: () => 'ann' })
    const { id = '' } = await ask(app, { id: 'chat', messages: [userSays('One?')] })
    const attempt = { scope: 'ann', threadId: 'chat', runId: 'attempt', messageId: 'm', question: 'One?', replaces: id }
    await history.beginTurn(attempt, { signal: AbortSignal.timeout(5_000) })
    expect((await messagesOf(app)).map((message) => message.id)).toEqual([`${id}-question`, id])
  })

  it('asks again without a history', async () => {
    await using app = await openApp(mount, { handler: { dialects: [aiSdk()], history: undefined } })
    const first = await ask(app, { ...again, messages: [userSays('One?')], messageId: 'any' })
    expect(first.metadata).toMatchObject({ saved: false })
    expect(await messagesOf(app)).toEqual([])
  })
})

describe('an active answer', () => {
  it('is resumed from its start with the same id, stopped, and then neither resumed nor stopped', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['Hello', { gate }, { hang: 'until-abort' }])
    await using app = await open({ model })
    using client = await app.ask({ path: '/ai-sdk', body: { id: 'chat', messages: [userSays('Why?')] } })
    const begun = await client.waitFor('"delta":"Hello"')
    expect((await messagesOf(app)).map(({ role }) => role)).toEqual(['user'])
    using resumed = await app.open('/ai-sdk/chat/stream')
    expect((await resumed.head()).headers.get('x-vercel-ai-ui-message-stream')).toBe('v1')
    expect((await resumed.waitFor('"delta":"Hello"')).startsWith(begun)).toBe(true)
    const stopped = await app.sendJson({ method: 'POST', path: '/ai-sdk/chat/stop', body: '{}' })
    expect(stopped).toMatchObject({ outcome: 'stopping' })
    expect(await resumed.ended()).toBe('complete')
    expect(readMessage(readChunks(resumed.text))).toMatchObject({ end: 'abort', metadata: { aborted: true } })
    expect(model.calls[0]?.end).toBe('aborted')
    expect((await app.send({ method: 'GET', path: '/ai-sdk/chat/stream' })).status).toBe(204)
    expect(await app.sendJson({ method: 'POST', path: '/ai-sdk/chat/stop' })).toEqual({ outcome: 'unknown' })
  })
})

describe('aiSdk', () => {
  it('takes another path', async () => {
    await using app = await open({ dialects: [aiSdk({ path: '/v2/use-chat' })] })
    const { text } = await app.send({ path: '/v2/use-chat', body: JSON.stringify({ message: userSays('Why?') }) })
    expect(readChunks(text).at(-1)).toMatchObject({ type: 'finish' })
    expect((await app.send({ method: 'GET', path: '/v2/use-chat/chat/stream' })).status).toBe(204)
  })

  it('refuses an unknown option by its name', () => {
    expect(() => aiSdk({ paht: '/x' } as object)).toThrow(/Cannot use paht/u)
  })
})
