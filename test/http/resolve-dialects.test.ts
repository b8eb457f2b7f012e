import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { createChatHandler, nativeSse, type ChatHandlerOptions, type Dialect } from '../../src/server.ts'
import { fakeRetriever, scriptedChatModel } from '../../src/testing.ts'
import { toResponse, type SinkFormat } from '../../src/web.ts'
import { acmeDialect } from '../dialects/support/acme-dialect.ts'
import { drivenStream } from '../support/driven-stream.ts'
import { eventually } from '../support/eventually.ts'
import { FINISH, openBench } from './support/bench.ts'
import { notesDialect } from './support/notes-dialect.ts'

const { path: _path, request: _request, ...WITHOUT_PATH } = acmeDialect

const ROUTE = { method: 'GET', path: '/notes/{key}', summary: 'Reads', answer: async () => ({}) } as const

/** Chosen by `Accept`. */
const CSV: Dialect = {
  ...WITHOUT_PATH,
  name: 'csv',
  mediaType: 'text/csv',
  headers: { 'content-type': 'text/csv', 'cache-control': 'no-store' },
  opening: '',
}

/** Answers with a status, like the native JSON. */
const WHOLE: Dialect = {
  name: 'whole',
  mediaType: 'application/vnd.acme+json',
  headers: { 'content-type': 'application/vnd.acme+json' },
  opening: '',
  keepAlive: '',
  breaksOnError: true,
  holdsStatus: true,
  open: () => (event) => (event.type === 'done' ? JSON.stringify({ text: event.answer }) : ''),
}

