import { describe, expect, it, vi } from 'vitest'
import { memoryHistoryStore, publicMessage } from '../../../src/index.ts'
import { createGate, scriptedChatModel } from '../../../src/testing.ts'
import { FINISH, openServer, says } from './support/chatkit-server.ts'
import { foldItems } from './support/fold.ts'
import { errorSchema } from './support/wire.ts'

describe('threads.create', () => {
  it('begins a thread of the server, and streams the answer that a reload shows', async () => {
    const server = openServer()
    const { threadId, events } = await server.create()
    expect(events.slice(0, 3).map(({ type }) => type)).toEqual(['thread.created', 'thread.item.done', 'stream_options'])
    const streamed = foldItems(events)
    expect(streamed).toMatchObject([
      { type: 'user_message', content: [{ text: 'How long?' }] },
      {
        type: 'assistant_message',
        thread_id: threadId,
        content: [{ text: 'They sleep 16 hours.', annotations: [{ index: 19, source: { type: 'file' } }] }],
      },
    ])
    // The store has its own clock.
    const anyTime = streamed.map((item) => ({ ...item, created_at: expect.any(String) }))
    expect(await server.items(threadId)).toEqual(anyTime)
    expect(server.errors).toEqual([])
  })

  it('puts the text that a question replies to before it, as a quote', async () => {
    const server = openServer()
    const { events } = await server.request('threads.create', {
      input: says('Why?', { quoted_text: ' 16 hours\nor more ' }),
    })
    expect(foldItems(events)[0]).toMatchObject({ content: [{ text: '> 16 hours\n> or more\n\nWhy?' }] })
  })

  it('puts each part of a question on a line of its own', async () => {
    const server = openServer()
    const content = ['How', 'long?'].map((text) => ({ type: 'input_text', text }))
    const { events } = await server.request('threads.create', { input: says('', { content }) })
    expect(foldItems(events)[0]).toMatchObject({ content: [{ text: 'How\nlong?' }] })
  })

  it('ignores fields that a later version of the component may send', async () => {
    const server = openServer()
    const input = says('How long?', { inference_options: { model: null, tool_choice: null, effort: 'low' }, mood: 1 })
    const { events } = await server.send({
      type: 'threads.create',
      metadata: { page: 7 },
      params: { input, later: 1 },
      later: 1,
    })
    expect(foldItems(events)).toHaveLength(2)
  })

  it('answers at another path', async () => {
    const server = openServer({ dialect: { path: '/api/kit' } })
    expect(foldItems((await server.create()).events)).toHaveLength(2)
  })

  it('ends an answer that fails with an error that may be retried, in fixed words', async () => {
    const model = scriptedChatModel(['They sleep', { error: new Error('sk-canary') }])
    const server = openServer({ model })
    const { events, threadId } = await server.create()
    const message = publicMessage(server.errors[0]?.code ?? 'internal')
    expect(events.at(-1)).toEqual({ type: 'error', code: 'custom', message, allow_retry: true })
    expect(JSON.stringify(events)).not.toContain('canary')
    expect(await server.items(threadId)).toMatchObject([
      { type: 'user_message' },
      { type: 'assistant_message', content: [{ text: 'They sleep' }] },
      { type: 'task', task: { title: message } },
    ])
  })

  it('stops the model when the reader presses stop, which closes the connection', async () => {
    const model = scriptedChatModel(['They sleep', { hang: 'until-abort' }])
    const server = openServer({ model })
    const leave = new AbortController()
    const response = await server.open(
      { type: 'threads.create', params: { input: says('How long?') } },
      { signal: leave.signal },
    )
    const reader = response.body?.getReader() ?? expect.fail('There is no body')
    const decoder = new TextDecoder()
    let text = ''
    while (!text.includes('They sleep')) text += decoder.decode((await reader.read()).value, { stream: true })
    expect(model.calls[0]?.end).toBeUndefined()
    await reader.cancel()
    leave.abort()
    expect(await model.calls[0]?.ended).toBe('aborted')
    const [threadId = ''] = await server.threadIds()
    const stopped = [
      { type: 'user_message' },
      { type: 'assistant_message', content: [{ text: 'They sleep' }] },
      { type: 'task', task: { title: 'The answer was stopped' } },
    ]
    await vi.waitFor(async () => expect(await server.items(threadId)).toMatchObject(stopped))
  })

  it('reports a search that fails in the stream, in fixed words', async () => {
    const retriever = { retrieve: () => Promise.reject(new Error('sk-canary')) }
    const server = openServer({ handler: { retriever } })
    const { events } = await server.create()
    const message = publicMessage('retrieval-failed')
    expect(events.at(-1)).toEqual({ type: 'error', code: 'custom', message, allow_retry: true })
    expect(server.model.calls).toEqual([])
  })

  it('answers a store that fails with its status and an error in the form of ChatKit', async () => {
    const history = { ...memoryHistoryStore(), beginTurn: () => Promise.reject(new Error('sk-canary')) }
    const server = openServer({ handler: { history } })
    const { status, json } = await server.request('threads.create', { input: says('How long?') })
    const message = publicMessage('store-unavailable')
    expect([status, errorSchema.parse(json)]).toEqual([
      503,
      { type: 'error', code: 'custom', message, allow_retry: true },
    ])
    expect([server.model.calls, server.errors.map(({ code }) => code)]).toEqual([[], ['store-unavailable']])
  })
})

