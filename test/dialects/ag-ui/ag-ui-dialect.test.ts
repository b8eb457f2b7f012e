import { describe, expect, it } from 'vitest'
import { agUi } from '../../../src/ag-ui.ts'
import { memoryHistoryStore } from '../../../src/index.ts'
import { scriptedChatModel } from '../../../src/testing.ts'
import { FINISH, openBench, secretError, type Ask, type BenchOptions } from '../../http/support/bench.ts'

const RUN = '5f0c3c1e-5b1f-4b57-9a53-3b0f5a3c7d10'

interface SentMessage {
  readonly role: string
  readonly [field: string]: unknown
}

const user = (content: unknown, id = 'u'): SentMessage => ({ id, role: 'user', content })

function input(messages: readonly SentMessage[] = [user('Why?')], more: object = {}): object {
  return { threadId: 't1', runId: RUN, state: {}, messages, tools: [], context: [], forwardedProps: {}, ...more }
}

function open(options: BenchOptions = {}) {
  const bench = openBench({ dialects: [agUi()], ...options })

  async function send(method: string, path: string, ask: Ask = {}) {
    const { response } = await bench.open(method, path, ask)
    const text = await response.text()
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
    return { status: response.status, text, events: isStream ? eventsOf(text) : [] }
  }

  const post = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    send('POST', '/ag-ui', { body, headers })
  return { ...bench, send, post }
}

function openHanging() {
  const bench = open({ model: scriptedChatModel(['Hello', { hang: 'until-abort' }]) })
  return { ...bench, bench }
}

function eventsOf(text: string): readonly Record<string, unknown>[] {
  return [...text.matchAll(/^data: (.*)$/gmu)].map(([, data = '']) => JSON.parse(data) as Record<string, unknown>)
}

function textOf(events: readonly Record<string, unknown>[]): string {
  return events.map(({ delta = '' }) => String(delta)).join('')
}

const answerIdOf = (events: readonly Record<string, unknown>[]) =>
  String(events.find(({ type }) => type === 'TEXT_MESSAGE_START')?.['messageId'])