const WRONG: readonly (readonly [name: string, dialects: readonly unknown[], message: RegExp])[] = [
  ['no array', acmeDialect as never, /dialects: it must be an array of dialects, and it is an object$/],
  ['null', [null], /a dialect must be an object, and it is null$/],
  ['a text', ['sse'], /a dialect must be an object, and it is a string$/],
  ['no name', [{ ...acmeDialect, name: undefined }], /the dialect without a name: name must be a name of/],
  ['a name with a blank', [{ ...acmeDialect, name: 'a b' }], /the dialect a b: name must be .*, and it is "a b"$/],
  ['no open', [{ ...acmeDialect, open: undefined }], /the dialect acme: open must be a function .* it is undefined$/],
  ['an open that is no function', [{ ...acmeDialect, open: {} }], /acme: open must be a function/],
  ['a media type with parameters', [{ ...acmeDialect, mediaType: 'a/b; q=1' }], /acme: mediaType must be a media type/],
  ['headers that are none', [{ ...acmeDialect, headers: { 'content-type': 7 } }], /acme: headers must be an object/],
  ['a header with a line break', [{ ...acmeDialect, headers: { x: 'a\nb' } }], /acme: headers must be an object/],
  [
    'a content type of another media type',
    [{ ...acmeDialect, headers: { 'content-type': 'text/html' } }],
    /acme: the header content-type must be of its mediaType text\/event-stream, and it is text\/html$/,
  ],
  [
    'a header of the connection',
    [{ ...CSV, headers: { ...CSV.headers, 'Content-Length': '5' } }],
    /csv: the header Content-Length is set by the server; leave it out$/,
  ],
  ['no content type', [{ ...acmeDialect, headers: {} }], /acme: the header content-type .*, and it is missing$/],
  [
    'an opening that is no text',
    [{ ...acmeDialect, opening: 1 }],
    /acme: opening must be a string, and it is a number$/,
  ],
  ['a keep-alive that is no text', [{ ...acmeDialect, keepAlive: null }], /acme: keepAlive must be a string/],
  [
    'breaksOnError that is no boolean',
    [{ ...acmeDialect, breaksOnError: 'no' }],
    /acme: breaksOnError must be true or/,
  ],
  ['holdsStatus that is no boolean', [{ ...acmeDialect, holdsStatus: 1 }], /acme: holdsStatus must be true or false/],
  ['a schema that is none', [{ ...acmeDialect, schema: 'string' }], /acme: schema must be a JSON Schema/],
  ['a request that is none', [{ ...acmeDialect, request: () => ({}) }], /acme: request must be an object with schema/],
  ['a request without a schema', [{ ...acmeDialect, request: { toChatRequest() {} } }], /acme: request.schema must be/],
  [
    'a request without a function',
    [{ ...acmeDialect, request: { schema: {} } }],
    /acme: request.toChatRequest must be/,
  ],
  [
    'an unknown member of the request',
    [{ ...acmeDialect, request: { ...acmeDialect.request, parse() {} } }],
    /acme: it has no member request.parse; leave it out or use schema, toChatRequest$/,
  ],
  ['a request without a path', [{ ...acmeDialect, path: undefined }], /acme: its member request needs a path/],
  [
    'a path without a slash',
    [{ ...acmeDialect, path: 'acme' }],
    /acme: path must be a path .* slash .*, and it is "acme"$/,
  ],
  ['a path with a parameter', [{ ...acmeDialect, path: '/acme/{id}' }], /acme: path must be a path/],
  ['a path with a query', [{ ...acmeDialect, path: '/acme?x' }], /acme: path must be a path/],
  ['a path with a slash at its end', [{ ...acmeDialect, path: '/acme/' }], /acme: path must be a path/],
  ['a path that a URL would change', [{ ...acmeDialect, path: '/a/../b' }], /acme: path must be a path/],
  [
    'the path of a native route',
    [{ ...acmeDialect, path: '/chat' }],
    /acme: its path \/chat is the native route \/chat/,
  ],
  [
    'a path that a native route takes for an id',
    [{ ...acmeDialect, path: '/threads/acme' }],
    /acme: its path \/threads\/acme is the native route \/threads\/\{threadId\}; choose another path$/,
  ],
  [
    'one path twice',
    [acmeDialect, { ...acmeDialect, name: 'acme-2' }],
    /acme-2: acme has the path \/v1\/acme\/answers too; choose another path$/,
  ],
  [
    'the media type of a native dialect, and no path',
    [{ ...WITHOUT_PATH, name: 'acme' }],
    /acme: Accept cannot distinguish it from sse: both are text\/event-stream; give it a path or another mediaType$/,
  ],
  [
    'one media type twice, and no path',
    [CSV, { ...CSV, name: 'csv-2' }],
    /csv-2: Accept cannot distinguish it from csv/,
  ],
  ['the name of a native dialect', [{ ...acmeDialect, name: 'sse' }], /the dialect sse: another dialect has this name/],
  ['one name twice', [CSV, { ...acmeDialect, name: 'csv' }], /the dialect csv: another dialect has this name; rename/],
  ['routes that are no list', [{ ...WITHOUT_PATH, routes: {} }], /acme: routes must be a list of at least one route/],
  ['an empty list of routes', [{ ...WITHOUT_PATH, routes: [] }], /acme: routes must be a list of at least one route/],
  ['routes and a path', [{ ...acmeDialect, request: undefined, routes: [ROUTE] }], /acme: it has both path and routes/],
  [
    'a route of an unknown method',
    [{ ...WITHOUT_PATH, routes: [{ ...ROUTE, method: 'get' }] }],
    /acme: routes\[0\].method must be GET, POST, PUT, PATCH or DELETE, and it is "get"$/,
  ],
  [
    'a route with two ids',
    [{ ...WITHOUT_PATH, routes: [ROUTE, { ...ROUTE, path: '/a/{b}/{c}' }] }],
    /acme: routes\[1\].path must be a path such as/,
  ],
  [
    'a route without an answer',
    [{ ...WITHOUT_PATH, routes: [{ ...ROUTE, answer: undefined }] }],
    /acme: routes\[0\].answer must be a function that answers a request, and it is undefined$/,
  ],
  [
    'an unknown member of a route',
    [{ ...WITHOUT_PATH, routes: [{ ...ROUTE, schema: {} }] }],
    /acme: it has no member routes\[0\].schema; leave it out or use method, path/,
  ],
  [
    'one route twice',
    [{ ...WITHOUT_PATH, routes: [ROUTE, { ...ROUTE, path: '/notes/{id}' }] }],
    /acme: it has the route GET \/notes\/\{\} twice; remove one of them$/,
  ],
  [
    'a route of another dialect',
    [notesDialect, { ...WITHOUT_PATH, routes: [ROUTE] }],
    /acme: notes has the path \/notes\/\{key\} too; choose another path$/,
  ],
  [
    'a route that a native route takes',
    [{ ...WITHOUT_PATH, routes: [{ ...ROUTE, path: '/runs/{id}/events' }] }],
    /acme: its path \/runs\/\{id\}\/events is the native route/,
  ],
  [
    'a form of errors that is no function',
    [{ ...acmeDialect, encodeFailure: {} }],
    /acme: encodeFailure must be a function that returns the body of an error response, and it is an object$/,
  ],
  [
    'an unknown member',
    [{ ...acmeDialect, mediatype: 'a/b' }],
    /acme: it has no member mediatype; leave it out or use/,
  ],
]

