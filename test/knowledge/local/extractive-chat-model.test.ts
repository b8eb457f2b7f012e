import { describe, expect, it } from 'vitest'
import { collectChat, streamChat, type ChatModelEvent, type ChatModelRequest } from '../../../src/index.ts'
import { extractiveChatModel, localRetriever } from '../../../src/local.ts'
import { chatModelContract, manualClock } from '../../../src/testing.ts'
import { sourcesOf } from './sources.ts'

const ANSWER = 'Green tea is steeped at 80 °C. [1]'

const REQUEST: ChatModelRequest = {
  messages: [],
  purpose: 'answer',
  question: 'How hot is green tea steeped?',
  sources: sourcesOf(['Green tea is steeped at 80 °C.']),
}

const { signal } = new AbortController()
const instant = extractiveChatModel({ wordsPerSecond: Infinity })

async function read(events: AsyncIterable<ChatModelEvent>) {
  const deltas: string[] = []
  let finish: ChatModelEvent | undefined
  for await (const event of events) {
    if (event.type === 'text') deltas.push(event.delta)
    else finish = event
  }
  return { deltas, text: deltas.join(''), finish }
}

/** A clock whose timers fire at once while `mayFire` allows it; it counts the timers that were set. */
function eagerClock(mayFire: (timer: number) => boolean = () => true) {
  const timers = new Set<unknown>()
  let started = 0
  let now = 0
  return {
    now: () => now,
    setTimeout(callback: () => void, ms: number) {
      const timer = ++started
      timers.add(timer)
      const fire = () => {
        if (!timers.delete(timer)) return
        now += ms
        callback()
      }
      if (mayFire(timer)) queueMicrotask(fire)
      return timer
    },
    clearTimeout: (timer: unknown) => void timers.delete(timer),
    started: () => started,
    released: async () => expect(timers.size).toBe(0),
  }
}

chatModelContract({
  describe,
  it,
  name: 'extractiveChatModel',
  create() {
    const clock = eagerClock()
    return { model: extractiveChatModel({ clock }), started: clock.started, released: clock.released }
  },
  createHanging() {
    const clock = eagerClock((timer) => timer === 1)
    return { model: extractiveChatModel({ clock }), started: clock.started, released: clock.released }
  },
})

describe('extractiveChatModel', () => {
  it('quotes word by word, with a citation, and reports zero tokens', async () => {
    const { deltas, text, finish } = await read(instant.stream(REQUEST, { signal }))
    expect(text).toBe(ANSWER)
    expect(deltas.length).toBeGreaterThan(6)
    const usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 }
    expect(finish).toEqual({ type: 'finish', finishReason: 'stop', usage })
  })

  it('answers that it found nothing, with finish reason stop', async () => {
    const { text, finish } = await read(instant.stream({ ...REQUEST, question: 'Who won the cup?' }, { signal }))
    expect(text).toBe('I found no sentence in the sources that answers this.')
    expect(finish).toMatchObject({ finishReason: 'stop' })
  })

  it('quotes at most maxSentences', async () => {
    const sources = sourcesOf(['The key is here. The key is there. The key is gone.'])
    const model = extractiveChatModel({ maxSentences: 3, wordsPerSecond: Infinity })
    const { text } = await read(model.stream({ ...REQUEST, question: 'Where is the key?', sources }, { signal }))
    expect(text).toBe('The key is here. [1] The key is there. [1] The key is gone. [1]')
  })

  it('returns the question at once when it is asked to condense it', async () => {
    const model = extractiveChatModel({ clock: manualClock() })
    const { text } = await read(model.stream({ ...REQUEST, purpose: 'condense' }, { signal }))
    expect(text).toBe(REQUEST.question)
  })

  it('stops at maxOutputTokens with finish reason length', async () => {
    const { text, finish } = await read(instant.stream({ ...REQUEST, maxOutputTokens: 3 }, { signal }))
    expect(ANSWER.startsWith(text)).toBe(true)
    expect(text).not.toBe(ANSWER)
    expect(finish).toMatchObject({ finishReason: 'length' })
  })

  it('sends one word at each tick of wordsPerSecond', async () => {
    const clock = manualClock()
    const words: string[] = []
    const reading = (async () => {
      for await (const event of extractiveChatModel({ clock, wordsPerSecond: 10 }).stream(REQUEST, { signal })) {
        if (event.type === 'text') words.push(event.delta)
      }
    })()
    await clock.advance(99)
    expect(words).toEqual([])
    await clock.advance(1)
    expect(words).toEqual(['Green '])
    await clock.advance(200)
    expect(words).toEqual(['Green ', 'tea ', 'is '])
    await clock.advance(10_000)
    await reading
    expect(words.join('')).toBe(ANSWER)
  })

  it('rejects a pending read with the reason of the signal, and clears its timer', async () => {
    const clock = manualClock()
    const controller = new AbortController()
    const events = extractiveChatModel({ clock }).stream(REQUEST, { signal: controller.signal })
    const pending = events[Symbol.asyncIterator]().next()
    const reason = new Error('stopped')
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    expect(clock.pending).toBe(0)
  })

  it('ends without an error when it is returned during a pause', async () => {
    const clock = manualClock()
    const iterator = extractiveChatModel({ clock }).stream(REQUEST, { signal })[Symbol.asyncIterator]()
    const pending = iterator.next()
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined })
    expect(await pending).toEqual({ done: true, value: undefined })
    expect(clock.pending).toBe(0)
  })

  it.each([
    ['wordsPerSecond', { wordsPerSecond: 0 }],
    ['wordsPerSecond', { wordsPerSecond: Number.NaN }],
    ['maxSentences', { maxSentences: 0 }],
  ])('rejects a %s out of range', (field, options) => {
    expect(() => extractiveChatModel(options)).toThrow(
      expect.objectContaining({ name: 'RangeError', code: 'invalid-input', field }),
    )
  })

  it('answers a run of streamChat from local documents', async () => {
    const retriever = localRetriever([
      { documentId: 'tea', text: 'Tea comes in kinds. Green tea is steeped at 80 °C.' },
    ])
    const result = await collectChat(streamChat({ question: REQUEST.question, retriever, model: instant }))
    expect(result).toMatchObject({ answer: ANSWER, finishReason: 'stop', usage: { totalTokens: 0 } })
    expect(result.sources.map(({ documentId }) => documentId)).toEqual(['tea'])
  })
})
