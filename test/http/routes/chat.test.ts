import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { ChatError, type Engine } from '../../../src/index.ts'
import { createGate, scriptedChatModel } from '../../../src/testing.ts'
import { answerOf } from '../../support/chat-events.ts'
import { CANARY, FINISH, openBench, readEvents, secretError } from '../support/bench.ts'

const RUN_ID = '0b9b1f5e-4f0a-4f6e-9c55-2f1de8b6a001'
const JSON_ONLY = { headers: { accept: 'application/json' } }

describe('POST /chat', () => {
  it('streams the answer as events that can be resumed by their id', async () => {
    const bench = openBench()
    const sent = await bench.ask({ question: 'How long?', threadId: 'cats', runId: RUN_ID })
    expect(sent.status).toBe(200)
    const events = await sent.events()
    expect(events[0]).toMatchObject({ type: 'start', runId: RUN_ID, threadId: 'cats' })
    expect(events.at(-1)).toMatchObject({ type: 'done', answer: 'They sleep 16 hours [1].', saved: true })
    expect(sent.text).toContain(`id: ${events.length - 1}\nevent: done\n`)
    expect(bench.errors).toEqual([])
  })

  it.each([
    ['the default', undefined, 'text/event-stream'],
    ['an empty header', '', 'text/event-stream'],
    ['anything', '*/*', 'text/event-stream'],
    ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/event-stream'],
    ['a page', 'text/event-stream', 'text/event-stream'],
    ['lines', 'application/x-ndjson', 'application/x-ndjson'],
    ['text', 'text/plain', 'text/plain'],
    ['one object', 'Application/JSON; charset=utf-8', 'application/json'],
    ['any text', 'text/*', 'text/event-stream'],
    ['any application', 'application/*', 'application/x-ndjson'],
    ['the heaviest', 'text/event-stream;q=0.5, application/json;q=0.9, text/plain;q=0.1', 'application/json'],
    ['ours among equals', 'application/json, text/event-stream', 'text/event-stream'],
    ['the exact name before a wildcard', 'text/event-stream;q=0, text/*;q=0.5', 'text/plain'],
    ['a wildcard beside an excluded format', 'text/*;q=0, application/x-ndjson;q=0, */*', 'application/json'],
    ['an invalid weight', 'text/plain;q=nonsense, application/json;q=0.1', 'application/json'],
    ['a weight above 1', 'text/plain;q=9, application/json;q=0.1', 'application/json'],
  ])('R8: answers %s in the preferred format', async (_name, accept, type) => {
    const bench = openBench()
    const sent = await bench.ask({ question: 'How long?' }, { headers: accept === undefined ? {} : { accept } })
    expect(sent.status).toBe(200)
    expect(sent.headers.get('content-type')?.split(';')[0]).toBe(type)
  })

  it.each(['text/html', 'image/*', '*/*;q=0', 'application/json;q=0', 'nonsense', ',;,'])(
    'R8: rejects the Accept header %j with 406 and begins no run',
    async (accept) => {
      const bench = openBench()
      const { status, error } = await bench.ask({ question: 'How long?' }, { headers: { accept } })
      expect(status).toBe(406)
      expect(error).toMatchObject({ code: 'invalid-input', field: 'accept' })
      expect(bench.model.calls).toEqual([])
    },
  )

  it('sends lines of JSON, and plain text', async () => {
    const bench = openBench()
    const lines = await bench.ask({ question: 'How long?' }, { headers: { accept: 'application/x-ndjson' } })
    expect(JSON.parse(lines.text.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ type: 'done' })
    const text = await bench.ask({ question: 'How long?' }, { headers: { accept: 'text/plain' } })
    expect(text.text).toBe('They sleep 16 hours [1].')
  })

  it('R9: sends one JSON object with the ids and the result, and forbids caching', async () => {
    const bench = openBench()
    const { status, json, headers } = await bench.ask({ question: 'How long?', runId: RUN_ID }, JSON_ONLY)
    expect(status).toBe(200)
    expect(json).toMatchObject({ runId: RUN_ID, threadId: RUN_ID, finishReason: 'stop', saved: true })
    expect(json).toMatchObject({ messageId: expect.any(String), answer: 'They sleep 16 hours [1].' })
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it.each([
    ['upstream-auth', 502],
    ['upstream-rate-limited', 503],
    ['upstream-timeout', 504],
  ] as const)(
    'R9: answers %s with %d, the partial answer and the ids when one JSON object is requested',
    async (code, status) => {
      const error = new ChatError(`The key ${CANARY} is wrong`, { code, retryAfterMs: 1_500, cause: secretError() })
      const bench = openBench({ model: scriptedChatModel(['They sl', { error }]) })
      const sent = await bench.ask({ question: 'How long?', threadId: 'cats', runId: RUN_ID }, JSON_ONLY)
      expect(sent.status).toBe(status)
      expect(sent.error).toMatchObject({ code, retryAfterMs: 1_500, runId: RUN_ID, threadId: 'cats' })
      expect(sent.error.partial).toMatchObject({ finishReason: 'error', answer: 'They sl' })
      expect(sent.headers.get('retry-after')).toBe(status === 503 ? '2' : null)
      // Reported by the run, and not again by the handler.
      expect(bench.errors).toEqual([error])
    },
  )

  it('reports a failure as an event once the stream has started', async () => {
    const bench = openBench({ model: scriptedChatModel(['They sl', { error: secretError() }]) })
    const sent = await bench.ask({ question: 'How long?' })
    expect(sent.status).toBe(200)
    expect((await sent.events()).at(-1)).toMatchObject({ type: 'error', code: 'upstream-unavailable' })
    expect(bench.errors).toHaveLength(1)
  })

  it('answers with an engine', async () => {
    const engine: Engine = {
      async *answer({ question, scope, threadId }) {
        yield { type: 'source', source: { documentId: 'cats', text: 'Cats sleep.' } }
        yield { type: 'text', delta: `${scope}, ${threadId}: ${question}` }
        yield FINISH
      },
    }
    const bench = openBench({ answering: { engine, retriever: undefined, model: undefined } as never })
    const { json } = await bench.ask({ question: 'How long?', threadId: 'cats' }, JSON_ONLY)
    expect(json).toMatchObject({ answer: 'alice, cats: How long?', sources: [{ documentId: 'cats' }] })
  })

  it('answers without a history, and returns no thread id', async () => {
    const bench = openBench({ history: undefined } as never)
    const { json } = await bench.ask({ question: 'How long?' }, JSON_ONLY)
    expect(json).toMatchObject({ saved: false })
    expect(json).not.toHaveProperty('threadId')
  })

  it('passes the output of the filter schema to the retriever', async () => {
    const retrieve = async (_query: string, { filter }: { readonly filter?: unknown }) => {
      return [{ chunk: { chunkId: 'c', documentId: 'd', text: JSON.stringify(filter) } }]
    }
    const bench = openBench({ filter: z.object({ year: z.coerce.number() }), answering: { retriever: { retrieve } } })
    const { json } = await bench.ask({ question: 'How long?', filter: { year: '2024' } }, JSON_ONLY)
    expect(json).toMatchObject({ sources: [{ text: '{"year":2024}' }] })
    const { status, error } = await bench.ask({ question: 'How long?', filter: { year: 'x' } })
    expect(status).toBe(400)
    expect(error.field).toBe('filter.year')
  })

  it('F31, R7: gives the same answer to two identical requests, and runs once', async () => {
    const gate = createGate()
    const bench = openBench({ model: scriptedChatModel(['They sleep', { gate }, ' 16 hours [1].', FINISH]) })
    const body = { question: 'How long?', runId: RUN_ID }
    const first = bench.ask(body)
    await gate.reached()
    const second = bench.ask(body, JSON_ONLY)
    gate.open()
    const [events, { json }] = [await (await first).events(), await second]
    expect(answerOf(events)).toBe(json['answer'])
    expect(json).toMatchObject({ runId: RUN_ID, threadId: RUN_ID })
    // Also after its end, for as long as it is retained.
    expect((await bench.ask(body, JSON_ONLY)).json).toEqual(json)
    expect(bench.model.calls).toHaveLength(1)
  })

  it('passes the run to waitUntil, also if waitUntil throws', async () => {
    const bench = openBench()
    const works: Promise<unknown>[] = []
    const waitUntil = (work: Promise<unknown>) => void works.push(work)
    await bench.ask({ question: 'How long?' }, { context: { waitUntil } })
    expect(works).toHaveLength(1)
    await Promise.all(works)
    expect(bench.runs.active).toBe(0)
    const broken = () => {
      throw secretError()
    }
    expect((await bench.ask({ question: 'How long?' }, { context: { waitUntil: broken } })).status).toBe(200)
  })

  it.each(['context', 'request'] as const)(
    'stops the model when the client of a JSON answer leaves, by the signal of the %s',
    async (where) => {
      const gate = createGate()
      const bench = openBench({ model: scriptedChatModel(['They sleep', { gate }, FINISH]) })
      const { signal, abort } = leaving()
      const body = { question: 'How long?' }
      const left = where === 'context' ? { context: { signal } } : { signal }
      const answer = bench.open('POST', '/chat', { body, ...JSON_ONLY, ...left })
      await gate.reached()
      abort()
      expect((await answer).response.status).toBe(499)
      expect(await bench.model.calls[0]?.ended).toBe('aborted')
      expect(bench.errors).toEqual([])
    },
  )

  it('stops the model when the reader of a stream leaves', async () => {
    const gate = createGate()
    const bench = openBench({ model: scriptedChatModel(['They sleep', { gate }, FINISH]) })
    const { response } = await bench.open('POST', '/chat', { body: { question: 'How long?' } })
    const events = readEvents(response)
    await events.next()
    await gate.reached()
    await events.return?.()
    expect(await bench.model.calls[0]?.ended).toBe('aborted')
  })
})

describe('POST /runs', () => {
  it('R10: begins a run that is read separately, and returns its URL for any base path', async () => {
    const bench = openBench({ basePath: '/api/' })
    const { status, json, headers } = await bench.send('POST', '/api/runs', { body: { question: 'How long?' } })
    expect(status).toBe(202)
    expect(json).toEqual({ runId: expect.any(String), threadId: json['runId'] })
    const { pathname } = new URL(headers.get('location') ?? '', 'http://localhost/api/runs')
    expect(pathname).toBe(`/api/runs/${String(json['runId'])}/events`)
    const events = await (await bench.send('GET', pathname)).events()
    expect(events.at(-1)).toMatchObject({ type: 'done', answer: 'They sleep 16 hours [1].' })
  })

  it('F31: returns the same to two identical requests', async () => {
    const bench = openBench()
    const body = { question: 'How long?', runId: RUN_ID }
    const first = await bench.send('POST', '/runs', { body })
    const second = await bench.send('POST', '/runs', { body })
    expect(second.json).toEqual(first.json)
    expect([first.status, second.status]).toEqual([202, 202])
  })

  it('continues when its client has left, because the run was not read yet', async () => {
    const gate = createGate()
    const bench = openBench({ model: scriptedChatModel(['They sleep', { gate }, FINISH]) })
    const { signal, abort } = leaving()
    const { json } = await bench.send('POST', '/runs', { body: { question: 'How long?' }, context: { signal } })
    await gate.reached()
    abort()
    gate.open()
    const events = await (await bench.send('GET', `/runs/${String(json['runId'])}/events`)).events()
    expect(events.at(-1)).toMatchObject({ type: 'done', finishReason: 'stop' })
  })
})

function leaving() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}
