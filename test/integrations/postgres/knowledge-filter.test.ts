import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCommandRunner } from '../../../src/integrations/postgres/connection.ts'
import { compileFilter, toFilterable } from '../../../src/integrations/postgres/knowledge-filter.ts'
import { matchesFilter, type MetadataFilter } from '../../../src/knowledge/store/metadata-filter.ts'
import { describeEachKnowledgeDatabase, type KnowledgeDatabase } from './knowledge-databases.ts'

// Few names and values, so that filters and documents meet.
const KEYS = ['a', 'b', '__proto__', 'to"string', 'a.b', '.fields', "it's", 'ключ', '猫', '\\', '\u007f\n']
const TEXTS = ['', 'a', 'a\u0001', 'A', 'ab', 'b', '1', 'true', 'null', 'é', '猫', '\ue000', '😀', '😀a', '\uffff']
// A filter may have a text that no document has.
const FLAWED = ['\0', 'a\0', 'a\0b', '\ud83d', 'a\ud83d', '\ude00', 'a\ude00b']
const NUMBERS = [0, -0, 1, 1.5, -1, 0.1, 1e21, 5e-324, 1.7976931348623157e308, 2 ** 53, 2 ** 53 + 2]

const key = fc.constantFrom(...KEYS)
const scalar = fc.constantFrom<unknown>(...TEXTS, ...NUMBERS, true, false, null)
const metadataValue = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 3, arbitrary: fc.array(fc.oneof(scalar, fc.constantFrom([1], { a: 1 }, ['a'], [])), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom({}, { a: 1 }, { b: 'a' }) },
)
const document = fc.record({
  documentId: fc.constantFrom('a', 'b', '1', '猫'),
  metadata: fc.option(
    fc.array(fc.tuple(key, metadataValue), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
    { nil: undefined },
  ),
})

const filterValue = fc.oneof({ weight: 4, arbitrary: scalar }, { weight: 1, arbitrary: fc.constantFrom(...FLAWED) })
const bound = fc.constantFrom<unknown>(...TEXTS, ...FLAWED, ...NUMBERS)
const operands = {
  $eq: filterValue,
  $ne: filterValue,
  $in: fc.array(filterValue, { maxLength: 3 }),
  $nin: fc.array(filterValue, { maxLength: 3 }),
  $gt: bound,
  $gte: bound,
  $lt: bound,
  $lte: bound,
  $exists: fc.boolean(),
}
// One or two operators: more of them rarely hold together.
const operator = fc.oneof(...Object.entries(operands).map(([name, operand]) => fc.tuple(fc.constant(name), operand)))
const condition = fc.oneof(
  filterValue,
  fc.array(operator, { minLength: 1, maxLength: 2 }).map((entries) => Object.fromEntries(entries)),
)
const { filter } = fc.letrec<{ filter: MetadataFilter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc
      .array(fc.tuple(fc.oneof(key, fc.constantFrom('$documentId', 'absent\0')), condition), { maxLength: 2 })
      .map((entries) => Object.fromEntries(entries)),
    fc.record({ $and: fc.array(tie('filter'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ $or: fc.array(tie('filter'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ $not: tie('filter') }),
  ),
}))

const MATCH = `
select json_agg($2::text is null or jsonb_path_match(f, $2::text::jsonpath, $3::text::jsonb) order by o)::text as answer
from jsonb_array_elements($1::text::jsonb) with ordinality as u(f, o)`

type Document = Parameters<typeof matchesFilter>[0]

function matcher({ client }: KnowledgeDatabase) {
  const runCommand = createCommandRunner(client)
  return (documents: readonly Document[], wanted: MetadataFilter) => {
    const compiled = compileFilter(wanted)
    const values = [JSON.stringify(documents.map(toFilterable)), compiled?.path ?? null, compiled?.values ?? null]
    return runCommand(MATCH, values, new AbortController().signal)
  }
}

describeEachKnowledgeDatabase((database) => {
  it('allows the documents that matchesFilter allows', async () => {
    const match = matcher(database())
    let allowed = 0
    let rejected = 0
    await fc.assert(
      fc.asyncProperty(fc.array(document, { minLength: 20, maxLength: 40 }), filter, async (documents, wanted) => {
        const expected = documents.map((one) => matchesFilter(one, wanted))
        expect(await match(documents, wanted)).toEqual(expected)
        allowed += expected.filter(Boolean).length
        rejected += expected.filter((one) => !one).length
      }),
      { numRuns: 300 },
    )
    expect(Math.min(allowed, rejected)).toBeGreaterThan(500)
  })

  it('compares with texts that no document can have', async () => {
    const match = matcher(database())
    const documents = [...TEXTS, 'ab\ud83d\udc00', '\ud83d\udc00', 'a\ud83d\udc00'].map((text, index) => {
      return { documentId: `${index}`, metadata: { text } }
    })
    for (const wanted of FLAWED.flatMap((text) =>
      ['$gt', '$gte', '$lt', '$lte'].map((name) => ({ text: { [name]: text } })),
    )) {
      const expected = documents.map((one) => matchesFilter(one, wanted))
      expect(await match(documents, wanted), JSON.stringify(wanted)).toEqual(expected)
    }
  })

  it('accepts a filter of the maximum depth and a long list', async () => {
    const match = matcher(database())
    let deep: MetadataFilter = { a: { $in: Array.from({ length: 5_000 }, (_, index) => index) } }
    for (let depth = 0; depth < 16; depth++) deep = { $not: deep }
    expect(await match([{ documentId: 'a', metadata: { a: 4_999 } }, { documentId: 'b' }], deep)).toEqual([true, false])
  })
})

describe('compileFilter', () => {
  it('puts values nowhere but into the values, and quotes names', () => {
    const compiled = compileFilter({ 'a") || (1 == 1': "') or true --" })
    expect(compiled?.path).toBe('((exists($.fields."a\\") || (1 == 1" ? (@ == $v0[*]))))')
    expect(JSON.parse(compiled?.values ?? '')).toEqual({ v0: ["') or true --"] })
  })

  it('rejects an invalid filter', () => {
    expect(() => compileFilter({ a: { $regex: '.' } })).toThrow(expect.objectContaining({ code: 'invalid-input' }))
  })
})