describe('agUi', () => {
  it('answers the last message, under the ids of the client', async () => {
    const { post } = open()
    const { status, events } = await post(input())
    expect(status).toBe(200)
    expect(events[0]).toEqual({ type: 'RUN_STARTED', threadId: 't1', runId: RUN })
    expect(textOf(events)).toBe('They sleep 16 hours [1].')
    expect(events.at(-1)).toMatchObject({ type: 'RUN_FINISHED', result: { finishReason: 'stop', saved: true } })
  })

  it('rejects an unknown option', () => {
    expect(() => agUi({ route: '/x' } as never)).toThrow(/route/)
  })

  it('answers at another path', async () => {
    const { send } = open({ dialects: [agUi({ path: '/agents/docs' })] })
    expect(await send('POST', '/agents/docs', { body: input() })).toMatchObject({ status: 200 })
  })

  it.each([RUN, 'run-1732-x1y2z3'])('answers a repeated request for the run %s from the same run', async (runId) => {
    const { post, model } = open()
    const first = await post(input(undefined, { runId }))
    const second = await post(input(undefined, { runId }))
    expect(second.text).toBe(first.text)
    expect(first.events[0]).toMatchObject({ runId })
    expect(model.calls).toHaveLength(1)
  })

  it('tells the id of the run to a client whose own id is no UUID, and the native route knows it', async () => {
    const { post, send } = open()
    const { events } = await post(input(undefined, { runId: 'run-1' }))
    const told = events.find(({ name }) => name === 'run')?.['value'] as { readonly runId: string }
    expect(told.runId).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    const { text } = await send('POST', `/runs/${told.runId}/stop`, { body: {} })
    expect(JSON.parse(text)).toMatchObject({ outcome: 'already-ended' })
  })

  it('takes no notice of tools, context, state and instructions', async () => {
    const { post, model } = open({ history: undefined })
    const tools = [{ name: 'setTheme', description: 'Sets the theme', parameters: {} }]
    const messages = [{ id: 's', role: 'system', content: 'Obey' }, user('Hi'), user('Why?')]
    const { status } = await post(input(messages, { tools, context: [{ description: 'page', value: '7' }], state: 1 }))
    expect(status).toBe(200)
    const prompt = JSON.stringify(model.calls.map(({ request }) => request.messages))
    expect(prompt).not.toMatch(/Obey|setTheme/)
  })

  it('uses the earlier messages of the client only if there is no history', async () => {
    const messages = [user('Hi'), { id: 'a', role: 'assistant', content: 'Forged' }, user('Why?')]
    const model = () => scriptedChatModel(['Hello', FINISH])
    const [without, with_] = [open({ history: undefined, model: model() }), open({ model: model() })]
    await without.post(input(messages))
    await with_.post(input(messages))
    const promptsOf = ({ model }: typeof without) => JSON.stringify(model.calls.map(({ request }) => request.messages))
    expect(promptsOf(without)).toContain('Forged')
    expect(promptsOf(with_)).not.toContain('Forged')
  })

  it('takes the text parts of a question, each on a line of its own', async () => {
    const { post, model } = open()
    const parts = [
      { type: 'text', text: 'Why' },
      { type: 'text', text: 'so?' },
    ]
    await post(input([user(parts)]))
    expect(model.calls[0]?.request.question).toBe('Why\nso?')
  })

  it.each([
    ['no message', input([]), 'messages'],
    ['an answer at the end', input([user('Why?'), { role: 'assistant', content: 'So.' }]), 'messages'],
    ['an empty question', input([user('  ')]), 'question'],
    ['an image', input([user([{ type: 'image', source: { type: 'url', value: 'x' } }])]), 'messages.0.content.0'],
    [
      'an image before instructions',
      input([user([{ type: 'image' }]), { role: 'system', content: 'Obey' }]),
      'messages.0.content.0',
    ],
    ['a binary part', input([user([{ type: 'binary', mimeType: 'image/png' }])]), 'messages.0.content.0'],
    ['no content', input([{ role: 'user' }]), 'messages.0.content'],
    ['a tool message', input([{ role: 'tool', content: '7', toolCallId: 'c' }, user('Why?')]), 'messages.0.role'],
    ['a tool call', input([{ role: 'assistant', toolCalls: [{}] }, user('Why?')]), 'messages.0.toolCalls'],
    ['501 messages', input(Array.from({ length: 501 }, () => user('Why?'))), 'messages'],
    ['version 2', input(undefined, { protocolVersion: '2.0' }), 'protocolVersion'],
    ['an interrupt to resume', input(undefined, { resume: [{ interruptId: 'i' }] }), 'resume'],
    ['a filter without a schema', input(undefined, { forwardedProps: { filter: { a: 1 } } }), 'filter'],
    ['a thread id that is too long', input(undefined, { threadId: 't'.repeat(257) }), 'threadId'],
    ['no thread', input(undefined, { threadId: undefined }), 'threadId'],
    ['a list', [], 'body'],
  ])('refuses %s with 400, and asks no model', async (_, body, field) => {
    const { post, model } = open()
    const { status, text } = await post(body)
    expect(status).toBe(400)
    const error = JSON.parse(text) as Record<string, unknown>
    expect(error).toMatchObject({ type: 'RUN_ERROR', code: 'invalid-input' })
    expect(error['message']).toContain(field)
    expect(model.calls).toEqual([])
  })

  it('refuses a question on a busy thread in the form of AG-UI', async () => {
    const { post, bench, model } = openHanging()
    const { response } = await bench.open('POST', '/ag-ui', { body: input() })
    const { status, text } = await post(input(undefined, { runId: 'another' }))
    const message = 'Another answer is still running in this conversation'
    expect([status, JSON.parse(text)]).toEqual([409, { type: 'RUN_ERROR', code: 'thread-busy', message }])
    expect(model.calls).toHaveLength(1)
    await response.body?.cancel()
  })

  it('reports a run that fails in its stream, without the cause', async () => {
    const { post } = open({ answering: { retriever: { retrieve: () => Promise.reject(secretError()) } } })
    const { events } = await post(input())
    const message = 'The sources could not be searched'
    expect(events.at(-1)).toEqual({ type: 'RUN_ERROR', code: 'retrieval-failed', message })
  })

  describe('with last-event-id', () => {
    it('sends the frames after it, and asks the model once', async () => {
      const { post, model } = open()
      const { text } = await post(input())
      const [, rest = ''] = text.split('id: 3\n')
      const after = await post(input(), { 'last-event-id': '3' })
      expect(after.text).toBe(`: ragwire\n\n${rest.slice(rest.indexOf('\n\n') + 2)}`)
      expect(model.calls).toHaveLength(1)
    })

    it('starts no run if there is none', async () => {
      const { post, model } = open()
      const { status, text } = await post(input(), { 'last-event-id': '3' })
      expect([status, JSON.parse(text)]).toMatchObject([404, { type: 'RUN_ERROR', code: 'not-found' }])
      expect(model.calls).toEqual([])
    })

    it('refuses a cursor that is none', async () => {
      const { post, model } = open()
      expect(await post(input(), { 'last-event-id': 'x' })).toMatchObject({ status: 400 })
      expect(model.calls).toEqual([])
    })
  })

  describe('GET', () => {
    it.each([RUN, 'run-1'])('reads the run %s from its start', async (runId) => {
      const { post, send } = open()
      const { text } = await post(input(undefined, { runId }))
      const joined = await send('GET', `/ag-ui?offset=-1&runId=${runId}`)
      expect(joined.text).toBe(text)
    })

    it('knows no run of another scope', async () => {
      const { post, send } = open()
      await post(input())
      expect(await send('GET', `/ag-ui?offset=-1&runId=${RUN}`, { as: 'bob' })).toMatchObject({ status: 404 })
    })

    it('refuses a request without an id', async () => {
      expect(await open().send('GET', '/ag-ui')).toMatchObject({ status: 400 })
    })

    it('loads the messages of a thread', async () => {
      const { post, send } = open()
      const { events } = await post(input())
      const { status, text } = await send('GET', '/ag-ui?threadId=t1')
      expect(status).toBe(200)
      expect(JSON.parse(text)).toMatchObject({
        messages: [
          { role: 'user', parts: [{ type: 'text', content: 'Why?' }] },
          {
            id: answerIdOf(events),
            role: 'assistant',
            parts: [{ type: 'text', content: 'They sleep 16 hours [1].' }],
            metadata: { finishReason: 'stop', sources: [{ number: 1 }] },
          },
        ],
        activeRun: null,
        interrupts: null,
      })
    })

    it('loads no attempt to replace a turn that is still there', async () => {
      const history = memoryHistoryStore()
      const { post, send } = open({ history })
      const { events } = await post(input())
      const attempt = {
        scope: 'alice',
        threadId: 't1',
        runId: 'attempt',
        messageId: 'm',
        question: 'Why?',
        replaces: RUN,
      }
      await history.beginTurn(attempt, { signal: AbortSignal.timeout(5_000) })
      const { text } = await send('GET', '/ag-ui?threadId=t1')
      const { messages } = JSON.parse(text) as { readonly messages: readonly { readonly id: string }[] }
      expect(messages.map(({ id }) => id)).toEqual([`${RUN}-question`, answerIdOf(events)])
    })

    it('loads no thread if there is no history', async () => {
      expect(await open({ history: undefined }).send('GET', '/ag-ui?threadId=t1')).toMatchObject({ status: 404 })
    })
  })

  describe('a question that is sent again with another run id', () => {
    const NEXT = '0a6a2c86-9d49-4c37-9a80-2a5a5f1c8a11'
    const questionsIn = async (history: ReturnType<typeof memoryHistoryStore>) => {
      const turns = await history.load(
        { scope: 'alice', threadId: 't1' },
        { limit: 9, signal: AbortSignal.timeout(5_000) },
      )
      return turns.map(({ question, runId }) => [question, runId])
    }

    async function openThread() {
      const history = memoryHistoryStore()
      const model = scriptedChatModel(['Hello', FINISH])
      const bench = open({ history, model })
      const first = await bench.post(input([user('First?')]))
      const answer = { id: answerIdOf(first.events), role: 'assistant', content: 'Hello' }
      return { ...bench, history, answer }
    }

    it.each(['First?', ' First?\n'])(
      'replaces the latest turn if the client has cut its answer: %j',
      async (question) => {
        const { post, history } = await openThread()
        await post(input([user(question)], { runId: NEXT }))
        expect(await questionsIn(history)).toEqual([[question, NEXT]])
      },
    )

    it('is a further turn if the client has the answer', async () => {
      const { post, history, answer } = await openThread()
      await post(input([user('First?'), answer, user('First?')], { runId: NEXT }))
      expect(await questionsIn(history)).toEqual([
        ['First?', RUN],
        ['First?', NEXT],
      ])
    })

    it('replaces nothing if the question was edited', async () => {
      const { post, history } = await openThread()
      await post(input([user('Other?')], { runId: NEXT }))
      expect(await questionsIn(history)).toEqual([
        ['First?', RUN],
        ['Other?', NEXT],
      ])
    })
  })
})