describe('createChatHandler', () => {
  it.each(WRONG)('refuses dialects with %s', (_name, dialects, message) => {
    const create = () =>
      createChatHandler({
        retriever: fakeRetriever([]),
        model: scriptedChatModel([]),
        scope: () => 's',
        dialects,
      } as ChatHandlerOptions)
    expect(create).toThrow(message)
    expect(create).toThrow(expect.objectContaining({ name: 'TypeError', code: 'invalid-input', field: 'dialects' }))
  })

  it('offers a dialect without a path by Accept, beside the native ones', async () => {
    const bench = openBench({ dialects: [CSV] })
    const ask = (accept: string) => bench.open('POST', '/chat', { body: { question: 'Why?' }, headers: { accept } })
    const { response } = await ask('text/csv')
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/csv'])
    expect(await response.text()).toContain('"end":"stop"')
    for (const accept of ['*/*', 'text/*']) {
      const { response } = await ask(accept)
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
      await response.text()
    }
    expect((await bench.send('POST', '/chat', { body: {}, headers: { accept: 'image/png' } })).error.message).toMatch(
      /use text\/event-stream, application\/x-ndjson, application\/json, text\/plain, text\/csv$/,
    )
  })

  it('reads a run in a dialect without a path', async () => {
    const bench = openBench({ dialects: [CSV], store: { onDisconnect: 'continue' } })
    const { runId } = (await bench.send('POST', '/runs', { body: { question: 'Why?' } })).json
    const { response } = await bench.open('GET', `/runs/${String(runId)}/events`, { headers: { accept: 'text/csv' } })
    expect(await response.text()).toContain('"end":"stop"')
  })

  it('answers a dialect that holds its status when the run has ended, also with the status of a failure', async () => {
    const headers = { accept: WHOLE.mediaType }
    const body = { question: 'Why?' }
    const { response } = await openBench({ dialects: [WHOLE] }).open('POST', '/chat', { body, headers })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, WHOLE.mediaType])
    expect(await response.json()).toEqual({ text: 'They sleep 16 hours [1].' })

    const model = scriptedChatModel(['They sleep', { error: new Error('broken') }])
    const failing = openBench({ dialects: [WHOLE], model, answering: { retries: 0 } })
    const failed = await failing.send('POST', '/chat', { body, headers })
    expect(failed.status).toBe(503)
    expect(failed.error.partial?.answer).toBe('They sleep')
  })

  it.each([
    ['streams', { ...acmeDialect, open: () => () => fail() }, 200, /^: acme\n\n$/],
    ['holds its status', { ...WHOLE, path: '/acme', open: () => () => fail() }, 500, /"code":"internal"/],
  ])('reports an encoder that throws, of a dialect that %s', async (_name, dialect: Dialect, status, text) => {
    const bench = openBench({ dialects: [dialect], model: scriptedChatModel(['Hello', FINISH]) })
    const body = dialect.request ? { input: 'Why?' } : { question: 'Why?' }
    const { response } = await bench.open('POST', dialect.path ?? '', { body })
    expect(response.status).toBe(status)
    expect(await response.text().catch(() => ': acme\n\n')).toMatch(text)
    expect(bench.errors.map(({ message }) => message)).toEqual(['the encoder broke'])
    await eventually(() => expect(bench.runs.active).toBe(0))
  })

  it.each([
    ['an open that throws', () => fail(), 'the encoder broke'],
    [
      'an open that returns nothing',
      () => undefined,
      'open of the dialect csv must return a function, and it is undefined',
    ],
    ['an encoder that returns nothing', () => () => undefined, 'dialect csv must return a string, and it is undefined'],
    ['an encoder that returns a number', () => () => 5, 'dialect csv must return a string, and it is a number'],
    ['an open that rejects', async () => fail(), 'open of the dialect csv must return a function, and it is a Promise'],
    ['an encoder that rejects', () => async () => fail(), 'dialect csv must return a string, and it is a Promise'],
  ])('ends a stream with %s, and reports it', async (_name, open: () => unknown, message) => {
    for (const holdsStatus of [false, true]) {
      const dialect = { ...CSV, holdsStatus, open } as Dialect
      const model = scriptedChatModel(['Hello', { hang: 'until-abort' }])
      const bench = openBench({ dialects: [dialect], model })
      const headers = { accept: CSV.mediaType }
      const { response } = await bench.open('POST', '/chat', { body: { question: 'Why?' }, headers })
      expect(response.status).toBe(holdsStatus ? 500 : 200)
      if (holdsStatus) expect(await response.json()).toMatchObject({ code: 'internal' })
      else await expect(response.text()).rejects.toBeInstanceOf(Error)
      expect(bench.errors.map((error) => error.message)).toEqual([expect.stringContaining(message)])
      await eventually(() => expect(bench.runs.active).toBe(0))
    }
  })

  it('takes fields that are undefined as absent, and no promise, from toChatRequest', async () => {
    const toChatRequest = () => ({ question: 'Why?', threadId: undefined, replaces: undefined, filter: undefined })
    const ask = (request: unknown) => {
      const bench = openBench({ dialects: [{ ...acmeDialect, request } as Dialect] })
      return bench.open('POST', acmeDialect.path ?? '', { body: {} })
    }
    const { response } = await ask({ schema: {}, toChatRequest })
    expect(await response.text()).toContain('"end":"stop"')
    const late = await ask({ schema: {}, toChatRequest: async () => toChatRequest() })
    expect(late.response.status).toBe(500)
    const rejecting = await ask({ schema: {}, toChatRequest: async () => fail() })
    expect(rejecting.response.status).toBe(500)
  })

  it('answers with 500 when toChatRequest throws anything but invalid input', async () => {
    const request = { schema: {}, toChatRequest: fail }
    const bench = openBench({ dialects: [{ ...acmeDialect, request }] })
    const { status } = await bench.send('POST', acmeDialect.path ?? '', { body: {} })
    expect(status).toBe(500)
    expect(bench.errors.map(({ message }) => message)).toEqual(['the encoder broke'])
  })

  it('describes the route, the body and the answer of a dialect with a path', async () => {
    const bench = openBench({ dialects: [acmeDialect, CSV] })
    const { json: document } = await bench.send('GET', '/openapi.json')
    expect(await new Validator().validate(document)).toEqual({ valid: true })
    expect(document).toHaveProperty(['paths', '/v1/acme/answers', 'post'], {
      operationId: 'ask-acme',
      summary: 'Asks a question, and sends the answer in the dialect acme',
      requestBody: { required: true, content: { 'application/json': { schema: acmeDialect.request?.schema } } },
      responses: expect.objectContaining({
        200: { description: 'The answer', content: { 'text/event-stream': { schema: acmeDialect.schema } } },
        400: { $ref: '#/components/responses/400' },
      }),
    })
    expect(document).not.toHaveProperty(['paths', '/v1/acme/answers', 'post', 'responses', '406'])
    for (const path of ['/chat', '/runs/{runId}/events']) {
      const method = path === '/chat' ? 'post' : 'get'
      const content = ['paths', path, method, 'responses', '200', 'content', 'text/csv', 'schema']
      expect(document).toHaveProperty(content, acmeDialect.schema)
    }
  })

  it('finds the path of a dialect below any mount, and below no other path with basePath', async () => {
    const found = openBench({ dialects: [acmeDialect] })
    const body = { input: 'Why?' }
    const { response } = await found.open('POST', '/mounted/v1/acme/answers', { body })
    expect(await response.text()).toContain('"end":"stop"')
    const based = openBench({ dialects: [acmeDialect], basePath: '/api' })
    expect((await based.open('POST', '/api/v1/acme/answers', { body })).response.status).toBe(200)
    expect((await based.open('POST', '/v1/acme/answers', { body })).response.status).toBe(404)
  })
})

describe('the format of a sink', () => {
  it.each([
    ['no dialect', {}, /the dialect without a name: name must be/],
    ['a name that is none', 'json', /Cannot use format json: it must be one of sse, ndjson, text$/],
    [
      'a dialect that holds its status',
      WHOLE,
      /the dialect whole: it has holdsStatus, but a sink sends the status at once/,
    ],
    ['a dialect without open', { ...nativeSse, open: 1 }, /the dialect sse: open must be a function/],
  ])('refuses %s', (_name, format, message) => {
    const open = () => toResponse(drivenStream(), { format: format as SinkFormat })
    expect(open).toThrow(message)
    expect(open).toThrow(expect.objectContaining({ name: 'TypeError', code: 'invalid-input', field: 'format' }))
  })
})

function fail(): never {
  throw new Error('the encoder broke')
}
