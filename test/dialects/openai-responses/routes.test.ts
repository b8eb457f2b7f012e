import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { memoryHistoryStore } from '../../../src/index.ts'
import { openaiResponses } from '../../../src/openai-responses.ts'
import type { RunRegistry } from '../../../src/server.ts'
import { createGate, scriptedChatModel } from '../../../src/testing.ts'
import { FINISH, secretError, type Ask, type BenchOptions } from '../../http/support/bench.ts'
import { eventually } from '../../support/eventually.ts'
import { openResponses } from './support/open-responses.ts'
import { finalResponseOf, framesOf, responseObject, textOf, type WireResponse } from './support/wire.ts'

const RUN = '0a0e4c0e-6c6a-4f0b-9a3e-2f5b6e1c7d01'

function openRoutes(options: BenchOptions = {}) {
  const bench = openResponses({}, options)
  const stream = async (body: object, ask?: Ask) =>
    (await bench.send('POST', '/v1/responses', { ...ask, body: { ...body, stream: true } })).text
  async function create(body: object, ask?: Ask): Promise<WireResponse> {
    const { json } = await bench.send('POST', '/v1/responses', {
      ...ask,
      body: { input: 'How long do cats sleep?', ...body },
    })
    return responseObject.parse(json)
  }
  async function retrieve(id: string, ask?: Ask): Promise<WireResponse> {
    return responseObject.parse((await bench.send('GET', `/v1/responses/${id}`, ask)).json)
  }
  return { ...bench, create, stream, retrieve }
}

const activeOf = (runs: RunRegistry) => runs.list('alice', { signal: new AbortController().signal })

/** A history whose `find` fails while the condition of `setFailing` holds. */
function failingHistory() {
  const history = memoryHistoryStore()
  let isFailing = async (): Promise<boolean> => false
  const find: typeof history.find = async (...args) => {
    if (await isFailing()) throw secretError()
    return history.find?.(...args)
  }
  const setFailing = (condition: () => Promise<boolean>): void => void (isFailing = condition)
  return { history: { ...history, find }, setFailing }
}

const idOf = (text: string): string =>
  framesOf(text).flatMap((frame) => ('response' in frame ? [frame.response.id] : []))[0] ?? ''

