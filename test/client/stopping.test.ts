import { describe, expect, it } from 'vitest'
import { createChatClient, createChatStore, type FetchFunction } from '../../src/client.ts'
import { createGate, fakeRetriever, scriptedChatModel } from '../../src/testing.ts'
import { eventually } from '../support/eventually.ts'
import { createCutProxy } from './support/cut-proxy.ts'
import { CHUNKS, FINISH, openChat } from './support/open-chat.ts'
import { until, untilAnswer } from './support/until.ts'

const question = 'How long do cats sleep?'

describe('stop', () => {
  it('while the question is condensed, shows the turn as stopped', async () => {
    const signals: AbortSignal[] = []
    await using chat = await openChat({
      condenser: {
        condense: (_turns, _question, { signal }) => {
          signals.push(signal)
          return new Promise(() => {})
        },
      },
    })
    const store = createChatStore({ url: chat.url })
    await store.send(question)
    const asked = store.send('And dogs?')
    await until(store, ({ turns }) => turns[1]?.phase === 'condensing')
    await store.stop()
    await asked
    expect(store.getSnapshot().turns[1]).toMatchObject({
      status: 'done',
      result: { finishReason: 'abort', answer: '' },
    })
    expect([signals.map(({ aborted }) => aborted), chat.model.calls.length]).toEqual([[true], 1])
    expect(store.getSnapshot().status).toBe('ready')
  })

  it('while sources are retrieved, shows the turn as stopped', async () => {
    const retriever = fakeRetriever(CHUNKS, { hang: 'until-abort' })
    await using chat = await openChat({ retriever })
    const store = createChatStore({ url: chat.url })
    const asked = store.send(question)
    await until(store, ({ turns }) => turns[0]?.phase === 'retrieving')
    await store.stop()
    await asked
    expect(store.getSnapshot().turns[0]).toMatchObject({
      status: 'done',
      result: { finishReason: 'abort', answer: '' },
    })
    expect([retriever.calls[0]?.options.signal.aborted, chat.model.calls.length]).toEqual([true, 0])
  })

  it('while the answer is written, keeps its text, and says that it is stopping until the end', async () => {
    const model = scriptedChatModel(['Cats sleep', { hang: 'until-abort' }])
    await using chat = await openChat({ model })
    const store = createChatStore({ url: chat.url })
    const seen = new Set<string>()
    store.subscribe(() => {
      const [turn] = store.getSnapshot().turns
      seen.add(`${turn?.status}${turn?.isStopping ? ', stopping' : ''}`)
    })
    const asked = store.send(question)
    await untilAnswer(store, 'Cats sleep')
    await store.stop()
    await asked
    expect(store.getSnapshot().turns).toMatchObject([
      { status: 'done', isStopping: false, result: { finishReason: 'abort', answer: 'Cats sleep' } },
    ])
    expect([...seen]).toEqual(['submitted', 'streaming', 'streaming, stopping', 'done'])
    expect(await model.calls[0]?.ended).toBe('aborted')
  })

  it('before the server has got the question, ends the run at its begin', async () => {
    const held = createGate()
    await using chat = await openChat()
    const store = createChatStore({ url: chat.url, fetch: holding(held) })
    const asked = store.send(question)
    await held.reached()
    await store.stop()
    expect(store.getSnapshot().turns[0]).toMatchObject({ status: 'submitted', isStopping: true })
    held.open()
    await asked
    expect(store.getSnapshot().turns[0]).toMatchObject({
      status: 'done',
      isStopping: false,
      result: { finishReason: 'abort' },
    })
    expect(chat.model.calls).toHaveLength(0)
  })

  it('twice, and once more after the end, is the same as once', async () => {
    const model = scriptedChatModel(['Cats sleep', { hang: 'until-abort' }])
    await using chat = await openChat({ model })
    const store = createChatStore({ url: chat.url })
    const asked = store.send(question)
    await untilAnswer(store, 'Cats sleep')
    await Promise.all([store.stop(), store.stop()])
    await asked
    const ended = store.getSnapshot()
    await store.stop()
    await store.stop(ended.turns[0]?.runId)
    expect(store.getSnapshot().turns[0]).toBe(ended.turns[0])
    expect(store.getSnapshot()).toMatchObject({ status: 'ready', turns: [{ result: { finishReason: 'abort' } }] })
    expect(store.getSnapshot().error).toBeUndefined()
    expect(model.calls).toHaveLength(1)
  })

  it('of a run of another page ends it there, too', async () => {
    const model = scriptedChatModel(['Cats sleep', { hang: 'until-abort' }])
    await using chat = await openChat({ model })
    const store = createChatStore({ url: chat.url })
    const asked = store.send(question)
    const { turns } = await untilAnswer(store, 'Cats sleep')
    const client = createChatClient({ url: chat.url })
    const runId = turns[0]?.runId ?? ''
    expect(await client.runs()).toMatchObject([{ runId }])
    expect(await client.stop(runId)).toMatchObject({ outcome: 'stopping' })
    await asked
    expect(store.getSnapshot().turns[0]).toMatchObject({ status: 'done', result: { finishReason: 'abort' } })
    expect(await client.stop(runId)).toMatchObject({ outcome: 'already-ended', finishReason: 'abort' })
    expect(await client.stop(crypto.randomUUID())).toMatchObject({ outcome: 'unknown' })
    expect(await client.runs()).toEqual([])
  })

  it('reports that it has failed when the server is gone, and the turn goes on', async () => {
    const model = scriptedChatModel(['Cats sleep', { hang: 'until-abort' }])
    await using chat = await openChat({ model })
    const store = createChatStore({ url: chat.url })
    const asked = store.send(question)
    await untilAnswer(store, 'Cats sleep')
    await chat.close()
    await store.stop()
    expect(store.getSnapshot()).toMatchObject({
      error: { code: 'unreachable', retryable: true },
      turns: [{ status: 'streaming', isStopping: false, result: { answer: 'Cats sleep' } }],
    })
    store.disconnect()
    await asked
    expect(store.getSnapshot().turns[0]).toMatchObject({ status: 'disconnected', isReconnecting: false })
  })

  it('of a store without an answer does nothing', async () => {
    await using chat = await openChat()
    await using proxy = await createCutProxy({ upstreamPort: chat.port })
    const store = createChatStore({ url: proxy.url })
    const before = store.getSnapshot()
    await store.stop()
    store.disconnect()
    await store.resume()
    expect(store.getSnapshot()).toBe(before)
    expect(proxy.requests).toEqual([])
  })
})