describe('threads.add_user_message', () => {
  it('continues a thread', async () => {
    const server = openServer()
    const { threadId } = await server.create()
    const { events } = await server.request('threads.add_user_message', {
      thread_id: threadId,
      input: says('And dogs?'),
    })
    expect(events.map(({ type }) => type)).not.toContain('thread.created')
    const items = await server.items(threadId)
    expect(items.map(({ type }) => type)).toEqual([
      'user_message',
      'assistant_message',
      'user_message',
      'assistant_message',
    ])
    expect(items.slice(2).map(({ id }) => id)).toEqual(foldItems(events).map(({ id }) => id))
  })

  it.each([
    ['unknown', 'no-such-thread'],
    ['invalid', 'a\u0000b'],
  ])('refuses an %s thread, and asks no model', async (_name, threadId) => {
    const server = openServer()
    const { status, json } = await server.request('threads.add_user_message', {
      thread_id: threadId,
      input: says('Why?'),
    })
    expect([404, 400]).toContain(status)
    expect(errorSchema.parse(json)).toMatchObject({ allow_retry: false })
    expect(server.model.calls).toEqual([])
  })

  it('does not know the thread of another user', async () => {
    const server = openServer()
    const { threadId } = await server.create()
    const params = { thread_id: threadId, input: says('Why?') }
    const { status, json } = await server.request('threads.add_user_message', params, { as: 'bob' })
    expect([status, errorSchema.parse(json).message]).toEqual([404, publicMessage('not-found')])
    expect(server.model.calls).toHaveLength(1)
  })

  it('refuses a question while the thread has an active answer', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['They', { gate }, ' sleep', FINISH])
    const server = openServer({ model })
    const response = await server.open({ type: 'threads.create', params: { input: says('How long?') } })
    await gate.reached()
    const [threadId] = await server.threadIds()
    const params = { thread_id: threadId, input: says('Why?') }
    const { status, json } = await server.request('threads.add_user_message', params)
    expect([status, errorSchema.parse(json)]).toEqual([
      409,
      { type: 'error', code: 'custom', message: publicMessage('thread-busy'), allow_retry: true },
    ])
    gate.open()
    await response.text()
  })
})

describe('threads.retry_after_item', () => {
  it('answers the last question again, in the place of its answer', async () => {
    const server = openServer()
    const { threadId, events } = await server.create()
    const before = foldItems(events)
    const retried = await server.request('threads.retry_after_item', {
      thread_id: threadId,
      item_id: before[0]?.id,
    })
    const after = foldItems(retried.events, before)
    expect(after.map(({ type }) => type)).toEqual(['user_message', 'assistant_message'])
    expect(after.map(({ id }) => id)).not.toEqual(before.map(({ id }) => id))
    expect((await server.items(threadId)).map(({ id }) => id)).toEqual(after.map(({ id }) => id))
    expect(server.model.calls).toHaveLength(2)
  })

  it('can be repeated after an attempt that failed, and keeps the answer until one succeeds', async () => {
    const scripts = [
      ['They sleep [1].', FINISH],
      ['They', { error: new Error('down') }],
    ]
    const model = scriptedChatModel((_request, attempt) => scripts[attempt - 1] ?? ['They do [1].', FINISH])
    const server = openServer({ model })
    const { threadId, events } = await server.create()
    let shown = foldItems(events)
    const retry = async () => {
      const itemId = shown.find(({ type }) => type === 'user_message')?.id
      const { events: more } = await server.request('threads.retry_after_item', {
        thread_id: threadId,
        item_id: itemId,
      })
      shown = foldItems(more, shown)
      return more.at(-1)?.type
    }
    expect(await retry()).toBe('error')
    expect(await server.items(threadId)).toMatchObject([{}, { content: [{ text: 'They sleep.' }] }])
    expect(await retry()).toBe('thread.item.done')
    expect(await server.items(threadId)).toMatchObject([{}, { content: [{ text: 'They do.' }] }])
    expect((await server.items(threadId)).map(({ id }) => id)).toEqual(shown.map(({ id }) => id))
  })

  it('refuses a question that is not the last one', async () => {
    const server = openServer()
    const { threadId, events } = await server.create()
    await server.request('threads.add_user_message', { thread_id: threadId, input: says('And dogs?') })
    const params = { thread_id: threadId, item_id: foldItems(events)[0]?.id }
    const { status, json } = await server.request('threads.retry_after_item', params)
    expect([status, errorSchema.parse(json).message]).toEqual([
      400,
      'Cannot retry this question: only the last one of a thread can be retried',
    ])
    expect(server.model.calls).toHaveLength(2)
  })

  it('refuses an unknown item, an item of another thread and of another user', async () => {
    const server = openServer()
    const [one, other] = [await server.create(), await server.create('And dogs?')]
    const itemId = foldItems(one.events)[0]?.id
    const refused = [
      await server.request('threads.retry_after_item', { thread_id: one.threadId, item_id: 'msg_1' }),
      await server.request('threads.retry_after_item', { thread_id: one.threadId, item_id: 'user_1' }),
      await server.request('threads.retry_after_item', { thread_id: other.threadId, item_id: itemId }),
      await server.request('threads.retry_after_item', { thread_id: one.threadId, item_id: itemId }, { as: 'bob' }),
    ]
    for (const { status, json } of refused) {
      expect([status, errorSchema.parse(json).message]).toEqual([404, publicMessage('not-found')])
    }
    expect(server.model.calls).toHaveLength(2)
  })
})