describe('POST /v1/responses', () => {
  it('answers with the response that its stream ends with', async () => {
    const { create, stream } = openRoutes()
    const whole = await create({})
    const streamed = finalResponseOf(framesOf(await stream({ input: 'How long do cats sleep?' })))
    const text = (response: WireResponse) => JSON.stringify(response.output).replaceAll(response.id.slice(5), 'run')
    expect(text(streamed)).toBe(text(whole))
    expect(whole).toMatchObject({ status: 'completed', store: true, usage: { total_tokens: expect.any(Number) } })
  })

  it('answers a failed run with the status of its code, and reports it once', async () => {
    const { send, errors } = openRoutes({
      model: scriptedChatModel(['They', { error: secretError() }]),
      answering: { retries: 0 },
    })
    const { status, json } = await send('POST', '/v1/responses', { body: { input: 'Why?' } })
    expect([status, json]).toMatchObject([503, { error: { type: 'server_error', code: 'upstream-unavailable' } }])
    expect(errors).toHaveLength(1)
  })

  it('answers a repeated request with the same key once', async () => {
    const { create, model } = openRoutes()
    const headers = { 'idempotency-key': RUN }
    const first = await create({}, { headers })
    expect(first.id).toBe(`resp_${RUN}`)
    expect(await create({}, { headers })).toEqual(first)
    expect(model.calls).toHaveLength(1)
  })

  it.each(['one', 'k'.repeat(2_000)])('takes a key of any form', async (key) => {
    const { create, model } = openRoutes()
    const headers = { 'idempotency-key': key }
    const first = await create({}, { headers })
    expect(await create({}, { headers })).toEqual(first)
    expect(model.calls).toHaveLength(1)
    expect((await create({}, { headers: { 'idempotency-key': 'other' } })).id).not.toBe(first.id)
  })

  it('stops a run whose date cannot be looked up, because nobody reads it', async () => {
    const { history, setFailing } = failingHistory()
    const model = scriptedChatModel(['They', { hang: 'until-abort' }])
    const { send, runs } = openRoutes({ history, model, answering: { condenser: false } })
    setFailing(async () => (await activeOf(runs)).length > 0)
    const headers = { 'idempotency-key': RUN }
    const { status } = await send('POST', '/v1/responses', { body: { input: 'Why?', stream: true }, headers })
    expect(status).toBe(503)
    await eventually(async () => expect(await activeOf(runs)).toEqual([]))
    for (const { ended } of model.calls) expect(await ended).toBe('aborted')
  })

  it('answers at once in the background; a look at the run does not stop it', async () => {
    const gate = createGate()
    const { create, retrieve, send } = openRoutes({ model: scriptedChatModel(['They', { gate }, ' sleep.', FINISH]) })
    const { id, ...begun } = await create({ background: true })
    expect(begun).toMatchObject({ status: 'in_progress', background: true, output: [] })
    expect(await retrieve(id)).toMatchObject({ status: 'in_progress' })
    expect(await retrieve(id)).toMatchObject({ status: 'in_progress' })
    gate.open()
    const { text } = await send('GET', `/v1/responses/${id}?stream=true`)
    expect(await retrieve(id)).toEqual({ ...finalResponseOf(framesOf(text)), background: false })
    expect(textOf(framesOf(text))).toBe('They sleep.')
  })

  it('answers a repeated request in the background with the response that has ended', async () => {
    const { create, model } = openRoutes()
    const headers = { 'idempotency-key': 'one' }
    const { id, output } = await create({}, { headers })
    const again = await create({ background: true }, { headers })
    expect(again).toMatchObject({ id, output, status: 'completed', background: true })
    expect(model.calls).toHaveLength(1)
  })
})

describe('the conversation of a response', () => {
  it('goes on by previous_response_id, by conversation, or by a reference to an item', async () => {
    const { create } = openRoutes()
    const first = await create({})
    const second = await create({ previous_response_id: first.id })
    const third = await create({ conversation: { id: second.conversation?.id } })
    const reference = { type: 'item_reference', id: third.output.at(-1)?.id }
    const fourth = await create({ input: [reference, { role: 'user', content: 'And dogs?' }] })
    const ids = [first, second, third, fourth].map(({ conversation }) => conversation?.id)
    expect(new Set(ids).size).toBe(1)
    expect(second.previous_response_id).toBe(first.id)
  })

  it.each([
    ['previous_response_id', 'previous_response_not_found'],
    ['conversation', 'conversation_not_found'],
  ])('is unknown to another scope by %s', async (param, code) => {
    const { create, send, model } = openRoutes()
    const first = await create({})
    const id = param === 'conversation' ? first.conversation?.id : first.id
    const paid = model.calls.length
    const refused = await send('POST', '/v1/responses', { body: { input: 'And dogs?', [param]: id }, as: 'mallory' })
    expect([refused.status, refused.json]).toMatchObject([404, { error: { code, param } }])
    expect(model.calls).toHaveLength(paid)
  })

  it('does not branch: an earlier response is refused, because the later ones would be part of the prompt', async () => {
    const { create, send } = openRoutes()
    const first = await create({})
    await create({ previous_response_id: first.id })
    const body = { input: 'And dogs?', previous_response_id: first.id }
    const { status, json } = await send('POST', '/v1/responses', { body })
    expect([status, json]).toMatchObject([400, { error: { code: 'conversation_has_continued' } }])
  })

  it('goes on after an attempt that failed', async () => {
    let isDown = false
    const model = scriptedChatModel(({ purpose }) =>
      isDown && purpose === 'answer' ? [{ error: new Error('down') }] : ['They sleep.', FINISH],
    )
    const { create, send } = openRoutes({ model, answering: { retries: 0 } })
    const first = await create({})
    isDown = true
    const body = { input: 'How long do cats sleep?', previous_response_id: first.id }
    expect((await send('POST', '/v1/responses', { body })).status).toBe(503)
    isDown = false
    expect((await create(body)).conversation).toEqual(first.conversation)
  })

  it('is busy while a response of it runs', async () => {
    const gate = createGate()
    const { create, send } = openRoutes({ model: scriptedChatModel(['They', { gate }, ' sleep.', FINISH]) })
    const { id } = await create({ background: true })
    const body = { input: 'And dogs?', previous_response_id: id }
    const { status, json } = await send('POST', '/v1/responses', { body })
    expect([status, json]).toMatchObject([409, { error: { code: 'thread-busy' } }])
    gate.open()
    expect(textOf(framesOf((await send('GET', `/v1/responses/${id}?stream=true`)).text))).toBe('They sleep.')
  })
})

