import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EMPTY_RESULT, reduceEvent, streamChat, type ChatError, type ChatEvent } from '../../src/index.ts'
import { ndjsonFrames } from '../../src/ndjson.ts'
import { readSse, sseFrames } from '../../src/sse.ts'
import { createRunLog, createRunReader } from '../../src/runs/run-log.ts'
import { RESULT_UP_TO } from '../../src/core/vocabulary/running-result.ts'
import { frames } from '../../src/sinks/frames.ts'
import { nativeSse } from '../../src/dialects/native-sse.ts'
import { fakeRetriever, manualClock, scriptedChatModel } from '../../src/testing.ts'
import { byteSource, collect, toBytes } from '../support/bytes.ts'
import { done, resultOf, START, token } from '../support/chat-events.ts'
import { drivenStream } from '../support/driven-stream.ts'

const DONE = { done: true, value: undefined }
const HELLO = token('Hello', { seq: 1, at: 0 })
const WORLD = token(' world', { seq: 2, at: 5 })
const END = done('Hello world', { seq: 3 })
const EVENTS = [START, HELLO, WORLD, END]

describe('frames', () => {
  it('P10: sends the opening without reading the source, and reads one event per frame', async () => {
    const source = drivenStream()
    for (const event of EVENTS) source.push(event)
    const frames = sseFrames(source)
    expect((await frames.next()).value).toBe(': ragwire\n\n')
    expect(source.reads).toBe(0)
    for (let count = 1; count <= EVENTS.length; count += 1) {
      expect((await frames.next()).value).toContain(`"seq":${count - 1}`)
      expect(source.reads).toBe(count)
    }
    expect(await frames.next()).toEqual(DONE)
  })

  it('sends nothing after the terminal event, and calls return() on the source', async () => {
    const source = drivenStream()
    for (const event of [START, END, HELLO]) source.push(event)
    expect(await collect(ndjsonFrames(source))).toEqual(['\n', lineOf(START), lineOf(END)])
    expect(source).toMatchObject({ reads: 2, returns: 1 })
  })

  it('ends normally when the iterator of the source throws synchronously', async () => {
    const reason = new Error('broken')
    const iterator = {
      next(): never {
        throw reason
      },
    }
    const heard: ChatError[] = []
    const source = { [Symbol.asyncIterator]: () => iterator }
    const frames = await collect(sseFrames(source, { onError: (error) => heard.push(error) }))
    expect(frames).toEqual([': ragwire\n\n', expect.stringContaining('event: chat-error\n')])
    expect(heard).toEqual([expect.objectContaining({ code: 'internal', cause: reason })])
  })

  it('P10, T25: rejects a second reader at once', () => {
    const stream = streamChat({ question: 'Why?', retriever: fakeRetriever([]), model: scriptedChatModel([]) })
    sseFrames(stream)
    expect(() => sseFrames(stream)).toThrow(TypeError)
    expect(() => ndjsonFrames(stream)).toThrow(TypeError)
  })

  it.each([0, -1, NaN, '15'])('rejects %j as keepAliveMs at once', (keepAliveMs) => {
    // A JavaScript caller may pass any value.
    const options = { keepAliveMs } as { keepAliveMs: number }
    expect(() => sseFrames(drivenStream(), options)).toThrow(expect.objectContaining({ field: 'keepAliveMs' }))
  })
})

describe('a frame that is longer than one write', () => {
  it('C8: is split into parts that add up to the frame and never split a surrogate pair', async () => {
    const deltas = fc.string({ unit: fc.constantFrom('a', 'ü', '猫', '😀'), maxLength: 200 })
    await fc.assert(
      fc.asyncProperty(deltas, fc.integer({ min: 2, max: 64 }), async (delta, maxChars) => {
        const toFrames = (options: { readonly maxChars?: number }) => {
          const source = drivenStream()
          for (const event of [START, token(delta, { seq: 1, at: 0 }), done(delta, { seq: 2 })]) source.push(event)
          return collect(frames(source, nativeSse, { keepAliveMs: Infinity, clock: manualClock(), ...options }))
        }
        const parts = await toFrames({ maxChars })
        expect(parts.join('')).toBe((await toFrames({})).join(''))
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(maxChars)
          expect(part.isWellFormed()).toBe(true)
        }
      }),
    )
  })

  it('C8: is abandoned between its parts when the reader leaves', async () => {
    const source = drivenStream()
    source.push(token('a'.repeat(100), { seq: 0, at: 0 }))
    const reader = frames(source, nativeSse, { keepAliveMs: Infinity, clock: manualClock(), maxChars: 20 })
    await reader.next()
    await reader.next()
    await reader.return?.()
    expect(await reader.next()).toEqual(DONE)
    expect(source.returns).toBe(1)
  })
})

