import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRawClient } from '../../src/testing.ts'
import { readSse } from '../../src/sse.ts'
import { collect } from '../support/bytes.ts'
import { startWorker, type Worker } from '../support/workerd.ts'

describe('in workerd', () => {
  let worker: Worker | undefined
  let url = ''
  beforeAll(async () => {
    worker = await startWorker('./test/frameworks/support/worker.ts')
    url = `http://127.0.0.1:${worker.port}`
  })
  afterAll(() => worker?.[Symbol.asyncDispose]())

  it.each(['/chat', '/api/chat'])('the handler answers POST %s with a stream', async (path) => {
    const response = await post(path, { question: 'Why?' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const events = response.body ? await collect(readSse(response.body)) : []
    expect(events.map(({ type }) => type)).toContain('source')
    expect(events.at(-1)).toMatchObject({ type: 'done', answer: 'You asked: Why?' })
  })

  it('the handler answers with JSON, and refuses what is wrong', async () => {
    const answer = await post('/api/chat', { question: 'Why?' }, { accept: 'application/json' })
    expect(await answer.json()).toMatchObject({ answer: 'You asked: Why?', finishReason: 'stop' })
    const refused = await post('/api/chat', { question: '' })
    expect([refused.status, await refused.json()]).toEqual([400, expect.objectContaining({ field: 'question' })])
    expect(await (await fetch(`${url}/api/runs`)).json()).toEqual({ runs: [] })
  })

  it('toResponse streams', async () => {
    const { body } = await fetch(`${url}/plain`)
    const events = body ? await collect(readSse(body)) : []
    expect(events.at(-1)?.type).toBe('done')
  })

  it('a client that leaves stops the model', async () => {
    using client = await openRawClient({
      port: Number(new URL(url).port),
      path: '/api/chat',
      body: { question: 'forever' },
    })
    await client.waitFor('You asked')
    client.destroy()
    let stopped = '0'
    while (stopped === '0') stopped = await (await fetch(`${url}/stopped`)).text()
    expect(stopped).toBe('1')
  })

  it('a run is read, and stopped, by other requests', async () => {
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

  function post(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const type = { 'content-type': 'application/json' }
    return fetch(url + path, { method: 'POST', body: JSON.stringify(body), headers: { ...type, ...headers } })
  }
})
