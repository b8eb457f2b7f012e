import { describe, expect, it } from 'vitest'
import { createGate, fakeRetriever, scriptedChatModel } from '../../../src/testing.ts'
import { eventually } from '../../support/eventually.ts'
import { FINISH, type Ask } from '../../http/support/bench.ts'
import { DOCUMENTS, INITIALIZE, openMcp, toCall, toCancel } from './support/mcp-bench.ts'

describe('the scope of a tool', () => {
  it('is the one of the handler: search, fetch and ask find documents without a scope and those of the caller', async () => {
    const { callTool } = await openMcp()
    const found = await callTool('search', { query: 'green tea' }, { as: 'bob' })
    expect(JSON.stringify(found)).toContain(DOCUMENTS.bob.content)
    expect(JSON.stringify(found)).not.toContain('Alice')
    expect(await callTool('fetch', { id: 'letter.md' }, { as: 'bob' })).toMatchObject({
      structuredContent: { text: DOCUMENTS.bob.content },
    })
    const asked = await callTool('ask', { question: 'green tea' }, { as: 'bob' })
    expect(JSON.stringify(asked)).toContain(DOCUMENTS.bob.content)
    expect(JSON.stringify(asked)).not.toContain('Alice')
  })

  it.each([
    ['search', { query: 'drinks noon' }],
    ['fetch', { id: 'diary.md' }],
    ['ask', { question: 'drinks noon' }],
  ])(
    'cannot be chosen by an argument of %s, and no id or word reaches a document of another scope',
    async (name, args) => {
      const { callTool } = await openMcp()
      for (const given of [
        args,
        { ...args, scope: 'alice' },
        { ...args, scopes: ['alice'] },
        { ...args, filter: { scope: 'alice' } },
      ]) {
        expect(JSON.stringify(await callTool(name, given, { as: 'bob' }))).not.toContain('Alice')
      }
      expect(JSON.stringify(await callTool(name, args, { as: 'alice' }))).toContain('Alice')
    },
  )

  it('may be more than one with readableScopes', async () => {
    const readableScopes = (scope: string | undefined) => [scope ?? '', 'alice']
    const { callTool } = await openMcp({ readableScopes })
    expect(JSON.stringify(await callTool('search', { query: 'drinks noon' }, { as: 'bob' }))).toContain('Alice')
    expect(await callTool('fetch', { id: 'diary.md' }, { as: 'bob' })).not.toHaveProperty('isError')
  })

  it('is needed for each message: the response that the application throws is the answer', async () => {
    const refused = () =>
      Promise.reject(new Response('who?', { status: 401, headers: { 'www-authenticate': 'Bearer' } }))
    const { post } = await openMcp({}, { scope: refused })
    for (const message of [INITIALIZE, toCall(1, 'search', { query: 'tea' })]) {
      const { status, headers } = await post(message)
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    }
  })
})

/** Calls a tool that waits, for two clients, and returns what each of them can cancel. */
async function openWaiting(tool: 'ask' | 'search', args: object, clients: readonly [Ask, Ask]) {
  const gate = createGate()
  const signals: AbortSignal[] = []
  const model = scriptedChatModel(['Green ', { gate }, FINISH])
  const retriever = fakeRetriever(['Green tea'])
  const search = {
    async retrieve(_query: string, { signal }: { readonly signal: AbortSignal }) {
      signals.push(signal)
      await gate.pass()
      return []
    },
  }
  const bench = await openMcp(tool === 'search' ? { retriever: search } : {}, { model, answering: { retriever } })
  const sessions = await Promise.all(
    clients.map(async (client) => {
      const { headers } = await bench.post(INITIALIZE, client)
      return { ...client, headers: { 'mcp-session-id': headers.get('mcp-session-id') ?? '' } }
    }),
  )
  const answers = sessions.map((client) => bench.post(toCall(1, tool, args), client))
  const running = () => (tool === 'ask' ? model.calls.length : signals.length)
  await eventually(() => expect(running()).toBe(2))
  const endOf = async (index: number) =>
    tool === 'ask' ? model.calls[index]?.ended : signals[index]?.aborted ? 'aborted' : 'running'
  return { ...bench, gate, answers, sessions, signals, model, endOf }
}

describe('notifications/cancelled', () => {
  it('stops the model of the request, and not that of another client of the scope with the same id', async () => {
    const { post, sessions, answers, gate, model } = await openWaiting('ask', { question: 'green tea' }, [{}, {}])
    const { status } = await post(toCancel(1), sessions[1])
    expect(status).toBe(202)
    const [first, second] = model.calls
    await Promise.race([first?.ended, second?.ended])
    gate.open()
    const ends = await Promise.all(model.calls.map(({ ended }) => ended))
    expect(ends.toSorted()).toEqual(['aborted', 'returned'])
    const [mine, canceled] = await Promise.all(answers)
    expect(mine?.messages.at(-1)?.result).toMatchObject({ structuredContent: { finishReason: 'stop' } })
    expect(canceled?.messages.at(-1)?.result?.structuredContent).toBeUndefined()
  })

  it('stops a search', async () => {
    const { post, sessions, answers, gate, signals } = await openWaiting('search', { query: 'tea' }, [{}, {}])
    await post(toCancel(1), sessions[0])
    expect(signals.filter(({ aborted }) => aborted)).toHaveLength(1)
    gate.open()
    await Promise.all(answers)
    expect(signals.filter(({ aborted }) => aborted)).toHaveLength(1)
  })

  it('stops nothing with the session of another scope, without a session, or with an unknown id', async () => {
    const { post, sessions, answers, gate, signals } = await openWaiting('search', { query: 'tea' }, [
      { as: 'alice' },
      { as: 'alice' },
    ])
    await post(toCancel(1), { ...sessions[0], as: 'bob' })
    await post(toCancel(1), { as: 'alice' })
    for (const id of ['1', 2]) await post(toCancel(id), sessions[0])
    await post({ ...toCancel(1), params: {} }, sessions[0])
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false])
    gate.open()
    for (const { messages } of await Promise.all(answers)) {
      expect(messages.at(-1)?.result).toMatchObject({ structuredContent: { results: [] } })
    }
  })
})