describe('GET /v1/responses/{responseId}', () => {
  it('streams the rest of a response after any of its frames', async () => {
    const { stream, send } = openRoutes()
    const text = await stream({ input: 'How long do cats sleep?' })
    const whole = framesOf(text)
    const path = `/v1/responses/${idOf(text)}?stream=true`
    expect((await send('GET', path)).text).toBe(text)
    for (const [index] of whole.entries()) {
      const rest = await send('GET', `${path}&starting_after=${index}`)
      expect(framesOf(rest.text, { first: index + 1 })).toEqual(whole.slice(index + 1))
    }
  })

  it('reads a run that was begun in the native protocol', async () => {
    const { ask, retrieve } = openRoutes()
    await ask({ question: 'How long do cats sleep?', runId: RUN })
    const { output, created_at } = await retrieve(`resp_${RUN}`)
    expect(output.at(-1)).toMatchObject({ content: [{ text: 'They sleep 16 hours [1].' }] })
    expect(Math.abs(created_at - Date.now() / 1_000)).toBeLessThan(60)
  })

  it('opens no reader before the date is looked up, so that a look-up that hangs keeps no run alive', async () => {
    const gate = createGate()
    const history = memoryHistoryStore()
    let hangs = false
    const find: typeof history.find = async (...args) => {
      if (hangs) await gate.pass()
      return history.find?.(...args)
    }
    const model = scriptedChatModel(['They', { hang: 'until-abort' }])
    const { open, runs, send } = openRoutes({ history: { ...history, find }, model })
    const { response } = await open('POST', '/chat', { body: { question: 'Why?', runId: RUN } })
    hangs = true
    const retrieved = send('GET', `/v1/responses/resp_${RUN}?stream=true`)
    await gate.reached()
    await response.body?.cancel()
    await eventually(async () => expect(await activeOf(runs)).toEqual([]))
    gate.open()
    expect(framesOf((await retrieved).text).at(-1)).toMatchObject({ response: { status: 'cancelled' } })
  })

  it('reads a failed response, with its status', async () => {
    const model = scriptedChatModel(['They', { error: new Error('down') }])
    const { stream, retrieve } = openRoutes({ model, answering: { retries: 0 } })
    const text = await stream({ input: 'Why?' })
    expect(await retrieve(idOf(text))).toMatchObject({ status: 'failed', error: { code: 'server_error' } })
  })

  it('reads a response that only the history still has, but no rest of it', async () => {
    const history = memoryHistoryStore()
    const first = await openRoutes({ history }).create({})
    const { retrieve, send } = openRoutes({ history })
    expect(await retrieve(first.id)).toEqual(first)
    const path = `/v1/responses/${first.id}?stream=true`
    expect(textOf(framesOf((await send('GET', path)).text))).toBe('They sleep 16 hours [1].')
    const { status, json } = await send('GET', `${path}&starting_after=9`)
    expect([status, json]).toMatchObject([410, { error: { code: 'run-expired', param: 'starting_after' } }])
  })

  it.each([
    ['an unknown id', `resp_${RUN}`, 404],
    ['an id of another form', RUN, 404],
    ['an id that is too long', `resp_${'x'.repeat(300)}`, 404],
    ['a stream that is neither true nor false', `resp_${RUN}?stream=1`, 400],
    ['a position that is no number', `resp_${RUN}?stream=true&starting_after=x`, 400],
  ])('refuses %s', async (_name, path, status) => {
    const refused = await openRoutes().send('GET', `/v1/responses/${path}`)
    expect([refused.status, refused.json]).toMatchObject([status, { error: { type: expect.any(String) } }])
  })

  it('knows no response of another scope', async () => {
    const { create, send } = openRoutes()
    const { id } = await create({})
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '?stream=true'],
      ['GET', '/input_items'],
      ['POST', '/cancel'],
    ] as const) {
      const { status, json } = await send(method, `/v1/responses/${id}${path}`, { as: 'mallory' })
      expect([status, json]).toMatchObject([404, { error: { type: 'invalid_request_error', code: 'not-found' } }])
    }
  })

  it('lists the question of a stored response', async () => {
    const { create, send } = openRoutes()
    const { id } = await create({})
    expect((await send('GET', `/v1/responses/${id}/input_items`)).json).toMatchObject({
      object: 'list',
      has_more: false,
      data: [{ role: 'user', content: [{ type: 'input_text', text: 'How long do cats sleep?' }] }],
    })
  })

  it('shows the text of sources on request', async () => {
    const dialects = [openaiResponses({ fileSearch: 'on-request' })]
    const { create, retrieve } = openRoutes({ dialects })
    const { id, output } = await create({})
    expect(output[0]).toMatchObject({ results: null })
    expect((await create({ include: ['file_search_call.results'] })).output[0]).toMatchObject({ results: [{}] })
    const asked = await retrieve(`${id}?include[]=file_search_call.results`)
    expect(asked.output[0]).toMatchObject({ results: [{ text: 'Cats sleep 16 hours a day.' }] })
  })
})

