import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agUi } from '../../src/ag-ui.ts'
import { createEncoder } from '../../src/dialects/ag-ui/encode.ts'
import { anyRun } from '../dialects/support/any-run.ts'
import { eventually } from '../support/eventually.ts'
import { carries, lacks } from './support/carries.ts'
import { converse, type AgentRun } from './support/http-agent.ts'
import { ANSWER_TEXT, ask, FIRST_TEXT, SECRET, SOURCE_TEXTS } from './support/played-model.ts'
import { serveChat, type ServeChatOptions } from './support/serve-chat.ts'

const AGENTS = ['ag-ui-0', 'ag-ui-1'] as const

const serve = (options: Partial<ServeChatOptions> = {}) => serveChat({ dialects: [agUi()], ...options })

const valuesOf = ({ events }: AgentRun, name: string) =>
  events.flatMap((event) => (event.type === 'CUSTOM' && event['name'] === name ? [event['value']] : []))

const stepsOf = ({ events }: AgentRun) =>
  events.flatMap(({ type, stepName }) => (type.startsWith('STEP_') ? [`${type} ${String(stepName)}`] : []))

describe('HttpAgent', () => {
  carries(AGENTS, 'text', async (version) => {
    await using chat = await serve()
    const conversation = converse(version, `${chat.url}/ag-ui`)
    const { messages, events, error } = await conversation.ask(ask())
    expect(error).toBeUndefined()
    expect(messages.map(({ role, content }) => [role, content])).toEqual([
      ['user', ask()],
      ['assistant', ANSWER_TEXT],
    ])
    const outcome = { type: 'success' }
    expect(events.at(-1)).toMatchObject({ type: 'RUN_FINISHED', ...(version === 'ag-ui-1' && { outcome }) })
    const next = await conversation.ask(ask('no-evidence'))
    expect(next.error).toBeUndefined()
    expect(next.messages).toHaveLength(4)
    expect(chat.modelCalls).toBe(1)
  })

  carries(AGENTS, 'sources', async (version) => {
    await using chat = await serve()
    const run = await converse(version, `${chat.url}/ag-ui`).ask(ask())
    expect(valuesOf(run, 'sources')).toMatchObject([[{ text: SOURCE_TEXTS[0] }, { text: SOURCE_TEXTS[1] }]])
    const types = run.events.map(({ type, name }) => name ?? type)
    expect(types.indexOf('sources')).toBeLessThan(types.indexOf('TEXT_MESSAGE_START'))
    expect(run.messages.at(-1)?.metadata).toMatchObject({
      sources: [
        { number: 1, title: 'Cats', url: 'https://pets.example/cats' },
        { number: 2, title: 'Dogs' },
      ],
    })
  })

  carries(AGENTS, 'citations', async (version) => {
    await using chat = await serve()
    const run = await converse(version, `${chat.url}/ag-ui`).ask(ask())
    const [start, end] = [ANSWER_TEXT.indexOf('[2]'), ANSWER_TEXT.indexOf('[2]') + 3]
    expect(valuesOf(run, 'citation')).toMatchObject([{ number: 1 }, { number: 2, start, end }])
    expect(run.messages.at(-1)?.metadata).toMatchObject({ citations: [{ number: 1 }, { number: 2, start, end }] })
  })

  carries(AGENTS, 'support', async (version) => {
    await using chat = await serve()
    const run = await converse(version, `${chat.url}/ag-ui`).ask(ask())
    const supported = { support: 'supported' }
    expect(valuesOf(run, 'support')).toMatchObject([supported, supported])
    expect(run.messages.at(-1)?.metadata).toMatchObject({ citations: [supported, supported] })
  })

  carries(AGENTS, 'status', async (version) => {
    await using chat = await serve()
    const run = await converse(version, `${chat.url}/ag-ui`).ask(ask())
    expect(stepsOf(run)).toEqual([
      'STEP_STARTED retrieving',
      'STEP_FINISHED retrieving',
      'STEP_STARTED generating',
      'STEP_FINISHED generating',
    ])
  })

  carries(AGENTS, 'error', async (version) => {
    await using chat = await serve()
    for (const part of ['fail-first', 'fail-later'] as const) {
      const { error, events } = await converse(version, `${chat.url}/ag-ui`).ask(ask(part))
      // The client passes the event to its subscribers, and does not reject.
      const message = 'The model could not be reached'
      expect(events.at(-1)).toEqual({ type: 'RUN_ERROR', message, code: 'upstream-unavailable' })
      expect(JSON.stringify([events, String(error)])).not.toContain(SECRET)
    }
  })

  carries(AGENTS, 'stop', async (version) => {
    await using chat = await serve({ registry: { onDisconnect: 'abort' } })
    const conversation = converse(version, `${chat.url}/ag-ui`)
    const asking = conversation.ask(ask('wait'))
    await eventually(() => expect(conversation.messages.at(-1)).toMatchObject({ content: FIRST_TEXT }))
    conversation.abort()
    await chat.aborted()
    await asking
    expect(conversation.messages.at(-1)).toMatchObject({ role: 'assistant', content: FIRST_TEXT })
  })

  lacks(AGENTS, 'resume', 'It sends no request to join a run', async (version) => {
    await using chat = await serve()
    const conversation = converse(version, `${chat.url}/ag-ui`)
    const asking = conversation.ask(ask('wait'))
    await eventually(() => expect(conversation.messages.at(-1)).toMatchObject({ content: FIRST_TEXT }))
    conversation.abort()
    await asking
    chat.release()
    expect((await conversation.connect()).events).toEqual([])
    expect(conversation.messages.at(-1)).toMatchObject({ content: FIRST_TEXT })
    expect(chat.requests).toEqual(['POST /ag-ui'])
  })

  carries(AGENTS, 'regenerate', async (version) => {
    await using chat = await serve()
    const conversation = converse(version, `${chat.url}/ag-ui`)
    await conversation.ask(ask('no-evidence'))
    const first = await conversation.ask(ask())
    const second = await conversation.regenerate()
    expect(second.messages).toHaveLength(4)
    expect(second.messages.at(-1)?.id).not.toBe(first.messages.at(-1)?.id)
    const response = await fetch(`${chat.url}/threads/${conversation.threadId}`)
    const { turns } = (await response.json()) as { readonly turns: readonly { readonly messageId: string }[] }
    expect(turns.map(({ messageId }) => messageId)).toEqual([second.messages.at(1)?.id, second.messages.at(-1)?.id])
  })

  it.each(AGENTS)('%s reports the outcome of a run that is stopped by its id', async (version) => {
    await using chat = await serve()
    const conversation = converse(version, `${chat.url}/ag-ui`)
    const asking = conversation.ask(ask('wait'))
    await chat.waiting()
    const runs = await fetch(`${chat.url}/runs`)
    const { runs: active } = (await runs.json()) as { readonly runs: readonly { readonly runId: string }[] }
    await fetch(`${chat.url}/runs/${active[0]?.runId}/stop`, { method: 'POST' })
    const { events, error } = await asking
    expect(error).toBeUndefined()
    expect(events[0]).toMatchObject({ type: 'RUN_STARTED', runId: active[0]?.runId })
    const outcome = { type: 'cancelled' }
    expect(events.at(-1)).toMatchObject({
      type: 'RUN_FINISHED',
      result: { finishReason: 'abort' },
      ...(version === 'ag-ui-1' && { outcome }),
    })
  })

  it.each(AGENTS)('%s reports a refused request with the reason', async (version) => {
    await using chat = await serve()
    const { error } = await converse(version, `${chat.url}/ag-ui`).ask('  ')
    expect(error?.message).toMatch(/^HTTP 400: .*Cannot answer an empty question/)
    expect(chat.modelCalls).toBe(0)
  })

  it.each(AGENTS)('%s accepts any run', async (version) => {
    await fc.assert(
      fc.asyncProperty(anyRun(), async (events) => {
        const encode = createEncoder({ knowsOutcome: version === 'ag-ui-1', acknowledged: () => 0 })
        const text = events.map((event) => encode(event)).join('')
        const headers = { 'content-type': 'text/event-stream' }
        const { error, messages } = await converse(
          version,
          'http://localhost',
          () => new Response(text, { headers }),
        ).ask('?')
        expect(error).toBeUndefined()
        const tokens = events.map((event) => (event.type === 'token' ? event.delta : ''))
        const answer = tokens.join('').toWellFormed()
        expect(messages.slice(1).map(({ content }) => content)).toEqual(answer === '' ? [] : [answer])
      }),
    )
  })
})
