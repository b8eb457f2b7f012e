import { describe, expect, it } from 'vitest'
import { createChatStore } from '../../src/client.ts'
import { createGate, scriptedChatModel } from '../../src/testing.ts'
import { FINISH, openChat } from './support/open-chat.ts'
import { until, untilAnswer } from './support/until.ts'

// The first call of the model answers at once, the second one waits in its middle.
async function openBusy() {
  const gate = createGate()
  const model = scriptedChatModel((_request, attempt) =>
    attempt === 2 ? ['Dogs ', { gate }, 'sleep.', FINISH] : ['They sleep.', FINISH],
  )
  const chat = await openChat({ model })
  const first = createChatStore({ url: chat.url })
  const second = createChatStore({ url: chat.url })
  await first.send('Do cats sleep?')
  await second.open(first.getSnapshot().threadId)
  const asked = first.send('And dogs?')
  const { turns } = await untilAnswer(first, 'Dogs ')
  return { chat, model, gate, first, second, asked, runId: turns[1]?.runId }
}

describe('a question in a thread that another page keeps busy', () => {
  it('is refused, and the turn names the run that blocks it', async () => {
    const { chat, gate, second, asked, runId } = await openBusy()
    await using _chat = chat
    await second.send('And birds?')
    expect(second.getSnapshot()).toMatchObject({
      status: 'error',
      turns: [
        { question: 'Do cats sleep?', status: 'done' },
        {
          question: 'And birds?',
          status: 'error',
          error: { code: 'thread-busy', status: 409, retryable: true, runId },
        },
      ],
    })
    gate.open()
    await asked
  })

  it('can follow that run: both pages show the same answer, and the refused question stays', async () => {
    const { chat, model, gate, first, second, asked, runId } = await openBusy()
    await using _chat = chat
    await second.send('And birds?')
    const followed = second.resume(runId)
    await untilTurn(second, runId, 'Dogs ')
    gate.open()
    await Promise.all([asked, followed])
    const turn = turnOf(second, runId)
    expect(turn).toMatchObject({ question: 'And dogs?', status: 'done', result: { answer: 'Dogs sleep.' } })
    expect(turn?.result).toEqual(turnOf(first, runId)?.result)
    expect(second.getSnapshot().turns.map(({ question, status }) => [question, status])).toEqual([
      ['Do cats sleep?', 'done'],
      ['And dogs?', 'done'],
      ['And birds?', 'error'],
    ])
    expect(model.calls).toHaveLength(2)

    await second.regenerate()
    expect(second.getSnapshot().turns).toMatchObject([{}, {}, { question: 'And birds?', status: 'done' }])
    expect(second.getSnapshot().turns).toHaveLength(3)
  })

  it('shows the turn that blocked it after the next answer, and stays in its place', async () => {
    const { chat, gate, second, asked } = await openBusy()
    await using _chat = chat
    await second.send('And birds?')
    gate.open()
    await asked
    await second.send('And fish?')
    expect(second.getSnapshot().turns.map(({ question, status }) => [question, status])).toEqual([
      ['Do cats sleep?', 'done'],
      ['And dogs?', 'done'],
      ['And birds?', 'error'],
      ['And fish?', 'done'],
    ])
    expect(second.getSnapshot().status).toBe('ready')
  })

  it('can stop that run and ask again, under a new id', async () => {
    const { chat, model, first, second, asked, runId } = await openBusy()
    await using _chat = chat
    await second.send('And birds?')
    const refused = second.getSnapshot().turns[1]
    await second.stop(runId)
    await asked
    expect(first.getSnapshot().turns[1]).toMatchObject({ status: 'done', result: { finishReason: 'abort' } })
    await second.regenerate()
    const last = second.getSnapshot().turns.at(-1)
    expect(last).toMatchObject({ question: 'And birds?', status: 'done', result: { answer: 'They sleep.' } })
    expect(last?.runId).not.toBe(refused?.runId)
    expect(second.getSnapshot().status).toBe('ready')
    expect(model.calls).toHaveLength(3)
    expect(second.getSnapshot().turns.map(({ question }) => question)).toEqual([
      'Do cats sleep?',
      'And dogs?',
      'And birds?',
    ])
  })

  it('does not keep a refresh from following that run', async () => {
    const { chat, gate, second, asked, runId } = await openBusy()
    await using _chat = chat
    await second.send('And birds?')
    await second.refresh()
    await untilTurn(second, runId, 'Dogs ')
    gate.open()
    await asked
    await until(second, () => turnOf(second, runId)?.status === 'done')
    expect(turnOf(second, runId)?.result.answer).toBe('Dogs sleep.')
  })

  it('waits for its thread where the server lets it, without a second request', async () => {
    const gate = createGate()
    const model = scriptedChatModel((_request, attempt) =>
      attempt === 1 ? ['Cats ', { gate }, 'sleep.', FINISH] : ['Dogs, too.', FINISH],
    )
    await using chat = await openChat({ model, registry: { onThreadBusy: 'queue', onDisconnect: 'continue' } })
    const first = createChatStore({ url: chat.url })
    const asked = first.send('Do cats sleep?')
    const { threadId } = await untilAnswer(first, 'Cats ')
    const second = createChatStore({ url: chat.url })
    await second.open(threadId)
    second.disconnect()
    await until(second, ({ status }) => status === 'ready')
    const queued = second.send('And dogs?')
    gate.open()
    await Promise.all([asked, queued])
    expect(second.getSnapshot().turns.at(-1)).toMatchObject({ status: 'done', result: { answer: 'Dogs, too.' } })
  })
})

function turnOf(store: ReturnType<typeof createChatStore>, runId: string | undefined) {
  return store.getSnapshot().turns.find((turn) => turn.runId === runId)
}

async function untilTurn(store: ReturnType<typeof createChatStore>, runId: string | undefined, text: string) {
  await until(store, () => turnOf(store, runId)?.result.answer.includes(text) === true)
}
