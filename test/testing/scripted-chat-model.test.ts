import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { ChatModel, ChatModelEvent, ChatModelRequest } from '../../src/core/vocabulary/chat-model.ts'
import { createGate, scriptedChatModel } from '../../src/testing.ts'

const REQUEST: ChatModelRequest = { messages: [], purpose: 'answer', question: 'Why?', sources: [] }

describe('scriptedChatModel', () => {
  it('plays its script in every call and adds nothing', async () => {
    const model = scriptedChatModel(['Hello', { type: 'reasoning' }, { type: 'finish', finishReason: 'length' }])
    const expected = [
      { type: 'text', delta: 'Hello' },
      { type: 'reasoning' },
      { type: 'finish', finishReason: 'length' },
    ]
    expect(await read(model)).toEqual(expected)
    expect(await read(model)).toEqual(expected)
    expect(await read(scriptedChatModel(['cut']))).toEqual([{ type: 'text', delta: 'cut' }])
  })

  it('creates the script for each attempt, also an endless one', async () => {
    function* endless() {
      for (;;) yield 'more'
    }
    const model = scriptedChatModel((request, attempt) => (attempt === 1 ? [request.question] : endless()))
    expect(await read(model)).toEqual([{ type: 'text', delta: 'Why?' }])
    for await (const event of open(model).stream) {
      expect(event).toEqual({ type: 'text', delta: 'more' })
      break
    }
    expect(model.calls.map(({ end }) => end)).toEqual(['finished', 'returned'])
  })

  it('records a call at its first next(), with its request and signal', async () => {
    const model = scriptedChatModel(['Hello'])
    const { stream, signal } = open(model)
    const iterator = stream[Symbol.asyncIterator]()
    expect(model.calls).toEqual([])
    await iterator.next()
    expect(model.calls[0]).toMatchObject({ request: REQUEST, signal, end: undefined })
    await iterator.next()
    expect(await model.calls[0]?.ended).toBe('finished')
  })

  it('throws the error of its script', async () => {
    const error = new Error('down')
    const model = scriptedChatModel(['Hello', { error }])
    await expect(read(model)).rejects.toBe(error)
    expect(model.calls[0]?.end).toBe('failed')
  })

  it('waits at a gate, and for a promise', async () => {
    const gate = createGate()
    const model = scriptedChatModel([{ gate }, 'after', { gate: Promise.resolve() }, ' both'])
    const all = read(model)
    await gate.reached()
    gate.release()
    expect(await all).toHaveLength(2)
  })

  it.each(['hang', 'gate'] as const)('ends at once when its signal aborts at a %s', async (kind) => {
    const step = kind === 'hang' ? { hang: 'until-abort' as const } : { gate: createGate() }
    const model = scriptedChatModel([step])
    const { stream, abort, signal } = open(model)
    const next = stream[Symbol.asyncIterator]().next()
    const reason = new Error('stop')
    abort(reason)
    await expect(next).rejects.toBe(reason)
    expect(await model.calls[0]?.ended).toBe('aborted')
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('ends when its signal aborts even if it is not read any further', async () => {
    const model = scriptedChatModel(['Hello', ' world'])
    const { stream, abort } = open(model)
    const iterator = stream[Symbol.asyncIterator]()
    await iterator.next()
    abort(new Error('stop'))
    expect(await model.calls[0]?.ended).toBe('aborted')
    await expect(iterator.next()).rejects.toThrow('stop')
  })

  it('starts nothing under a signal that has already aborted', async () => {
    const model = scriptedChatModel(['Hello'])
    const { stream, abort } = open(model)
    abort(new Error('stop'))
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow('stop')
    expect(model.calls).toEqual([])
  })

  it('ignores its signal when it is deaf', async () => {
    const gate = createGate()
    const models = [
      scriptedChatModel([{ hang: 'deaf' }, 'never']),
      scriptedChatModel([{ hang: 'until-abort' }, 'never'], { deaf: true }),
      scriptedChatModel([{ gate }, 'never'], { deaf: true }),
    ]
    for (const model of models) {
      const { stream, abort } = open(model)
      const next = stream[Symbol.asyncIterator]().next()
      abort(new Error('stop'))
      const nextTurn = new Promise((resolve) => setImmediate(resolve, 'still hanging'))
      expect(await Promise.race([next, nextTurn])).toBe('still hanging')
    }
    expect(models.slice(1).map(({ calls }) => calls[0]?.end)).toEqual([undefined, undefined])
  })
})

function open(model: ChatModel) {
  const controller = new AbortController()
  const { signal } = controller
  return { stream: model.stream(REQUEST, { signal }), signal, abort: (reason: unknown) => controller.abort(reason) }
}

async function read(model: ChatModel): Promise<readonly ChatModelEvent[]> {
  const events: ChatModelEvent[] = []
  for await (const event of open(model).stream) events.push(event)
  return events
}
