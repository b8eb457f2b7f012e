import { describe, expect, it } from 'vitest'
import { memoryRunStore } from '../../../src/server.ts'
import { createGate, scriptedChatModel } from '../../../src/testing.ts'
import { FINISH, openBench, readEvents, secretError, type Ask } from '../support/bench.ts'

const RUN_ID = '0b9b1f5e-4f0a-4f6e-9c55-2f1de8b6a001'
const OTHER_ID = '0b9b1f5e-4f0a-4f6e-9c55-2f1de8b6a002'
const EVENTS = `/runs/${RUN_ID}/events`
const QUESTION = { question: 'How long?', threadId: 'cats', runId: RUN_ID }

describe('GET /runs/{runId}/events', () => {
  it('F29, R14: replays the events strictly after the cursor, in each format', async () => {
    const bench = await openEnded()
    const all = await (await bench.send('GET', EVENTS)).events()
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_event, index) => index))
    for (const cursor of all.keys()) {
      if (cursor === all.length - 1) continue
      const sent = await bench.send('GET', `${EVENTS}?after=${cursor}`)
      expect(await sent.events()).toEqual(all.slice(cursor + 1))
    }
    const lines = await bench.send('GET', `${EVENTS}?after=1`, { headers: { accept: 'application/x-ndjson' } })
    expect(
      lines.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(all.slice(2))
    const text = await bench.send('GET', EVENTS, { headers: { accept: 'text/plain' } })
    expect(text.text).toBe('They sleep 16 hours [1].')
  })

  it('reads an active run from its start to its end, beside its first reader', async () => {
    const gate = createGate()
    const bench = openBench({ model: scriptedChatModel(['They sleep', { gate }, ' long.', FINISH]) })
    const asked = bench.ask(QUESTION)
    await gate.reached()
    const { response } = await bench.open('GET', EVENTS)
    const events = readEvents(response)
    expect((await events.next()).value).toMatchObject({ type: 'start', runId: RUN_ID })
    gate.open()
    expect(bench.model.calls).toHaveLength(1)
    await asked
    await events.return?.()
  })

  it.each([
    ['Last-Event-ID wins over `after`', '?after=0', { 'last-event-id': '2' }, 3],
    ['an empty Last-Event-ID is ignored', '?after=3', { 'last-event-id': '' }, 4],
    ['-1 is the start', '?after=-1', {}, 0],
    ['an empty cursor is the start', '?after=', {}, 0],
  ])('R14: %s', async (_name, query, headers: Record<string, string>, first) => {
    const bench = await openEnded()
    const [event] = await (await bench.send('GET', `${EVENTS}${query}`, { headers })).events()
    expect(event?.seq).toBe(first)
  })

  it.each(['x', '1.5', '-2', '+1', '1e3', '0x1', '9'.repeat(16), '1 2', 'NaN', '%00'])(
    'R14: rejects the cursor %j with 400',
    async (cursor) => {
      const bench = await openEnded()
      const { status, error } = await bench.send(
        'GET',
        `${EVENTS}?after=${encodeURIComponent(decodeURIComponent(cursor))}`,
      )
      expect([status, error.code, error.field]).toEqual([400, 'invalid-input', 'after'])
      if (cursor === '%00') return
      const headers = { 'last-event-id': cursor }
      expect((await bench.send('GET', EVENTS, { headers })).status).toBe(400)
    },
  )

  it('R18: answers 204 to a reader that has all events, so that an `EventSource` stops', async () => {
    const bench = await openEnded()
    const all = await (await bench.send('GET', EVENTS)).events()
    for (const after of [all.length - 1, all.length, 1_000_000]) {
      expect((await bench.send('GET', `${EVENTS}?after=${after}`)).status).toBe(204)
    }
  })

  it('ends the stream of a reader whose cursor is beyond the end of the run', async () => {
    const gate = createGate()
    const bench = openBench({ model: scriptedChatModel(['They sleep', { gate }, FINISH]) })
    const asked = bench.ask(QUESTION)
    await gate.reached()
    const { response } = await bench.open('GET', `${EVENTS}?after=1000`)
    gate.open()
    await asked
    const events = readEvents(response)
    let last = await events.next()
    for (let next = last; !next.done; next = await events.next()) last = next
    expect(last.value).toMatchObject({ type: 'done' })
    expect(bench.errors).toEqual([])
  })

  it('R18: answers 410 when the events at the position are gone', async () => {
    const bench = openBench({ store: { store: memoryRunStore({ maxEvents: 3 }) } })
    await bench.ask(QUESTION)
    const { status, error } = await bench.send('GET', `${EVENTS}?after=0`)
    expect(status).toBe(410)
    expect(error).toMatchObject({ code: 'run-expired', retryable: false })
  })

  it('F30, R15: never begins a run, for any client and any number of requests', async () => {
    const bench = openBench()
    const sent = await Promise.all(Array.from({ length: 50 }, () => bench.send('GET', `${EVENTS}?after=3`)))
    expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([410]))
    expect(bench.model.calls).toEqual([])
    expect(bench.runs.active).toBe(0)
  })

  it('rejects one reader too many with 429', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['They sleep', { gate }, FINISH])
    const bench = openBench({ model, store: { maxReadersPerRun: 1 } })
    const asked = bench.ask(QUESTION)
    await gate.reached()
    const { status, error } = await bench.send('GET', EVENTS)
    expect([status, error.code]).toEqual([429, 'too-many-runs'])
    gate.open()
    await asked
  })

  it('rejects a format that no stream supports with 406', async () => {
    const bench = await openEnded()
    expect((await bench.send('GET', EVENTS, { headers: { accept: 'application/json' } })).status).toBe(406)
  })
})