describe('a request that cannot be served', () => {
  it.each<readonly [string, unknown, RegExp]>([
    ['null', 'null', /Cannot use body/u],
    ['half of a JSON object', '{"', /Cannot read the body|JSON/u],
    ['no type', { params: {} }, /Cannot use type/u],
    ['an unknown type', { type: 'threads.fork', params: {} }, /Cannot serve the request "threads\.fork": it must be/u],
    ['a type of Object', { type: 'toString', params: {} }, /Cannot serve the request "toString"/u],
    [
      'an attachment',
      { type: 'attachments.create', params: { name: 'a.pdf', size: 1, mime_type: 'application/pdf' } },
      /"attachments\.create": files cannot be read; leave `attachments` out/u,
    ],
    [
      'the end of an attachment',
      { type: 'attachments.delete', params: { attachment_id: 'a' } },
      /files cannot be read/u,
    ],
    [
      'the output of a client tool',
      { type: 'threads.add_client_tool_output', params: { thread_id: 't', result: {} } },
      /there are no client tools/u,
    ],
    [
      'an action of a widget',
      { type: 'threads.custom_action', params: { thread_id: 't', action: { type: 'a' } } },
      /there are no widgets/u,
    ],
    ['speech', { type: 'input.transcribe', params: { audio: '' } }, /speech cannot be read/u],
    ['no params', { type: 'threads.create' }, /Cannot use params/u],
    [
      'a message with an attachment',
      { type: 'threads.create', params: { input: says('Why?', { attachments: ['file_1'] }) } },
      /Cannot use params\.input\.attachments: files cannot be read/u,
    ],
    [
      'a tag',
      {
        type: 'threads.create',
        params: { input: says('', { content: [{ type: 'input_tag', id: '1', text: 'Tom', data: {} }] }) },
      },
      /Cannot use params\.input\.content\.0\.type: only text can be answered/u,
    ],
    [
      'a choice of a tool',
      {
        type: 'threads.create',
        params: { input: says('Why?', { inference_options: { tool_choice: { id: 'web' } } }) },
      },
      /tool_choice: there are no tools to choose/u,
    ],
    [
      'a choice of a model',
      { type: 'threads.create', params: { input: says('Why?', { inference_options: { model: 'gpt-5' } }) } },
      /model: there is one model/u,
    ],
    ['an empty question', { type: 'threads.create', params: { input: says('') } }, /Cannot answer an empty question/u],
    [
      'a quote without a question',
      { type: 'threads.create', params: { input: says(' ', { quoted_text: 'Cats' }) } },
      /Cannot answer an empty question/u,
    ],
    [
      'a question that is too long',
      { type: 'threads.create', params: { input: says('x'.repeat(40_000)) } },
      /Cannot use a question of 40000 characters/u,
    ],
    [
      'a thousand parts',
      {
        type: 'threads.create',
        params: {
          input: says('', { content: Array.from({ length: 1_000 }, () => ({ type: 'input_text', text: 'a' })) }),
        },
      },
      /Cannot use params\.input\.content/u,
    ],
  ])('is refused with an error in the form of ChatKit: %s', async (_name, body, message) => {
    const server = openServer()
    const { status, json } = await server.send(body)
    expect([status, errorSchema.parse(json)]).toEqual([
      400,
      { type: 'error', code: 'custom', message: expect.stringMatching(message), allow_retry: false },
    ])
    expect([server.model.calls, server.errors]).toEqual([[], []])
  })

  it('is refused with 501 if the server stores no conversations, and asks no model', async () => {
    const server = openServer({ handler: { history: undefined } })
    for (const body of [
      { type: 'threads.create', params: { input: says('Why?') } },
      { type: 'threads.list', params: {} },
    ]) {
      const { status, json } = await server.send(body)
      expect([status, errorSchema.parse(json).message]).toEqual([501, expect.stringContaining('pass `history`')])
    }
    expect(server.model.calls).toEqual([])
  })
})
