import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scriptedChatModel } from '../../src/testing.ts'
import { eventually } from '../support/eventually.ts'
import type { PlainRequest } from '../sinks/support/clients.ts'
import { MOUNTS } from './support/mounts.ts'
import { openApp } from './support/open-app.ts'

const FORM = 'application/x-www-form-urlencoded'

const TEN_MB = JSON.stringify({ question: 'a'.repeat(10_000_000) })

describe.each(MOUNTS)('$name', (mount) => {
  it.each([
    ['F44', 'an empty question', { body: '{"question":""}' }, 400],
    ['F47', 'the key __proto__', { body: '{"question":"Why?","__proto__":{"polluted":1}}' }, 400],
    ['F47', 'the key constructor', { body: '{"question":"Why?","constructor":{"prototype":{}}}' }, 400],
    ['F48', 'half of a JSON object', { body: '{"question":' }, 400],
    ['F48', 'a list', { body: '[{"question":"Why?"}]' }, 400],
    ['F48', 'null', { body: 'null' }, 400],
    ['F48', 'a text', { body: '"Why?"' }, 400],
    ['F48', 'nothing', { body: '' }, 400],
    ['F48', 'a question of another type', { body: '{"question":{"text":"Why?"}}' }, 400],
    ['F48', 'plain text', { body: '{"question":"Why?"}', headers: { 'content-type': 'text/plain' } }, 415],
    ['F48', 'a form', { body: 'question=Why', headers: { 'content-type': FORM } }, 415],
    ['F48', 'a type that is none', { body: '{"question":"Why?"}', headers: { 'content-type': 'nonsense' } }, 415],
    ['F48', 'no type', { body: '{"question":"Why?"}', headers: { 'content-type': '' } }, 415],
    ['F48', 'no acceptable format', { body: '{"question":"Why?"}', headers: { accept: 'image/png' } }, 406],
    ['F48', 'a cursor that is none', { method: 'GET', path: '/runs/r/events?after=x' }, 400],
    ['F48', 'a path that is not encoded', { method: 'GET', path: '/threads/%zz' }, 400],
    ['F48', 'an id of 10,000 characters', { method: 'GET', path: `/threads/${'a'.repeat(10_000)}` }, 400],
  ] satisfies readonly (readonly [string, string, PlainRequest, number])[])(
    '%s: rejects %s with a safe message, and survives',
    async (_id, _name, request, wanted) => {
      const model = scriptedChatModel(['Hello', { type: 'finish' }])
      await using app = await openApp(mount, { handler: { model } })
      const { status, headers, text } = await app.send(request)
      expect([status, headers.get('content-type')?.split(';')[0]]).toEqual([wanted, 'application/json'])
      expect(JSON.parse(text)).toEqual(expect.objectContaining({ message: expect.any(String) }))
      expect(text).not.toMatch(/node_modules|\.ts|\bat \w+ \(/)
      expect({}).not.toHaveProperty('polluted')
      expect([model.calls.length, app.active, app.errors]).toEqual([0, 0, []])
      // On the same connection, where unread parts of the rejected body would interfere.
      expect((await app.send({ body: '{"question":"Why?"}' })).text).toContain('event: done')
    },
  )

  it('F48: survives any body', async () => {
    await using app = await openApp(mount)
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'grapheme' }), fc.json()), async (body) => {
        expect((await app.send({ body })).status).toBe(400)
      }),
      { numRuns: 30 },
    )
    expect(app.errors).toEqual([])
  })

  it('F48: survives a client that leaves in the middle of its question', async () => {
    const model = scriptedChatModel(['Hello', { type: 'finish' }])
    await using app = await openApp(mount, { handler: { model } })
    for (const headers of [{}, { 'content-length': '1000' }]) {
      const before = app.server.opened
      const upload = app.upload('{"question":"Wh', headers)
      await eventually(() => expect(app.server.opened).toBe(before + 1))
      upload.destroy()
    }
    await eventually(() => expect(app.server.closed).toBe(app.server.opened))
    expect([model.calls.length, app.active, app.errors]).toEqual([0, 0, []])
    expect((await app.send({ body: '{"question":"Why?"}' })).status).toBe(200)
  })

  it.each([
    ['tells its length', { 'content-length': String(TEN_MB.length) }],
    ['does not tell its length', {}],
  ])('F44: rejects a body of 10 MB that %s, before all of it was received', async (_name, headers) => {
    await using app = await openApp(mount)
    using upload = app.upload(TEN_MB.slice(0, -1), headers)
    expect(await upload.status).toBe(413)
    expect((await app.send({ body: '{"question":"Why?"}' })).status).toBe(200)
  })
})

// Fastify and Hono then close the connection.
describe.each(MOUNTS.filter(({ name }) => !/Fastify|Hono/.test(name)))('$name', (mount) => {
  it('F44: keeps the connection of a client whose request was rejected while it was sending', async () => {
    await using app = await openApp(mount)
    expect((await app.send({ body: TEN_MB })).status).toBe(413)
    expect((await app.send({ body: '{"question":"Why?"}' })).status).toBe(200)
    expect(app.server.connections).toBe(1)
  })
})
