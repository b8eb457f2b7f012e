import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { ChatError, type ChatEvent } from '../../src/index.ts'
import { abortFirst } from '../../src/core/async/abort-first.ts'
import type { Emit } from '../../src/core/async/handoff.ts'
import { PULL, toPullIterator } from '../../src/core/async/pull.ts'
import { createRunningResult } from '../../src/core/vocabulary/running-result.ts'
import { createBufferMeter } from '../../src/runs/buffer-meter.ts'
import { startLiveRun } from '../../src/runs/live-run.ts'
import { createGate } from '../../src/testing.ts'
import { answerOf, START, token } from '../support/chat-events.ts'
import { drivenRun, type DrivenRun } from '../support/driven-run.ts'
import { errorOf, readAll, typesOf } from '../core/ask.ts'

/** Starts a run whose writer only records its calls; the end counts as saved when the gate is open. */
function start(stream: Pick<DrivenRun, 'open'> = drivenRun()) {
  const keeping = createGate()
  const meter = createBufferMeter()
  const controller = new AbortController()
  const heard: string[] = []
  const errors: ChatError[] = []
  let askToStop = (): void => {}
  const run = startLiveRun({
    scope: 'ann',
    runId: 'r1',
    stream: stream.open(controller.signal),
    controller,
    createWriter(_events, onStopRequested) {
      askToStop = onStopRequested
      return {
        notify: () => {},
        async end(last) {
          heard.push(`keeps ${last.type}`)
          await keeping.pass()
        },
        async discard() {
          heard.push('forgets')
          await keeping.pass()
        },
        settled: () => Promise.resolve(),
        acknowledged: () => 7,
      }
    },
    hold: meter.hold(),
    onUnread: () => heard.push('unread'),
    onEnd: () => heard.push('over'),
    onError: (error) => errors.push(error),
  })
  return { run, heard, errors, keeping, askToStop: () => askToStop() }
}

/** Reads in the background. */
function tail(reader: AsyncIterable<ChatEvent>) {
  const events: ChatEvent[] = []
  const ended = (async () => {
    for await (const event of reader) events.push(event)
  })()
  return { events, ended }
}