describe('POST /runs/{runId}/stop', () => {
  it('F53, R20: stops a run, and gives the same outcome to repeated requests', async () => {
    const gate = createGate()
    const bench = openBench({ model: scriptedChatModel(['They sleep', { gate }, FINISH]) })
    const asked = bench.ask(QUESTION)
    await gate.reached()
    expect((await stop(bench)).json).toEqual({ runId: RUN_ID, outcome: 'stopping', finishReason: 'abort' })
    await stop(bench)
    const events = await (await asked).events()
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'abort', answer: 'They sleep', saved: true })
    const late = { runId: RUN_ID, outcome: 'already-ended', finishReason: 'abort' }
    expect((await stop(bench)).json).toEqual(late)
    expect(bench.errors).toEqual([])
  })

  it('F52, R20: stops a run before it has begun', async () => {
    const bench = openBench()
    expect((await stop(bench)).json).toEqual({ runId: RUN_ID, outcome: 'unknown' })
    const events = await (await bench.ask(QUESTION)).events()
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'abort', answer: '' })
    expect(bench.model.calls).toEqual([])
  })
})

describe('GET /runs', () => {
  it('lists the active runs of the scope', async () => {
    const gate = createGate()
    const bench = openBench({ model: scriptedChatModel(['They sleep', { gate }, FINISH]) })
    const asked = bench.ask(QUESTION)
    await gate.reached()
    const run = { runId: RUN_ID, threadId: 'cats', startedAt: expect.any(Number) }
    expect((await bench.send('GET', '/runs')).json).toEqual({ runs: [run] })
    gate.open()
    await asked
    expect((await bench.send('GET', '/runs')).json).toEqual({ runs: [] })
  })
})

describe('runs of another scope', () => {
  it('F49, R13: look like unknown runs, on every route and at every cursor', async () => {
    const gate = createGate()
    const bench = openBench({ model: scriptedChatModel(['They sleep', { gate }, FINISH]) })
    const asked = bench.ask(QUESTION)
    await gate.reached()
    const probes = ['/events', '/events?after=0', '/events?after=3', '/events?after=100000', '/stop'] as const
    for (const state of ['running', 'ended']) {
      for (const probe of probes) {
        const method = probe === '/stop' ? 'POST' : 'GET'
        const foreign = await bench.send(method, `/runs/${RUN_ID}${probe}`, { as: 'bob' })
        const unknown = await bench.send(method, `/runs/${OTHER_ID}${probe}`, { as: 'bob' })
        const named = foreign.text.replaceAll(RUN_ID, OTHER_ID)
        expect([foreign.status, named], `${probe} of one that is ${state}`).toEqual([unknown.status, unknown.text])
        expect([...foreign.headers]).toEqual([...unknown.headers])
      }
      expect((await bench.send('GET', '/runs', { as: 'bob' })).json).toEqual({ runs: [] })
      if (state === 'running') gate.open()
      await asked
    }
    expect((await (await asked).events()).at(-1)).toMatchObject({ finishReason: 'stop' })
  })

  it('F49: do not block a run with the same id', async () => {
    const bench = await openEnded()
    const { events } = await bench.ask(QUESTION, { as: 'bob' })
    expect((await events()).at(-1)).toMatchObject({ type: 'done', finishReason: 'stop' })
    expect(bench.model.calls).toHaveLength(2)
  })
})

describe('a run store that is down', () => {
  it.each([
    ['GET', '/runs', 'list'],
    ['GET', EVENTS, 'read'],
    ['POST', `/runs/${RUN_ID}/stop`, 'requestStop'],
  ])('causes a 503 at %s %s, and the cause is reported to the developer', async (method, path, call) => {
    const store = { ...memoryRunStore(), [call]: () => Promise.reject(secretError()) }
    const bench = openBench({ store: { store } })
    const { status, error } = await bench.send(method, path)
    expect([status, error.code]).toEqual([503, 'store-unavailable'])
    expect(bench.errors).toHaveLength(1)
  })
})

/** A bench with a run that has ended. */
async function openEnded() {
  const bench = openBench()
  await bench.ask(QUESTION)
  return bench
}

function stop(bench: ReturnType<typeof openBench>, ask: Ask = {}) {
  return bench.send('POST', `/runs/${RUN_ID}/stop`, ask)
}
