import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { discardAnswer, toWebResponse } from '../../src/http/chat-answer.ts'
import { scriptedChatModel } from '../../src/testing.ts'
import { collect } from '../support/bytes.ts'
import { eventually } from '../support/eventually.ts'
import { openBench, toRequest } from './support/bench.ts'

const QUESTION = { body: { question: 'Why?' } }

describe('answer() of a handler', () => {
  it('gives a stream as its events, its dialect and options', async () => {
    const { handler } = openBench()
    const answer = await handler.answer(toRequest('POST', '/chat', QUESTION))
    if (answer.type !== 'stream') return expect.fail('This is no stream')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
    expect([answer.body.dialect.name, answer.body.options.stallMs]).toEqual(['sse', 30_000])
    expect((await collect(answer.body.events)).at(-1)?.type).toBe('done')
  })

  it('gives one object and a refusal as a whole text', async () => {
    const { handler } = openBench()
    const headers = { accept: 'application/json' }
    expect(await handler.answer(toRequest('POST', '/chat', { ...QUESTION, headers }))).toMatchObject({
      type: 'whole',
      status: 200,
      body: expect.stringContaining('"answer":"They sleep 16 hours [1]."'),
    })
    const refused = await handler.answer(toRequest('POST', '/chat', { body: {} }))
    expect(refused).toMatchObject({ type: 'whole', status: 400 })
    expect(refused).not.toHaveProperty('unrouted')
  })

  it('says that it does not know a path, and sends a 404 where nothing else does', async () => {
    const { handler } = openBench()
    const answer = await handler.answer(toRequest('GET', '/nowhere'))
    expect(answer).toMatchObject({ type: 'whole', status: 404, unrouted: true })
    expect(await toWebResponse(answer).text()).toContain('basePath')
  })

  it('gives a Response that scope has thrown as it is', async () => {
    const response = new Response('no', { status: 418 })
    const { handler, errors } = openBench({ scope: () => Promise.reject(response) })
    expect(await handler.answer(toRequest('GET', '/runs'))).toEqual({ type: 'response', response })
    expect(await handler(toRequest('GET', '/runs'))).toBe(response)
    expect(errors).toEqual([])
  })

  it('never rejects', async () => {
    const { handler, errors } = openBench({ scope: () => Promise.reject(new Error('broken')) })
    expect(await handler.answer(toRequest('GET', '/runs'))).toMatchObject({ type: 'whole', status: 500 })
    expect(errors).toHaveLength(1)
  })

  it('gives up the run of a stream that is discarded', async () => {
    const model = scriptedChatModel([{ hang: 'until-abort' }])
    const { handler, runs } = openBench({ model })
    const left = new AbortController()
    const answer = await handler.answer(toRequest('POST', '/chat', QUESTION), { signal: left.signal })
    expect(runs.active).toBe(1)
    await discardAnswer(answer)
    await eventually(() => expect(runs.active).toBe(0))
    expect(getEventListeners(left.signal, 'abort')).toEqual([])
  })
})