describe('keep-alive', () => {
  it.each([
    ['sse', sseFrames, ':\n\n'],
    ['ndjson', ndjsonFrames, '\n'],
  ])('T10: interrupts every silence of keepAliveMs, and no shorter one: %s', async (_name, toFrames, keepAlive) => {
    const { source, clock, frames } = await openSilent(toFrames)
    for (let times = 0; times < 10; times += 1) {
      const frame = frames.next()
      await clock.advance(8_000)
      expect(await frame).toEqual({ value: keepAlive, done: false })
    }
    const frame = frames.next()
    await clock.advance(7_999)
    source.push(START)
    expect((await frame).value).toContain('"type":"start"')
    // The source was read only once, although keep-alives were sent meanwhile.
    expect(source.reads).toBe(1)
  })

  it('T11, S4: is sent only while a read is pending, and only once per read', async () => {
    const { source, clock, frames } = await openSilent()
    const first = frames.next()
    source.push(START)
    await first
    // The reader does not read for a minute.
    await clock.advance(60_000)
    const second = frames.next()
    await clock.advance(7_999)
    source.push(HELLO)
    expect((await second).value).toContain('"delta":"Hello"')
    const third = frames.next()
    await clock.advance(60_000)
    expect((await third).value).toBe(':\n\n')
    expect(clock.pending).toBe(0)
  })

  it('is followed by events that arrived while it was read', async () => {
    const { source, clock, frames } = await openSilent()
    const frame = frames.next()
    await clock.advance(8_000)
    await frame
    source.push(START)
    source.push(HELLO)
    expect((await frames.next()).value).toContain('"type":"start"')
    expect((await frames.next()).value).toContain('"delta":"Hello"')
    expect(source.reads).toBe(2)
  })

  it('T10: leaves no timer after the end, or after the reader has left', async () => {
    const ended = await openSilent()
    const frame = ended.frames.next()
    ended.source.push(END)
    await frame
    expect(ended.clock.pending).toBe(0)
    const left = await openSilent()
    void left.frames.next()
    expect(left.clock.pending).toBe(1)
    await left.frames.return?.()
    expect(left.clock.pending).toBe(0)
  })

  it('is not sent when keepAliveMs is Infinity', async () => {
    const clock = manualClock()
    const frames = sseFrames(drivenStream(), { clock, keepAliveMs: Infinity })
    await frames.next()
    void frames.next()
    await clock.advance(2 ** 31)
    expect(clock.pending).toBe(0)
    await frames.return?.()
  })

  async function openSilent(toFrames = sseFrames) {
    const source = drivenStream()
    const clock = manualClock()
    const frames = toFrames(source, { clock })
    await frames.next()
    return { source, clock, frames }
  }
})

