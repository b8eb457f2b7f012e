import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectStorable } from '../../src/core/options/expect-storable.ts'
import { toSource } from '../../src/core/retrieval/number-sources.ts'
import { isChatError, type ChatResult } from '../../src/index.ts'
import { decodeResult, encodeResult } from '../../src/records/stored-result.ts'
import { resultOf } from '../support/chat-events.ts'
import { anyResult } from './any-event.ts'

/** Values that an untyped JavaScript caller may pass for any field. */
const odd = fc.constantFrom<unknown>(
  null,
  undefined,
  7,
  -1.5,
  Number.NaN,
  Infinity,
  '',
  'yes',
  true,
  1n,
  {},
  [],
  [[]],
  new Date(0),
  new Map([[1, 2]]),
  Symbol('s'),
  () => 1,
  JSON.parse('{"__proto__":{"a":1}}'),
)

/** A result in which one value, at any depth, is replaced by another one. */
const oddResult = fc.tuple(anyResult, fc.infiniteStream(fc.nat()), odd).map(([result, picks, value]): ChatResult => {
  const copy: unknown = structuredClone(result)
  let at: unknown = copy
  for (const pick of picks) {
    const keys = Object.keys(Object(at))
    const key = keys[pick % keys.length]
    if (key === undefined) break
    const inner: unknown = Reflect.get(Object(at), key)
    if (typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0 && pick % 3 > 0) at = inner
    else {
      Reflect.set(Object(at), key, value)
      break
    }
  }
  // The value is no longer certain to be a result; the test is about such values.
  return copy as ChatResult
})

describe('expectStorable', () => {
  it('C3: accepts every result that a run can have', () => {
    fc.assert(fc.property(anyResult, (result) => expectStorable(result)))
  })

  it('C3: rejects every value that could not be read back', () => {
    fc.assert(
      fc.property(oddResult, (result) => {
        let record: string
        try {
          record = encodeResult(result)
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'internal' })
          return
        }
        expect(() => decodeResult(record)).not.toThrow()
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['sources[0].title', { sources: [{ ...source(), title: 7 }] }],
    ['sources[0].metadata.a.b', { sources: [{ ...source(), metadata: { a: { b: Number.NaN } } }] }],
    ['citations[1].support', { citations: [citation(), { ...citation(), support: 'yes' }] }],
    ['usage.phases.generating.inputTokens', { usage: { ...resultOf('').usage, phases: { generating: {} } } }],
    ['warnings[0].code', { warnings: [{ code: 'toString', message: 'x' }] }],
    ['answer', { answer: 7 }],
  ])('C3: names the field %s', (field, changes) => {
    // The type excludes these values, but an outside caller may pass them.
    const bad = { ...resultOf('x'), ...(changes as Partial<ChatResult>) }
    let thrown: unknown
    try {
      expectStorable(bad)
    } catch (refusal) {
      thrown = refusal
    }
    expect(isChatError(thrown) && thrown.message).toBe(`Cannot store the result: its ${field} could not be read back`)
  })

  it('C3: accepts the deepest metadata that a source may have', () => {
    const list = (depth: number): unknown => (depth === 0 ? 1 : [list(depth - 1)])
    const chunk = { documentId: 'd', chunkId: 'c', text: 'x', metadata: { fits: list(64), tooDeep: list(65) } }
    const policy = { sourceMetadata: ['fits', 'tooDeep'], sourceUrlSchemes: [] }
    const deepest = toSource({ chunk }, 1, policy)
    expect(Object.keys(deepest.metadata)).toEqual(['fits'])
    expect(() => expectStorable({ ...resultOf('x'), sources: [deepest] })).not.toThrow()
  })
})

function source() {
  return { number: 1, sourceId: 's', documentId: 'd', chunkId: 'c', title: 't', text: 'x', metadata: {} }
}

function citation() {
  return { index: 0, number: 1, sourceId: 's', start: 0, end: 3 }
}
