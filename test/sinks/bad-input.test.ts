import { text as readText } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../src/index.ts'
import { readSse } from '../../src/sse.ts'
import { scriptedChatModel } from '../../src/testing.ts'
import { collect } from '../support/bytes.ts'
import { openConnection, type PlainRequest } from './support/clients.ts'
import { createRuns } from './support/runs.ts'
import { SERVERS } from './support/servers.ts'

describe.each(SERVERS)('$name', (kind) => {
  it.each([
    ['F44', 'empty', '{"question":""}', 'question'],
    ['F44', 'white space', '{"question":" \\n\\t "}', 'question'],
    ['F44', 'of 10 MB', JSON.stringify({ question: 'a'.repeat(10_000_000) }), 'question'],
    ['F45', 'with NUL', '{"question":"a\\u0000b"}', 'question'],
    ['F47', 'beside the key constructor', '{"question":"Why?","constructor":{"polluted":1}}', 'constructor'],
    ['F48', 'missing', '{}', 'question'],
    ['F48', 'no text', '{"question":{"text":"Why?"}}', 'question'],
    ['F48', 'in a list', '[{"question":"Why?"}]', 'body'],
  ])('%s: rejects a question that is %s with a 400 that names the field', async (_id, _name, body, field) => {
    await using bench = await openBench()
    const { status, text } = await bench.post({ body })
    expect(status).toBe(400)
    expect(text.slice(0, 1_000)).toMatch(new RegExp(`\\b${field}\\b`))
    bench.expectNoCost()
    await bench.expectAlive()
  })

  it('F45: replaces an unpaired surrogate', async () => {
    await using bench = await openBench()
    const events = await bench.ask('{"question":"Why \\ud83d?"}')
    expect(events).toContainEqual(expect.objectContaining({ type: 'query', question: 'Why \uFFFD?' }))
  })

  it('F47: rejects the key __proto__ without modifying a prototype', async () => {
    await using bench = await openBench()
    for (const body of ['{"question":"Why?","__proto__":{"polluted":1}}', '{"__proto__":{"question":"Why?"}}']) {
      expect((await bench.post({ body })).status).toBe(400)
    }
    expect({}).not.toHaveProperty('polluted')
    expect({}).not.toHaveProperty('question')
    bench.expectNoCost()
    await bench.expectAlive()
  })

  it('F47: echoes an id that is the name of a built-in property, as a plain string', async () => {
    await using bench = await openBench()
    const [start] = await bench.ask('{"question":"Why?","threadId":"__proto__"}')
    expect(start).toMatchObject({ type: 'start', threadId: '__proto__' })
  })

  it('F48: survives any body, and rejects those without a question', async () => {
    await using bench = await openBench()
    const json = fc.oneof(
      fc.json(),
      fc.json().map((value) => `{"question":${value}}`),
    )
    const bodies = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      json,
      fc.constantFrom('', '{', 'null', '"question"', '{"question"'),
    )
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const { status, text } = await bench.post({ body })
        if (status === 200) expect(text).toContain('event: done')
        else expect(status).toBe(400)
      }),
      { numRuns: 30 },
    )
    await bench.expectAlive()
  })

  it('F48: rejects a missing body or one of another content type, and survives', async () => {
    await using bench = await openBench()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'nonsense']) {
      const { status } = await bench.post({ body: 'question=Why', headers: { 'content-type': type } })
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
    }
    expect((await bench.post({ method: 'GET', path: '/chat', body: '', headers: {} })).status).toBe(400)
    bench.expectNoCost()
    await bench.expectAlive()
  })

  /** Opens a server and a connection to it; disposal closes both. */
  async function openBench() {
    const model = scriptedChatModel(['Hello', { type: 'finish' }])
    const runs = createRuns({ model })
    const server = await kind.start({ answer: runs.answer })
    const connection = openConnection(kind, server)
    const post = async (request: PlainRequest) => {
      const { status, body } = await connection.send(request)
      return { status, text: await readText(body) }
    }
    const ask = async (body: string): Promise<readonly ChatEvent[]> =>
      collect(readSse((await connection.send({ body })).body))
    return {
      post,
      ask,
      expectNoCost: () => expect({ started: runs.started, calls: model.calls }).toEqual({ started: 0, calls: [] }),
      expectAlive: async () => expect((await ask('{"question":"Why?"}')).at(-1)?.type).toBe('done'),
      async [Symbol.asyncDispose]() {
        await connection[Symbol.asyncDispose]()
        await server[Symbol.asyncDispose]()
      },
    }
  }
})
