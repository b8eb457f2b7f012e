import { describe, expect, it } from 'vitest'
import { readSse } from '../../../src/sse.ts'
import type { ChatEvent } from '../../../src/index.ts'
import { ANSWER_TEXT, ask, FIRST_TEXT, SECRET, SOURCE_TEXTS, type Part } from './played-model.ts'
import { serveChat, type ServedChat } from './serve-chat.ts'

describe('serveChat', () => {
  it('answers with two sources and two citations', async () => {
    await using chat = await serveChat({ dialects: [] })
    const events = await eventsOf(chat, 'answer')
    expect(textOf(events)).toBe(ANSWER_TEXT)
    expect(events.flatMap((event) => (event.type === 'source' ? [event.source.text] : []))).toEqual(SOURCE_TEXTS)
    expect(events.filter(({ type }) => type === 'citation')).toHaveLength(2)
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'stop', saved: true })
    expect(chat.modelCalls).toBe(1)
  })

  it('waits after some text until a stop reaches the model', async () => {
    await using chat = await serveChat({ dialects: [] })
    const runId = crypto.randomUUID()
    const reading = eventsOf(chat, 'wait', runId)
    await chat.waiting()
    const stopped = await fetch(`${chat.url}/runs/${runId}/stop`, { method: 'POST' })
    expect(stopped.status).toBe(200)
    await chat.aborted()
    const events = await reading
    expect(textOf(events)).toBe(FIRST_TEXT)
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'abort' })
  })

  it('waits after some text until it is released', async () => {
    await using chat = await serveChat({ dialects: [], store: false })
    const reading = eventsOf(chat, 'wait')
    await chat.waiting()
    chat.release()
    expect(textOf(await reading)).toBe(ANSWER_TEXT)
  })

  it.each([
    ['fail-first', ''],
    ['fail-later', FIRST_TEXT],
  ] as const)('fails with a safe message: %s', async (part, text) => {
    await using chat = await serveChat({ dialects: [] })
    const events = await eventsOf(chat, part)
    expect(textOf(events)).toBe(text)
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'upstream-unavailable' })
    expect(JSON.stringify(events)).not.toContain(SECRET)
    expect(chat.errors.map(({ code }) => code)).toEqual(['upstream-unavailable'])
    expect(chat.modelCalls).toBe(1)
  })

  it('finds no evidence without a call of the model', async () => {
    await using chat = await serveChat({ dialects: [] })
    const events = await eventsOf(chat, 'no-evidence')
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'no-evidence' })
    expect(chat.modelCalls).toBe(0)
  })
})

async function eventsOf(chat: ServedChat, part: Part, runId?: string): Promise<readonly ChatEvent[]> {
  const response = await fetch(`${chat.url}/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ question: ask(part), ...(runId !== undefined && { runId }) }),
  })
  if (!response.body) throw new Error('Cannot read the answer: it has no body')
  const events: ChatEvent[] = []
  for await (const event of readSse(response.body)) events.push(event)
  return events
}

function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.type === 'token' ? event.delta : '')).join('')
}
