import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { memoryHistoryStore } from '../../../src/index.ts'
import { createGate, scriptedChatModel } from '../../../src/testing.ts'
import { eventually } from '../../support/eventually.ts'
import { FINISH, openBench, secretError, type Ask, type BenchOptions } from '../support/bench.ts'
import { notesDialect } from '../support/notes-dialect.ts'

const RUN = '0a0e4c0e-6c6a-4f0b-9a3e-2f5b6e1c7d01'

const { routes: _routes, ...NOTES_FORM } = notesDialect

/** The same form and errors on one path, which takes the native body. */
const ONE_PATH = { ...NOTES_FORM, path: '/note' }

function openNotes(options: BenchOptions = {}) {
  const bench = openBench({ dialects: [notesDialect], ...options })
  async function send(method: string, path: string, ask: Ask = {}) {
    const { response } = await bench.open(method, path, ask)
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  return { ...bench, send }
}

describe('the routes of a dialect', () => {
  it('start a run, and stream it in an encoding of the request', async () => {
    const { send, model } = openNotes()
    const sent = await send('POST', '/notes', { body: { text: 'How long do cats sleep?', noteId: RUN } })
    expect(sent.headers.get('x-note')).toBe(RUN)
    expect(sent.text.startsWith(': notes\n\n')).toBe(true)
    expect(sent.text).toContain('data: {"end":"stop"}')
    expect(model.calls).toHaveLength(1)
  })

  it('answer with the whole result', async () => {
    const { send } = openNotes()
    const sent = await send('POST', '/notes', { body: { text: 'How long do cats sleep?', whole: true } })
    expect(sent.status).toBe(200)
    expect(JSON.parse(sent.text)).toEqual({ answer: 'They sleep 16 hours [1].', finishReason: 'stop' })
  })

  it('attach to an existing run of the same id, without asking the model again', async () => {
    const { send, model } = openNotes()
    const ask = { body: { text: 'How long do cats sleep?', noteId: RUN } }
    const first = await send('POST', '/notes', ask)
    const second = await send('POST', '/notes', ask)
    expect(second.text).toBe(first.text)
    expect(model.calls).toHaveLength(1)
  })

  it('read a run of another dialect from its start, and answer their own 404 for one of another scope', async () => {
    const { send, ask } = openNotes()
    await ask({ question: 'How long do cats sleep?', runId: RUN })
    const read = await send('GET', `/notes/${RUN}`)
    expect(read.headers.get('x-rebuilt')).toBe('false')
    expect(read.text).toContain('data: {"end":"stop"}')
    expect(await send('GET', `/notes/${RUN}`, { as: 'mallory' })).toMatchObject({
      status: 404,
      text: '{"problem":"no such note"}',
    })
  })

  it('read a run that only the history still has, and say so', async () => {
    const history = memoryHistoryStore()
    await openNotes({ history }).ask({ question: 'How long do cats sleep?', runId: RUN })
    const read = await openNotes({ history }).send('GET', `/notes/${RUN}`)
    expect(read.headers.get('x-rebuilt')).toBe('true')
    expect(read.text).toContain('data: {"end":"stop"}')
  })

  it('stop a run, and find the active run of a thread', async () => {
    const { send, open } = openNotes({ model: scriptedChatModel(['They', { hang: 'until-abort' }]) })
    const { response } = await open('POST', '/notes', { body: { text: 'Why?', noteId: RUN, threadId: 'cats' } })
    expect(JSON.parse((await send('GET', '/notes/of/cats')).text)).toEqual({
      active: RUN,
      notes: [{ runId: RUN, question: 'Why?' }],
    })
    expect(await send('POST', `/notes/${RUN}/stop`)).toMatchObject({
      status: 202,
      text: '{"outcome":"stopping","finishReason":"abort"}',
    })
    expect(await response.text()).toContain('data: {"end":"abort"}')
    expect(JSON.parse((await send('GET', '/notes/of/cats')).text)).toMatchObject({ active: null })
  })

  it('rename, praise and delete what the scope has, and nothing of another scope', async () => {
    const { send, ask } = openNotes()
    await ask({ question: 'How long do cats sleep?', runId: RUN, threadId: 'cats' })
    expect(JSON.parse((await send('PATCH', '/notes/of/cats')).text)).toEqual({ isKnown: true, titles: ['Cats'] })
    expect(JSON.parse((await send('PUT', `/notes/${RUN}/praise`)).text)).toEqual({ rating: 'up' })
    const foreign = { as: 'mallory' }
    expect(JSON.parse((await send('PATCH', '/notes/of/cats', foreign)).text)).toEqual({ isKnown: false, titles: [] })
    expect((await send('PUT', `/notes/${RUN}/praise`, foreign)).status).toBe(404)
    expect((await send('DELETE', '/notes/of/cats', foreign)).status).toBe(404)
    expect((await send('DELETE', '/notes/of/cats')).status).toBe(204)
    expect((await send('DELETE', '/notes/of/cats')).status).toBe(404)
  })

  it.each([
    ['throw', () => Promise.reject(secretError())],
    ['answer without a stream', async () => ({ status: 202 })],
    ['answer with a header that no response can have', undefined],
  ])('stop an active run that only they have read, if they %s', async (_name, end) => {
    const { send, runs } = openNotes({
      model: scriptedChatModel(['They', { hang: 'until-abort' }]),
      dialects: [
        {
          ...notesDialect,
          routes: [
            {
              method: 'POST',
              path: '/notes',
              summary: 'Opens two readers',
              async answer(call) {
                const run = await call.ask({ question: 'Why?', runId: RUN })
                const events = run.read()
                await call.open(run.runId)
                return end ? end() : { events, encoding: { ...notesDialect, headers: { x: 'a\nb' } } }
              },
            },
          ],
        },
      ],
    })
    await send('POST', '/notes')
    await eventually(() => expect(runs.active).toBe(0))
  })

  it('refuse a title that the native routes refuse', async () => {
    const { send, ask } = openNotes({
      dialects: [
        {
          ...notesDialect,
          routes: [
            {
              method: 'PATCH',
              path: '/notes',
              summary: 'Renames',
              answer: async ({ history }) => ({ body: { isKnown: await history?.rename('cats', 'a\nb') } }),
            },
          ],
        },
      ],
    })
    await ask({ question: 'How long do cats sleep?', threadId: 'cats' })
    const sent = await send('PATCH', '/notes')
    expect(sent.status).toBe(400)
    expect(JSON.parse(sent.text)).toMatchObject({ problem: { code: 'invalid-input', field: 'title' } })
  })

  it('refuse a position in the list of threads that is no id', async () => {
    const { send } = openNotes({
      dialects: [
        {
          ...notesDialect,
          routes: [
            {
              method: 'GET',
              path: '/notes',
              summary: 'Lists',
              answer: async ({ history }) => ({ body: (await history?.list({ limit: 1, before: 'a\0b' })) ?? [] }),
            },
          ],
        },
      ],
    })
    const sent = await send('GET', '/notes')
    expect(sent.status).toBe(400)
    expect(JSON.parse(sent.text)).toMatchObject({ problem: { code: 'invalid-input', field: 'before' } })
  })

  it('send a text as plain text', async () => {
    const sent = await openNotes().send('GET', '/notes-hello')
    expect(sent.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(sent.text).toBe('hello')
  })

  it('answer with a Response as it is, know the scope, and report an error of their own', async () => {
    const { send, errors } = openNotes()
    expect(await send('PUT', '/notes', { body: {}, as: 'bob' })).toMatchObject({
      status: 422,
      text: '{"problem":"no text"}',
    })
    const sent = await send('PUT', '/notes', { body: { text: 'How long do cats sleep?' }, as: 'bob' })
    expect([sent.status, sent.headers.get('x-scope')]).toEqual([203, 'bob'])
    expect(sent.text).toMatch(/^start\n.*token\n.*done\n$/su)
    expect(errors.map(({ code, message }) => [code, message])).toEqual([
      ['internal', 'asked by bob'],
      ['internal', 'asked by bob'],
    ])
  })

  it('end the run when the body of their Response is canceled', async () => {
    const gate = createGate()
    const model = scriptedChatModel(['They sleep', { gate }, FINISH])
    const { open } = openNotes({ model })
    const { response } = await open('PUT', '/notes', { body: { text: 'How long do cats sleep?' } })
    await gate.reached()
    await response.body?.cancel()
    expect(await model.calls[0]?.ended).toBe('aborted')
  })

  it('stand in the OpenAPI document, each with its id', async () => {
    const { send } = openNotes()
    const document = JSON.parse((await send('GET', '/openapi.json')).text) as Record<string, unknown>
    expect(await new Validator().validate(document)).toMatchObject({ valid: true })
    expect(document).toHaveProperty(['paths', '/notes/{noteId}/stop', 'post', 'parameters', 0, 'name'], 'noteId')
    expect(document).toHaveProperty(
      ['paths', '/notes/of/{threadId}', 'delete', 'operationId'],
      'notes-delete-notes-of-threadId',
    )
  })
})

describe('the messages of a client', () => {
  const body = { text: 'And dogs?', before: ['How long do cats sleep?', 'Sixteen hours.'] }

  it('are the conversation of a chat without a history', async () => {
    const { send, model } = openNotes({ history: undefined, answering: { condenser: false } })
    await send('POST', '/notes', { body })
    expect(JSON.stringify(model.calls[0]?.request.messages)).toContain('How long do cats sleep?')
  })

  it('are ignored by a chat that has the conversation itself', async () => {
    const { send, model } = openNotes()
    const sent = await send('POST', '/notes', { body })
    expect(sent.status).toBe(200)
    expect(JSON.stringify(model.calls)).not.toContain('How long do cats sleep?')
  })
})

describe('a failed request of a dialect', () => {
  it('gets the form of the dialect for a body that the route refuses', async () => {
    const { send, errors, model } = openNotes()
    const sent = await send('POST', '/notes', { body: { text: 7 } })
    expect(sent.status).toBe(400)
    expect(JSON.parse(sent.text)).toEqual({
      problem: {
        status: 400,
        code: 'invalid-input',
        message: 'Cannot use text: it must be a string',
        field: 'text',
      },
    })
    expect(errors).toEqual([])
    expect(model.calls).toEqual([])
  })

  it.each([
    ['an empty question', { body: { text: ' ' } }, 400],
    ['an id that is no run', { body: { text: 'Why?', noteId: 'x' } }, 400],
    ['a body that is no JSON', { body: '{', headers: { 'content-type': 'application/json' } }, 400],
    ['a body of another type', { body: 'text', headers: { 'content-type': 'text/plain' } }, 415],
    ['a body that is too long', { body: { text: 'a'.repeat(300_000) } }, 413],
  ])('gets that form for %s', async (_name, ask, status) => {
    const { send, errors, model } = openNotes()
    const sent = await send('POST', '/notes', ask)
    expect(sent.status).toBe(status)
    expect(JSON.parse(sent.text)).toMatchObject({ problem: { status, code: 'invalid-input' } })
    expect(errors).toEqual([])
    expect(model.calls).toEqual([])
  })

  it('names the active run of a busy thread', async () => {
    const gate = createGate()
    const { send, open } = openNotes({ model: scriptedChatModel(['They', { gate }, FINISH]) })
    const { response } = await open('POST', '/notes', { body: { text: 'Why?', noteId: RUN, threadId: 'cats' } })
    const sent = await send('POST', '/notes', { body: { text: 'Why?', threadId: 'cats' } })
    expect(sent.status).toBe(409)
    expect(JSON.parse(sent.text)).toMatchObject({ problem: { code: 'thread-busy', runId: RUN } })
    gate.open()
    await response.text()
  })

  it('is reported once with its cause, and gives nothing of it away, if a whole answer fails', async () => {
    const { send, errors } = openNotes({
      model: scriptedChatModel([{ error: secretError() }]),
      answering: { retries: 0 },
    })
    const sent = await send('POST', '/notes', { body: { text: 'Why?', whole: true } })
    expect(sent.status).toBe(503)
    expect(JSON.parse(sent.text)).toMatchObject({ problem: { code: 'upstream-unavailable' } })
    expect(errors).toHaveLength(1)
  })

  it('gets the form of a dialect with one path, too, for a busy thread', async () => {
    const gate = createGate()
    const { send, open } = openNotes({
      model: scriptedChatModel(['They', { gate }, FINISH]),
      dialects: [{ ...ONE_PATH, holdsStatus: false }],
    })
    const body = { question: 'Why?', runId: RUN, threadId: 'cats' }
    const { response } = await open('POST', '/note', { body })
    const sent = await send('POST', '/note', { body: { ...body, runId: undefined } })
    expect(sent.status).toBe(409)
    expect(JSON.parse(sent.text)).toMatchObject({ problem: { code: 'thread-busy', runId: RUN } })
    gate.open()
    await response.text()
  })

  it('gets the form of a dialect with one path, and is reported once, if a held answer fails', async () => {
    const { send, errors } = openNotes({
      model: scriptedChatModel(['They', { error: secretError() }]),
      answering: { retries: 0 },
      dialects: [{ ...ONE_PATH, holdsStatus: true }],
    })
    const sent = await send('POST', '/note', { body: { question: 'Why?', runId: RUN } })
    expect(JSON.parse(sent.text)).toMatchObject({ problem: { status: sent.status, runId: RUN } })
    expect(sent.status).toBeGreaterThanOrEqual(500)
    expect(errors).toHaveLength(1)
  })

  it('is a 500 that is reported, if the route itself throws', async () => {
    const { send, errors } = openNotes({
      dialects: [
        {
          ...notesDialect,
          routes: [{ method: 'GET', path: '/notes', summary: 'Breaks', answer: () => Promise.reject(secretError()) }],
        },
      ],
    })
    const sent = await send('GET', '/notes')
    expect(sent.status).toBe(500)
    expect(JSON.parse(sent.text)).toMatchObject({ problem: { status: 500, code: 'internal' } })
    expect(errors).toHaveLength(1)
  })

  it('is the response that scope throws', async () => {
    const refused = new Response('who are you?', { status: 401 })
    const { send } = openNotes({ scope: () => Promise.reject(refused) })
    expect(await send('POST', '/notes', { body: { text: 'Why?' } })).toMatchObject({
      status: 401,
      text: 'who are you?',
    })
  })
})