describe('startLiveRun', () => {
  it('passes an event of a stream that can be pulled to a waiting reader, in the call that emits it', async () => {
    const chat = abortFirst<ChatEvent, ChatEvent>(() => ({
      signal: undefined,
      first: START,
      produce: (emit) => {
        produced.resolve(emit)
        return new Promise(() => {})
      },
      onAbort: () => new Promise(() => {}),
      onReturn: () => {},
      deliver: (event) => event,
    }))
    const produced = Promise.withResolvers<Emit<ChatEvent>>()
    const { run } = start({ open: () => chat })
    const emit = await produced.promise
    const { events } = tail(run.read(-1))
    await nextTurn()
    const seen: number[] = []
    const reader = toPullIterator(run.read(0)[Symbol.asyncIterator]())
    reader[PULL]({ onResult: ({ value }) => void seen.push(value?.seq ?? -1), onFailure: () => {} })
    void emit(token('a', { seq: 1, at: 0 }))
    expect(seen).toEqual([1])
    await nextTurn()
    expect(typesOf(events)).toEqual(['start', 'token'])
  })

  it('delivers events at once, and the last one only after it is saved', async () => {
    const stream = drivenRun()
    const { run, heard, keeping } = start(stream)
    const { events, ended } = tail(run.read(-1))
    stream.begin()
    stream.say('a')
    await nextTurn()
    expect(typesOf(events)).toEqual(['start', 'status', 'token'])
    stream.finish()
    await keeping.reached()
    expect([typesOf(events).at(-1), heard]).toEqual(['token', ['keeps done']])
    keeping.open()
    await Promise.all([ended, run.ended])
    expect([typesOf(events).at(-1), heard]).toEqual(['done', ['keeps done', 'over']])
  })

  it('produces without a reader, and gives each reader the events after its position', async () => {
    const stream = drivenRun()
    const { run, keeping } = start(stream)
    keeping.open()
    stream.begin()
    stream.say('a')
    stream.say('b')
    stream.finish()
    await run.ended
    expect(typesOf(await readAll(run.read(-1)))).toEqual(['start', 'status', 'token', 'token', 'done'])
    expect((await readAll(run.read(2))).map(({ seq }) => seq)).toEqual([3, 4])
    expect(run.read(-1).acknowledged()).toBe(7)
  })

  it('offers the whole answer so far to the sink of a reader that resumes', async () => {
    const stream = drivenRun()
    const { run } = start(stream)
    stream.begin()
    stream.say('a')
    stream.say('b')
    await nextTurn()
    const reader = run.read(2)
    const running = createRunningResult(reader)
    const { value } = await reader[Symbol.asyncIterator]().next()
    if (value) running.add(value)
    expect(running.failure('internal')).toMatchObject({ seq: 4, partial: { answer: 'ab' } })
  })

  it('is admitted by the event after its start event', async () => {
    const stream = drivenRun()
    const { run } = start(stream)
    let admitted: ChatError | 'yes' | undefined
    void run.admitted.then((failure) => (admitted = failure ?? 'yes'))
    await nextTurn()
    expect(admitted).toBeUndefined()
    stream.begin()
    await nextTurn()
    expect(admitted).toBe('yes')
  })

  it('is deleted when it fails before it emits anything else, and is rejected only after that', async () => {
    const failure = new ChatError('The history is down', { code: 'store-unavailable' })
    const controller = new AbortController()
    const stream = drivenRun()
    const { run, heard, keeping } = start({ open: () => stream.open(controller.signal) })
    let admitted: ChatError | undefined
    void run.admitted.then((error) => (admitted = error))
    controller.abort(failure)
    await keeping.reached()
    expect(admitted).toBeUndefined()
    keeping.open()
    await run.ended
    expect([heard, admitted?.code]).toEqual([['forgets', 'over'], 'store-unavailable'])
    expect(errorOf(await readAll(run.read(-1))).code).toBe('store-unavailable')
  })

  it.each([
    ['throws', (stream: DrivenRun) => stream.breakOff(new Error('secret')), 'secret'],
    ['just ends', (stream: DrivenRun) => stream.vanish(), 'The stream ended without a terminal event'],
  ])('ends as internal with the answer so far when its stream %s', async (_how, breakOff, message) => {
    const stream = drivenRun()
    const { run, heard, errors, keeping } = start(stream)
    keeping.open()
    stream.begin()
    stream.say('half')
    breakOff(stream)
    await run.ended
    const events = await readAll(run.read(-1))
    expect(errorOf(events)).toMatchObject({ seq: 3, code: 'internal', partial: { answer: 'half' } })
    expect(JSON.stringify(events)).not.toContain('secret')
    expect(errors).toMatchObject([{ code: 'internal', cause: { message } }])
    expect(heard).toEqual(['keeps error', 'over'])
  })

  it('ends as internal, and leaves its stream, when an event does not follow the one before', async () => {
    const stream = drivenRun()
    let left = false
    async function* withGap(signal: AbortSignal): AsyncGenerator<ChatEvent> {
      try {
        for await (const event of stream.open(signal)) if (event.seq !== 1) yield event
      } finally {
        left = true
      }
    }
    const { run, errors, keeping } = start({ open: withGap })
    keeping.open()
    stream.begin()
    stream.say('half')
    stream.say('an answer')
    await run.ended
    expect(errorOf(await readAll(run.read(-1)))).toMatchObject({ seq: 1, code: 'internal' })
    const message = 'The stream gave the event token with seq 2, and its next event has seq 1'
    expect(errors).toMatchObject([{ cause: { message } }])
    await nextTurn()
    expect(left).toBe(true)
  })

  it('is rejected with the cause when its stream throws before its first event', async () => {
    const stream = drivenRun()
    const { run, heard, keeping } = start(stream)
    keeping.open()
    const cause = new Error('secret')
    stream.breakOff(cause)
    expect(await run.admitted).toMatchObject({ code: 'internal', cause })
    expect(heard).toEqual(['forgets', 'over'])
  })

  it.each([
    ['hangs', () => new Promise<never>(() => {})],
    ['throws', () => Promise.reject(new Error('It cannot be left'))],
  ])('ends once, even if return() of its stream %s', async (_how, leave) => {
    const stream = drivenRun()
    const open = (signal: AbortSignal): AsyncIterable<ChatEvent> => ({
      [Symbol.asyncIterator]: () => ({ ...stream.open(signal)[Symbol.asyncIterator](), return: leave }),
    })
    const { run, heard, errors, keeping } = start({ open })
    keeping.open()
    stream.begin()
    stream.finish()
    await run.ended
    expect(typesOf(await readAll(run.read(-1)))).toEqual(['start', 'status', 'done'])
    expect([heard, errors]).toEqual([['keeps done', 'over'], []])
  })

  it('F53: stops once, and reports already-ended for later stops', async () => {
    const stream = drivenRun()
    const { run, keeping } = start(stream)
    stream.begin()
    stream.say('half')
    await nextTurn()
    expect([run.stop(), run.stop()]).toEqual(['stopping', 'stopping'])
    await keeping.reached()
    expect(run.stop()).toBe('already-ended')
    keeping.open()
    await run.ended
    expect(run.stop()).toBe('already-ended')
    const events = await readAll(run.read(-1))
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'abort', answer: 'half' })
    expect(answerOf(events)).toBe('half')
  })

  it('F42: stops when a reply of the store requests it', async () => {
    const stream = drivenRun()
    const { run, keeping, askToStop } = start(stream)
    keeping.open()
    stream.begin()
    await nextTurn()
    askToStop()
    askToStop()
    await run.ended
    expect((await readAll(run.read(-1))).at(-1)).toMatchObject({ type: 'done', finishReason: 'abort' })
  })

  it('fails with the reason of the first stop that has one', async () => {
    const stream = drivenRun()
    const { run, keeping } = start(stream)
    keeping.open()
    stream.begin()
    await nextTurn()
    run.stop(new ChatError('The process ends', { code: 'shutting-down' }))
    run.stop(new ChatError('Another one', { code: 'internal' }))
    await run.ended
    expect(errorOf(await readAll(run.read(-1))).code).toBe('shutting-down')
  })

  it('counts its readers, and reports when the last one has left', async () => {
    const stream = drivenRun()
    const { run, heard, keeping } = start(stream)
    keeping.open()
    const leave = async (reader: AsyncIterable<ChatEvent>) => reader[Symbol.asyncIterator]().return?.()
    const [first, second, third] = [run.read(-1), run.read(-1), run.read(-1)]
    expect(run.readers()).toBe(3)
    stream.begin()
    await leave(first)
    await leave(second)
    expect([run.readers(), heard]).toEqual([1, []])
    const { ended } = tail(third)
    stream.finish()
    await ended
    expect([run.readers(), heard]).toEqual([0, ['keeps done', 'over']])
  })

  it('reports each time that its last reader leaves', async () => {
    const { run, heard } = start()
    for (let times = 0; times < 2; times += 1) await run.read(-1)[Symbol.asyncIterator]().return?.()
    expect([run.readers(), heard]).toEqual([0, ['unread', 'unread']])
  })
})
