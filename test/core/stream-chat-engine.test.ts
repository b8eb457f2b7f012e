import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  ChatError,
  streamChat,
  type Engine,
  type EngineEvent,
  type EngineSource,
  type EngineTurn,
} from '../../src/index.ts'
import { createGate, manualClock, type ManualClock } from '../../src/testing.ts'
import { deltasOf, doneOf, errorOf, FINISH, readAll, typesOf, warningsOf } from './ask.ts'

const SOURCE: EngineSource = { documentId: 'd1', text: 'Cats sleep.', title: 'Cats', url: 'https://a.example/' }

/** An engine that yields these events and records its requests. */
function engineOf(answer: (signal: AbortSignal) => AsyncIterable<EngineEvent>) {
  const turns: EngineTurn[] = []
  const signals: AbortSignal[] = []
  const engine: Engine = {
    answer(turn, { signal }) {
      turns.push(turn)
      signals.push(signal)
      return answer(signal)
    },
  }
  return { engine, turns, signals }
}

async function* say(...events: readonly EngineEvent[]): AsyncGenerator<EngineEvent> {
  yield* events
}

describe('streamChat over an engine', () => {
  it('shows the text of the engine with its own numbers, and calls nothing else', async () => {
    const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5 }
    const { engine, turns } = engineOf(() =>
      say(
        { type: 'source', source: SOURCE },
        { type: 'source', source: { documentId: 'd2', chunkId: 'c2', text: 'Dogs bark.', score: 0.5 } },
        { type: 'text', delta: 'They ' },
        { type: 'text', delta: 'do.' },
        { ...FINISH, usage },
      ),
    )
    const events = await readAll(streamChat({ engine, question: 'Do they?', scope: 'ann', threadId: 't' }))
    expect(turns).toEqual([{ question: 'Do they?', history: [], scope: 'ann', threadId: 't' }])
    expect(typesOf(events)).toEqual(['start', 'status', 'source', 'source', 'token', 'token', 'warning', 'done'])
    expect(doneOf(events)).toMatchObject({
      finishReason: 'stop',
      answer: 'They do.',
      usage: { ...usage, phases: { generating: usage } },
      sources: [
        { number: 1, sourceId: 'd1#d1', documentId: 'd1', chunkId: 'd1', title: 'Cats', url: 'https://a.example/' },
        { number: 2, sourceId: 'd2#c2', documentId: 'd2', chunkId: 'c2', title: 'd2', score: 0.5 },
      ],
    })
    expect(doneOf(events)).not.toHaveProperty('query')
  })

  it('removes the URLs and metadata of its sources as for retrieved ones', async () => {
    const source = { ...SOURCE, url: 'javascript:1', metadata: { page: 1, secret: 2 } }
    const { engine } = engineOf(() => say({ type: 'source', source }, { type: 'text', delta: 'a [1]' }, FINISH))
    const events = await readAll(streamChat({ engine, question: 'q', sourceMetadata: ['page'] }))
    expect(warningsOf(events)).toEqual(['source-url-dropped'])
    expect(doneOf(events).sources).toMatchObject([{ metadata: { page: 1 } }])
    expect(doneOf(events).sources[0]).not.toHaveProperty('url')
  })

  it('calls an engine only once, because it may already have acted', async () => {
    const { engine, turns } = engineOf(() => {
      throw new ChatError('down', { code: 'upstream-unavailable', retryAfterMs: 0 })
    })
    const events = await readAll(streamChat({ engine, question: 'q' }))
    expect(errorOf(events)).toMatchObject({ code: 'upstream-unavailable', phase: 'generating' })
    expect(turns).toHaveLength(1)
  })

  it('fails as upstream-incomplete when the engine ends without finish', async () => {
    const { engine } = engineOf(() => say({ type: 'text', delta: 'a' }))
    const events = await readAll(streamChat({ engine, question: 'q' }))
    expect(errorOf(events)).toMatchObject({ code: 'upstream-incomplete', partial: { answer: 'a' } })
  })

  it('P5: ends on an abort even if the engine ignores its signal', async () => {
    const controller = new AbortController()
    const never = createGate()
    const { engine, signals } = engineOf(async function* () {
      yield { type: 'text', delta: 'a' }
      await never.pass()
    })
    const over = readAll(streamChat({ engine, question: 'q', signal: controller.signal }))
    await never.reached()
    controller.abort()
    expect(doneOf(await over)).toMatchObject({ finishReason: 'abort', answer: 'a' })
    expect(signals[0]?.aborted).toBe(true)
    never.open()
  })

  it('measures the time to the first text, including the sources, and limits the length of the text', async () => {
    const clock = manualClock()
    const never = createGate()
    const { engine } = engineOf(async function* () {
      yield { type: 'source', source: SOURCE }
      await never.pass()
    })
    const over = readAll(streamChat({ engine, question: 'q', clock, firstTokenMs: 100 }))
    await never.reached()
    await clock.advance(100)
    expect(errorOf(await over)).toMatchObject({ code: 'upstream-timeout', partial: { sources: [{ number: 1 }] } })
    never.open()

    const capped = engineOf(() => say({ type: 'text', delta: 'abc' }, FINISH))
    const events = await readAll(streamChat({ engine: capped.engine, question: 'q', maxAnswerChars: 2 }))
    expect(doneOf(events)).toMatchObject({ finishReason: 'length', answer: 'ab' })
  })

  it('does not restart firstTokenMs at each source', async () => {
    const clock = manualClock()
    const gate = createGate()
    const { engine } = engineOf(async function* () {
      for (;;) {
        yield { type: 'source', source: SOURCE }
        await gate.pass()
      }
    })
    const over = readAll(streamChat({ engine, question: 'q', clock, firstTokenMs: 100 }))
    await gate.reached()
    await clock.advance(60)
    gate.release()
    await gate.reached()
    await clock.advance(39)
    gate.release()
    await gate.reached()
    await clock.advance(1)
    expect(errorOf(await over)).toMatchObject({
      code: 'upstream-timeout',
      partial: { sources: [{ number: 1 }, { number: 2 }, { number: 3 }] },
    })
    gate.open()
  })

  it.each([
    ['before', (source: EngineEvent, text: EngineEvent) => say(source, source, text, FINISH)],
    ['after', (source: EngineEvent, text: EngineEvent) => say(text, source, source, FINISH)],
  ])('does not count the time while the reader pauses at a source %s the text', async (_place, answer) => {
    const clock = manualClock()
    const { engine } = engineOf(() => answer({ type: 'source', source: SOURCE }, { type: 'text', delta: 'a' }))
    const events = await readSlowly(clock, engine)
    expect(doneOf(events).answer).toBe('a')
    expect(deltasOf(events)).toEqual(['a'])
  })

  /** Reads every event a minute after the previous one, although the model limits are one second. */
  async function readSlowly(clock: ManualClock, engine: Engine) {
    const events = []
    const limits = { firstTokenMs: 1000, idleMs: 1000, runMs: Infinity }
    for await (const event of streamChat({ engine, question: 'q', clock, ...limits })) {
      events.push(event)
      await nextTurn()
      await clock.advance(60_000)
    }
    return events
  }
})