describe('POST /v1/responses/{responseId}/cancel', () => {
  it('stops a response, and returns what it said', async () => {
    const model = scriptedChatModel(['They', { hang: 'until-abort' }])
    const { create, send, retrieve } = openRoutes({ model })
    const { id } = await create({ background: true })
    await eventually(() => expect(model.calls).toHaveLength(1))
    const { json } = await send('POST', `/v1/responses/${id}/cancel`)
    expect(responseObject.parse(json)).toMatchObject({
      id,
      status: 'cancelled',
      incomplete_details: { reason: 'cancelled' },
    })
    expect(await model.calls[0]?.ended).toBe('aborted')
    expect(await retrieve(id)).toMatchObject({ status: 'cancelled' })
  })

  it('returns a response that has ended as it is', async () => {
    const { create, send } = openRoutes()
    const first = await create({})
    const { json } = await send('POST', `/v1/responses/${first.id}/cancel`)
    expect(responseObject.parse(json)).toEqual(first)
  })
})

describe('the OpenAPI document', () => {
  it('describes the routes, with both forms of an answer', async () => {
    const { handler } = openRoutes()
    const response = await handler(new Request('http://localhost/openapi.json'))
    const document = await response.json()
    expect(await new Validator().validate(document)).toMatchObject({ valid: true })
    const forms = { responses: { 200: { content: { 'application/json': {}, 'text/event-stream': {} } } } }
    expect(document).toMatchObject({
      paths: {
        '/v1/responses': { post: { ...forms, requestBody: { content: { 'application/json': {} } } } },
        '/v1/responses/{responseId}': { get: forms },
        '/v1/responses/{responseId}/cancel': { post: {} },
        '/v1/responses/{responseId}/input_items': { get: {} },
      },
    })
  })
})