describe('disconnect', () => {
  it('leaves the run without a word to the server, and resume shows the rest', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['Cats ', { gate }, 'sleep.', FINISH])
    await using chat = await openChat({ model })
    await using proxy = await createCutProxy({ upstreamPort: chat.port })
    const store = createChatStore({ url: proxy.url })
    const asked = store.send(question)
    await untilAnswer(store, 'Cats ')
    store.disconnect()
    await asked
    expect(store.getSnapshot()).toMatchObject({
      status: 'ready',
      turns: [{ status: 'disconnected', result: { answer: 'Cats ' } }],
    })
    await eventually(() => expect(proxy.active).toBe(0))
    expect(model.calls[0]?.end).toBeUndefined()
    gate.open()
    expect(await model.calls[0]?.ended).toBe('returned')
    await store.resume()
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'done', result: { answer: 'Cats sleep.' } }])
    expect(proxy.requests).toEqual(['POST /chat', 'GET /runs/*/events'])
    expect(model.calls).toHaveLength(1)
  })

  it('ends the run of a server whose policy is to abort; the next resume shows the stored part', async () => {
    const model = scriptedChatModel(['Cats ', { hang: 'until-abort' }])
    await using chat = await openChat({ model, registry: { onDisconnect: 'abort' } })
    const store = createChatStore({ url: chat.url })
    const asked = store.send(question)
    await untilAnswer(store, 'Cats ')
    store.disconnect()
    await asked
    expect(await model.calls[0]?.ended).toBe('aborted')
    await store.resume()
    expect(store.getSnapshot().turns).toMatchObject([
      { status: 'done', result: { finishReason: 'abort', answer: 'Cats ' } },
    ])
  })

  it('before the question has arrived keeps it for the resume', async () => {
    const held = createGate()
    await using chat = await openChat()
    await using proxy = await createCutProxy({ upstreamPort: chat.port })
    const store = createChatStore({ url: proxy.url, fetch: holding(held) })
    const asked = store.send(question)
    await held.reached()
    store.disconnect()
    await asked
    held.open()
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'disconnected', question }])
    await store.resume()
    expect(store.getSnapshot().turns).toMatchObject([{ status: 'done', result: { finishReason: 'stop' } }])
    expect(proxy.requests).toEqual(['GET /runs/*/events', 'POST /chat'])
    expect(chat.model.calls).toHaveLength(1)
  })

  it('of a run ends its iteration, and iterating again goes on after the last event', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['Cats ', { gate }, 'sleep.', FINISH])
    await using chat = await openChat({ model })
    const run = createChatClient({ url: chat.url }).ask({ question })
    const seqs: number[] = []
    for await (const event of run) {
      seqs.push(event.seq)
      if (event.type === 'token') run.disconnect()
    }
    expect(model.calls[0]?.end).toBeUndefined()
    gate.open()
    for await (const { seq } of run) seqs.push(seq)
    expect(seqs).toEqual(seqs.map((_, index) => index))
    for await (const event of run) expect.fail(`There is nothing after the end, but ${event.type} came`)
    expect(model.calls).toHaveLength(1)
  })

  it('by a signal rejects the pending read with its reason, and the server sees that the reader has left', async () => {
    const model = scriptedChatModel(['Cats ', { hang: 'until-abort' }])
    await using chat = await openChat({ model, registry: { onDisconnect: 'abort' } })
    const leaving = new AbortController()
    const reason = new Error('The page was closed')
    const read = async (): Promise<void> => {
      for await (const { type } of createChatClient({ url: chat.url }).ask({ question }, { signal: leaving.signal })) {
        if (type === 'token') leaving.abort(reason)
      }
    }
    await expect(read()).rejects.toBe(reason)
    expect(await model.calls[0]?.ended).toBe('aborted')
  })

  it('by a signal that has fired before sends nothing', async () => {
    await using chat = await openChat()
    await using proxy = await createCutProxy({ upstreamPort: chat.port })
    const signal = AbortSignal.abort(new Error('Closed'))
    const next = createChatClient({ url: proxy.url }).ask({ question }, { signal })[Symbol.asyncIterator]().next()
    await expect(next).rejects.toBe(signal.reason)
    expect(proxy.requests).toEqual([])
  })
})

/** A fetch that lets a question wait at a gate. */
function holding(gate: ReturnType<typeof createGate>): FetchFunction {
  return async (url, request) => {
    if (url.endsWith('/chat')) await gate.pass({ signal: request.signal as AbortSignal })
    return fetch(url, request as RequestInit)
  }
}
