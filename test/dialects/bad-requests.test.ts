import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryHistoryStore } from '../../src/index.ts'
import { CANARY, openBench } from '../http/support/bench.ts'
import { PROTOCOLS } from './support/bad-bodies.ts'

const QUESTION = 'How long do cats sleep?'

/** A value that a client in another language, or an attacker, could send in place of another one. */
const ANY_VALUE = fc.oneof(
  fc.constantFrom(null, true, -1, 1.5, 1e21, '', ' ', 'x'.repeat(40_000), '\0', '\uD83D', [], {}, [[]], [null], '..'),
  fc.constantFrom(
    JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":{}}}'),
    nested(500),
    Array(1_000).fill(null),
  ),
  fc.jsonValue({ maxDepth: 3 }),
)

function nested(depth: number): unknown {
  return depth === 0 ? null : [nested(depth - 1)]
}

/** The paths of all values within a body. */
function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))]
}

/** Returns a copy of a body with another value at a path; `undefined` removes it. */
function withValue(body: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value
  const copy = structuredClone(body) as Record<string, unknown>
  copy[key] = withValue(copy[key], rest, value)
  return copy
}

describe.each(PROTOCOLS)('$name', ({ dialect, path, body, conversation, messageOf, bad }) => {
  const open = () => openBench({ dialects: [dialect], answering: { condenser: false } })

  type Bench = ReturnType<typeof open>

  async function send(bench: Bench, sent: unknown, headers: Readonly<Record<string, string>> = {}) {
    const ask = { body: sent, headers: { 'content-type': 'application/json', ...headers } }
    const { response } = await bench.open('POST', path, ask)
    return { status: response.status, text: await response.text() }
  }

  async function expectRefused(sent: unknown, headers?: Readonly<Record<string, string>>): Promise<void> {
    const bench = open()
    const { status, text } = await send(bench, sent, headers)
    expect([400, 404, 409, 413, 415], text).toContain(status)
    expect(messageOf(text), text).toMatch(/^[A-Z]/u)
    expect(text).not.toContain(CANARY)
    expect(text.length).toBeLessThan(1_000)
    expect([bench.model.calls.length, bench.errors]).toEqual([0, []])
  }

  it('answers the body that the others are made of', async () => {
    const bench = open()
    const { status, text } = await send(bench, body(QUESTION))
    expect(status).toBe(200)
    expect(text).toContain('16 hours')
    expect(bench.model.calls).toHaveLength(1)
  })

  it.each(Object.entries(bad))('refuses %s in its own form, and nothing is paid', async (_name, sent) => {
    await expectRefused(sent)
  })

  it.each<readonly [string, unknown]>([
    ['no JSON', '{'],
    ['nothing', ''],
    ['null', 'null'],
    ['a number', '7'],
    ['a list', '[]'],
    ['a word', '"Why?"'],
    ['an empty object', '{}'],
    ['a deep list', JSON.stringify(nested(500))],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
    ['an empty question', body('')],
    ['a blank question', body(' \n')],
    ['a question that is null', body(null)],
    ['a question that is a number', body(7)],
    ['a question that is an object', body({ text: QUESTION })],
    ['a question that is a list of nulls', body([null])],
    ['a question with a NUL', body('Why\0?')],
    ['a question that is too long', body('a'.repeat(40_000))],
    ['a body that is too long', body('a'.repeat(300_000))],
    ['its fields as a prototype', `{"__proto__":${JSON.stringify(body(QUESTION))}}`],
    ['its fields as those of a constructor', { constructor: body(QUESTION) }],
    ['255 KiB of other fields', { junk: 'a'.repeat(255 * 1_024) }],
  ])('refuses %s', async (_name, sent) => {
    await expectRefused(sent)
  })

  it('refuses another media type', async () => {
    await expectRefused(JSON.stringify(body(QUESTION)), { 'content-type': 'text/plain' })
  })

  // The clients of ChatKit send only the last message.
  it.each(conversation ? [conversation] : [])('refuses 1,000 messages, and answers 500', async (conversation) => {
    await expectRefused(conversation(1_000))
    expect((await send(open(), conversation(500))).status).toBe(200)
  })

  it('answers or refuses a body with any other value in any place, and is never to blame', async () => {
    const valid = body(QUESTION)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...pathsOf(valid)),
        fc.option(ANY_VALUE, { nil: undefined }),
        async (at, value) => {
          const bench = open()
          const { status, text } = await send(bench, withValue(valid, at, value) ?? {})
          expect(bench.errors).toEqual([])
          expect([200, 400, 404, 413]).toContain(status)
          expect(bench.model.calls).toHaveLength(status === 200 ? 1 : 0)
          if (status !== 200) expect(messageOf(text), text).toMatch(/^[A-Z]/u)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('gives nothing of another user: the same body begins a thread of its own', async () => {
    const history = memoryHistoryStore()
    const bench = openBench({ dialects: [dialect], history, answering: { condenser: false } })
    await send(bench, body('How long do the cats of Alice sleep?'))
    await send(bench, body(QUESTION), { 'x-user': 'mallory' })
    expect(bench.model.calls).toHaveLength(2)
    expect(JSON.stringify(bench.model.calls[1]?.request)).not.toContain('Alice')
  })
})