describe('a source that fails', () => {
  const secret = new Error('postgres://user:sk-canary@host/db')

  it.each([
    ['throws before its first event', [], 'throw', 0, ''],
    ['throws after two events', [START, HELLO], 'throw', 2, 'Hello'],
    ['ends before its first event', [], 'end', 0, ''],
    ['ends without a terminal event', [START, HELLO, WORLD], 'end', 3, 'Hello world'],
    ['yields an event that cannot be encoded', [START, HELLO, { ...WORLD, big: 1n }], 'end', 2, 'Hello'],
  ])(
    'T19: that %s ends as an error with a fixed sentence and the answer so far',
    async (_name, events, ending, seq, answer) => {
      const source = drivenStream()
      for (const event of events) source.push(event)
      if (ending === 'throw') source.fail(secret)
      else source.end()
      const heard: ChatError[] = []
      const wire = (await collect(sseFrames(source, { onError: (error) => heard.push(error) }))).join('')
      const last = (await collect(readSse(byteSource([toBytes(wire)])))).at(-1)
      expect(last).toEqual({
        type: 'error',
        seq,
        code: 'internal',
        message: 'Something went wrong on the server',
        retryable: false,
        phase: 'generating',
        partial: {
          ...resultOf(answer),
          usage: NO_USAGE,
          timings: { total: 0 },
          finishReason: 'error',
          error: { code: 'internal', message: 'Something went wrong on the server' },
        },
      })
      expect(wire).not.toContain('sk-canary')
      expect(heard).toHaveLength(1)
      if (ending === 'throw') expect(heard[0]).toMatchObject({ name: 'ChatError', code: 'internal', cause: secret })
    },
  )

  it.each(['source', 'token', 'citation', 'done'] as const)(
    'T19: that is a run whose %s event cannot be encoded ends with the result of the events before it',
    async (type) => {
      const model = scriptedChatModel(['Cats ', 'sleep [1].', { type: 'finish', finishReason: 'stop' }])
      const sent: ChatEvent[] = []
      let failed = false
      const encode = (event: ChatEvent): string => {
        const fails = event.type === type && (type !== 'token' || sent.at(-1)?.type === 'token')
        if (fails && !failed) {
          failed = true
          throw new Error('It cannot be encoded')
        }
        sent.push(event)
        return event.type
      }
      const stream = streamChat({ question: 'How long?', retriever: fakeRetriever(['Cats sleep 16 hours.']), model })
      const dialect = { ...nativeSse, open: () => encode }
      await collect(frames(stream, dialect, { keepAliveMs: Infinity, clock: manualClock() }))
      const last = sent.at(-1)
      const { answer, sources, citations } = sent.slice(0, -1).reduce(reduceEvent, EMPTY_RESULT)
      expect(last).toMatchObject({ type: 'error', seq: sent.length - 1, partial: { answer, sources, citations } })
    },
  )

  it('is asked for its result, if it offers one, instead of folding its events again', async () => {
    const result = { ...resultOf('The answer of the source'), finishReason: undefined }
    const source = { ...drivenStream(), [RESULT_UP_TO]: (lastSeq: number) => ({ ...result, answer: `${lastSeq}` }) }
    for (const event of [START, HELLO]) source.push(event)
    source.fail(secret)
    expect((await collect(ndjsonFrames(source))).at(-1)).toContain('"answer":"1"')
  })

  it('reports the phase in which it failed', async () => {
    const source = drivenStream()
    source.push({ type: 'status', seq: 0, phase: 'retrieving' })
    source.fail(secret)
    expect((await collect(ndjsonFrames(source))).at(-1)).toContain('"phase":"retrieving"')
  })

  it('ends the same way when an observer throws', async () => {
    const source = drivenStream()
    source.fail(secret)
    const onError = () => {
      throw new Error('observer')
    }
    expect((await collect(sseFrames(source, { onError }))).at(-1)).toContain('event: chat-error')
  })
})

describe('calling return() on the frames', () => {
  it('T15: answers a pending read at once, even if the source never settles', async () => {
    const source = drivenStream()
    const frames = sseFrames(source)
    await frames.next()
    const pending = frames.next()
    expect(await frames.return?.()).toEqual(DONE)
    expect(await pending).toEqual(DONE)
    expect(source.returns).toBe(1)
  })

  it('is no failure of a source that answers the pending read within its return()', async () => {
    const heard: ChatError[] = []
    const log = createRunLog()
    const source = createRunReader(
      log.follow(0, () => {}),
      () => -1,
    )
    const frames = sseFrames(source, { onError: (error) => heard.push(error) })
    await frames.next()
    const pending = frames.next()
    await frames.return?.()
    expect(await pending).toEqual(DONE)
    expect(heard).toEqual([])
  })

  it('T18: may happen twice, and nothing follows it', async () => {
    const source = drivenStream()
    const frames = sseFrames(source)
    expect(await frames.return?.()).toEqual(DONE)
    expect(await frames.return?.()).toEqual(DONE)
    expect(await frames.next()).toEqual(DONE)
    expect(source).toMatchObject({ reads: 0, returns: 1 })
  })

  it('ignores later events and errors of the source', async () => {
    const source = drivenStream()
    const heard: ChatError[] = []
    const frames = sseFrames(source, { onError: (error) => heard.push(error) })
    await frames.next()
    void frames.next()
    await frames.return?.()
    source.fail(new Error('late'))
    expect(await frames.next()).toEqual(DONE)
    expect(heard).toEqual([])
  })

  it('calls return() on the source only once after the end', async () => {
    const source = drivenStream()
    source.push(END)
    const frames = sseFrames(source)
    await collect(frames)
    await frames.return?.()
    expect(source.returns).toBe(1)
  })
})

const NO_USAGE = { inputTokens: 0, outputTokens: 0, totalTokens: 0, phases: {} }

function lineOf(event: ChatEvent): string {
  return `${JSON.stringify(event)}\n`
}
