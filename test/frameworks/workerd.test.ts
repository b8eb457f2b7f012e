import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openRawClient } from '../../src/testing.ts'
import { readSse } from '../../src/sse.ts'
import { collect } from '../support/bytes.ts'
import { eventually } from '../support/eventually.ts'
import { startWorker, type Worker } from '../support/workerd.ts'

interface Leaving {
  readonly leave: 'destroy' | 'resetAndDestroy'
  readonly withinMs: number
}

describe('in workerd', () => {
  let worker: Worker | undefined
  let url = ''
  beforeAll(async () => {
    worker = await startWorker('./test/frameworks/support/worker.ts')
    url = `http://127.0.0.1:${worker.port}`
  })
  afterAll(() => worker?.[Symbol.asyncDispose]())

  it.each(['/chat', '/api/chat'])('the handler streams the answer to POST %s', async (path) => {
    const response = await post(path, { question: 'Why?' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const events = response.body ? await collect(readSse(response.body)) : []
    expect(events.map(({ type }) => type)).toContain('source')
    expect(events.at(-1)).toMatchObject({ type: 'done', answer: 'You asked: Why?' })
  })

  it('the handler answers with JSON, and rejects invalid requests', async () => {
    const answer = await post('/api/chat', { question: 'Why?' }, { accept: 'application/json' })
    expect(await answer.json()).toMatchObject({ answer: 'You asked: Why?', finishReason: 'stop' })
    const refused = await post('/api/chat', { question: '' })
    expect([refused.status, await refused.json()]).toEqual([400, expect.objectContaining({ field: 'question' })])
    expect(await (await fetch(`${url}/api/runs`)).json()).toEqual({ runs: [] })
  })

  it('createVectorIndex searches, although no bytes may be compiled', async () => {
    const response = await fetch(`${url}/nearest`)
    expect(await response.json()).toEqual({ hits: [{ id: 2, score: 1 }], compiles: false })
  })

  it('toResponse streams', async () => {
    const { body } = await post('/plain', { question: 'Why?' })
    const events = body ? await collect(readSse(body)) : []
    expect(events.at(-1)?.type).toBe('done')
  })

  describe.each([
    ['the handler', '/chat'],
    ['honoChat', '/api/chat'],
    ['toResponse in a route', '/plain'],
  ])('%s, with default options', (_name, path) => {
    it.each([
      ['talks, when the client closes its connection', 'talk', 'destroy'],
      ['talks, when the client resets its connection', 'talk', 'resetAndDestroy'],
      ['is silent, when the client resets its connection', 'forever', 'resetAndDestroy'],
    ] as const)('A18: stops at once a model that %s', async (_model, question, leave) => {
      await expectStop(path, question, { leave, withinMs: 2_000 })
    })
  })

  // workerd does not detect a FIN while it has nothing to write.
  it('A18: stops a silent model at the first keep-alive after the client has closed its connection', async () => {
    await expectStop('/chat', 'forever', { leave: 'destroy', withinMs: 8_000 + 2_000 })
  })

  it('reads and stops a run in other requests', async () => {
    const runId = crypto.randomUUID()
    const port = Number(new URL(url).port)
    using first = await openRawClient({ port, path: '/api/chat', body: { question: 'forever', runId } })
    await first.waitFor('You asked')
    using second = await openRawClient({ port, path: `/api/runs/${runId}/events` })
    await second.waitFor('You asked')
    const stop = await post(`/api/runs/${runId}/stop`, {})
    expect(await stop.json()).toEqual({ runId, outcome: 'stopping', finishReason: 'abort' })
    for (const reader of [first, second]) {
      expect(await reader.ended()).toBe('complete')
      expect(reader.text).toContain('"finishReason":"abort"')
    }
  })

  /** Leaves an answer in progress, and resolves when its model was stopped. */
  async function expectStop(path: string, question: string, { leave, withinMs }: Leaving): Promise<void> {
    const stopped = async () => Number(await (await fetch(`${url}/stopped`)).text())
    const before = await stopped()
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const body = JSON.stringify({ question })
    const head = [
      `POST ${path} HTTP/1.1`,
      'host: a',
      'content-type: application/json',
      `content-length: ${body.length}`,
    ]
    let text = ''
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
    await eventually(() => expect(text).toContain('You asked'))
    expect(await stopped()).toBe(before)
    socket[leave]()
    await vi.waitFor(async () => expect(await stopped()).toBe(before + 1), { timeout: withinMs, interval: 10 })
  }

  function post(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const type = { 'content-type': 'application/json' }
    return fetch(url + path, { method: 'POST', body: JSON.stringify(body), headers: { ...type, ...headers } })
  }
})
